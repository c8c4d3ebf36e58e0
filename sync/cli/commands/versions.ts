/**
 * `conclave-sync version …`: the key versions, and whether each is safe.
 * @module
 */
import type { Command } from 'commander';
import { nameOf } from '../../../shared/ledger/generations.ts';
import {
  type FindingAnswer,
  type VersionAnswer,
  type VersionsAnswer,
  versionsAnswer,
} from '../../routes/version-answers.ts';
import { type Cli, refuseUse } from '../cli.ts';
import { type Options, remote, withClient } from './remote.ts';

function warning({ severity, happened, means, next, code }: FindingAnswer): string {
  return `${severity === 'bad' ? 'BAD ' : 'note'}  ${happened}\n      ${means}\n      ${next}\n      (${code})`;
}

function short(one: VersionAnswer): string {
  const { sets, escrows, shares, findings } = one;
  return [
    one.sentence,
    `  stored survey keys: ${escrows.count}, ${escrows.recovered} of them recovered`,
    ...sets.map(
      (set) => `  share set: ${nameOf(set)}, any ${set.threshold} of ${set.count} shares`,
    ),
    ...(sets.length < 2
      ? []
      : [
          `  each of these ${sets.length} sets alone opens the key: the weakest is how strong it is`,
        ]),
    ...(shares === null ? [] : [`  shares: ${shares.sentence}`]),
    `  vault component: ${one.component.sentence}`,
    ...one.staying.map(
      ({ userId, surveyId, why }) => `  stayed: user ${userId}, survey ${surveyId}: ${why}`,
    ),
    ...findings.map(warning),
  ].join('\n');
}

function whole(one: VersionAnswer): string {
  const times = [
    ['created', one.createdAt],
    ['activated', one.activatedAt],
    [one.state === 'inactive' ? 'not active since' : 'retired', one.retiredAt],
  ] as const;
  return [
    short(one),
    ...times.flatMap(([name, at]) => (at === null ? [] : [`  ${name}: ${at}`])),
    ...(one.shares === null ? [] : [`  shares made or renewed: ${one.shares.since}`]),
    ...one.sets.flatMap((set) => [
      `  set ${nameOf(set)}: ${set.setId}, generation ${set.generation}, made ${set.madeAt}`,
      `  manifest: ${set.manifest}`,
      ...set.custodians.map(
        ({ index, name, media }) =>
          `  share ${index}: ${name}, ${media.map(({ kind, description }) => `${kind} (${description})`).join(', ')}`,
      ),
    ]),
  ].join('\n');
}

export function registerVersionCommands(program: Command, cli: Cli): void {
  const version = program.command('version').description('key versions, and whether each is safe');
  const ask = (options: Options): Promise<VersionsAnswer> =>
    withClient(cli, options, (client) => client.call(versionsAnswer, 'GET', '/v1/versions'));

  remote(version.command('list'))
    .description('each key version, its escrows and shares; ends with 1 when something is bad')
    .action(async (options: Options) => {
      const found = await ask(options);
      const { epoch, versions, findings } = found;
      const lines = [
        ...findings.map(warning),
        ...(versions.length === 0 ? ['There are no key versions yet.'] : versions.map(short)),
        `Trust epoch: ${epoch.vault} in Vault, ${epoch.database} in the database.`,
      ];
      cli.result(found, lines.join('\n'));
      const all = [...findings, ...versions.flatMap((one) => one.findings)];
      if (all.some(({ severity }) => severity === 'bad')) cli.endWith(1);
    });
  remote(version.command('show <version>'))
    .description('one key version with its custodians; ends with 1 when something is bad')
    .action(async (name: string, options: Options) => {
      const { versions } = await ask(options);
      const found = versions.find((one) => one.version === name);
      if (found === undefined) {
        const known = versions.map((one) => one.version).join(', ');
        throw refuseUse(
          'used-wrongly',
          `There is no key version ${name}; there ${known === '' ? 'is none' : `are: ${known}`}.`,
        );
      }
      cli.result(found, whole(found));
      if (found.findings.some(({ severity }) => severity === 'bad')) cli.endWith(1);
    });
}
