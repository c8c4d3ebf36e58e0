/**
 * What the commands that talk to a running sync share: the connection, files in and out, words
 * that are typed.
 * @module
 */
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { ENVELOPE_LIMIT } from '../../../shared/encoding/dsse.ts';
import { refuseDocument } from '../../../shared/encoding/refusals-documents.ts';
import { type FileAnswer, fileAnswer } from '../../routes/answers.ts';
import { type Cli, refuseUse } from '../cli.ts';
import { type Client, type ClientOptions, openClient } from '../client.ts';

/** Options of a command as commander delivers them. */
export type Options = ClientOptions & Readonly<Record<string, string | undefined>>;

/** The connection options, on every command that talks to sync. */
export function remote(command: Command): Command {
  return command
    .option('--url <address>', 'sync; default CONCLAVE_URL, then http://127.0.0.1:8450')
    .option('--token-file <file>', 'your token (mode 600); default CONCLAVE_TOKEN_FILE, else asked')
    .option('--ca <file>', 'certificate authority of sync; default CONCLAVE_CA');
}

/** With which set of the key version the ceremony is held. */
export const WHICH_SET = [
  '--set <id>',
  'id of the share set whose custodians come; needed where the version has several',
] as const;

/** As sync takes it. */
export const setIn = ({ set }: Options): { readonly set?: string } =>
  set === undefined ? {} : { set };

/** @param flag as it is typed, where that is another word. @throws Refusal `used-wrongly` */
export function wholeNumber(options: Options, name: string, flag = name): number {
  const value = Number(options[name]);
  if (!Number.isSafeInteger(value) || value < 0) {
    throw refuseUse('used-wrongly', `--${flag} is a whole number.`);
  }
  return value;
}

export async function withClient<T>(
  cli: Cli,
  options: ClientOptions & { readonly anonymous?: boolean },
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = await openClient(cli, options);
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

/**
 * Reads a document file; a file that cannot be one is not even read.
 * @param what the word for the person: `bundle`
 * @throws Refusal `used-wrongly`, `document-too-large`
 */
export async function readDocument(file: string, what: string): Promise<Uint8Array> {
  try {
    if ((await stat(file)).size <= ENVELOPE_LIMIT) return await readFile(file);
  } catch {
    throw refuseUse('used-wrongly', `The file ${file} cannot be read.`);
  }
  throw refuseDocument('document-too-large', what, ENVELOPE_LIMIT);
}

/** Words that somebody reads aloud: from the option, else asked for. Never taken from a file. */
export async function typedWords(
  cli: Cli,
  given: string | undefined,
  message: string,
): Promise<string> {
  if (given !== undefined) return given;
  if (cli.world.askOpenly === undefined) {
    throw refuseUse('used-wrongly', 'Nobody can be asked here; type the words after --words.');
  }
  return cli.world.askOpenly(message);
}

/** Writes a document to `out` (a file, or a folder that gets its own name). @returns its path */
export async function saveDocument(file: FileAnswer, out: string | undefined): Promise<string> {
  const isFolder =
    out === undefined ||
    (await stat(out).then(
      (found) => found.isDirectory(),
      () => false,
    ));
  const target = isFolder ? path.join(out ?? '.', file.fileName) : out;
  try {
    await writeFile(target, Buffer.from(file.content, 'base64'));
  } catch {
    throw refuseUse('used-wrongly', `The file ${target} cannot be written.`);
  }
  return target;
}

/** As {@link saveDocument}, and says where. */
export async function writeDocument(
  cli: Cli,
  file: FileAnswer,
  out: string | undefined,
  more: { readonly value?: object; readonly text?: string } = {},
): Promise<void> {
  const target = await saveDocument(file, out);
  const { content: _content, ...about } = file;
  cli.result(
    { ...about, file: target, ...more.value },
    [`Written: ${target}`, ...(more.text === undefined ? [] : [more.text])].join('\n'),
  );
}

/** Fetches a document and writes it. */
export async function fetchDocument(
  cli: Cli,
  options: Options,
  address: string,
  sayWords: boolean,
): Promise<void> {
  await withClient(cli, options, async (client) => {
    const file = await client.call(fileAnswer, 'GET', address);
    await writeDocument(
      cli,
      file,
      options['out'],
      sayWords ? { text: `Read these eight words aloud:\n\n  ${file.words}\n` } : {},
    );
  });
}

/**
 * A list to its end: sync gives so many at a time.
 * @param page the part of it after the one that is named so
 */
export async function wholeList<T>(
  page: (query: string) => Promise<{ readonly items: readonly T[]; readonly more: boolean }>,
  nameOf: (item: T) => string,
): Promise<T[]> {
  const all: T[] = [];
  for (let query = ''; ;) {
    const { items, more } = await page(query);
    all.push(...items);
    const last = items.at(-1);
    if (!more || last === undefined) return all;
    query = `?before=${encodeURIComponent(nameOf(last))}`;
  }
}
