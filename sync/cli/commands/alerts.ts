/**
 * `conclave-sync alert list`.
 * @module
 */
import type { Command } from 'commander';
import { type AlertsAnswer, alertsAnswer } from '../../routes/alerts.ts';
import type { Cli } from '../cli.ts';
import { type Options, remote, withClient } from './remote.ts';

function lines({ alerts, told }: AlertsAnswer): string {
  const texts = alerts.map((one) =>
    [
      `${one.closedAt === null ? one.severity.toUpperCase() : 'ended'}  ${one.happened}`,
      ...(one.closedAt === null ? [`  ${one.means}`, `  ${one.next}`] : []),
      `  since ${one.openedAt}${one.closedAt === null ? '' : `, until ${one.closedAt}`}`,
    ].join('\n'),
  );
  const heard =
    told === 0
      ? 'Nobody is told of alerts by mail: no mail is set up, or nobody is on call.'
      : `${told} on call ${told === 1 ? 'is' : 'are'} told by mail.`;
  return [...(texts.length === 0 ? ['No alerts.'] : texts), heard].join('\n');
}

export function registerAlertCommands(program: Command, cli: Cli): void {
  const alert = program.command('alert').description('what needs a person’s eye');
  remote(
    alert.command('list').description('open alerts, the gravest first; then ended ones'),
  ).action((options: Options) =>
    withClient(cli, options, async (client) => {
      const answer = await client.call(alertsAnswer, 'GET', '/v1/alerts');
      cli.result(answer, lines(answer));
    }),
  );
}
