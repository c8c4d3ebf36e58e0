/**
 * What the transcript says of the surveys of an organisation: one leaf for each that is helped, and
 * for the others some fifty names in one, because an entry holds 400 leaves.
 * @module
 */
import {
  LEFT_IN_WORDS,
  sourceInWords,
  surveyInWords,
  type LeftSurvey,
  type MovedSurvey,
  type PackagedSurvey,
  type UnopenedSurvey,
} from '../../bundle/organisation.ts';
import type { Facts } from '../../transcript/entry.ts';

/** Names in one leaf: of the longest numbers under 2,500 characters. */
const IN_ONE_LEAF = 50;

const numbered = (prefix: string, texts: readonly string[]): Facts =>
  Object.fromEntries(texts.map((text, at) => [`${prefix}.${at + 1}`, text]));

/** `survey.1` …: which are going to be helped, by whose escrow. */
export function packagedLeaves(surveys: readonly PackagedSurvey[]): Facts {
  return numbered(
    'survey',
    surveys.map((one) => `${surveyInWords(one)}, ${sourceInWords(one)}`),
  );
}

/** `left.1` …: which stay as they are, by reason. */
export function leftLeaves(left: readonly (LeftSurvey | UnopenedSurvey)[]): Facts {
  const whys = [...new Set(left.map(({ why }) => why))];
  return numbered(
    'left',
    whys.flatMap((why) => {
      const names = left.filter((one) => one.why === why).map(surveyInWords);
      return Array.from({ length: Math.ceil(names.length / IN_ONE_LEAF) }, (_, at) => {
        const some = names.slice(at * IN_ONE_LEAF, (at + 1) * IN_ONE_LEAF);
        return `${some.join(', ')}: ${LEFT_IN_WORDS[why]}`;
      });
    }),
  );
}

/** `moved.1` …: which were wrapped anew; `moved.1.entry` is the digest of the new entry. */
export function movedLeaves(moved: readonly MovedSurvey[]): Facts {
  return Object.fromEntries(
    moved.flatMap((one, at): [string, Facts[string]][] => [
      [
        `moved.${at + 1}`,
        `${surveyInWords(one)}, ${sourceInWords(one)}, against CheckTick’s hash: ${one.surveyKey}`,
      ],
      [`moved.${at + 1}.entry`, { type: 'digest', value: one.entry }],
    ]),
  );
}
