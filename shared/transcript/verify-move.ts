/**
 * What a bundle of survey keys that move does, for an auditor.
 * @module
 */
import type { MoveBundle } from '../bundle/bundle.ts';
import { keysInWords, STAYS_IN_WORDS } from '../bundle/move.ts';
import { STAYS } from '../escrow/move.ts';

/** Sentences. */
export function movesInWords({
  keyVersion,
  movesTo,
  counts,
  files,
  organisationHalf,
}: MoveBundle): string[] {
  const { moved, notCompared, stays } = counts;
  const half =
    organisationHalf === undefined
      ? []
      : [
          `It hands the half for organisations of ${keyVersion} over to ${movesTo}: sealed, so that a quorum ` +
            `of ${movesTo} opens with it, and with an owner’s passphrase, what organisations keep under ${keyVersion}. ` +
            'It gives nobody the platform key, nor a user’s escrow.',
        ];
  if (files.length === 0) return [`It moves no survey key of ${keyVersion}.`, ...half];
  return [
    ...half,
    `It moves ${keysInWords(moved)} from key version ${keyVersion}, whose shares opened them, to ${movesTo}; ` +
      `${notCompared} of them were compared with nothing, because CheckTick keeps no hash of them.`,
    ...STAYS.filter((why) => stays[why] > 0).map(
      (why) => `Under ${keyVersion} stay ${keysInWords(stays[why])}: ${STAYS_IN_WORDS[why]}.`,
    ),
    `They came back in ${files.length === 1 ? 'one file' : `${files.length} files`}, which it names by their digests.`,
  ];
}
