/**
 * Survey keys that move to the active version, in words: for approvers, for the queue, for custodians,
 * for the receipt.
 * @module
 */
import type { MoveBundle } from '../../shared/bundle/bundle.ts';
import { keysInWords, STAYS_IN_WORDS, staying } from '../../shared/bundle/move.ts';
import { STAYS } from '../../shared/escrow/move.ts';

type Facts = [string, string][];

/** One sentence without its end. */
export function moveInWords({ keyVersion, movesTo, counts }: MoveBundle): string {
  return `Store ${keysInWords(counts.moved)} under key version ${movesTo} that ${counts.moved === 1 ? 'is' : 'are'} stored under ${keyVersion}`;
}

/** Label and value: what two approvers have to judge. */
export function moveFacts({ keyVersion, movesTo, counts, files }: MoveBundle): Facts {
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
    ['files that came back', `${files.length}`],
    [
      'stored meanwhile',
      'a survey key that was stored anew after the package was made is left as it is, and named in the receipt',
    ],
  ];
}

/** For the custodians, who know nothing of sync. */
export function moveChange(body: MoveBundle) {
  const { keyVersion, movesTo, counts } = body;
  const stay = staying(counts);
  const rest =
    stay === 0
      ? ''
      : ` ${keysInWords(stay)} ${stay === 1 ? 'stays' : 'stay'} under version ${keyVersion}.`;
  const after = `Keep your shares of version ${keyVersion} until you are asked to destroy them before a witness.`;
  return {
    short: `move survey keys to platform key version ${movesTo}`,
    sentence: `${keysInWords(counts.moved)} that the shares of version ${keyVersion} open would be stored under version ${movesTo}, so that its shares open them.${rest} ${after}`,
    done: `${keysInWords(counts.moved)} that the shares of version ${keyVersion} opened were to be stored under version ${movesTo}, so that its shares open them.${rest} ${after}`,
  };
}
