/**
 * How an envelope of an OTP key is refused that is over: before its key is asked, and with what may be
 * done all the same.
 * @module
 */
import { plainDay } from '../encoding/dates.ts';
import { refusals, type Refusal } from '../refusal.ts';
import { shareName } from '../sharing/refusals.ts';
import type {
  EnvelopeRead,
  EnvelopesKnown,
  PrintedSheets,
  ReplacedEnvelope,
} from './known-envelopes.ts';

/** What a sentence may say of it. */
interface Said extends EnvelopeRead {
  /** Shares of the set. */
  readonly count: number;
  readonly custodian: string;
  /** When the ceremony began in which it was locked; null: not known here. */
  readonly madeAt: string | null;
}

const risk =
  'The share in both is the same. But its YubiKey has answered for this one before: whoever saw that answer, has this one and guesses the words needs no key. The key was not asked now.';

const refuse = refusals({
  'key-envelope-replaced': (said: Said, by: ReplacedEnvelope) => ({
    happened: `This is ${named(said)}, which was replaced on ${plainDay(by.replacedAt)}.${
      by.saidLost ? ' It was said to be lost.' : ''
    }${goneInWords(said.custodian, by.destroyed)}`,
    means: `${capital(liveInWords(by))} counts, since ${plainDay(by.liveSince)}. ${risk}`,
    next: nextInWords(liveInWords(by), said.sheet),
    culprit: culpritOf(said),
  }),
  'key-envelope-not-counted': (said: Said, among: PrintedSheets) => ({
    happened: `This is ${named(said)}, which was printed and never read back.${goneInWords(
      said.custodian,
      among.destroyed.find(({ sheets }) => said.sheet !== null && sheets.includes(said.sheet)),
    )}`,
    means: `It never counted: ${goodInWords(among)} does. ${risk}`,
    next: nextInWords(goodInWords(among), said.sheet),
    culprit: culpritOf(said),
  }),
});

/** Codes of refusals that the custodian may set aside before a witness. */
export const SET_ASIDE: ReadonlySet<string> = new Set([
  'key-envelope-replaced',
  'key-envelope-not-counted',
]);

/** Another one took its place. */
export function refuseReplaced(
  read: EnvelopeRead,
  by: ReplacedEnvelope,
  whose: Pick<Said, 'count' | 'custodian'>,
  known: EnvelopesKnown,
): Refusal {
  return refuse('key-envelope-replaced', { ...read, ...whose, madeAt: madeAt(read, known) }, by);
}

/** A print that was never read back. */
export function refuseNotCounted(
  read: EnvelopeRead,
  among: PrintedSheets,
  whose: Pick<Said, 'count' | 'custodian'>,
  known: EnvelopesKnown,
): Refusal {
  const said = { ...read, ...whose, madeAt: madeAt(read, known) };
  return refuse('key-envelope-not-counted', said, among);
}

function madeAt({ ceremonyId }: EnvelopeRead, { ceremonies }: EnvelopesKnown): string | null {
  return ceremonies.find(([id]) => id === ceremonyId)?.[1] ?? null;
}

/** `sheet 1, of 3 May 2026, with the envelope of share 3 of 4` */
function named({ sheet, index, count, madeAt: made }: Said): string {
  const day = made === null ? null : plainDay(made);
  const share = shareName(index, count);
  return sheet === null
    ? `an old copy of the envelope of ${share}${day === null ? '' : `, of ${day}`}`
    : `sheet ${sheet}${day === null ? '' : `, of ${day},`} with the envelope of ${share}`;
}

function goneInWords(
  custodian: string,
  gone: { readonly at: string; readonly witness: string } | null | undefined,
): string {
  return gone === null || gone === undefined
    ? ''
    : ` ${capital(custodian)} and ${gone.witness} said on ${plainDay(gone.at)} that it was destroyed.`;
}

function liveInWords({ liveSheet }: ReplacedEnvelope): string {
  return liveSheet === null ? 'the envelope on the custodian’s own stick' : `sheet ${liveSheet}`;
}

function goodInWords({ good }: PrintedSheets): string {
  return good === null ? 'the sheet that was given on that day' : `sheet ${good}`;
}

function nextInWords(good: string, sheet: number | null): string {
  const it = sheet === null ? 'this copy' : `sheet ${sheet}`;
  return `Bring ${good}, and destroy ${it} before a witness. If ${good} is lost, ${it} can be used before a witness; the transcript says so.`;
}

const culpritOf = ({ sheet }: Said) => (sheet === null ? 'an old envelope' : `sheet ${sheet}`);

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
