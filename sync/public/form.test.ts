import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { readForm } from './form.ts';

const NAMES = ['code', 'password', 'again'] as const;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

it('reads what a browser writes, byte for byte, in any order', () => {
  const text = fc.string({ unit: 'binary', maxLength: 40 });
  fc.assert(
    fc.property(
      fc.record({ code: text, password: text, again: text }),
      fc.shuffledSubarray([...NAMES], { minLength: 3 }),
      (values, order) => {
        const body = new URLSearchParams(order.map((name) => [name, values[name]])).toString();
        const form = readForm(bytes(body), NAMES);
        for (const name of NAMES) {
          expect(form?.[name]).toEqual(bytes(values[name]));
        }
      },
    ),
  );
});

it('takes no form with a field too few, too many or twice, or half a character', () => {
  for (const body of [
    '',
    '&',
    'code',
    'code=1&password=2',
    'code=1&password=2&again=3&',
    'code=1&password=2&again=3&again=3',
    'code=1&password=2&again=3&more=4',
    'code=1&password=2&again=%4',
    'code=1&password=2&again=%',
    'code=1&password=2&again=%0g',
    'code=1&password=2&__proto__=3',
  ]) {
    expect(readForm(bytes(body), NAMES), body).toBeUndefined();
  }
});

it('never throws, whatever comes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (body) => {
      const form = readForm(body, NAMES);
      expect(form === undefined || Object.keys(form).length === 3).toBe(true);
    }),
  );
});
