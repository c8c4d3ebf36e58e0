/**
 * `conclave-sync admin lost …`: on the server, when all keys of all admins are lost.
 * @module
 */
import type { Command } from 'commander';
import { descriptorType } from '../../../shared/bundle/descriptor.ts';
import { packageType } from '../../../shared/bundle/package.ts';
import { formatTime } from '../../../shared/encoding/schema.ts';
import {
  activeAdmins,
  commitLost,
  importLost,
  listLost,
  lostByPrefix,
  makeLostPackage,
} from '../../flows/endings/admins-lost.ts';
import type { BundleRow } from '../../flows/bundles/bundles.ts';
import { type FlowContext, readSituation } from '../../trust/context.ts';
import { receiptOf } from '../../flows/endings/receipt-file.ts';
import { openPlatform } from '../../platform.ts';
import { fileOf, showBundle } from '../../routes/show.ts';
import { type Cli, configOf } from '../cli.ts';
import {
  type Options,
  readDocument,
  saveDocument,
  typedWords,
  WHICH_SET,
  writeDocument,
} from './remote.ts';

type Mode = () => { readonly rehearsal: boolean };

async function withFlows<T>(
  cli: Cli,
  mode: Mode,
  work: (context: FlowContext) => Promise<T>,
): Promise<T> {
  const platform = await openPlatform(configOf(cli, mode()));
  try {
    return await work(platform);
  } finally {
    await platform.close();
  }
}

function standing({ state, notBefore, expiresAt, reason }: BundleRow): string {
  if (state !== 'waiting' || notBefore === null)
    return reason === '' ? state : `${state}: ${reason}`;
  return `waits; can be committed from ${formatTime(notBefore)} until ${formatTime(expiresAt)}, unless somebody objects`;
}

export function registerLost(admin: Command, cli: Cli, mode: Mode): void {
  const lost = admin
    .command('lost')
    .description('on the server, when no admin has a key left: the custodians name two new admins');
  lost
    .command('package')
    .description('write the package and the descriptor for the custodians’ ceremony')
    .requiredOption('--out <folder>', 'folder on the stick for the laptop')
    .option('--key-version <version>', 'whose custodians sign; needed with several versions only')
    .option(...WHICH_SET)
    .action((options: Options) =>
      withFlows(cli, mode, async (context) => {
        const active = await activeAdmins(context);
        const made = await makeLostPackage(context, options['keyVersion'], {
          setId: options['set'],
        });
        const { descriptor } = (await readSituation(context)).identity;
        const who = fileOf('descriptor', descriptor.digest, descriptorType.toBytes(descriptor));
        const asked = fileOf('package', made.digest, packageType.toBytes(made));
        const files = [
          await saveDocument(who, options['out']),
          await saveDocument(asked, options['out']),
        ];
        cli.result(
          { nonce: made.body.nonce, files, words: who.words, admins: active },
          [
            ...files.map((file) => `Written: ${file}`),
            `The eight words of the descriptor, to be read aloud to the laptop:\n\n  ${who.words}\n`,
            `When the bundle is taken in these admins are told, and any one of them can stop it: ${active.join(', ') || 'nobody'}.`,
          ].join('\n'),
        );
      }),
    );
  lost
    .command('import <file>')
    .description('take in the bundle; everybody is told, and the longest delay begins')
    .option(
      '--words <words>',
      'the eight words of the roster, from the witness’s paper; else asked',
    )
    .action(async (file: string, options: Options) => {
      const bytes = await readDocument(file, 'bundle');
      const ask = 'The eight words of the roster on the witness’s paper:';
      const words = await typedWords(cli, options['words'], ask);
      await withFlows(cli, mode, async (context) => {
        const found = await importLost(context, bytes, words);
        const shown = await showBundle(context, found);
        cli.result(shown, `${shown.sentence}\nIt ${standing(found)}.`);
      });
    });
  lost
    .command('status')
    .description('all such bundles, newest first')
    .action(() =>
      withFlows(cli, mode, async (context) => {
        const found = await listLost(context);
        const bundles = found.map((one) => ({ digest: one.digest, state: one.state }));
        const lines = found.map((one) => `${one.digest.slice(0, 8)}  ${standing(one)}`);
        cli.result({ bundles }, lines.join('\n') || 'There is none.');
      }),
    );
  lost
    .command('commit <digest>')
    .description('after the delay: put the roster in force and the two admins in place')
    .action((digest: string) =>
      withFlows(cli, mode, async (context) => {
        const shown = await showBundle(context, await commitLost(context, digest));
        cli.result(shown, shown.sentence);
      }),
    );
  lost
    .command('receipt <digest>')
    .description('write its receipt for the laptop')
    .option('--out <file>', 'file or folder; default conclave-receipt-….json here')
    .action((prefix: string, options: Options) =>
      withFlows(cli, mode, async (context) => {
        const { nonce } = await lostByPrefix(context, prefix);
        const { digest, bytes } = await receiptOf(context, nonce);
        await writeDocument(cli, fileOf('receipt', digest, bytes), options['out']);
      }),
    );
}
