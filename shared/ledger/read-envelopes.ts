/**
 * What one ceremony log says of envelopes of OTP keys.
 * @module
 */
import { envelopeSheets } from '../sharing/key-carriers.ts';
import { fact, type Entry } from '../transcript/entry.ts';
import type { EntryKind } from '../transcript/kinds.ts';
import { facts } from './entry-facts.ts';

/** A new envelope took an old one's place. Digests are SHA-256 in hex, times UTC. */
export interface EnvelopeRenewed {
  readonly index: number;
  readonly before: string;
  readonly after: string;
  /** Numbers of the sheets; null: on a stick. */
  readonly oldSheet: number | null;
  readonly sheet: number | null;
  readonly at: string;
}

/** Sheets of a share that were destroyed before a witness. */
export interface SheetsGone {
  readonly index: number;
  readonly sheets: readonly number[];
  readonly witness: string;
  readonly at: string;
}

/** An envelope that was over and was given all the same, because what counted was said to be lost. */
export interface EnvelopeChosen {
  readonly index: number;
  readonly envelope: string;
  /** The sheet that it came in on; null: a stick. */
  readonly sheet: number | null;
  /** What counted until then; empty and null: the log does not say. */
  readonly live: string;
  readonly liveSheet: number | null;
  /** The ceremony in which it was locked; empty in logs of before. */
  readonly madeIn: string;
  readonly at: string;
}

/** A carrier of an OTP envelope that was read back in the ceremony that made the set. */
export interface EnvelopeReadBack {
  readonly index: number;
  /** Empty in logs of before. */
  readonly envelope: string;
  readonly sheet: number | null;
}

export interface EnvelopeFacts {
  /** In order. */
  readonly renewed: readonly EnvelopeRenewed[];
  /** Before and after of a stick that may hold either. */
  readonly perhaps: readonly (Pick<EnvelopeRenewed, 'index' | 'before' | 'after'> & {
    /** Its own log says which of the two it is. */
    readonly settled: boolean;
  })[];
  /** Chosen, and given afterwards. */
  readonly chosen: readonly EnvelopeChosen[];
  readonly readBack: readonly EnvelopeReadBack[];
  /** What shares were given with, and what stayed; empty where a log of before names none. */
  readonly given: readonly (EnvelopeReadBack & { readonly at: string })[];
  readonly destroyed: readonly SheetsGone[];
  /** What would tell which carrier was read back is withheld. */
  readonly unsaid: boolean;
  /** Numbers of sheets with an OTP envelope that were, or were about to be, printed, by share. */
  readonly printing: readonly {
    readonly index: number;
    readonly sheet: number;
    readonly at: string;
    /** Of the set that was made in this ceremony; else of the one whose shares were given. */
    readonly isMade: boolean;
  }[];
}

/** Leaves of an entry that says what was read back. */
const TELLS_WHICH = new Set(['index', 'medium', 'description', 'envelope', 'after', 'sheet']);

export function readEnvelopes(of: (kind: EntryKind) => readonly Entry[]): EnvelopeFacts {
  const renewed = of('envelope-renewed').map(readRenewed);
  const given = (['share-accepted', 'envelope-kept'] as const).flatMap(of).flatMap(readGiven);
  return {
    renewed,
    perhaps: (['envelope-making', 'envelope-unknown'] as const).flatMap(of).map((entry) => {
      const { number, text } = facts(entry);
      const one = { index: number('index'), before: text('before'), after: text('after') };
      return { ...one, settled: isSettled(entry, one, of) };
    }),
    chosen: of('replaced-envelope-used')
      .map((entry) => {
        const { number, text } = facts(entry);
        return {
          index: number('index'),
          envelope: text('envelope'),
          sheet: sheetIn(entry, 'sheet'),
          live: text('live'),
          liveSheet: sheetIn(entry, 'liveSheet'),
          madeIn: text('madeIn'),
          at: text('at'),
        };
      })
      // The key may have refused it afterwards: then what counted still counts.
      .filter(({ index, envelope, at }) =>
        [...given.map((one) => ({ ...one, before: one.envelope })), ...renewed].some(
          (one) => one.index === index && one.before === envelope && one.at >= at,
        ),
      ),
    readBack: of('share-read-back')
      .filter(isOtp)
      .map((entry) => {
        const { number, text } = facts(entry);
        const [sheet = null] = envelopeSheets([
          { kind: 'yubikey-otp', description: text('description') },
        ]);
        return { index: number('index'), envelope: text('envelope'), sheet };
      }),
    given,
    destroyed: of('sheets-destroyed').map((entry) => {
      const { number, text } = facts(entry);
      return {
        index: number('index'),
        sheets: text('sheets').split(', ').map(Number),
        witness: text('witness'),
        at: text('at'),
      };
    }),
    unsaid: (['share-read-back', 'envelope-renewed'] as const)
      .flatMap(of)
      .some(({ leaves }) =>
        leaves.some((leaf) => 'withheld' in leaf && TELLS_WHICH.has(leaf.path)),
      ),
    printing: [
      ...of('share-written')
        .filter(isOtp)
        .flatMap((entry) => {
          const { number, text } = facts(entry);
          const description = text('description');
          return envelopeSheets([{ kind: 'yubikey-otp', description }]).map((sheet) => ({
            index: number('index'),
            sheet,
            at: text('at'),
            isMade: true,
          }));
        }),
      ...of('envelope-printing').map((entry) => {
        const { number, text } = facts(entry);
        return {
          index: number('index'),
          sheet: number('sheet'),
          at: text('at'),
          isMade: false,
        };
      }),
    ],
  };
}

function readRenewed(entry: Entry): EnvelopeRenewed {
  const { number, text } = facts(entry);
  return {
    index: number('index'),
    before: text('before'),
    after: text('after'),
    oldSheet: sheetIn(entry, 'oldSheet'),
    sheet: sheetIn(entry, 'sheet'),
    at: text('at'),
  };
}

function readGiven(entry: Entry) {
  const { number, text } = facts(entry);
  if (text('kind') === 'share-accepted' && !isOtp(entry)) return [];
  const sheet = sheetIn(entry, 'sheet');
  return [{ index: number('index'), envelope: text('envelope'), sheet, at: text('at') }];
}

/** The entry after it, of the same share, says what the stick holds. */
function isSettled(
  { n }: Entry,
  { index, before, after }: Pick<EnvelopeRenewed, 'index' | 'before' | 'after'>,
  of: (kind: EntryKind) => readonly Entry[],
): boolean {
  const says = (entry: Entry, path: string) => facts(entry).text(path);
  const later = (entry: Entry) => entry.n > n && facts(entry).number('index') === index;
  return (
    of('envelope-renewed').some((entry) => later(entry) && says(entry, 'after') === after) ||
    of('envelope-kept').some((entry) => later(entry) && says(entry, 'envelope') === before)
  );
}

const isOtp = (entry: Entry) => facts(entry).text('medium') === 'yubikey-otp';

function sheetIn(entry: Entry, path: string): number | null {
  const sheet = fact(entry, path);
  return typeof sheet === 'number' ? sheet : null;
}
