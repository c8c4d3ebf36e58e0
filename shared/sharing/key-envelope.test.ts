import { hmac } from '@noble/hashes/hmac.js';
import { sha1 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keyEnvelopeArbitrary } from '../../test/support/key-envelope-arbitrary.ts';
import { seededRandom } from '../../test/support/people.ts';
import { notRefused } from '../../test/support/tamper.ts';
import { bytesToHex } from '../encoding/bytes.ts';
import { encodeCbor } from '../encoding/cbor.ts';
import { Refusal } from '../refusal.ts';
import {
  openKeyEnvelope,
  requireResponse,
  responseCheck,
  sealKeyEnvelope,
  stretchPassphrase,
  type KeyAnswer,
} from './key-envelope-seal.ts';
import {
  decodeKeyEnvelope,
  encodeKeyEnvelope,
  KEY_ENVELOPE_LIMIT,
  keyEnvelopeDigest,
  type FidoLock,
  type KeyEnvelope,
  type KeyEnvelopeFacts,
  type KeyMethod,
  type OtpLock,
} from './key-envelope.ts';

const FACTS: KeyEnvelopeFacts = {
  mode: 'production',
  setId: '00112233445566778899aabbccddeeff',
  generation: 1,
  index: 2,
  count: 4,
  ceremonyId: 'c4'.repeat(16),
};
const SHARE = new Uint8Array(102).map((_, at) => at * 7);
const random = seededRandom('key envelope');
const slotSecret = random(20);
const words = new TextEncoder().encode('absorb cradle fabric hollow market zebra');
const refused = (code: string) => expect.objectContaining({ code }) as Error;

/** What a slot with this secret answers. */
const slotAnswers = (challenge: Uint8Array, secret = slotSecret) => hmac(sha1, secret, challenge);
/** What a credential answers; the real one is AES and HMAC inside the key, too. */
const credentialAnswers = (challenge: Uint8Array, name: string) =>
  hmac(sha256, new TextEncoder().encode(name), challenge);

async function lockedToOtp(facts = FACTS): Promise<{ envelope: KeyEnvelope; answer: KeyAnswer }> {
  const challenge = random(32);
  const response = slotAnswers(challenge);
  const lock: OtpLock = {
    serial: 12_345_678,
    slot: 2,
    touch: true,
    challenge,
    responseCheck: responseCheck(facts, 'otp-hmac', challenge, response),
    salt: random(16),
    workFactor: 2,
  };
  const answer = { stretched: await stretchPassphrase(words, lock), response };
  const keyed = { ...facts, method: 'otp-hmac' as const, keys: [lock] as const };
  return { envelope: await sealKeyEnvelope(keyed, SHARE, [answer]), answer };
}

async function lockedToFido(names: readonly string[], facts = FACTS) {
  const keys = names.map((name, at): FidoLock => {
    const challenge = random(32);
    return {
      serial: at === 0 ? 7 : null,
      credentialId: random(64),
      publicKey: random(33),
      userVerified: true,
      challenge,
      responseCheck: responseCheck(facts, 'fido2', challenge, credentialAnswers(challenge, name)),
    };
  });
  const answers = keys.map(({ challenge }, at) => ({
    stretched: new Uint8Array(),
    response: credentialAnswers(challenge, names[at] ?? ''),
  }));
  const envelope = await sealKeyEnvelope({ ...facts, method: 'fido2', keys }, SHARE, answers);
  return { envelope, answers };
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'opened',
    (error: unknown) => (error instanceof Refusal ? error.code : String(error)),
  );

describe('on the wire', () => {
  test('any envelope comes back as it was, within the limit', () => {
    fc.assert(
      fc.property(keyEnvelopeArbitrary, (envelope) => {
        const wire = encodeKeyEnvelope(envelope);
        expect(wire.length).toBeLessThanOrEqual(KEY_ENVELOPE_LIMIT);
        expect(decodeKeyEnvelope(wire)).toEqual(envelope);
      }),
    );
  });

  test('has the documented bytes', async () => {
    const { envelope } = await lockedToOtp();
    const wire = encodeKeyEnvelope(envelope);
    expect(bytesToHex(wire).slice(0, 2 * 43)).toBe(
      '8b0118500150' +
        '00112233445566778899aabbccddeeff' +
        '010204' +
        '50' +
        'c4'.repeat(16) +
        '81',
    );
    expect(bytesToHex(wire.slice(43, 54))).toBe('881a00bc614e0201f55820');
    expect(wire).toHaveLength(239);
    expect(keyEnvelopeDigest(wire)).toBe(bytesToHex(sha256(wire)));
  });

  test('every single-byte change is refused, whatever the method, in both modes', async () => {
    for (const mode of ['production', 'rehearsal'] as const) {
      const otp = (await lockedToOtp({ ...FACTS, mode })).envelope;
      const fido = (await lockedToFido(['one', 'two'], { ...FACTS, mode })).envelope;
      for (const envelope of [otp, fido]) {
        expect(notRefused(encodeKeyEnvelope(envelope), decodeKeyEnvelope, { sample: 16 })).toEqual(
          [],
        );
      }
    }
  });

  test('every truncation, every appended byte and random bytes are refused', async () => {
    const wire = encodeKeyEnvelope((await lockedToOtp()).envelope);
    for (let length = 0; length < wire.length; length++) {
      expect(() => decodeKeyEnvelope(wire.subarray(0, length))).toThrow(
        refused('key-envelope-damaged'),
      );
    }
    for (let value = 0; value < 256; value++) {
      expect(() => decodeKeyEnvelope(Uint8Array.of(...wire, value))).toThrow(
        refused('key-envelope-damaged'),
      );
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(() => decodeKeyEnvelope(bytes)).toThrow(refused('key-envelope-damaged'));
      }),
    );
  });

  const otpKey = async (change: Partial<OtpLock>) => {
    const { envelope } = await lockedToOtp();
    if (envelope.method !== 'otp-hmac') throw new Error('an OTP envelope');
    return { ...envelope, keys: [{ ...envelope.keys[0], ...change }] as const };
  };
  const fidoKey = async (change: Partial<FidoLock>) => {
    const { envelope } = await lockedToFido(['one', 'two']);
    if (envelope.method !== 'fido2') throw new Error('a FIDO2 envelope');
    const [first, second] = envelope.keys;
    if (first === undefined || second === undefined) throw new Error('two keys');
    return { ...envelope, keys: [{ ...first, ...change }, second] };
  };
  test.each([
    ['index over count', async () => ({ ...(await lockedToOtp()).envelope, index: 5 })],
    ['17 custodians', async () => ({ ...(await lockedToOtp()).envelope, count: 17 })],
    ['generation 0', async () => ({ ...(await lockedToOtp()).envelope, generation: 0 })],
    ['slot 3', () => otpKey({ slot: 3 as 2 })],
    ['a serial of 0', () => otpKey({ serial: 0 })],
    ['a short challenge', () => otpKey({ challenge: new Uint8Array(31) })],
    ['scrypt with N = 2^21', () => otpKey({ workFactor: 21 })],
    ['scrypt with N = 1', () => otpKey({ workFactor: 0 })],
    ['a credential id of 15 bytes', () => fidoKey({ credentialId: new Uint8Array(15) })],
    ['a credential id of 129 bytes', () => fidoKey({ credentialId: new Uint8Array(129) })],
    ['a public key of 65 bytes', () => fidoKey({ publicKey: new Uint8Array(65) })],
    [
      'two keys and one sealed part',
      async () => {
        const { envelope } = await lockedToFido(['one', 'two']);
        return { ...envelope, sealed: envelope.sealed.slice(1) };
      },
    ],
    [
      'the same credential twice',
      async () => {
        const { envelope } = await lockedToFido(['one', 'two']);
        if (envelope.method !== 'fido2') throw new Error('a FIDO2 envelope');
        const [first] = envelope.keys;
        if (first === undefined) throw new Error('a key');
        return { ...envelope, keys: [first, first] };
      },
    ],
    ['three keys', async () => (await lockedToFido(['one', 'two', 'three'])).envelope],
    [
      'a sealed part without a share',
      async () => ({ ...(await lockedToOtp()).envelope, sealed: [new Uint8Array(16)] }),
    ],
  ])('with a right checksum, %s is refused all the same', async (_, make) => {
    const wire = encodeKeyEnvelope(await make());
    expect(() => decodeKeyEnvelope(wire)).toThrow(refused('key-envelope-damaged'));
  });

  test('a newer version is named as one only when its checksum fits', () => {
    const body = [2, 0x50, 'something new'];
    const label = new TextEncoder().encode('conclave/v1/key-envelope');
    const checksum = sha256(Uint8Array.of(...label, ...encodeCbor(body))).slice(0, 8);
    expect(() => decodeKeyEnvelope(encodeCbor([...body, checksum]))).toThrow(
      refused('key-envelope-other-version'),
    );
    checksum[0] = (checksum[0] ?? 0) ^ 1;
    expect(() => decodeKeyEnvelope(encodeCbor([...body, checksum]))).toThrow(
      refused('key-envelope-damaged'),
    );
  });
});

describe('opening', () => {
  test('an OTP envelope opens with its key and its passphrase, and with nothing less', async () => {
    const { envelope, answer } = await lockedToOtp();
    const [lock] = envelope.keys;
    if (envelope.method !== 'otp-hmac' || lock === undefined) throw new Error('an OTP envelope');
    const read = decodeKeyEnvelope(encodeKeyEnvelope(envelope));
    expect(await openKeyEnvelope(read, 0, answer)).toEqual(SHARE);

    const otherWords = new TextEncoder().encode('absorb cradle fabric hollow market zebras');
    const stretched = await stretchPassphrase(otherWords, envelope.keys[0]);
    expect(await codeOf(openKeyEnvelope(read, 0, { ...answer, stretched }))).toBe(
      'key-passphrase-wrong',
    );
    const response = slotAnswers(lock.challenge, new Uint8Array(20));
    expect(await codeOf(openKeyEnvelope(read, 0, { ...answer, response }))).toBe(
      'key-response-differs',
    );
  });

  test('each of two FIDO2 keys opens the same share, and neither opens the other’s part', async () => {
    const { envelope, answers } = await lockedToFido(['one', 'two']);
    for (const at of [0, 1]) {
      const answer = answers[at];
      if (answer === undefined) throw new Error('an answer');
      expect(await openKeyEnvelope(envelope, at, answer)).toEqual(SHARE);
      expect(await codeOf(openKeyEnvelope(envelope, 1 - at, answer))).toBe('key-response-differs');
    }
    expect(envelope.sealed[0]).not.toEqual(envelope.sealed[1]);
  });

  test.each([
    ['mode', { mode: 'rehearsal' }],
    ['set id', { setId: 'ff'.repeat(16) }],
    ['generation', { generation: 2 }],
    ['index', { index: 3 }],
    ['count', { count: 5 }],
    ['ceremony', { ceremonyId: 'c5'.repeat(16) }],
  ] as const)('an envelope with another %s does not open', async (what, change) => {
    const { envelope, answer } = await lockedToOtp();
    const { envelope: fido, answers } = await lockedToFido(['one']);
    const [fidoAnswer] = answers;
    if (fidoAnswer === undefined) throw new Error('an answer');
    // The count is in the additional data only; everything else changes the derived bytes, too.
    const code = what === 'count' ? 'key-passphrase-wrong' : 'key-response-differs';
    expect(await codeOf(openKeyEnvelope({ ...envelope, ...change }, 0, answer))).toBe(code);
    expect(await codeOf(openKeyEnvelope({ ...fido, ...change }, 0, fidoAnswer))).toBe(
      what === 'count' ? 'key-envelope-not-genuine' : 'key-response-differs',
    );
  });

  test('what the header says of the keys is bound, too: a serial, a touch, a PIN', async () => {
    const { envelope, answer } = await lockedToOtp();
    if (envelope.method !== 'otp-hmac') throw new Error('an OTP envelope');
    for (const change of [{ serial: null }, { slot: 1 as const }, { touch: false }]) {
      const changed = { ...envelope, keys: [{ ...envelope.keys[0], ...change }] as const };
      expect(await codeOf(openKeyEnvelope(changed, 0, answer))).toBe('key-passphrase-wrong');
    }
    const { envelope: fido, answers } = await lockedToFido(['one', 'two']);
    const [first] = answers;
    if (fido.method !== 'fido2' || first === undefined) throw new Error('a FIDO2 envelope');
    const [one, two] = fido.keys;
    if (one === undefined || two === undefined) throw new Error('two keys');
    for (const keys of [[{ ...one, userVerified: false }, two], [one], [two, one]]) {
      const changed = { ...fido, keys };
      expect(await codeOf(openKeyEnvelope(changed, 0, first))).not.toBe('opened');
    }
  });

  test('two envelopes of one share with one key share no byte of key, nonce or challenge', async () => {
    const one = (await lockedToOtp()).envelope;
    const two = (await lockedToOtp()).envelope;
    expect(one.keys[0]?.challenge).not.toEqual(two.keys[0]?.challenge);
    expect(one.sealed[0]).not.toEqual(two.sealed[0]);
  });

  test('the length of every field is in what is derived: no two methods or labels meet', async () => {
    const challenge = new Uint8Array(32);
    const response = new Uint8Array(32);
    const checks = (['otp-hmac', 'fido2'] as KeyMethod[]).flatMap((method) =>
      (['production', 'rehearsal'] as const).map((mode) =>
        bytesToHex(responseCheck({ ...FACTS, mode }, method, challenge, response)),
      ),
    );
    expect(new Set(checks).size).toBe(4);
    const { envelope } = await lockedToOtp();
    expect(() => requireResponse(envelope, 0, response)).toThrow(refused('key-response-differs'));
  });
});
