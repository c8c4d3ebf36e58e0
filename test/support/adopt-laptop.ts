/**
 * An adoption on a laptop without a window: the first ticket of an empty laptop, the package that sync
 * would seal to it, whoever brings legacy shares, and what comes out.
 * @module
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Participant } from '../../scripts/rehearse/people.ts';
import type { AdoptFound } from '../../shared/bundle/adopt.ts';
import { sealAdoptPackage, type AdoptSecrets } from '../../shared/bundle/adopt-package.ts';
import { bundleType, type BundleDocument } from '../../shared/bundle/bundle.ts';
import { packageType } from '../../shared/bundle/package.ts';
import type { TicketDocument } from '../../shared/bundle/ticket.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { decodeEnvelope } from '../../shared/encoding/dsse.ts';
import { encodeJson } from '../../shared/encoding/json.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import { parseRoster } from '../../shared/identity/roster.ts';
import { parseManifest } from '../../shared/sharing/manifest.ts';
import {
  FACTS,
  makeTicket,
  packageFacts,
  STICKS,
  type Courier,
  type Desk,
  type Laptop,
} from './headless-platform.ts';
import { codeOf, PAIR } from './headless-steps.ts';

export const PROOF = { userId: FACTS.userId, surveyId: FACTS.surveyId };

export function foundOf(change: Partial<AdoptFound['versions'][number]> = {}): AdoptFound {
  const same = { version: 'v1', state: 'active', compared: 'same', escrows: 3 } as const;
  return {
    vault: 'there',
    forms: ['upper-case'],
    versions: [{ ...same, proof: PROOF, ...change }],
  };
}

/** @returns part of its name */
export async function carryAdoptPackage(
  laptop: Courier,
  { body, digest }: TicketDocument,
  found: AdoptFound,
  secrets: AdoptSecrets,
): Promise<string> {
  const { recipient: _, ...common } = packageFacts(laptop);
  const sealed = await sealAdoptPackage(
    {
      ...common,
      kind: 'adopt',
      keyVersion: 'v1',
      ticketId: body.ticketId,
      ticketDigest: digest,
      found,
    },
    body.recipient,
    secrets,
  );
  const document = await packageType.sign(sealed, [laptop.sync.signer]);
  return laptop.carry('package', document.digest, packageType.toBytes(document));
}

/** On an empty laptop: nobody has an identity, and sync is trusted by its eight words alone. */
export async function firstTicket(laptop: Desk) {
  const { host, room, sync } = laptop;
  const id = await room.document('descriptor');
  const words = eightWords(hexToBytes(sync.descriptor.digest));
  const wrong = makeTicket(laptop, 'new', { kind: 'adopt', descriptor: { id, words: 'abandon' } });
  expect(await codeOf(wrong)).toBe('words-differ');
  laptop.people.forget();
  expect((await host.home()).trustedSyncs).toEqual([]);
  return makeTicket(laptop, 'new', { kind: 'adopt', descriptor: { id, words } });
}

/** Where an adoption goes on, in whichever process. */
type Adopting = Pick<Desk, 'host' | 'room' | 'people'> & {
  readonly sync: Pick<Desk['sync'], 'mode'>;
};

export async function start(laptop: Adopting, pocket: Participant, plan = PAIR): Promise<void> {
  const { host, room, people, sync } = laptop;
  await host.start('adopt', sync.mode);
  await room.until(({ screen }) => screen === 'plan');
  await room.say({ type: 'plan', plan });
  // The operator has an identity since the ticket was made.
  await room.until(({ screen, turn }) => screen === 'identity' && turn?.role === 'operator');
  const volumeId = await room.stickOf('operator');
  await room.say({ type: 'identity', how: 'existing-usb', volumeId });
  await room.until(({ screen }) => screen === 'ticket-key');
  people.expect(pocket);
  await room.until(({ screen }) => screen === 'legacy-split');
  const split = { threshold: 3, count: 4 };
  if (sync.mode === 'production') {
    await room.say({ type: 'legacy-split', split });
    return;
  }
  expect(await codeOf(room.say({ type: 'legacy-split', split }))).toBe('legacy-not-practice');
  await room.say({ type: 'legacy-split', split, practice: true });
}

export async function give(
  { room, people }: Pick<Desk, 'room' | 'people'>,
  by: string,
  ...texts: string[]
): Promise<void> {
  for (const text of texts) {
    const participant = people.get(by);
    participant.hands = { legacy: [{ type: 'file', bytes: Buffer.from(text) }] };
    await room.say({ type: 'legacy-give', by, how: 'file' });
    await room.until((view) => view.busy === null && view.screen === 'legacy-shares');
    participant.hands = {};
  }
}

export async function bundleOf(laptop: Desk): Promise<BundleDocument> {
  const { room, sync } = laptop;
  const view = await room.until(({ screen }) => screen === 'waiting');
  if (view.screen !== 'waiting') throw new Error('It does not wait.');
  const name = `conclave-bundle-${view.bundleDigest.slice(0, 8)}.json`;
  const bytes = await readFile(join(laptop.stickFolder('sync'), name));
  return bundleType.parse(new Uint8Array(bytes), sync.mode);
}

/** What the bundle carries, read as sync reads it. */
export function documentsOf({ body }: BundleDocument) {
  if (body.kind !== 'adopt') throw new Error('no adoption');
  const { mode } = body;
  const manifest = parseManifest(encodeJson(body.manifest), mode);
  const roster = parseRoster(encodeJson(body.roster), mode, manifest.body);
  decodeEnvelope(encodeJson(body.roster), 'roster');
  return { body, manifest, roster };
}

/** Who takes which new legacy share, on what. */
export const NEW_LEGACY = [
  ['custodian 2', STICKS['custodian 2']],
  ['custodian 4', STICKS['custodian 4']],
] as const;

export async function writeNewLegacy({ room }: Desk, by: string, label: string): Promise<void> {
  await room.say({ type: 'new-legacy-write', by, volumeId: await room.stick(label) });
}

/** The lines on the sticks, in the order of their numbers. */
export async function newLegacyLines({ rehearsalFolder }: Laptop): Promise<string[]> {
  const lines = await Promise.all(
    NEW_LEGACY.map(async ([, label]) => {
      const folder = join(rehearsalFolder, label);
      const names = await readdir(folder);
      const name = names.find((one) => one.startsWith('conclave-legacy-share-')) ?? '';
      return (await readFile(join(folder, name), 'ascii')).trimEnd();
    }),
  );
  return lines.sort();
}
