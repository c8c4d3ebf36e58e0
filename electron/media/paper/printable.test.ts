import { expect, test } from 'vitest';
import { isPrintable } from '../../../shared/plan/printable.ts';
import { canPrint, newPage } from './ink.ts';

test('a plan is warned of letters that the fonts of the sheets do not have, and of no others', async () => {
  const ink = await newPage('A4', 'letters', '2026-12-14');
  const wrong: string[] = [];
  for (let code = 0x20; code <= 0xffff; code += 1) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    const symbol = String.fromCodePoint(code);
    // Of signs that no name has the plan may be warned although the fonts have them.
    const mayDiffer = !/\p{L}|\p{N}/u.test(symbol);
    const [said, is] = [isPrintable(symbol), canPrint(ink, symbol)];
    if (said !== is && !(mayDiffer && is)) wrong.push(code.toString(16));
  }
  expect(wrong).toEqual([]);
});
