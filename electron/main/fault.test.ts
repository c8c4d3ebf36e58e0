import * as fc from 'fast-check';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { digestWords, generatePassphrase } from '../../shared/encoding/words.ts';
import { describe, expect, it } from 'vitest';
import { describeFault } from './fault.ts';

const bytes = fc.uint8Array({ minLength: 16, maxLength: 64 });
const base32 = (data: Uint8Array) =>
  [...data].map((byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[byte % 32]).join('');

/** The ways in which a secret could stand in somebody's message. */
const SPELLINGS: Readonly<Record<string, (data: Uint8Array) => string>> = {
  hex: bytesToHex,
  'upper-case hex': (data) => bytesToHex(data).toUpperCase(),
  base64: (data) => Buffer.from(data).toString('base64'),
  base64url: (data) => Buffer.from(data).toString('base64url'),
  numbers: (data) => data.join(','),
  'numbers in a list': (data) => `[ ${data.join(', ')} ]`,
  'lines of a sheet': (data) => (base32(data).match(/.{4}/g) ?? []).join(' '),
  'six words': (data) => digestWords(data, 6),
  'six words with dashes': (data) => digestWords(data, 6).replaceAll(' ', '-'),
  'six words on lines': (data) => digestWords(data, 6).replaceAll(' ', '\n'),
};

describe('a fault on standard error', () => {
  it.each(Object.entries(SPELLINGS))('holds no secret spelt as %s', (_name, spell) => {
    fc.assert(
      fc.property(bytes, fc.constantFrom('', 'cannot read "', 'value='), (data, before) => {
        const secret = spell(data);
        const shown = describeFault(new Error(`${before}${secret}", expected nothing of it`));
        // A third of it would be too much already.
        for (let at = 0; at + 12 <= secret.length; at += 1) {
          if (shown.includes(secret.slice(at, at + 12))) return false;
        }
        return true;
      }),
    );
  });

  it('holds nothing of a key that begins with zeros', () => {
    const key = Uint8Array.from({ length: 26 }, (_, at) => (at < 12 ? 0 : 0xa7 + at));
    const secret = Buffer.from(key).toString('base64url');
    expect(describeFault(new Error(`cannot read ${secret}`))).not.toContain(secret.slice(-12));
  });

  it('holds nothing that the call was given, in no property and no cause', () => {
    const words = new TextDecoder().decode(generatePassphrase());
    const given = { type: 'exception', text: 'blue folder 7', nested: [{ name: 'Somebody' }] };
    const cause = new Error(`for Somebody: ${words}`);
    const fault = Object.assign(new Error('no "blue folder 7" here', { cause }), {
      code: 'ENOENT',
      input: words,
      path: 'blue folder 7',
    });
    const shown = describeFault(fault, given);
    expect(shown).not.toMatch(/blue folder|Somebody/);
    for (const word of words.split(' ')) expect(shown).not.toContain(` ${word}`);
    expect(shown).toContain('Error [ENOENT]: no "[…]" here');
    expect(shown).toContain('because of Error');
  });

  it('keeps what leads to the line of code', () => {
    const fault = Object.assign(new TypeError('Cannot read properties of undefined (at 3)'), {
      code: 'ERR_INVALID_ARG_TYPE',
    });
    const shown = describeFault(fault);
    expect(shown).toContain(
      'TypeError [ERR_INVALID_ARG_TYPE]: Cannot read properties of undefined',
    );
    expect(shown).toMatch(/\n {4}at .*fault\.test\.ts:\d+:\d+/);
  });

  it('takes no message for a place in the code', () => {
    const fault = new Error('first\n    at secretive.words.here (of/somebody.ts:1:1)');
    const [head, ...frames] = describeFault(fault).split('\n');
    expect(head).toContain('first');
    expect(frames.join('\n')).not.toContain('secretive');
  });

  it('that is no error says only what kind of thing was thrown', () => {
    expect(describeFault('a passphrase')).toBe('a thrown string');
    expect(describeFault(null)).toBe('a thrown object');
  });
});
