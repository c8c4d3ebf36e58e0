/**
 * `conclave-sync bundle …`, `commit`, `receipt`.
 * @module
 */
import { bringsWords } from '../../../shared/bundle/bundle.ts';
import type { Command } from 'commander';
import { type BundleAnswer, bundleAnswer, bundlesAnswer } from '../../routes/answers.ts';
import { type PreviewAnswer, previewAnswer } from '../../routes/page-answers.ts';
import type { Cli } from '../cli.ts';
import { approveHere, approving } from './approve.ts';
import { registerImportFiles } from './moves.ts';
import {
  fetchDocument,
  type Options,
  readDocument,
  remote,
  typedWords,
  wholeList,
  withClient,
} from './remote.ts';

const WITNESS = 'The eight words on the witness’s paper:';

function lines(bundle: BundleAnswer): string {
  const history = bundle.history.map(({ at, what, by }) => `  ${at}  ${what} (${by})`);
  const approvals = bundle.approvals.map(
    ({ at, by, reason }) => `  ${at}  approved by ${by}: ${reason}`,
  );
  const facts = Object.entries(bundle.facts).map(([name, value]) => `  ${name}: ${value}`);
  return [
    bundle.sentence,
    ...facts,
    `  digest: ${bundle.digest}`,
    `  digest in words: ${bundle.words}`,
    ...(bundle.reason === '' ? [] : [`  reason: ${bundle.reason}`]),
    'History:',
    ...history,
    ...(approvals.length === 0 ? [] : ['Approvals:', ...approvals]),
  ].join('\n');
}

function short(bundle: BundleAnswer): string {
  return `${bundle.digest.slice(0, 8)}  ${bundle.state.padEnd(10)}  ${bundle.sentence}`;
}

function previewLines({ sentence, next, facts, words, digest, known }: PreviewAnswer): string {
  return [
    sentence,
    ...facts.map(([name, value]) => `  ${name}: ${value}`),
    `  digest: ${digest}`,
    `  digest in words: ${words}`,
    `Every signature is good. Nothing has been taken. ${next}`,
    ...(known === null
      ? []
      : [`This very bundle is here already: ${known}. Taking it again does nothing.`]),
  ].join('\n');
}

export function registerBundleCommands(program: Command, cli: Cli): void {
  const bundle = program.command('bundle').description('bundles that came from the laptop');
  const post = async (options: Options, address: string, json?: object): Promise<BundleAnswer> =>
    withClient(cli, options, (client) =>
      client.call(bundleAnswer, 'POST', address, json === undefined ? undefined : { json }),
    );

  remote(bundle.command('import <file>'))
    .description('verify a bundle and keep it; changes nothing yet (operator)')
    .action(async (file: string, options: Options) => {
      const bytes = await readDocument(file, 'bundle');
      const found = await withClient(cli, options, (client) =>
        client.call(bundleAnswer, 'POST', '/v1/bundles', { bytes }),
      );
      cli.result(found, lines(found));
    });
  registerImportFiles(bundle, cli);
  remote(bundle.command('preview <file>'))
    .description('verify a bundle and say what it would do; nothing is kept (operator)')
    .action(async (file: string, options: Options) => {
      const bytes = await readDocument(file, 'bundle');
      const found = await withClient(cli, options, (client) =>
        client.call(previewAnswer, 'POST', '/v1/bundles/preview', { bytes }),
      );
      cli.result(found, previewLines(found));
    });
  remote(bundle.command('show <digest>'))
    .description('one sentence, the facts, the history; the first 8 digits of the digest suffice')
    .action(async (digest: string, options: Options) => {
      const found = await withClient(cli, options, (client) =>
        client.call(bundleAnswer, 'GET', `/v1/bundles/${encodeURIComponent(digest)}`),
      );
      cli.result(found, lines(found));
    });
  remote(bundle.command('status <digest>'))
    .description('its state in one line')
    .action(async (digest: string, options: Options) => {
      const found = await withClient(cli, options, (client) =>
        client.call(bundleAnswer, 'GET', `/v1/bundles/${encodeURIComponent(digest)}`),
      );
      cli.result({ digest: found.digest, state: found.state }, short(found));
    });
  remote(bundle.command('list'))
    .description('all bundles, newest first')
    .action(async (options: Options) => {
      const bundles = await withClient(cli, options, (client) =>
        wholeList(
          async (query) => {
            const found = await client.call(bundlesAnswer, 'GET', `/v1/bundles${query}`);
            return { items: found.bundles, more: found.more };
          },
          ({ digest }) => digest,
        ),
      );
      cli.result(
        { bundles },
        bundles.length === 0 ? 'There are no bundles yet.' : bundles.map(short).join('\n'),
      );
    });
  approving(remote(bundle.command('approve <digest>')))
    .description(
      'approve what changes trust, survey keys that move, surveys for an owner without passphrase, or a recovery whose escrowed address did not match (approver)',
    )
    .option(
      '--words <words>',
      'the eight words of the share set or roster that it brings; else asked',
    )
    .action(async (digest: string, options: Options) => {
      const { kind } = await withClient(cli, options, (client) =>
        client.call(bundleAnswer, 'GET', `/v1/bundles/${encodeURIComponent(digest)}`),
      );
      const asked = {
        action: 'bundle-approve',
        subject: digest,
        ...(bringsWords(kind) ? { words: await typedWords(cli, options['words'], WITNESS) } : {}),
      } as const;
      const { bundle: found } = await approveHere(cli, options, asked);
      if (found !== undefined) cli.result(found, found.sentence);
    });
  approving(remote(bundle.command('accept-difference <digest>')))
    .description('end the commit of a recovery though CheckTick changed what it wrote (approver)')
    .action(async (digest: string, options: Options) => {
      const asked = { action: 'difference-accept', subject: digest } as const;
      const { bundle: found } = await approveHere(cli, options, asked);
      if (found !== undefined) cli.result(found, found.sentence);
    });
  remote(bundle.command('refuse <digest>'))
    .description('end a bundle with a signed negative receipt (approver)')
    .requiredOption('--reason <text>', 'why you refuse it')
    .action(async (digest: string, options: Options) => {
      const found = await post(options, `/v1/bundles/${encodeURIComponent(digest)}/refuse`, {
        reason: options['reason'],
      });
      cli.result(found, found.sentence);
    });

  remote(bundle.command('object <digest>'))
    .description('stop a bundle that would replace every admin (any admin)')
    .requiredOption('--reason <text>', 'why you object')
    .action(async (digest: string, options: Options) => {
      const found = await post(options, `/v1/bundles/${encodeURIComponent(digest)}/object`, {
        reason: options['reason'],
      });
      cli.result(found, found.sentence);
    });

  remote(program.command('commit <digest>'))
    .description('commit a bundle, or go on with its commit; asking again is safe (operator)')
    .action(async (digest: string, options: Options) => {
      cli.progress('Writing to Vault and the database, and reading both back …');
      const found = await post(options, `/v1/bundles/${encodeURIComponent(digest)}/commit`);
      cli.result(found, found.sentence);
    });
  remote(program.command('receipt <digest>'))
    .description('write the receipt of a bundle for the laptop; the same again and again')
    .option('--out <file>', 'file or folder; default conclave-receipt-….json here')
    .action((digest: string, options: Options) =>
      fetchDocument(cli, options, `/v1/bundles/${encodeURIComponent(digest)}/receipt`, false),
    );
}
