/**
 * New halves for the key in use through a real worker thread: ticket, package, old shares, new shares
 * on sticks, both quorums' signatures, sealed bundle. The package is made by the shared code that sync
 * uses. A new key beside it, and another set of the same one, without ticket and half.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAge } from '../../electron/media/age.ts';
import { openBundle } from '../../shared/bundle/bundle-secret.ts';
import type { RotatePackage } from '../../shared/bundle/package.ts';
import { sealRotatePackage } from '../../shared/bundle/rotate-package.ts';
import { xorComponents } from '../../shared/checktick/index.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { preAuthEncoding, verifyEd25519 } from '../../shared/encoding/dsse.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { checkValueFits } from '../../shared/sharing/check-value.ts';
import { decodeShare } from '../../shared/sharing/envelope.ts';
import { escrowPublicKey } from '../../shared/sharing/escrow-key.ts';
import { combineShares } from '../../shared/sharing/split.ts';
import { ScriptedPerson } from '../support/entry-script.ts';
import { holds } from '../support/leaks.ts';
import { makeNextSet, makeRotateBundle, makeRotatePackage } from '../support/rotate-documents.ts';
import { makeShareSet, type TestShareSet } from '../support/share-sets.ts';
import { giveTyped } from '../support/typed-share.ts';
import { makeNextVersion, makeVersionBundle } from '../support/version-documents.ts';
import { codeOf, startTestWorker, type TestWorker } from '../support/worker.ts';

const NEW_SET = { setId: 'a1'.repeat(16), generation: 1, threshold: 2, count: 3 };
const MESSAGE = preAuthEncoding('what they sign', Uint8Array.of(7));
let root: string;
let worker: TestWorker;
let set: TestShareSet;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'conclave-worker-'));
  worker = await startTestWorker('rehearsal');
  set = await makeShareSet({ mode: 'rehearsal' });
});
afterEach(() => {
  worker.stop();
  rmSync(root, { recursive: true, force: true });
});

function stick(name: string) {
  const path = join(root, name);
  mkdirSync(path, { recursive: true });
  return { path, place: { volumeId: `at:${path}`, rehearsalFolder: root } };
}

/** A ticket, and the package that sync would seal to it. */
async function asked(vaultComponent = set.vaultComponent) {
  const operator = new ScriptedPerson('operator');
  const ticketId = bytesToHex(randomBytes(16));
  const { place } = stick(`OPERATOR-${ticketId.slice(0, 4)}`);
  const ticket = { ...place, ticketId, person: operator.name };
  const { recipient } = await worker.callWith(operator, {}, 'make-ticket', ticket);
  const { sealed: _, ...template } = (await makeRotatePackage(set)).document.body;
  const body = await sealRotatePackage({ ...template, ticketId }, recipient, vaultComponent);
  const opening = { body, manifest: set.manifest.body, ...place, person: operator.name };
  return {
    body,
    open: () => worker.callWith(operator, {}, 'open-rotate-package', opening),
  };
}

const renew = ({ nonce }: RotatePackage, manifest = set.manifest.body) =>
  worker.call('renew-key', { nonce, manifest });
const sign = (of?: 'given' | 'made') =>
  worker.call('sign-quorum', { messages: [MESSAGE], ...(of === undefined ? {} : { of }) });

/** Written to a stick of its own, and read back from there. */
async function issued(index: number) {
  const person = new ScriptedPerson(`new custodian ${index}`);
  const { path, place } = stick(`NEW-${index}`);
  const turn = { name: person.name, role: 'custodian', index } as const;
  await worker.call('begin-seat', { turn });
  await worker.callWith(person, {}, 'new-identity', {});
  await worker.call('write-usb', { ...place, withIdentity: true, sheet: null });
  const reading = { how: 'usb', withIdentity: true, sheetNumber: null, ...place } as const;
  const { shareKey } = await worker.callWith(person, {}, 'read-back', reading);
  await worker.call('end-seat', {});
  const file = readdirSync(path).find((name) => name.startsWith('conclave-share-')) ?? '';
  const wire = await openAge(readFileSync(join(path, file)), person.words);
  return { shareKey, share: decodeShare(wire), words: person.words };
}

describe('new halves for the key in use', () => {
  it('are made of the old shares; both sets give the same key, and nothing of it comes out', async () => {
    const { body, open } = await asked();
    const manifest = set.manifest.body;
    expect(await codeOf(renew(body))).toBe('package-not-open');
    expect(await open()).toEqual({ fits: true });
    await giveTyped(worker, set, 4, 2);
    expect(await codeOf(renew(body))).toBe('too-few-shares');
    await giveTyped(worker, set, 1);
    const key = await renew(body);
    expect(key).toMatchObject({ indexes: [1, 2, 4], componentBytes: 64 });
    expect(key.escrowKey).toBe(manifest.escrowKey);
    expect(key.componentId).not.toBe(manifest.componentId);
    // Main may ask again for what it could not write down; the package's secret is gone by now.
    expect(await renew(body)).toEqual(key);

    const { shares } = await worker.call('split', NEW_SET);
    const made = [await issued(1), await issued(2), await issued(3)];
    expect(made.map(({ shareKey }) => shareKey)).toEqual(shares.map(({ publicKey }) => publicKey));
    // Before the new media are proved, the old shares alone can sign.
    expect(await codeOf(sign('made'))).toBe('worker-out-of-order');
    const next = await makeNextSet(set);
    const { document } = await makeRotateBundle(set, next);
    const { sealed: _, ...publicPart } = document.body;
    const { publicKey, privateKey } = set.sync.recipient;
    const sealing = { body: { ...publicPart, nonce: body.nonce }, recipient: publicKey };
    expect(await codeOf(worker.call('seal-rotate', sealing))).toBe('worker-out-of-order');
    await worker.call('prove-quorum', { threshold: 2 });

    // Two sets are there: neither signs for the other, and none without being named.
    expect(await codeOf(sign())).toBe('worker-out-of-order');
    for (const [of, keys, count] of [
      ['given', manifest.shares, 3],
      ['made', shares, 2],
    ] as const) {
      const { signatures } = await sign(of);
      expect(signatures).toHaveLength(count);
      for (const { keyid, sigs } of signatures) {
        expect(keys.map((one) => one.publicKey)).toContain(keyid);
        expect(verifyEd25519(sigs[0] ?? new Uint8Array(), MESSAGE, keyid)).toBe(true);
      }
    }

    const { body: sealed } = await worker.call('seal-rotate', sealing);
    expect(await codeOf(worker.call('seal-rotate', sealing))).toBe('worker-out-of-order');
    const half = await openBundle(sealed, privateKey);
    expect(half).not.toEqual(set.vaultComponent);
    const { componentId, checks } = key;
    expect(checkValueFits('vault-component', half, componentId, checks.vaultComponent)).toBe(true);
    const component = await combineShares(
      made.slice(1).map(({ share }) => share),
      {
        what: 'custodian-component',
        componentId,
        checkValue: checks.custodianComponent,
      },
    );
    expect(xorComponents(half, component)).toEqual(set.platformKey);

    const canaries = [
      set.platformKey,
      set.vaultComponent,
      set.component,
      half,
      component,
      ...set.shares.map(({ y }) => y),
      ...made.flatMap(({ share, words }) => [share.y, words]),
    ];
    for (const canary of canaries) expect(holds(worker.sent, canary)).toBe(false);
    // The search itself finds what is there.
    expect(holds(worker.sent, Buffer.from(componentId, 'hex'))).toBe(true);
  });

  it('are not made with a vault component of another set, nor of a key that is not the manifest’s', async () => {
    const wrong = await asked(randomBytes(64));
    expect(await codeOf(wrong.open())).toBe('package-component-wrong');
    expect(await codeOf(renew(wrong.body))).toBe('package-not-open');
    const { body, open } = await asked();
    await open();
    await giveTyped(worker, set, 1, 2, 3);
    const manifest = set.manifest.body;
    const { escrowKey } = (await makeShareSet({ mode: 'rehearsal' })).manifest.body;
    if (escrowKey === undefined) throw new Error('a set has an escrow key');
    const zeros = '00'.repeat(16);
    for (const [change, code] of [
      [{ checks: { ...manifest.checks, platformKey: zeros } }, 'platform-key-wrong'],
      [{ checks: { ...manifest.checks, custodianComponent: zeros } }, 'shares-do-not-fit'],
      [{ escrowKey }, 'escrow-key-differs'],
    ] as const) {
      expect(await codeOf(renew(body, { ...manifest, ...change }))).toBe(code);
    }
    expect(await codeOf(worker.call('split', NEW_SET))).toBe('worker-out-of-order');
    expect(await renew(body)).toMatchObject({ indexes: [1, 2, 3] });
  });
});

describe('a new platform key', () => {
  const makeNext = ({ nonce }: RotatePackage, manifest = set.manifest.body) =>
    worker.call('make-next-key', { nonce, manifest, keyVersion: 'v2', componentBytes: 64 });

  it('is another one: the key in use is proved first, and nothing of either comes out', async () => {
    const { body, open } = await asked();
    const manifest = set.manifest.body;
    expect(await codeOf(makeNext(body))).toBe('package-not-open');
    await open();
    await giveTyped(worker, set, 4, 2);
    expect(await codeOf(makeNext(body))).toBe('too-few-shares');
    await giveTyped(worker, set, 1);
    const wrong = { ...manifest, checks: { ...manifest.checks, platformKey: '00'.repeat(16) } };
    expect(await codeOf(makeNext(body, wrong))).toBe('platform-key-wrong');
    const key = await makeNext(body);
    expect(key).toMatchObject({ indexes: [1, 2, 4], componentBytes: 64 });
    expect(key.escrowKey).not.toBe(manifest.escrowKey);
    expect(await makeNext(body)).toEqual(key);
    // Neither is made a second time in one ceremony.
    const again = { ...body, nonce: 'ab'.repeat(16) };
    expect(await codeOf(makeNext(again))).toBe('package-not-open');

    await worker.call('split', NEW_SET);
    const made = [await issued(1), await issued(2), await issued(3)];
    await worker.call('prove-quorum', { threshold: 2 });
    const { signatures } = await sign('given');
    expect(signatures).toHaveLength(3);

    const next = await makeNextVersion(set);
    const { sealed: _, ...publicPart } = (await makeVersionBundle(set, next)).document.body;
    const { publicKey, privateKey } = set.sync.recipient;
    const sealing = { body: publicPart, recipient: publicKey };
    const { body: sealed } = await worker.call('seal-rotate', sealing);
    const half = await openBundle(sealed, privateKey);
    const { componentId, checks } = key;
    const component = await combineShares(
      made.slice(0, 2).map(({ share }) => share),
      { what: 'custodian-component', componentId, checkValue: checks.custodianComponent },
    );
    const platformKey = xorComponents(half, component);
    expect(checkValueFits('platform-key', platformKey, componentId, checks.platformKey)).toBe(true);
    const version = { mode: manifest.mode, keyVersion: 'v2' };
    expect(await escrowPublicKey(platformKey, version)).toBe(key.escrowKey);
    expect(platformKey).not.toEqual(set.platformKey);
    expect(half).not.toEqual(set.vaultComponent);
    const canaries = [set.platformKey, platformKey, half, component, set.vaultComponent];
    for (const canary of canaries) expect(holds(worker.sent, canary)).toBe(false);
  });
});

describe('what custodians hold, split once more', () => {
  const restore = (manifest = set.manifest.body) =>
    worker.call('restore-component', { nonce: 'a7'.repeat(16), manifest });

  it('gives shares of another set of the same component, and nothing of Vault is there', async () => {
    const { componentId, checks, escrowKey, shares: old } = set.manifest.body;
    await giveTyped(worker, set, 4, 2);
    expect(await codeOf(restore())).toBe('too-few-shares');
    expect(await codeOf(worker.call('split', NEW_SET))).toBe('worker-out-of-order');
    await giveTyped(worker, set, 1);
    const answer = { indexes: [1, 2, 4], componentId, componentBytes: 64, checks, escrowKey };
    expect(await restore()).toEqual(answer);
    // Main may ask again for what it could not write down.
    expect(await restore()).toEqual(answer);

    const { shares } = await worker.call('split', NEW_SET);
    const made = [await issued(1), await issued(2), await issued(3)];
    expect(await codeOf(sign('made'))).toBe('worker-out-of-order');
    await worker.call('prove-quorum', { threshold: 2 });
    // Two sets are there: neither signs for the other, and none without being named.
    expect(await codeOf(sign())).toBe('worker-out-of-order');
    for (const [of, keys] of [
      ['given', old],
      ['made', shares],
    ] as const) {
      const { signatures } = await sign(of);
      const known = new Set(keys.map(({ publicKey }) => publicKey));
      expect(signatures.filter(({ keyid }) => known.has(keyid))).toHaveLength(signatures.length);
    }
    const component = await combineShares(
      made.slice(1).map(({ share }) => share),
      { what: 'custodian-component', componentId, checkValue: checks.custodianComponent },
    );
    expect(component).toEqual(set.component);
    const canaries = [
      set.component,
      ...set.shares.map(({ y }) => y),
      ...made.flatMap(({ share, words }) => [share.y, words]),
    ];
    for (const canary of canaries) expect(holds(worker.sent, canary)).toBe(false);
  });

  it('comes from shares of the set that the manifest names, or not at all', async () => {
    await giveTyped(worker, set, 1, 2, 3);
    const { body } = set.manifest;
    const custodianComponent = '00'.repeat(16);
    const other = { ...body, checks: { ...body.checks, custodianComponent } };
    expect(await codeOf(restore(other))).toBe('shares-do-not-fit');
    expect(await codeOf(worker.call('split', NEW_SET))).toBe('worker-out-of-order');
    expect(await restore()).toMatchObject({ indexes: [1, 2, 3] });
  });

  it('names no escrow key where the manifest is from before there were any', async () => {
    set = await makeShareSet({ mode: 'rehearsal', isOld: true });
    await giveTyped(worker, set, 1, 2, 3);
    expect(await restore()).toMatchObject({ escrowKey: null });
  });

  it('is not put together where a key was made', async () => {
    await worker.call('make-key', { componentBytes: 64, keyVersion: 'v1' });
    await giveTyped(worker, set, 1, 2, 3);
    expect(await codeOf(restore())).toBe('worker-out-of-order');
  });
});
