/**
 * `conclave-sync drill …`: when each share was proved last, and when it is due.
 * @module
 */
import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { failureInWords } from '../../../shared/bundle/drill.ts';
import { nameOf } from '../../../shared/ledger/generations.ts';
import { MEDIUM_NAMES } from '../../../shared/sharing/media-kinds.ts';
import {
  calendarAnswer,
  type DrillSetAnswer,
  type DrillShareAnswer,
  drillsAnswer,
} from '../../routes/drill-answers.ts';
import type { Cli } from '../cli.ts';
import { type Options, remote, withClient } from './remote.ts';

function line({ index, custodian, proved, failed, dueAt }: DrillShareAnswer): string {
  const last =
    proved === null ? 'never in a drill' : `${proved.at}, from ${MEDIUM_NAMES[proved.medium]}`;
  const standing =
    failed === null
      ? `due ${dueAt}`
      : `${failureInWords({ index, why: failed.why })} (${failed.at})`;
  return `  share ${index}: ${custodian}; proved ${last}; ${standing}`;
}

function lines(set: DrillSetAnswer): string {
  const { version, threshold, count, sentence, shares, full } = set;
  return [
    `${nameOf(set)}, key version ${version}, any ${threshold} of ${count} open it. ${sentence}`,
    full === null
      ? '  There was no full drill of this set yet.'
      : `  The newest full drill (${full.at}): ${full.sentence}`,
    ...shares.map(line),
  ].join('\n');
}

export function registerDrillCommands(program: Command, cli: Cli): void {
  const drill = program.command('drill').description('when each share was proved last');
  remote(drill.command('list'))
    .description('each share, its last proof and its due day; ends with 1 when one was not proved')
    .action(async (options: Options) => {
      const found = await withClient(cli, options, (client) =>
        client.call(drillsAnswer, 'GET', '/v1/drills'),
      );
      const { sets, unreadable } = found;
      const told = [
        ...unreadable.map(
          (version) =>
            `BAD   The share set of key version ${version} cannot be read: see "conclave-sync version show ${version}".`,
        ),
        ...sets.map(lines),
      ];
      cli.result(found, told.length === 0 ? 'There is no share set yet.' : told.join('\n'));
      const isBad = unreadable.length > 0 || sets.some(({ notProved }) => notProved > 0);
      if (isBad) cli.endWith(1);
    });
  remote(drill.command('calendar'))
    .description('the due days as a calendar file')
    .option('--out <file>', 'default conclave-drills.ics here')
    .action(async (options: Options) => {
      const { fileName, content } = await withClient(cli, options, (client) =>
        client.call(calendarAnswer, 'GET', '/v1/drills/calendar'),
      );
      const file = options['out'] ?? fileName;
      await writeFile(file, Buffer.from(content, 'base64'));
      cli.result({ file }, `Written: ${file}`);
    });
}
