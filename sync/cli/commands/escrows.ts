/**
 * `conclave-sync escrow list`.
 * @module
 */
import type { Command } from 'commander';
import { type EscrowListAnswer, escrowListAnswer } from '../../routes/escrow-answers.ts';
import { type Cli, refuseUse } from '../cli.ts';
import { type Options, remote, withClient } from './remote.ts';

type Survey = EscrowListAnswer['surveys'][number];

function line({ surveyId, name, state, userIds }: Survey): string {
  const what =
    state === 'none' ? 'no key is stored' : `stored for user ${userIds.join(', ')}, and not proved`;
  return `survey ${surveyId} (${name}): ${what}`;
}

function lines({ count, surveys }: EscrowListAnswer): string {
  const { none, stored, proved } = count;
  return [
    `Surveys with a key: ${none + stored + proved}. Proved: ${proved}. Stored and not proved: ${stored}. Not stored: ${none}.`,
    ...surveys.map(line),
  ].join('\n');
}

export function registerEscrowCommands(program: Command, cli: Cli): void {
  const escrow = program.command('escrow').description('survey keys that are stored for recovery');
  remote(escrow.command('list'))
    .description('how many are stored and proved, and the surveys of which none is')
    .option('--state <state>', 'only none (nothing is stored), or stored (and not proved)')
    .action(async (options: Options) => {
      const { state } = options;
      if (state !== undefined && state !== 'none' && state !== 'stored') {
        throw refuseUse('used-wrongly', '--state is none or stored.');
      }
      const found = await withClient(cli, options, async (client) => {
        const query = new URLSearchParams(state === undefined ? {} : { state });
        const surveys: Survey[] = [];
        for (;;) {
          const page = await client.call(
            escrowListAnswer,
            'GET',
            `/v1/escrows?${query.toString()}`,
          );
          surveys.push(...page.surveys);
          const last = surveys.at(-1);
          if (!page.more || last === undefined) return { ...page, surveys };
          query.set('after', String(last.surveyId));
        }
      });
      cli.result(found, lines(found));
    });
}
