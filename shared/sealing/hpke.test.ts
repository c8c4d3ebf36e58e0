import * as fc from 'fast-check';
import { base64 } from '@scure/base';
import { beforeAll, describe, expect, test } from 'vitest';
import { makeBundle, makeRecoverPackage } from '../../test/support/documents.ts';
import { makeShareSet } from '../../test/support/share-sets.ts';
import { hexToBytes } from '../encoding/bytes.ts';
import type { Bundle, SealedBundle } from '../bundle/bundle.ts';
import { openBundle, sealBundle } from '../bundle/bundle-secret.ts';
import {
  ENCAPSULATED_BYTES,
  generateRecipient,
  openSealed,
  PRIVATE_KEY_BYTES,
  PUBLIC_KEY_BYTES,
  recipientKey,
  sealTo,
  type RecipientPair,
  type SealContext,
} from './hpke.ts';
import { openRecoverPackage } from '../bundle/recover-package.ts';

const refused = expect.objectContaining({ code: 'sealed-not-openable' }) as Error;
const context: SealContext = {
  type: 'bundle-recover',
  version: 1,
  mode: 'production',
  audience: 'a'.repeat(32),
  ceremony: 'b'.repeat(32),
  nonce: 'c'.repeat(32),
};
const publicPart = { a: 1, b: ['x'] };
let keys: RecipientPair;
beforeAll(async () => {
  keys = await generateRecipient();
});

describe('sealing to one recipient', () => {
  test('sizes are X-Wing’s', async () => {
    expect(base64.decode(keys.publicKey)).toHaveLength(PUBLIC_KEY_BYTES);
    expect(keys.privateKey).toHaveLength(PRIVATE_KEY_BYTES);
    const { enc, ct } = await sealTo(keys.publicKey, context, publicPart, new Uint8Array(10));
    expect(base64.decode(enc)).toHaveLength(ENCAPSULATED_BYTES);
    expect(base64.decode(ct)).toHaveLength(26);
  });

  test('any plaintext comes back, and no two sealings are alike', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (plaintext) => {
        const one = await sealTo(keys.publicKey, context, publicPart, plaintext);
        const two = await sealTo(keys.publicKey, context, publicPart, plaintext);
        expect(one.enc).not.toBe(two.enc);
        expect(await openSealed(keys.privateKey, context, publicPart, one)).toEqual(plaintext);
      }),
      { numRuns: 8 },
    );
  });

  test('another type, version, mode, audience, ceremony or nonce does not open it', async () => {
    const sealed = await sealTo(keys.publicKey, context, publicPart, new Uint8Array(32));
    const others: SealContext[] = [
      { ...context, type: 'bundle-setup' },
      { ...context, version: 2 },
      { ...context, mode: 'rehearsal' },
      { ...context, audience: 'd'.repeat(32) },
      { ...context, ceremony: 'd'.repeat(32) },
      { ...context, nonce: 'd'.repeat(32) },
      // The same letters with the border between two fields moved.
      { ...context, audience: 'a'.repeat(31), ceremony: `a${context.ceremony}` },
    ];
    for (const other of others) {
      await expect(openSealed(keys.privateKey, other, publicPart, sealed)).rejects.toThrow(refused);
    }
  });

  test('another public part, another key, any changed byte does not open it', async () => {
    const sealed = await sealTo(keys.publicKey, context, publicPart, new Uint8Array(32));
    const open = (part: unknown, key = keys.privateKey, value = sealed) =>
      openSealed(key, context, part, value);
    for (const part of [{ a: 2, b: ['x'] }, { a: 1 }, { a: 1, b: ['x'], c: null }]) {
      await expect(open(part)).rejects.toThrow(refused);
    }
    const stranger = await generateRecipient();
    await expect(open(publicPart, stranger.privateKey)).rejects.toThrow(refused);
    await expect(open(publicPart, new Uint8Array(31))).rejects.toThrow(refused);
    for (const field of ['enc', 'ct'] as const) {
      const bytes = base64.decode(sealed[field]);
      for (let at = 0; at < bytes.length; at += 1) {
        const changed = bytes.slice();
        changed[at] = (changed[at] ?? 0) ^ (1 + ((at * 37) % 255));
        const value = { ...sealed, [field]: base64.encode(changed) };
        await expect(open(publicPart, keys.privateKey, value)).rejects.toThrow(refused);
      }
      const cut = { ...sealed, [field]: base64.encode(bytes.slice(1)) };
      await expect(open(publicPart, keys.privateKey, cut)).rejects.toThrow(refused);
    }
    expect(await open(publicPart)).toEqual(new Uint8Array(32));
  }, 180_000);

  test('a recipient key of another length, or not in its one spelling, is no recipient key', () => {
    const bytes = base64.decode(keys.publicKey);
    expect(recipientKey.safeParse(keys.publicKey).success).toBe(true);
    for (const wrong of [
      base64.encode(bytes.slice(1)),
      base64.encode(Uint8Array.of(...bytes, 0)),
      base64.encode(Uint8Array.of(...bytes, 0, 0)),
      // The last character before the padding carries four unused bits.
      `${keys.publicKey.slice(0, -3)}/==`,
      '',
    ]) {
      expect(recipientKey.safeParse(wrong).success).toBe(false);
    }
  });
});

describe('what documents seal', () => {
  test('any changed public field of a bundle or a package keeps it shut', async () => {
    const set = await makeShareSet();
    for (const kind of ['setup', 'recover'] as const) {
      const { document, package: source, secret } = await makeBundle(set, { kind });
      const { privateKey } = source.recipient;
      expect(await openBundle(document.body, privateKey)).toEqual(secret);
      const changes: Partial<Bundle>[] = [
        { mode: 'rehearsal' },
        { audience: 'd'.repeat(32) },
        { nonce: 'd'.repeat(32) },
        { epoch: 2 },
        { packageDigest: 'd'.repeat(64) },
        { ceremonyId: 'd'.repeat(32) },
        { operator: 'd'.repeat(64) },
        { createdAt: '2026-01-01T00:00:00Z' },
        { transcript: { entries: 2, head: 'd'.repeat(64) } },
        { manifestDigest: 'd'.repeat(64) },
        { rosterDigest: 'd'.repeat(64) },
      ];
      for (const change of changes) {
        const other = { ...document.body, ...change } as Bundle;
        await expect(openBundle(other, privateKey)).rejects.toThrow(refused);
      }
    }
  });

  test('a recovery package opens with its ticket’s key only, and as it was', async () => {
    const set = await makeShareSet();
    const { document, ticket, recipient } = await makeRecoverPackage(set);
    if (ticket === null) throw new Error('no ticket');
    const opened = await openRecoverPackage(document.body, ticket.keys.privateKey);
    expect(opened.vaultComponent).toEqual(set.vaultComponent);
    expect(hexToBytes(opened.encryptedKek ?? '')).toHaveLength(60);
    await expect(openRecoverPackage(document.body, recipient.privateKey)).rejects.toThrow(refused);
    const facts = { ...document.body.facts, userId: 8 };
    const other = { ...document.body, facts };
    await expect(openRecoverPackage(other, ticket.keys.privateKey)).rejects.toThrow(refused);
    const moved = { ...document.body, ticketId: 'd'.repeat(32) };
    await expect(openRecoverPackage(moved, ticket.keys.privateKey)).rejects.toThrow(refused);
  });

  test('a recovery bundle cannot be passed off as a setup bundle', async () => {
    const set = await makeShareSet();
    const { document, package: source } = await makeBundle(set, { kind: 'recover' });
    const { sealed: _, ...rest } = document.body;
    const lie = { ...rest, kind: 'setup' } as unknown as Bundle;
    const { privateKey } = source.recipient;
    const whole = { ...lie, sealed: document.body.sealed } as Bundle;
    await expect(openBundle(whole, privateKey)).rejects.toThrow(refused);
  });

  test('a sealed part of another form than documented is refused, though it opens', async () => {
    const set = await makeShareSet();
    const { document, package: source } = await makeBundle(set);
    const { sealed: _, ...rest } = document.body;
    for (const length of [0, 15, 65]) {
      const body = await sealBundle<SealedBundle>(
        rest,
        source.recipient.publicKey,
        new Uint8Array(length),
      );
      await expect(openBundle(body, source.recipient.privateKey)).rejects.toThrow(refused);
    }
  });
});
