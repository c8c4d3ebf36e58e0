import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyNumber, readKeysIn } from './body.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
const invalid = expect.objectContaining({ code: 'request-invalid' }) as Error;

test('keys are taken out of JSON however it is spaced, and the body is wiped', () => {
  fc.assert(
    fc.property(fc.array(key, { maxLength: 12 }), fc.constantFrom(0, 1, 4), (keys, spaces) => {
      const items = keys.map((one, at) => ({ at, surveyKey: Buffer.from(one).toString('base64') }));
      const text = JSON.stringify({ before: 'a surveyKey', items }, null, spaces);
      const body = bytes(text.replaceAll('":', spaces === 0 ? '":' : '" \n: '));
      const read = readKeysIn(body);
      expect(read.keys).toEqual(keys);
      const { items: left } = read.json as { items: typeof items };
      expect(left.map(({ surveyKey }) => keyNumber(surveyKey))).toEqual(keys.map((_, at) => at));
      expect(body.every((byte) => byte === 0)).toBe(true);
    }),
  );
});

test('a key is spelt in one way only', () => {
  const good = Buffer.alloc(32, 0xa7).toString('base64');
  for (const wrong of [
    good.slice(1),
    `A${good}`,
    `${good.slice(0, 42)}h=`,
    good.replace('p', '-'),
    good.replace('=', 'A'),
    '',
  ]) {
    const body = bytes(`{"surveyKey":"${wrong}"}`);
    expect(() => readKeysIn(body)).toThrow(invalid);
    expect(body.every((byte) => byte === 0)).toBe(true);
  }
  for (const wrong of ['{"surveyKey":', '{"surveyKey"', '{"surveyKey":null}', '"surveyKey', '{']) {
    expect(() => readKeysIn(bytes(wrong))).toThrow(invalid);
  }
});

test('a name inside a text is none, and a number is none of a key’s', () => {
  const text = JSON.stringify({ a: '"surveyKey":"' });
  expect(readKeysIn(bytes(text))).toEqual({ json: { a: '"surveyKey":"' }, keys: [] });
  expect(keyNumber(Buffer.alloc(32, 0xa7).toString('base64'))).toBeUndefined();
});
