/**
 * New shares of a platform key through the real host and worker, without a window: a split, a ticket,
 * the package that sync would seal to it, old shares in, new ones out on paper and on a stick; resumed
 * after a power cut, closed by its receipt; then a fresh package brings sync's new half back, and only
 * then the old shares may be destroyed.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Participant } from '../../scripts/rehearse/people.ts';
import {
  bundleType,
  openBundle,
  verifyBundle,
  type BundleDocument,
} from '../../shared/bundle/bundle.ts';
import { packageType } from '../../shared/bundle/package.ts';
import { assertSetFollows, openNewSet, type NewSet } from '../../shared/bundle/rotate.ts';
import { sealRotatePackage } from '../../shared/bundle/rotate-package.ts';
import type { TicketDocument } from '../../shared/bundle/ticket.ts';
import type { Plan } from '../../shared/ceremony/events.ts';
import { envelopeToJson } from '../../shared/encoding/dsse.ts';
import { encodeJson } from '../../shared/encoding/json.ts';
import { parseRoster } from '../../shared/identity/roster.ts';
import { checkValueFits } from '../../shared/sharing/check-value.ts';
import { parseManifest } from '../../shared/sharing/manifest.ts';
import { verifyLog } from '../../shared/transcript/verify.ts';
import {
  carryReceipt,
  makeTicket,
  openLaptop,
  packageFacts,
  STICKS,
  type Laptop,
} from '../support/headless-platform.ts';
import { codeOf, kindsOf, PAIR, readLog, splitToWaiting } from '../support/headless-steps.ts';

/** Custodian 4 leaves, two others come, and it is two of three from now on. */
const NEXT: Plan = {
  ...PAIR,
  label: '2027 C',
  custodians: [
    { name: 'custodian 1', medium: 'paper' },
    { name: 'custodian 2', medium: 'paper' },
    { name: 'custodian 3', medium: 'usb' },
  ],
};

async function carryPackage(
  laptop: Laptop,
  { body, digest }: TicketDocument,
  { manifest, roster }: NewSet,
  vaultComponent: Uint8Array,
  epoch: number,
): Promise<void> {
  const sealed = await sealRotatePackage(
    {
      ...packageFacts(laptop, epoch),
      kind: 'rotate-shares',
      keyVersion: 'v1',
      ticketId: body.ticketId,
      ticketDigest: digest,
      compared: 'same',
      manifest: envelopeToJson(manifest.envelope),
      roster: envelopeToJson(roster.envelope),
    },
    body.recipient,
    vaultComponent,
  );
  const document = await packageType.sign(sealed, [laptop.sync.signer]);
  await laptop.carry('package', document.digest, packageType.toBytes(document));
}

async function bundleOf({ room, rehearsalFolder }: Laptop): Promise<BundleDocument> {
  const view = await room.until(({ screen }) => screen === 'waiting');
  if (view.screen !== 'waiting') throw new Error('It does not wait.');
  const name = `conclave-bundle-${view.bundleDigest.slice(0, 8)}.json`;
  const bytes = await readFile(join(rehearsalFolder, STICKS.sync, name));
  return bundleType.parse(new Uint8Array(bytes), 'rehearsal');
}

describe('new shares on a laptop', () => {
  let laptop: Laptop;
  let before: NewSet;
  let oldHalf: Uint8Array;
  let bundle: BundleDocument;
  let next: NewSet;

  beforeAll(async () => {
    laptop = await openLaptop();
    const setup = await splitToWaiting(laptop);
    if (setup.body.kind !== 'setup') throw new Error('A split makes a setup.');
    oldHalf = await openBundle(setup.body, laptop.sync.recipient.privateKey);
    const manifest = parseManifest(encodeJson(setup.body.manifest), 'rehearsal');
    const roster = parseRoster(encodeJson(setup.body.roster), 'rehearsal', manifest.body);
    before = { manifest, roster };
    await carryReceipt(laptop, setup);
    await laptop.room.until(({ screen }) => screen === 'closed');
    await laptop.host.leave();
  }, 300_000);
  afterAll(() => laptop.remove());

  const ticketOf = () => makeTicket(laptop, 'usb', { kind: 'rotate-shares' });
  const destroyOld = () =>
    laptop.host.start('destroy', 'rehearsal', {
      setId: before.manifest.body.setId,
      generation: 1,
    });

  /** Operator and witness bring the identities of before. */
  async function enrol(): Promise<void> {
    for (const role of ['operator', 'witness'] as const) {
      await laptop.room.until(({ screen, turn }) => screen === 'identity' && turn?.role === role);
      const volumeId = await laptop.room.stickOf(role);
      await laptop.room.say({ type: 'identity', how: 'existing-usb', volumeId });
    }
  }

  async function toTicket(pocket: Participant): Promise<void> {
    await laptop.room.until(({ screen }) => screen === 'ticket-key');
    laptop.people.expect(pocket);
  }

  test('old shares in, new ones out, and a bundle that the old set signs', async () => {
    const { ticket, pocket } = await ticketOf();
    await carryPackage(laptop, ticket, before, oldHalf, 2);
    await laptop.host.start('rotate', 'rehearsal');
    const asked = await laptop.room.until(({ screen }) => screen === 'plan');
    expect(asked).toMatchObject({ renews: PAIR.label, keyVersion: 'v1' });
    await laptop.room.say({ type: 'plan', plan: NEXT });
    await enrol();
    await toTicket(pocket);
    const facts = await laptop.room.until(({ screen }) => screen === 'rotate-facts');
    expect(facts).toMatchObject({ before: { label: '2026 B' }, after: { label: '2027 C' } });
    bundle = await bundleOf(laptop);
    if (bundle.body.kind !== 'rotate-shares') throw new Error('It renews shares.');
    next = openNewSet(bundle.body);
    assertSetFollows(next, before.manifest, before.roster);
    verifyBundle(bundle, before.manifest.body, next.roster.body);
    expect(next.manifest.body).toMatchObject({ threshold: 2, count: 3, label: '2027 C' });
    expect(next.manifest.body.escrowKey).toBe(before.manifest.body.escrowKey);
  }, 300_000);

  test('sealed in it is the new half, which fits the new manifest and not the old one', async () => {
    const half = await openBundle(bundle.body, laptop.sync.recipient.privateKey);
    const fits = ({ body: { componentId, checks } }: NewSet['manifest']) =>
      checkValueFits('vault-component', half, componentId, checks.vaultComponent);
    expect(fits(next.manifest)).toBe(true);
    expect(fits(before.manifest)).toBe(false);
  });

  test('its log is authenticated by either set, and nobody’s signature is missing', async () => {
    const log = await readLog(laptop, bundle.body.ceremonyId);
    for (const { manifest } of [before, next]) {
      const { standing, missing } = verifyLog(log, { manifest });
      expect(standing).toBe('authenticated');
      expect(missing.filter((one) => /signature|read back/.test(one))).toEqual([]);
    }
  });

  test('after a power cut it waits as before; the receipt makes the old set a replaced one', async () => {
    await laptop.restart();
    await laptop.host.resume(bundle.body.ceremonyId);
    expect(laptop.room.view).toMatchObject({ screen: 'waiting', bundleDigest: bundle.digest });
    await carryReceipt(laptop, bundle, { statement: 'The new shares are in force.' });
    await laptop.room.until(({ screen }) => screen === 'closed');
    await laptop.host.leave();
    const { sets } = await laptop.host.home();
    const of = (label: string) => sets.find((set) => set.label === label);
    expect(of('2027 C')).toMatchObject({ standing: 'live', proved: 3 });
    expect(of('2026 B')).toMatchObject({
      standing: 'superseded',
      remnants: { left: 2, of: 2, shares: 2 },
    });
    expect(await codeOf(destroyOld())).toBe('set-not-replaced-safely');
  });

  test('a fresh package with the old half stops; with the new one the old shares may go', async () => {
    const half = await openBundle(bundle.body, laptop.sync.recipient.privateKey);
    const stale = await ticketOf();
    await carryPackage(laptop, stale.ticket, next, oldHalf, 3);
    await laptop.host.start('rotate', 'rehearsal');
    await laptop.room.until(({ screen }) => screen === 'plan');
    await laptop.room.say({ type: 'compare-only' });
    await toTicket(stale.pocket);
    expect(await codeOf(laptop.room.until(({ screen }) => screen === 'compared'))).toBe(
      'package-component-wrong',
    );
    await laptop.room.say({ type: 'abandon', reason: 'sync gave out the old half' });
    await laptop.host.leave();
    expect(await codeOf(destroyOld())).toBe('set-not-replaced-safely');

    const fresh = await ticketOf();
    await carryPackage(laptop, fresh.ticket, next, half, 3);
    await laptop.host.start('rotate', 'rehearsal');
    await laptop.room.until(({ screen }) => screen === 'plan');
    await laptop.room.say({ type: 'compare-only' });
    await toTicket(fresh.pocket);
    const view = await laptop.room.until(({ screen }) => screen === 'compared');
    expect(view).toMatchObject({ label: '2027 C', keyVersion: 'v1' });
    await laptop.host.leave();
    const kinds = await kindsOf(laptop, view.ceremonyId);
    expect(kinds.slice(-2)).toEqual(['vault-component-checked', 'ceremony-closed']);
    await destroyOld();
    expect(laptop.room.view).toMatchObject({ screen: 'destruction', label: '2026 B' });
  }, 300_000);
});
