/**
 * What one ceremony log says of envelopes of OTP keys.
 * @module
 */
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

export interface EnvelopeFacts {
  /** In order. */
  readonly renewed: readonly EnvelopeRenewed[];
  /** Nobody could say which of the two the stick holds. */
  readonly unknown: readonly Pick<EnvelopeRenewed, 'index' | 'before' | 'after'>[];
  readonly destroyed: readonly SheetsGone[];
  /** Numbers of sheets that were about to be printed, by share. */
  readonly printing: readonly { readonly index: number; readonly sheet: number }[];
}

export function readEnvelopes(of: (kind: EntryKind) => readonly Entry[]): EnvelopeFacts {
  return {
    renewed: of('envelope-renewed').map((entry) => {
      const { number, text } = facts(entry);
      return {
        index: number('index'),
        before: text('before'),
        after: text('after'),
        oldSheet: sheetIn(entry, 'oldSheet'),
        sheet: sheetIn(entry, 'sheet'),
        at: text('at'),
      };
    }),
    unknown: of('envelope-unknown').map((entry) => {
      const { number, text } = facts(entry);
      return { index: number('index'), before: text('before'), after: text('after') };
    }),
    destroyed: of('sheets-destroyed').map((entry) => {
      const { number, text } = facts(entry);
      return {
        index: number('index'),
        sheets: text('sheets').split(', ').map(Number),
        witness: text('witness'),
        at: text('at'),
      };
    }),
    printing: of('envelope-printing').map((entry) => {
      const { number } = facts(entry);
      return { index: number('index'), sheet: number('sheet') };
    }),
  };
}

function sheetIn(entry: Entry, path: string): number | null {
  const sheet = fact(entry, path);
  return typeof sheet === 'number' ? sheet : null;
}
