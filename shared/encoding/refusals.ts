/**
 * What typed lines and QR texts are refused for.
 * @module
 */
import { refusals } from '../refusal.ts';

/** The kinds of secret a sheet of paper can carry, as a person calls them. */
const SHEETS = {
  share: 'a share sheet',
  identity: 'an identity sheet',
  'key-share': 'a sheet for a YubiKey',
} as const;
type Sheet = keyof typeof SHEETS;
const CONTENTS = {
  share: 'share',
  identity: 'identity',
  'key-share': 'share for a YubiKey',
} as const satisfies Record<Sheet, string>;

/** "symbol 14 (group 4, second of four)" is how two people find a symbol together. */
function place(symbol: number): string {
  const within = ['first', 'second', 'third', 'fourth'][(symbol - 1) % 4];
  return `symbol ${symbol} (group ${Math.ceil(symbol / 4)}, ${within} of four)`;
}

export const refuse = refusals({
  'line-symbol': (line: number, symbol: number, lookAlike: boolean) => ({
    happened: `In line ${line}, ${place(symbol)} is not one that this code uses.`,
    means: lookAlike
      ? 'There is no digit 1 and no letter B, I or O in the code, because they look like others.'
      : 'The code has digits and letters only, and none of the digit 1 and the letters B, I and O.',
    next: lookAlike
      ? 'Compare it with the sheet: it may be an L, an 8 or a 0 (zero).'
      : 'Compare it with the sheet and type it again.',
    culprit: `line ${line}, symbol ${symbol}`,
  }),
  'line-length': (line: number, symbols: number, wanted: number) => ({
    happened: `Line ${line} has ${symbols} symbols where ${wanted} belong.`,
    means:
      symbols < wanted
        ? 'A symbol or a group was left out.'
        : 'A symbol or a group was typed twice, or two lines were typed as one.',
    next: 'Compare it with the sheet group by group: ten groups of four.',
    culprit: `line ${line}`,
  }),
  'line-check': (line: number, group: number | undefined) => ({
    happened: `Line ${line} does not pass its own check.`,
    means:
      group === undefined
        ? 'More than one symbol in it differs from the sheet. Nothing is lost.'
        : `Most likely one symbol in group ${group} differs from the sheet. Nothing is lost.`,
    next:
      group === undefined
        ? 'Read the line aloud from the sheet while somebody follows on the screen.'
        : `Compare group ${group} with the sheet and type it again.`,
    culprit: group === undefined ? `line ${line}` : `line ${line}, group ${group}`,
  }),
  'line-other': (asked: number, found: number) => ({
    happened: `This is line ${found}; line ${asked} is asked for.`,
    means: 'The line itself is right, only its turn is not.',
    next: `Type line ${asked} of the sheet.`,
    culprit: `line ${found}`,
  }),
  'line-other-sheet': (line: number, count: number, wanted: number) => ({
    happened: `This is line ${line} of a sheet of ${count} lines; this sheet has ${wanted}.`,
    means: 'The line belongs to another sheet. Nothing is lost.',
    next: 'Make sure that one sheet only is on the table, and type the line from it.',
    culprit: `line ${line}`,
  }),
  'sheet-other-copy': (kind: Sheet, found: number, wanted: number) => ({
    happened: `This is sheet ${found} of your ${CONTENTS[kind]}; sheet ${wanted} is being checked.`,
    means:
      'Both sheets say the same, so only its own reading shows that a sheet is good. Nothing is lost.',
    next: `Put sheet ${found} aside and take the one that says “Sheet ${wanted}”.`,
    culprit: `sheet ${found}`,
  }),
  'line-other-copy': (line: number, found: number, wanted: number) => ({
    happened: `This is line ${line} of sheet ${found}; the lines of sheet ${wanted} are asked for.`,
    means: 'Two sheets of the same kind are on the table. Nothing is lost.',
    next: `Put sheet ${found} aside and type line ${line} from the one that says “Sheet ${wanted}”.`,
    culprit: `line ${line}`,
  }),
  'line-other-kind': (line: number, found: Sheet, wanted: Sheet) => ({
    happened: `This is line ${line} of ${SHEETS[found]}; ${SHEETS[wanted]} is asked for.`,
    means: 'Two kinds of sheet exist, and this one is for something else.',
    next: `Take ${SHEETS[wanted]} and type its lines.`,
    culprit: `line ${line}`,
  }),
  'lines-incomplete': (have: number, count: number) => ({
    happened: `${have} of ${count} lines are here, or not in their order.`,
    means: 'The sheet can be read only when every line was typed once.',
    next: 'Go on with the line that is asked for.',
  }),
  'lines-disagree': () => ({
    happened: 'The lines do not fit together, although each passed its own check.',
    means: 'Most likely lines of two different sheets were mixed.',
    next: 'Put every other sheet away and type all lines of this one again.',
  }),
  'code-foreign': () => ({
    happened: 'This QR code was not made by Conclave.',
    means: 'It is some other code, from another paper or product.',
    next: "Hold the large code of Conclave's own sheet before the camera.",
  }),
  'code-newer': (version: string) => ({
    happened: `This QR code was made by a newer Conclave (format ${version}).`,
    means: 'This version cannot read it. The sheet itself is good.',
    next: 'Install the newer Conclave and scan the sheet again.',
  }),
  'code-damaged': () => ({
    happened: 'This QR code says it is from Conclave, but what it holds is damaged.',
    means: 'It was cut, changed or not read completely.',
    next: 'Scan it again; if that fails too, type the lines printed below the code.',
  }),
});
