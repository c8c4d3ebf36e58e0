/**
 * The files of survey keys that move to another key version: out with their package, back with their
 * bundle. One at a time, so that a hundred thousand keys take no more memory than five hundred.
 * @module
 */
import { mkdir, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { batchFolder } from '../../../shared/bundle/move-batch.ts';
import { bundleAnswer, fileAnswer, packageAnswer } from '../../routes/answers.ts';
import { type Cli, refuseUse } from '../cli.ts';
import type { Client } from '../client.ts';
import { type Options, readDocument, remote, saveDocument, withClient } from './remote.ts';

/** A released package; where it moves survey keys, with the folder of its files beside it. */
export async function getPackage(cli: Cli, options: Options, nonce: string): Promise<void> {
  await withClient(cli, options, async (client) => {
    const address = `/v1/packages/${encodeURIComponent(nonce)}`;
    const found = await client.call(packageAnswer, 'GET', address);
    const file = await client.call(fileAnswer, 'GET', `${address}/file`);
    if (found.files !== null) await assertFolder(options['out']);
    const target = await saveDocument(file, options['out']);
    const { content: _content, ...about } = file;
    if (found.files === null) {
      cli.result({ ...about, file: target }, `Written: ${target}`);
      return;
    }
    const { of } = found.files;
    const folder = path.join(options['out'] ?? '.', batchFolder('move', found));
    await writeFiles(cli, client, { address, folder, of });
    cli.result(
      { ...about, file: target, folder, files: of },
      `Written: ${target}\nWritten: ${folder} with ${of === 1 ? '1 file' : `all ${of} files`}. The laptop needs the package and this folder on one stick.`,
    );
  });
}

async function assertFolder(out: string | undefined): Promise<void> {
  if (out === undefined) return;
  const isFolder = await stat(out).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder)
    throw refuseUse('used-wrongly', `${out} is no folder; this package has many files.`);
}

async function writeFiles(
  cli: Cli,
  client: Client,
  about: { readonly address: string; readonly folder: string; readonly of: number },
): Promise<void> {
  const { address, folder, of } = about;
  await mkdir(folder, { recursive: true }).catch(() => {
    throw refuseUse('used-wrongly', `The folder ${folder} cannot be made.`);
  });
  for (let number = 1; number <= of; number += 1) {
    cli.progress(`File ${number} of ${of} …`);
    const file = await client.call(fileAnswer, 'GET', `${address}/files/${number}`);
    await saveDocument(file, folder);
  }
}

/** Brings back every file of a folder that the laptop wrote. */
export function registerImportFiles(bundle: Command, cli: Cli): void {
  remote(bundle.command('import-files <digest> <folder>'))
    .description('bring the files of survey keys that came back with this bundle (operator)')
    .action(async (digest: string, folder: string, options: Options) => {
      const names = (await filesIn(folder)).filter((name) =>
        /^conclave-moved-.*\.json$/.test(name),
      );
      if (names.length === 0) {
        throw refuseUse(
          'used-wrongly',
          `${folder} holds no file whose name begins with "conclave-moved-".`,
        );
      }
      const address = `/v1/bundles/${encodeURIComponent(digest)}`;
      const found = await withClient(cli, options, async (client) => {
        for (const [at, name] of names.entries()) {
          cli.progress(`File ${at + 1} of ${names.length} …`);
          const bytes = await readDocument(path.join(folder, name), 'file of survey keys');
          await client.call(bundleAnswer, 'POST', `${address}/files`, { bytes });
        }
        return client.call(bundleAnswer, 'GET', address);
      });
      const { there = 0, of = 0 } = found.files ?? {};
      cli.result(found, `${there} of ${of} files have come. ${found.sentence}`);
    });
}

async function filesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch {
    throw refuseUse('used-wrongly', `The folder ${folder} cannot be read.`);
  }
}
