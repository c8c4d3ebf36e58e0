import { describe, expect, test } from 'vitest';
import { makeRoster, makeShareSet } from '../../test/support/share-sets.ts';
import { makeCast, withMail } from '../../test/support/people.ts';
import { notRefused } from '../../test/support/tamper.ts';
import { LONGEST_MAIL } from '../encoding/mail-address.ts';
import { mailAddress } from '../encoding/schema.ts';
import { parseRoster, rosterType } from './roster.ts';

describe('a mail address', () => {
  test.each([
    'a@b.cd',
    'custodian.1@hospital.example',
    "o'custodian@wards.hospital.example",
    'custodian_1+keys@hospital-trust.example',
    'C1@HOSPITAL.EXAMPLE',
    `${'a'.repeat(64)}@hospital.example`,
  ])('%s is taken', (text) => {
    expect(mailAddress.parse(text)).toBe(text);
  });

  test.each([
    ['nothing', ''],
    ['no @', 'custodian.hospital.example'],
    ['two @', 'a@b@hospital.example'],
    ['no host', 'custodian@'],
    ['a host without a point', 'custodian@localhost'],
    ['an address of numbers', 'custodian@[192.0.2.1]'],
    ['a host of digits only', 'custodian@192.0.2.1'],
    ['a label that ends with a hyphen', 'custodian@hospital-.example'],
    ['two points', 'custodian..1@hospital.example'],
    ['a point first', '.custodian@hospital.example'],
    ['a space', 'custodian 1@hospital.example'],
    ['space around', ' custodian@hospital.example '],
    ['a line break', 'custodian@hospital.example\r\nBcc: thief@evil.example'],
    ['a line break at the end', 'custodian@hospital.example\n'],
    ['a null', 'custodian\0@hospital.example'],
    ['a second address', 'custodian@hospital.example,thief@evil.example'],
    ['a name', 'Custodian <custodian@hospital.example>'],
    ['quotes', '"custodian"@hospital.example'],
    ['a comment', 'custodian(x)@hospital.example'],
    ['a route', '@evil.example:custodian@hospital.example'],
    ['a percent route', 'custodian%hospital.example@evil.example'],
    ['another alphabet', 'c\u0443stodian@hospital.example'],
    ['an invisible letter', 'custo\u200Bdian@hospital.example'],
    ['65 letters before the @', `${'a'.repeat(65)}@hospital.example`],
    ['too much', `a@${'b.'.repeat(LONGEST_MAIL)}example`],
  ])('%s is refused', (_, text) => {
    expect(mailAddress.safeParse(text).success).toBe(false);
  });

  test('a long wrong one is judged at once', () => {
    // A pattern that tries every way to read it would not come back.
    expect(mailAddress.safeParse(`${'a'.repeat(100_000)}@`).success).toBe(false);
    expect(mailAddress.safeParse(`a@${'a'.repeat(118)}`).success).toBe(false);
  });
});

describe('a roster with addresses', () => {
  test('comes back with them; without them it has no such field; two may share one', async () => {
    const cast = withMail(makeCast('production'), (name) =>
      name === 'operator' ? undefined : 'keys@hospital.example',
    );
    const set = await makeShareSet({ cast });
    const { body } = parseRoster(rosterType.toBytes(set.roster), 'production', set.manifest.body);
    expect(body.people.map(({ mail }) => mail)).toEqual([
      ...Array.from({ length: 4 }, () => 'keys@hospital.example'),
      undefined,
      'keys@hospital.example',
    ]);
    const plain = await makeShareSet();
    expect(new TextDecoder().decode(plain.roster.envelope.payload)).not.toContain('mail');
  });

  test('one with a bad address is never made, and refused when it comes', async () => {
    const set = await makeShareSet();
    const [first, ...others] = set.roster.body.people;
    if (first === undefined) throw new Error('no people');
    for (const mail of ['x', 'a@hospital.example\nBcc: b@evil.example', '']) {
      await expect(makeRoster(set, { people: [{ ...first, mail }, ...others] })).rejects.toThrow();
    }
  });

  test('every changed byte of its file is refused', async () => {
    const cast = withMail(
      makeCast('production', 2),
      (name) => `${name.replace(' ', '.')}@h.example`,
    );
    const set = await makeShareSet({ threshold: 2, count: 2, cast });
    const open = (bytes: Uint8Array) => parseRoster(bytes, 'production', set.manifest.body);
    expect(notRefused(rosterType.toBytes(set.roster), open, { sample: 1 })).toEqual([]);
  }, 180_000);
});
