/**
 * `conclave-sync queue`: what waits, yours first, and with which command you act.
 * @module
 */
import type { Command } from 'commander';
import type { ApprovalAction } from '../../../shared/bundle/approval.ts';
import { type QueueItem, queueAnswer } from '../../routes/page-answers.ts';
import type { Cli } from '../cli.ts';
import { type Options, remote, withClient } from './remote.ts';

const APPROVE: Readonly<Record<ApprovalAction, string>> = {
  'request-approve': 'request approve',
  'package-release': 'package approve',
  'bundle-approve': 'bundle approve',
  'difference-accept': 'bundle accept-difference',
  'admin-invite': 'admin invite',
  'admin-confirm': 'admin confirm',
  'admin-disable': 'admin dismiss',
};
const HAND_OVER = { passphrase: 'passphrase show', link: 'claim code' } as const;

export function registerQueue(program: Command, cli: Cli): void {
  remote(program.command('queue'))
    .description('what waits, yours first, and with which command you act')
    .action(async (options: Options) => {
      const found = await withClient(cli, options, (client) =>
        client.call(queueAnswer, 'GET', '/v1/queue'),
      );
      const open = found.items.filter((item) => item.open || item.yours);
      const parts = [
        ['Waits for you:', open.filter(({ yours }) => yours)],
        ['Waits for others, or for its time:', open.filter(({ yours }) => !yours)],
      ] as const;
      const lines = parts.flatMap(([title, items]) =>
        items.length === 0 ? [] : [title, ...items.map(itemLines)],
      );
      cli.result(
        found,
        [
          ...(lines.length === 0 ? ['Nothing waits.'] : lines),
          ...(found.hidden === 0
            ? []
            : [`${found.hidden} more are open: request list, package list, bundle list.`]),
        ].join('\n'),
      );
    });
}

function itemLines(item: QueueItem): string {
  const commands = commandsFor(item);
  return [
    `  ${item.sentence}`,
    `    ${item.waitsFor}${item.until === null ? '' : ` Until ${item.until}.`}`,
    ...commands.map((command) => `    conclave-sync ${command}`),
    ...(item.approve === null && item.notYours !== null ? [`    ${item.notYours}`] : []),
  ].join('\n');
}

function commandsFor({ kind, subject, facts, ...item }: QueueItem): string[] {
  const name = facts.find(([label]) => label === 'name')?.[1] ?? subject;
  const target =
    kind === 'admin' ? inShell(name) : kind === 'request' ? subject : subject.slice(0, 8);
  return [
    ...(item.approve === null ? [] : [`${APPROVE[item.approve.action]} ${target} --reason …`]),
    ...(item.commit ? [`commit ${target}`] : []),
    ...(item.handOver === null ? [] : [`${HAND_OVER[item.handOver]} ${target}`]),
    ...item.stop.map(({ word }) => `${kind} ${word} ${target} --reason …`),
    ...(item.files.includes('package') ? [`package get ${target}`] : []),
    ...(kind === 'bundle' && item.keyFiles !== null
      ? [`bundle import-files ${target} ${item.keyFiles.folder}`]
      : []),
    ...(kind === 'request' ? [`request show ${target}`] : []),
  ];
}

/** SECURITY: a name that is copied into a shell stays one word of it. */
function inShell(name: string): string {
  return `'${name.replaceAll("'", String.raw`'\''`)}'`;
}
