/**
 * What the transcript says of a file of survey keys: how many moved, and which stay, some names in one
 * leaf, because an entry holds 400 leaves.
 * @module
 */
import { STAYS_IN_WORDS, type MoveCounts } from '../../bundle/move.ts';
import { STAYS } from '../../escrow/move.ts';
import type { Facts } from '../../transcript/entry.ts';
import type { StayingKey } from '../types.ts';

/** Names in one leaf: of the longest numbers under 3,000 characters. */
const IN_ONE_LEAF = 50;

export function countLeaves({ moved, notCompared, stays }: MoveCounts): Facts {
  return {
    moved,
    notCompared,
    notOpened: stays['not-opened'],
    notTheSurveys: stays['not-the-surveys'],
    sealedWithoutHash: stays['sealed-without-hash'],
  };
}

/** `left.1` …: which stay as they are, by reason. */
export function stayingLeaves(left: readonly StayingKey[]): Facts {
  const texts = STAYS.flatMap((why) => {
    const names = left
      .filter((one) => one.why === why)
      .map(({ surveyId, userId }) => `survey ${surveyId} of user ${userId}`);
    return Array.from({ length: Math.ceil(names.length / IN_ONE_LEAF) }, (_, at) => {
      const some = names.slice(at * IN_ONE_LEAF, (at + 1) * IN_ONE_LEAF);
      return `${some.join(', ')}: ${STAYS_IN_WORDS[why]}`;
    });
  });
  return Object.fromEntries(texts.map((text, at) => [`left.${at + 1}`, text]));
}
