/**
 * `conclave-sync audit …`: what happened, listed and exported.
 * @module
 */
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Command, Option } from 'commander';
import {
  type AuditEntryAnswer,
  auditAnswer,
  auditTypesAnswer,
} from '../../routes/audit-answers.ts';
import { type Cli, refuseUse } from '../cli.ts';
import { type Options, remote, withClient } from './remote.ts';

const FILTERS = ['from', 'to', 'type', 'admin', 'subject', 'text'] as const;
/** Entries of one question. */
const PAGE = 200;

function filtering(command: Command): Command {
  return remote(command)
    .option('--from <time>', 'a day or a moment with its zone; included')
    .option('--to <time>', 'a day, included as a whole, or a moment, not included')
    .option('--type <types>', 'kinds of entry, with commas between; see audit types')
    .option('--admin <name>', 'who did it')
    .option('--subject <text>', 'code of a request, or the beginning of a digest or nonce')
    .option('--text <text>', 'anywhere in it; capitals do not matter');
}

function filterOf(options: Options): Record<string, string> {
  return Object.fromEntries(
    FILTERS.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])),
  );
}

function lines({ at, type, sentence, by, subject, facts }: AuditEntryAnswer): string {
  return [
    `${at.slice(0, 19)}Z  ${sentence}${by === null ? '' : ` (${by})`}`,
    `  ${type}${subject === null ? '' : `, ${subject}`}`,
    ...facts.map(([name, value]) => `  ${name}: ${value}`),
  ].join('\n');
}

function howMany(text: string | undefined): number {
  if (text === undefined) return 50;
  if (!/^[1-9]\d{0,5}$/.test(text)) {
    throw refuseUse('used-wrongly', `--limit is a number from 1 to 999999, not ${text}.`);
  }
  return Number(text);
}

export function registerAuditCommands(program: Command, cli: Cli): void {
  const audit = program.command('audit').description('what happened, for the auditor');

  filtering(audit.command('list'))
    .description('events, signed approvals and mails, newest first')
    .option('--limit <number>', 'at most so many; 50 otherwise')
    .action(async (options: Options) => {
      const most = howMany(options['limit']);
      const found = await withClient(cli, options, async (client) => {
        const entries: AuditEntryAnswer[] = [];
        const query = new URLSearchParams(filterOf(options));
        for (;;) {
          query.set('limit', String(Math.min(PAGE, most - entries.length)));
          const page = await client.call(auditAnswer, 'GET', `/v1/audit?${query.toString()}`);
          entries.push(...page.entries);
          if (page.next === null || entries.length >= most) return { ...page, entries };
          query.set('after', page.next);
        }
      });
      cli.result(
        found,
        [
          ...(found.entries.length === 0
            ? ['Nothing fits this filter.']
            : found.entries.map(lines)),
          ...(found.next === null ? [] : ['There is more: narrow it, or raise --limit.']),
          ...(found.signInsOfOthers ? [] : ['The sign-ins of others are listed for auditors.']),
        ].join('\n'),
      );
    });

  remote(audit.command('types'))
    .description('the kinds of entry, in plain words')
    .action(async (options: Options) => {
      const found = await withClient(cli, options, (client) =>
        client.call(auditTypesAnswer, 'GET', '/v1/audit/types'),
      );
      const wide = Math.max(...found.types.map(({ type }) => type.length));
      const text = found.types.map(({ type, says }) => `${type.padEnd(wide)}  ${says}`);
      cli.result(found, text.join('\n'));
    });

  filtering(audit.command('export'))
    .description('all that the filter leaves, into a file; the export itself is written down')
    .addOption(new Option('--format <format>', 'as').choices(['jsonl', 'csv']).default('jsonl'))
    .requiredOption('--out <file>', 'the file; an older one stays until the new one is whole')
    .action(async (options: Options) => {
      const { format = 'jsonl', out: file = '' } = options;
      const json = { format, filter: filterOf(options) };
      const count = await withClient(cli, options, (client) =>
        save(client.stream('/v1/audit/export', { json }), file),
      );
      cli.result({ file, format, count }, `Written: ${file}, ${count} entries`);
    });
}

/** The last record of either format. */
const WHOLE =
  /(?:^|\n)(?:\{"record":"end","count":(\d+)\}\n|"","end",.*"\{""count"":(\d+)\}"\r\n)$/;

/** Writes it beside the file, and puts it in its place once its last record says that it is whole. */
async function save(parts: AsyncGenerator<Uint8Array>, file: string): Promise<number> {
  const unfinished = `${file}.unfinished`;
  let tail = '';
  const watch = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      tail = (tail + chunk.toString('latin1')).slice(-200);
      done(null, chunk);
    },
  });
  try {
    await pipeline(parts, watch, createWriteStream(unfinished, { mode: 0o600 }));
    const [, inJson, inCsv] = WHOLE.exec(tail) ?? [];
    const count = inJson ?? inCsv;
    if (count === undefined) throw refuseUse('export-broken', file);
    await rename(unfinished, file);
    return Number(count);
  } catch (cause) {
    await rm(unfinished, { force: true });
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    if (/^E(?:ACCES|NOENT|ISDIR|NOTDIR|NOSPC|ROFS|PERM)$/.test(code)) {
      throw refuseUse('used-wrongly', `The file ${file} cannot be written (${code}).`);
    }
    throw cause;
  }
}
