/**
 * Survey keys that move to the active version, in words: for approvers, for the queue, for custodians,
 * for the receipt.
 * @module
 */
import type { MoveBundle } from '../../shared/bundle/bundle.ts';
import { keysInWords, STAYS_IN_WORDS, staying } from '../../shared/bundle/move.ts';
import { STAYS } from '../../shared/escrow/move.ts';
import { LEFT, LEFT_IN_WORDS, type Left } from './left.ts';
import type { MoveOutcome } from './rows.ts';

type Facts = [string, string][];

/** One sentence without its end. */
export function moveInWords({ keyVersion, movesTo, counts, organisationHalf }: MoveBundle): string {
  if (organisationHalf !== undefined && counts.moved === 0) {
    return `Hand the half for organisations of key version ${keyVersion} over to ${movesTo}`;
  }
  return `Store ${keysInWords(counts.moved)} under key version ${movesTo} that ${counts.moved === 1 ? 'is' : 'are'} stored under ${keyVersion}`;
}

/** Label and value: what two approvers have to judge. */
export function moveFacts(body: MoveBundle): Facts {
  const { keyVersion, movesTo, counts, files } = body;
  const { moved, notCompared, stays } = counts;
  return [
    ['moves', `${keysInWords(moved)}, sealed to the escrow key of ${movesTo}`],
    [
      'compared with nothing',
      notCompared === 0
        ? 'none: each that moves fits CheckTick’s hash of its survey’s key'
        : `${keysInWords(notCompared)} of those: CheckTick keeps no hash of them`,
    ],
    ['stays', `${keysInWords(staying(counts))} under ${keyVersion}`],
    ...STAYS.filter((why) => stays[why] > 0).map((why): [string, string] => [
      'stays because',
      `${keysInWords(stays[why])}: ${STAYS_IN_WORDS[why]}`,
    ]),
    ...(body.organisationHalf === undefined ? [] : [halfFact(keyVersion, movesTo)]),
    ['files that came back', `${files.length}`],
    [
      'stored meanwhile',
      'a survey key that was stored anew after the package was made is left as it is, and named in the receipt',
    ],
  ];
}

const halfFact = (from: string, to: string): [string, string] => [
  'half for organisations',
  `sealed to the escrow key of ${to}: its custodians and an owner with the passphrase open what organisations keep under ${from}; nothing else opens with it`,
];

/** For the custodians, who know nothing of sync. */
export function moveChange(body: MoveBundle) {
  const { keyVersion, movesTo, counts } = body;
  const stay = staying(counts);
  const rest =
    stay === 0
      ? ''
      : ` ${keysInWords(stay)} ${stay === 1 ? 'stays' : 'stay'} under version ${keyVersion}.`;
  const half =
    body.organisationHalf === undefined
      ? ''
      : ` What the shares of version ${keyVersion} bring to the keys of organisations is handed over to the custodians of version ${movesTo}.`;
  const keys = keysInWords(counts.moved);
  const [would, were] =
    counts.moved === 0
      ? [
          `No survey key would move from platform key version ${keyVersion} to ${movesTo}.`,
          `No survey key moved from platform key version ${keyVersion} to ${movesTo}.`,
        ]
      : [
          `${keys} that the shares of version ${keyVersion} open would be stored under version ${movesTo}, so that its shares open them.`,
          `${keys} that the shares of version ${keyVersion} opened were to be stored under version ${movesTo}, so that its shares open them.`,
        ];
  const after = `Keep your shares of version ${keyVersion} until you are asked to destroy them before a witness.`;
  return {
    short: `move survey keys to platform key version ${movesTo}`,
    sentence: `${would}${rest}${half} ${after}`,
    done: `${were}${rest}${half} ${after}`,
  };
}

/** What the receipt is about. */
export interface Tally {
  /** Those that moved. */
  readonly moved: number;
  /** Those that were left. */
  readonly left: number;
  /** Which, as far as there is room. */
  readonly named: readonly MoveOutcome[];
  /** Of those that moved, how many were stored anew before they were read back. */
  readonly since: number;
}

const isLeft = (reason: string | null): reason is Left => LEFT.some((why) => why === reason);

/** Characters of the receipt's sentence, at most. */
const STATEMENT = 600;

/** For the receipt. */
export function moveStatement(body: MoveBundle, tally: Tally): string {
  const { keyVersion, movesTo, counts } = body;
  const stay = staying(counts);
  const parts = [
    tally.moved === 0
      ? `No survey key of key version ${keyVersion} was moved.`
      : `${keysInWords(tally.moved)} of key version ${keyVersion} ${tally.moved === 1 ? 'is' : 'are'} stored under ${movesTo}.`,
    ...(body.organisationHalf === undefined
      ? []
      : [`Its half for organisations was handed over to ${movesTo}.`]),
    ...(stay === 0 ? [] : [`${keysInWords(stay)} stayed, as the bundle says.`]),
    ...(tally.since === 0 ? [] : [`${tally.since} of those that moved were stored anew since.`]),
  ];
  if (tally.left === 0) return parts.join(' ');
  const names = tally.named.map(
    ({ userId, surveyId, reason }) =>
      `user ${userId}, survey ${surveyId}${isLeft(reason) ? ` (${LEFT_IN_WORDS[reason]})` : ''}`,
  );
  const start = `${parts.join(' ')} ${tally.left} ${tally.left === 1 ? 'was' : 'were'} left as found: `;
  const more = (shown: number) => (shown < tally.left ? `; and ${tally.left - shown} more` : '');
  let shown = names.length;
  const text = () => `${start}${names.slice(0, shown).join('; ')}${more(shown)}.`;
  while (shown > 0 && text().length > STATEMENT) shown -= 1;
  return text();
}
