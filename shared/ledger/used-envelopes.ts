/**
 * For an auditor: envelopes of OTP keys that were used in a ceremony although, as logs of earlier ones
 * say, another one had taken their place, or their sheet had been destroyed.
 * @module
 */
import { fact, type Entry } from '../transcript/entry.ts';
import { entries, type CeremonyLog } from '../transcript/log.ts';
import { plainTime } from '../transcript/narrate-words.ts';
import { facts } from './entry-facts.ts';
import { foldEnvelopes } from './envelopes.ts';
import { standingOf, type PrintedSheets, type ReplacedEnvelope } from './known-envelopes.ts';
import { readLog, type LogFacts } from './read-log.ts';

/** A log of a ceremony before, and whether the auditor's anchor vouches for it. */
export interface EarlierLog {
  readonly log: CeremonyLog;
  readonly authenticated: boolean;
}

/** An envelope that a share was given with. */
interface Use {
  readonly entry: Entry;
  /** SHA-256 in hex. */
  readonly envelope: string;
  /** In which it was locked; empty in logs of before. */
  readonly madeIn: string;
  readonly index: number;
  readonly sheet: number | null;
}

/** Each a sentence or two; empty where no such envelope was used. */
export function envelopesUsed(log: CeremonyLog, earlier: readonly EarlierLog[]): string[] {
  const uses = usesIn(log);
  if (uses.length === 0) return [];
  const began = startOf(log);
  const others = earlier.filter((one) => one.log.header.ceremonyId !== log.header.ceremonyId);
  const before = others.filter((one) => startOf(one.log) < began);
  const late = others
    .filter((one) => !before.includes(one))
    .map(
      ({ log: { header } }) =>
        `The log of ceremony ${header.ceremonyId} does not begin before this one, and was not looked at.`,
    );
  const read = before.map((one) => readLog(one.log, [], null));
  const found = uses.flatMap((use) => {
    const known = [...read, readLog(upTo(log, use.entry.n), [], null)];
    const said = overInWords(use, known);
    return said === null ? [] : [`${said} ${choiceInWords(log, use)}${trustInWords(before)}`];
  });
  return [
    ...found,
    ...late,
    ...(before.length === 0
      ? [
          'Whether the envelopes that were used here had been replaced before, only the logs of earlier ceremonies tell: none was given.',
        ]
      : []),
  ];
}

function startOf(log: CeremonyLog): string {
  return facts(entries(log)[0]).text('at');
}

/** As the log stood before an entry. */
function upTo(log: CeremonyLog, n: number): CeremonyLog {
  return { ...log, items: log.items.filter((item) => !('entry' in item) || item.entry.n < n) };
}

/** A log of before the digest stood in the entry names it when it says what became of it. */
function usesIn(log: CeremonyLog): Use[] {
  const uses = new Map<string, Use>();
  for (const entry of entries(log)) {
    const { text, number } = facts(entry);
    const path = PATHS[text('kind')];
    const envelope = path === undefined ? '' : text(path);
    if (envelope === '' || uses.has(envelope)) continue;
    const sheet = fact(entry, 'sheet') === undefined ? null : number('sheet');
    const given = text('kind') === 'envelope-renewed' ? oldSheetOf(entry) : sheet;
    const madeIn = text('madeIn');
    uses.set(envelope, { entry, envelope, madeIn, index: number('index'), sheet: given });
  }
  return [...uses.values()];
}

/** Which leaf names the envelope that was opened. */
const PATHS: Readonly<Record<string, string>> = {
  'share-accepted': 'envelope',
  'envelope-renewed': 'before',
  'envelope-kept': 'envelope',
  'envelope-unknown': 'before',
};

function oldSheetOf(entry: Entry): number | null {
  const sheet = fact(entry, 'oldSheet');
  return typeof sheet === 'number' ? sheet : null;
}

const named = ({ index, sheet, envelope, entry }: Use) =>
  `Entry ${entry.n}: share ${index} was given with the envelope ${envelope.slice(0, 16)}…${sheet === null ? '' : ` on sheet ${sheet}`},`;

/** As the worker judges it, before the key is asked. */
function overInWords(use: Use, known: readonly LogFacts[]): string | null {
  const { envelope: digest, madeIn: ceremonyId, index, sheet } = use;
  const found = standingOf({ digest, ceremonyId, setId: null, index, sheet }, foldEnvelopes(known));
  switch (found.standing) {
    case 'replaced':
      return replacedInWords(use, found.by);
    case 'not-counted':
      return notCountedInWords(use, found.among);
    case 'newest':
      return null;
    case 'not-known':
      return ceremonyId === '' ? destroyedInWords(use, known) : null;
  }
}

function notCountedInWords(use: Use, { good, destroyed, ceremonyId }: PrintedSheets): string {
  const gone = destroyed.find(({ sheets }) => use.sheet !== null && sheets.includes(use.sheet));
  return (
    `${named(use)} although the log of ceremony ${ceremonyId}, which printed it, does not say that it was read back; ` +
    `${good === null ? 'another one' : `sheet ${good}`} counted.` +
    (gone === undefined
      ? ''
      : ` It was said to be destroyed on ${plainTime(gone.at)} before ${gone.witness}.`)
  );
}

function replacedInWords(use: Use, by: ReplacedEnvelope): string {
  const took = by.liveSheet === null ? '' : ` on sheet ${by.liveSheet}`;
  return (
    `${named(use)} although it was replaced on ${plainTime(by.replacedAt)}; ${by.live.slice(0, 16)}…${took} counted.` +
    (by.destroyed === null
      ? ''
      : ` Its sheet was said to be destroyed on ${plainTime(by.destroyed.at)} before ${by.destroyed.witness}.`)
  );
}

/**
 * For a log of before, which does not say where the envelope was locked: by the number of its sheet,
 * which another sheet of another day may have had as well.
 */
function destroyedInWords(use: Use, read: readonly LogFacts[]): string | null {
  const { sheet, index, envelope } = use;
  const counted = foldEnvelopes(read).named.includes(envelope);
  if (sheet === null || counted) return null;
  const gone = read
    .flatMap(({ envelopes }) => envelopes.destroyed)
    .find((one) => one.index === index && one.sheets.includes(sheet));
  return gone === undefined
    ? null
    : `${named(use)} and a sheet ${sheet} of this share was said to be destroyed on ${plainTime(gone.at)} before ${gone.witness}; this log does not say in which ceremony the envelope was locked, so it may be another sheet of that number.`;
}

function choiceInWords(log: CeremonyLog, { envelope, index, entry }: Use): string {
  const chosen = entries(log).find((one) => {
    const { text, number } = facts(one);
    const isChoice = text('kind') === 'replaced-envelope-used' && one.n < entry.n;
    return isChoice && number('index') === index && text('envelope') === envelope;
  });
  return chosen === undefined
    ? 'No entry says that the custodian knew that and chose it before a witness.'
    : `The custodian chose that before ${facts(chosen).text('witness')} (entry ${chosen.n}).`;
}

function trustInWords(earlier: readonly EarlierLog[]): string {
  return earlier.every(({ authenticated }) => authenticated)
    ? ''
    : ' Not every earlier log is vouched for by the anchor.';
}
