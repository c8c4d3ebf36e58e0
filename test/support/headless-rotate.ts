/**
 * New shares on a laptop without a window: the steps that tests of it take again and again.
 * @module
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Participant } from '../../scripts/rehearse/people.ts';
import { bundleType, type BundleDocument } from '../../shared/bundle/bundle.ts';
import { openBundle } from '../../shared/bundle/bundle-secret.ts';
import { packageType } from '../../shared/bundle/package.ts';
import { packagedParts } from '../../shared/bundle/packaged-set.ts';
import { openNewSet, type NewSet } from '../../shared/bundle/rotate.ts';
import { sealRotatePackage } from '../../shared/bundle/rotate-package.ts';
import type { Plan } from '../../shared/plan/set-plan.ts';
import type { View } from '../../shared/ceremony/view.ts';
import { encodeJson } from '../../shared/encoding/json.ts';
import { parseRoster } from '../../shared/identity/roster.ts';
import { parseManifest, type ManifestDocument } from '../../shared/sharing/manifest.ts';
import {
  carryReceipt,
  makeTicket,
  packageFacts,
  STICKS,
  type Desk,
  type Laptop,
} from './headless-platform.ts';
import { PAIR, splitToWaiting } from './headless-steps.ts';

/** After PAIR: custodian 4 leaves, two others come, and it is two of three from now on. */
export const NEXT: Plan = {
  ...PAIR,
  label: '2027 C',
  custodians: [
    { name: 'custodian 1', medium: 'paper' },
    { name: 'custodian 2', medium: 'paper' },
    { name: 'custodian 3', medium: 'usb' },
  ],
};

/** A set that sync trusts, with sync's half. */
export interface InForce extends NewSet {
  readonly half: Uint8Array;
  /** Further sets that sync trusts. Absent: none. */
  readonly others?: readonly ManifestDocument[];
}

/** The set that a bundle brings, and the half that is sealed in it. */
export async function inForceBy({ sync }: Laptop, { body }: BundleDocument): Promise<InForce> {
  const half = await openBundle(body, sync.recipient.privateKey);
  if (body.kind === 'rotate-shares' || body.kind === 'new-version') {
    return { ...openNewSet(body), half };
  }
  if (body.kind !== 'setup') throw new Error('It brings no set.');
  const manifest = parseManifest(encodeJson(body.manifest), 'rehearsal');
  return {
    manifest,
    roster: parseRoster(encodeJson(body.roster), 'rehearsal', manifest.body),
    half,
  };
}

/** A set of two, split on this laptop, whose receipt came home. */
export async function pairInForce(laptop: Laptop): Promise<InForce> {
  const setup = await splitToWaiting(laptop);
  await closeWith(laptop, setup);
  return inForceBy(laptop, setup);
}

/** Sync's receipt comes home, and the people go. */
export async function closeWith(
  laptop: Laptop,
  bundle: BundleDocument,
  change: Parameters<typeof carryReceipt>[2] = {},
): Promise<View> {
  await carryReceipt(laptop, bundle, change);
  const view = await laptop.room.until(({ screen }) => screen === 'closed');
  await laptop.host.leave();
  return view;
}

/**
 * A ticket, and the package that sync would seal to it, on the travelling stick.
 * @param epoch that sync has
 * @param kind for new shares of the key, or for a new key, version v2
 */
export async function carryRotatePackage(
  laptop: Desk,
  { manifest, roster, half, others = [] }: InForce,
  epoch: number,
  kind: 'rotate-shares' | 'new-version' = 'rotate-shares',
) {
  const { ticket, pocket } = await makeTicket(laptop, 'usb', { kind });
  const facts = {
    ...packageFacts(laptop, epoch),
    keyVersion: 'v1',
    ticketId: ticket.body.ticketId,
    ticketDigest: ticket.digest,
    ...packagedParts({ manifest, roster, others }),
  };
  const { recipient } = ticket.body;
  const sealed =
    kind === 'rotate-shares'
      ? await sealRotatePackage({ ...facts, kind, compared: 'same' }, recipient, half)
      : await sealRotatePackage({ ...facts, kind, nextVersion: 'v2' }, recipient, half);
  const document = await packageType.sign(sealed, [laptop.sync.signer]);
  const name = await laptop.carry('package', document.digest, packageType.toBytes(document));
  return { pocket, name };
}

/**
 * A ticket, the package that sync would seal to it, and the ceremony up to its plan.
 * @param epoch that sync has
 * @returns the pocket with the ticket's words
 */
export async function toPlan(laptop: Laptop, set: InForce, epoch: number): Promise<Participant> {
  const { pocket } = await carryRotatePackage(laptop, set, epoch);
  await laptop.host.start('rotate', 'rehearsal');
  await laptop.room.until(({ screen }) => screen === 'plan');
  return pocket;
}

/** Agrees on the plan; operator and witness bring the identities of before; the ticket is asked for. */
export async function agreePlan(laptop: Laptop, pocket: Participant, plan = NEXT): Promise<void> {
  const { room } = laptop;
  await room.say({ type: 'plan', plan });
  for (const role of ['operator', 'witness'] as const) {
    await room.until(({ screen, turn }) => screen === 'identity' && turn?.role === role);
    await room.say({ type: 'identity', how: 'existing-usb', volumeId: await room.stickOf(role) });
  }
  await toTicket(laptop, pocket);
}

export async function toTicket({ room, people }: Laptop, pocket: Participant): Promise<void> {
  await room.until(({ screen }) => screen === 'ticket-key');
  people.expect(pocket);
}

/** On to the screen that waits for the receipt. */
export async function bundleOf({ room, rehearsalFolder }: Laptop): Promise<BundleDocument> {
  const view = await room.until(({ screen }) => screen === 'waiting');
  if (view.screen !== 'waiting') throw new Error('It does not wait.');
  const name = `conclave-bundle-${view.bundleDigest.slice(0, 8)}.json`;
  const bytes = await readFile(join(rehearsalFolder, STICKS.sync, name));
  return bundleType.parse(new Uint8Array(bytes), 'rehearsal');
}

/** A fresh package, compared and no more. */
export async function compareHalf(laptop: Laptop, set: InForce, epoch: number): Promise<View> {
  const pocket = await toPlan(laptop, set, epoch);
  await laptop.room.say({ type: 'compare-only' });
  await toTicket(laptop, pocket);
  return laptop.room.until(({ screen }) => screen === 'compared');
}

/** Everything that is left of the set, by whoever comes, before the witness. */
export async function destroyAll(
  { host, room }: Laptop,
  { manifest: { body } }: NewSet,
): Promise<View> {
  const { setId, generation } = body;
  await host.start('destroy', 'rehearsal', { setId, generation });
  await room.until(({ screen }) => screen === 'destruction');
  await room.say({ type: 'destruction', witness: 'witness', backupsTried: true });
  const view = await room.until(({ screen }) => screen === 'destroyed');
  await host.leave();
  return view;
}
