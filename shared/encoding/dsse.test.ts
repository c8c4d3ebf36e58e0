import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from './bytes.ts';
import {
  decodeEnvelope,
  ed25519Signer,
  encodeEnvelope,
  ENVELOPE_LIMIT,
  envelopeToJson,
  preAuthEncoding,
  signEnvelope,
  verifyEd25519,
  verifySignatures,
  withSignatures,
  type Envelope,
} from './dsse.ts';
import { encodeJson } from './json.ts';
import { notRefused } from '../../test/support/tamper.ts';

const refused = (code: string) => expect.objectContaining({ code }) as Error;
const seed = fc.uint8Array({ minLength: 32, maxLength: 32 });
const alice = ed25519Signer(new Uint8Array(32).fill(1));
const bob = ed25519Signer(new Uint8Array(32).fill(2));
const both = new Set([alice.keyid, bob.keyid]);
const type = 'application/vnd.conclave.test.v1.production+json';
const payload = utf8ToBytes('{"a":1}');
const signed = () => signEnvelope(type, payload, [alice, bob]);
const json = async () => envelopeToJson(await signed());

const accept = (bytes: Uint8Array) => verifySignatures(decodeEnvelope(bytes, 'test'), 'test', both);

describe('the envelope', () => {
  test('comes back with any payload and any signers, sorted and counted once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), fc.array(seed, { maxLength: 4 }), async (bytes, seeds) => {
        const signers = [...seeds, ...seeds].map(ed25519Signer);
        const envelope = await signEnvelope(type, bytes, signers);
        const again = decodeEnvelope(encodeEnvelope(envelope), 'test');
        expect(again).toEqual(envelope);
        const keys = new Set(signers.map(({ keyid }) => keyid));
        expect(verifySignatures(again, 'test', keys)).toEqual([...keys].sort());
      }),
      { numRuns: 40 },
    );
  });

  test('the signed bytes are DSSE’s own example of pre-authentication encoding', () => {
    const pae = preAuthEncoding('http://example.com/HelloWorld', utf8ToBytes('hello world'));
    expect(new TextDecoder().decode(pae)).toBe(
      'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
    );
    expect(new TextDecoder().decode(preAuthEncoding('é', new Uint8Array()))).toBe('DSSEv1 2 é 0 ');
  });

  test('every single-byte change is refused by decoding or verifying', async () => {
    const bytes = encodeEnvelope(await signed());
    expect(accept(bytes)).toHaveLength(2);
    expect(notRefused(bytes, accept, { sample: 4 })).toEqual([]);
  });

  test('signatures out of order, a doubled key id, other spellings are refused', async () => {
    const good = await json();
    const [first, second] = good.signatures;
    if (first === undefined || second === undefined) throw new Error('two signatures');
    const wrong: unknown[] = [
      { ...good, signatures: [second, first] },
      { ...good, signatures: [first, first] },
      { ...good, signatures: [{ ...first, keyid: first.keyid.toUpperCase() }, second] },
      { ...good, payload: good.payload.replace(/=+$/, '') },
      { ...good, payload: good.payload.replaceAll('+', '-').replace(/.$/, '') },
      { ...good, payload: `${good.payload.slice(0, -2)}R=` },
      { ...good, payload: 'e30=\n' },
      { ...good, more: 1 },
      { ...good, signatures: [{ ...first, more: 1 }] },
      { ...good, payloadType: '' },
      { payload: good.payload, payloadType: good.payloadType },
      [],
      null,
      'text',
    ];
    for (const value of wrong) {
      expect(() => decodeEnvelope(encodeJson(value), 'test')).toThrow(refused('document-damaged'));
    }
    const spaced = utf8ToBytes(JSON.stringify(good, null, 1));
    expect(() => decodeEnvelope(spaced, 'test')).toThrow(refused('document-damaged'));
    const turned = `{"signatures":${JSON.stringify(good.signatures)},"payload":"${good.payload}","payloadType":"${type}"}`;
    expect(() => decodeEnvelope(utf8ToBytes(turned), 'test')).toThrow(refused('document-damaged'));
  });

  test('an empty and a far too large file have their own words; 3 MiB decode', async () => {
    expect(() => decodeEnvelope(new Uint8Array(), 'test')).toThrow(refused('document-empty'));
    expect(() => decodeEnvelope(new Uint8Array(ENVELOPE_LIMIT + 1), 'test')).toThrow(
      refused('document-too-large'),
    );
    const large = await signEnvelope(type, new Uint8Array(3_000_000), [alice]);
    expect(decodeEnvelope(encodeEnvelope(large), 'test').payload).toHaveLength(3_000_000);
  });

  test('a later signature of the same key replaces the earlier one', async () => {
    const envelope = await signed();
    const sig = new Uint8Array(64);
    const changed = withSignatures(envelope, [{ keyid: bob.keyid, sig }]);
    expect(changed.signatures).toHaveLength(2);
    expect(changed.signatures.find(({ keyid }) => keyid === bob.keyid)?.sig).toEqual(sig);
  });
});

describe('signatures', () => {
  test('one unknown key refuses the whole document', async () => {
    const envelope = await signed();
    expect(() => verifySignatures(envelope, 'test', new Set([alice.keyid]))).toThrow(
      refused('signature-unknown'),
    );
    expect(() => verifySignatures(envelope, 'test', new Set())).toThrow(
      refused('signature-unknown'),
    );
  });

  test('one wrong signature refuses it, and so do another type and another payload', async () => {
    const envelope = await signed();
    const swapped: Envelope = {
      ...envelope,
      signatures: envelope.signatures.map(({ keyid }, at, all) => ({
        keyid,
        sig: all[1 - at]?.sig ?? new Uint8Array(),
      })),
    };
    const wrong = [
      swapped,
      { ...envelope, payloadType: type.replace('production', 'rehearsal') },
      { ...envelope, payload: utf8ToBytes('{"a":2}') },
      withSignatures(envelope, [{ keyid: alice.keyid, sig: new Uint8Array(63) }]),
      withSignatures(envelope, [{ keyid: alice.keyid, sig: new Uint8Array(0) }]),
    ];
    for (const document of wrong) {
      expect(() => verifySignatures(document, 'test', both)).toThrow(refused('signature-wrong'));
    }
  });

  test('RFC 8032, 7.1, tests 1 to 3', () => {
    const vectors = [
      [
        'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
        '',
        'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
      ],
      [
        '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
        '72',
        '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
      ],
      [
        'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
        'af82',
        '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
      ],
    ] as const;
    for (const [key, message, sig] of vectors) {
      expect(verifyEd25519(hexToBytes(sig), hexToBytes(message), key)).toBe(true);
      expect(verifyEd25519(hexToBytes(sig), hexToBytes(`${message}00`), key)).toBe(false);
    }
  });

  test('what only ZIP-215 accepts is refused: small-order key, R not canonical', () => {
    // A = the point of order 1 (0100…), S = 0, R = the same point written as y = p + 1.
    const identity = hexToBytes(`01${'00'.repeat(31)}`);
    const notCanonical = hexToBytes(`ee${'ff'.repeat(30)}7f`);
    const message = utf8ToBytes('any message');
    const cases: [Uint8Array, Uint8Array][] = [
      [identity, concatBytes(identity, new Uint8Array(32))],
      [identity, concatBytes(notCanonical, new Uint8Array(32))],
      [notCanonical, concatBytes(identity, new Uint8Array(32))],
    ];
    for (const [key, sig] of cases) {
      expect(ed25519.verify(sig, message, key, { zip215: true })).toBe(true);
      expect(verifyEd25519(sig, message, bytesToHex(key))).toBe(false);
    }
  });

  test('a signature whose S is not reduced is refused', () => {
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const message = utf8ToBytes('a message');
    const sig = ed25519.sign(message, new Uint8Array(32).fill(1));
    const s = BigInt(`0x${bytesToHex(sig.slice(32).reverse())}`) + order;
    const larger = hexToBytes(s.toString(16).padStart(64, '0')).reverse();
    const changed = concatBytes(sig.slice(0, 32), larger);
    expect(verifyEd25519(sig, message, alice.keyid)).toBe(true);
    expect(verifyEd25519(changed, message, alice.keyid)).toBe(false);
  });

  test('node:crypto signs what we verify and verifies what we sign', async () => {
    await fc.assert(
      fc.asyncProperty(seed, fc.uint8Array(), async (bytes, message) => {
        const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), bytes]);
        const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
        const signer = ed25519Signer(bytes);
        const ours = await signer.sign(message);
        expect(verify(null, message, createPublicKey(key), ours)).toBe(true);
        expect(verifyEd25519(sign(null, message, key), message, signer.keyid)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  test('key ids that are no keys are simply false', () => {
    const sig = ed25519.sign(payload, new Uint8Array(32).fill(1));
    for (const keyid of ['', 'zz', '00', 'ff'.repeat(32), '02'.repeat(31)]) {
      expect(verifyEd25519(sig, payload, keyid)).toBe(false);
    }
  });
});
