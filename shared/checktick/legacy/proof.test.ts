import { describe, expect, test } from 'vitest';
import { codeOf, digitAt, parsed, textOf, withDigit } from '../../../test/support/legacy.ts';
import { bytesToHex, utf8ToBytes } from '../../encoding/bytes.ts';
import { checkValue } from '../../sharing/check-value.ts';
import { randomBytes } from '../../secret/random.ts';
import {
  formatLegacyShare,
  judgeLegacyShares,
  organisationKey,
  proveByCheckValue,
  proveByEscrow,
  proveByOrganisation,
  readLegacyComponent,
  sealKekBlob,
  splitLegacy,
  teamKey,
  userRecoveryKey,
  xorComponents,
  type ProvedComponent,
  type UnprovedComponent,
} from '../index.ts';

const PLAN = { threshold: 3, count: 4 };

/** A platform key of one vintage, with an escrow and an organisation's survey key under it. */
async function deployment(length: 32 | 64) {
  const [custodian, vaultComponent] = [randomBytes(length), randomBytes(length)];
  const platformKey = xorComponents(custodian, vaultComponent);
  const passphrase = utf8ToBytes('Ünterwegs mit 20 Zeichen');
  const organisation = await organisationKey(platformKey, 3, passphrase);
  const seal = (key: Uint8Array, path: string) => sealKekBlob(key, path, randomBytes(32));
  const componentId = bytesToHex(randomBytes(16));
  return {
    custodian,
    shares: splitLegacy(custodian, PLAN),
    escrow: {
      vaultComponent,
      userId: 7,
      surveyId: 31,
      encryptedKek: await seal(
        await userRecoveryKey(platformKey, 7),
        'users/7/surveys/31/recovery-kek',
      ),
    },
    organisation: {
      vaultComponent,
      organisationId: 3,
      passphrase,
      surveyId: 40,
      encryptedKek: await seal(organisation, 'surveys/40/kek'),
    },
    team: {
      vaultComponent,
      organisationId: 3,
      passphrase,
      teamId: 9,
      surveyId: 41,
      encryptedKek: await seal(await teamKey(organisation, 9), 'surveys/41/kek'),
    },
    checkValue: {
      vaultComponent,
      componentId,
      checkValue: checkValue('platform-key', platformKey, componentId),
    },
  };
}

function uncompared(shares: Parameters<typeof judgeLegacyShares>[0]): UnprovedComponent {
  const found = judgeLegacyShares(shares, PLAN);
  if (found.kind !== 'uncompared') throw new Error(found.kind);
  return found.component;
}

const v1 = deployment(64);
const v2 = deployment(32);

for (const [length, made] of [
  [32, v2],
  [64, v1],
] as const) {
  describe(`a component of ${length} bytes`, async () => {
    const d = await made;
    const attempts: [string, (component: UnprovedComponent) => Promise<ProvedComponent>, object][] =
      [
        [
          'an escrow',
          (c) => proveByEscrow(c, d.escrow),
          { kind: 'escrow', userId: 7, surveyId: 31 },
        ],
        [
          "an organisation's survey key",
          (c) => proveByOrganisation(c, d.organisation),
          { kind: 'organisation', organisationId: 3, surveyId: 40 },
        ],
        [
          "a team's survey key",
          (c) => proveByOrganisation(c, d.team),
          { kind: 'organisation', organisationId: 3, surveyId: 41 },
        ],
        ['a check value', (c) => proveByCheckValue(c, d.checkValue), { kind: 'check-value' }],
      ];
    for (const [name, attempt, by] of attempts) {
      test(`is proved by ${name}, in its own length`, async () => {
        const proved = await attempt(uncompared(d.shares.slice(1)));
        expect(proved).toMatchObject({ proved: true, by });
        expect(proved.component.use(bytesToHex)).toBe(bytesToHex(d.custodian));
        const unsplit = await attempt(readLegacyComponent(d.custodian));
        expect(unsplit.component.use(bytesToHex)).toBe(bytesToHex(d.custodian));
      });

      test(`with one wrong digit at the end is not proved by ${name}`, async () => {
        const [first, ...rest] = d.shares.slice(1).map((share) => textOf(formatLegacyShare(share)));
        const text = first ?? '';
        const position = text.length - text.lastIndexOf('-') - 1;
        const digit = Number.parseInt(digitAt(text, position), 16) === 3 ? '4' : '3';
        const wrong = uncompared([withDigit(text, position, digit), ...rest].map(parsed));
        expect(await codeOf(() => attempt(wrong))).toMatch(/^legacy-(not-proved|padding)$/);
      });
    }

    test('another passphrase, user, survey or vault component proves nothing', async () => {
      const component = uncompared(d.shares.slice(1));
      const other = { vaultComponent: randomBytes(length) };
      for (const attempt of [
        () => proveByOrganisation(component, { ...d.organisation, passphrase: utf8ToBytes('x') }),
        () => proveByEscrow(component, { ...d.escrow, userId: 8 }),
        () => proveByEscrow(component, { ...d.escrow, surveyId: 32 }),
        () => proveByEscrow(component, { ...d.escrow, ...other }),
        () => proveByCheckValue(component, { ...d.checkValue, ...other }),
      ]) {
        expect(await codeOf(attempt)).toBe('legacy-not-proved');
      }
    });

    test('a damaged escrow is told from a component that does not fit', async () => {
      const component = uncompared(d.shares.slice(1));
      const short = { ...d.escrow, encryptedKek: d.escrow.encryptedKek.slice(2) };
      const noHex = { ...d.escrow, encryptedKek: 'x' };
      expect(await codeOf(() => proveByEscrow(component, short))).toBe('blob-length');
      expect(await codeOf(() => proveByEscrow(component, noHex))).toBe('hex-text');
    });
  });
}

test('a vault component of the other length is refused, not cut to', async () => {
  const d = await v1;
  const escrow = { ...d.escrow, vaultComponent: d.escrow.vaultComponent.slice(32) };
  expect(await codeOf(() => proveByEscrow(uncompared(d.shares.slice(1)), escrow))).toBe(
    'legacy-padding',
  );
});

test('where two shares could be the wrong one, an escrow decides', async () => {
  const d = await v1;
  const texts = d.shares.map((share) => textOf(formatLegacyShare(share)));
  const turn = (text: string, position: number, by: number) =>
    withDigit(text, position, (Number.parseInt(digitAt(text, position), 16) + by).toString(16));
  const end = (text: string) => text.length - text.lastIndexOf('-') - 1;
  const middle = (text: string, place: number) => digitAt(text, end(text) - place);
  // A place where share 4 can rise by one, and share 1 could have fallen by one instead.
  const [one = '', four = ''] = [texts[0], texts[3]];
  const place = Array.from({ length: 120 }, (_, i) => i).find(
    (i) => middle(four, i) !== 'f' && middle(one, i) !== 'f' && middle(one, i) !== '0',
  );
  if (place === undefined) throw new Error('no such place among 120');
  const shares = [...texts.slice(0, 3), turn(four, end(four) - place, 1)].map(parsed);
  const found = judgeLegacyShares(shares, PLAN);
  if (found.kind !== 'one-of') throw new Error(found.kind);
  expect(found.candidates.map(({ number }) => number)).toEqual([1, 4]);
  const candidates = found.candidates.map(({ component }) => component);
  const [without1, without4] = candidates;
  if (without1 === undefined || without4 === undefined) throw new Error('there are two');
  expect(await codeOf(() => proveByEscrow(without1, d.escrow))).toBe('legacy-not-proved');
  const proved = await proveByEscrow(without4, d.escrow);
  expect(proved.component.use(bytesToHex)).toBe(bytesToHex(d.custodian));
  const none = { ...d.escrow, surveyId: 99 };
  expect(await codeOf(() => proveByEscrow(without4, none))).toBe('legacy-not-proved');
});

test('the compiler takes no unproved component for a proved one, and lets nobody make one', async () => {
  const d = await v2;
  const unproved = uncompared(d.shares.slice(1));
  const needsProof = (component: ProvedComponent): boolean => component.proved;
  // @ts-expect-error: it is not proved.
  expect(needsProof(unproved)).toBe(false);
  const made = {
    proved: true,
    by: { kind: 'escrow', userId: 1, surveyId: 1 },
    component: unproved,
  } as const;
  // @ts-expect-error: only proof.ts has the brand.
  expect(needsProof(made)).toBe(true);
  expect(needsProof(await proveByEscrow(unproved, d.escrow))).toBe(true);
});
