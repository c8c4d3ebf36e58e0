/**
 * Everything that one laptop knew, another one knows: a set is split, a survey key is recovered (which
 * makes the envelope of an OTP key anew), the shares are renewed, a drill is held; another platform key
 * is made beside, put to use, and the shares of the one before are proved in a drill again, with a real
 * Vault and PostgreSQL, the real host and worker. Each log is brought to sync. A second laptop gets
 * sync's chain and eight words, a third one the logs alone, on sticks.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { componentFromMedia } from '../../scripts/rehearse/table-top.ts';
import type { BundleDocument } from '../../shared/bundle/bundle.ts';
import type { Plan } from '../../shared/plan/set-plan.ts';
import { parsePlatformMasterKey, xorComponents } from '../../shared/checktick/index.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { encodeJson } from '../../shared/encoding/json.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import { parseManifest } from '../../shared/sharing/manifest.ts';
import type { FileAnswer, TranscriptAnswer } from '../../sync/routes/answers.ts';
import { bySet, freshLaptop, ledgerIn, logBytes, trustChains } from '../support/fresh-laptop.ts';
import { makeTicket, openLaptop, STICKS, type Laptop } from '../support/headless-platform.ts';
import { agreePlan, bundleOf } from '../support/headless-rotate.ts';
import { codeOf, PAIR } from '../support/headless-steps.ts';
import { between, type Between } from '../support/headless-sync.ts';
import { KeyRack } from '../support/key-rack.ts';
import { MASTER_KEY } from '../support/sync-adopt.ts';
import { approvedRequest, seededSurvey } from '../support/sync-ceremony.ts';
import { bytesOf } from '../support/sync-client.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';

const OTP = 'custodian 2';
const PLAN: Plan = {
  ...PAIR,
  custodians: [
    { name: 'custodian 3', medium: 'usb' },
    { name: 'custodian 4', medium: 'usb' },
    { name: OTP, medium: 'yubikey-otp' },
  ],
};

/** Others than those of before, each of whom has one share in the pocket. */
const NEXT_KEY: Plan = {
  ...PAIR,
  label: '2028 D',
  custodians: [
    { name: 'custodian 1', medium: 'paper' },
    { name: 'custodian 5', medium: 'paper' },
  ],
};

let folder: string;
let rack: KeyRack;
let deployment: Deployment;
let service: Service;
let laptop: Laptop;
let sync: Between;
/** Of the ceremonies that sync committed, in order. */
const ceremonies: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conclave-fresh-'));
  rack = new KeyRack();
  deployment = await deploy({ mode: 'rehearsal' });
  [service, laptop] = await Promise.all([deployment.start(), openLaptop(rack)]);
  sync = between(service, laptop);
  laptop.people.get(OTP).hands = {
    keys: { rack, own: rack.add(11_111_111) },
    onRefused: ({ code }) => /^key-(taken|other)$/.test(code),
  };
}, 300_000);
afterAll(async () => {
  await laptop?.remove();
  await deployment?.stop();
  rack?.close();
  await rm(folder, { recursive: true, force: true });
});

const carried = (kind: string, file: FileAnswer) => laptop.carry(kind, file.digest, bytesOf(file));

async function bring({ body: { ceremonyId } }: BundleDocument): Promise<TranscriptAnswer> {
  const bytes = await logBytes(laptop, ceremonyId);
  return service.admins.operator.post<TranscriptAnswer>('/v1/transcripts', bytes);
}

/** Its log is not believed before, and kept afterwards. */
async function committedAndKept(bundle: BundleDocument, words?: string | null): Promise<void> {
  expect(await codeOf(bring(bundle))).toMatch(/^transcript-(other-set|not-committed)$/);
  await sync.commit(bundle, words);
  expect(await bring(bundle)).toMatchObject({ ceremonyId: bundle.body.ceremonyId });
  ceremonies.push(bundle.body.ceremonyId);
}

/** Each share of v1 signs by itself, and sync commits what comes of it. */
async function drilled(indexes: readonly number[]): Promise<void> {
  const { host, room } = laptop;
  const source = await service.admins.operator.post<FileAnswer>('/v1/packages/drill', {
    keyVersion: 'v1',
  });
  await carried('package', source);
  await host.start('drill', 'rehearsal');
  await room.until(({ screen }) => screen === 'drill-facts');
  await room.say({ type: 'agree' });
  await room.until(({ screen }) => screen === 'drill-round');
  for (const index of indexes) {
    await room.say({ type: 'who', index });
    await room.until(({ screen }) => screen === 'drill-round');
  }
  await room.say({ type: 'continue' });
  await committedAndKept(await bundleOf(laptop));
}

describe('a fresh laptop', { retry: 0 }, () => {
  test('the first laptop splits a key, and a survey key is stored under it', async () => {
    const { operator } = service.admins;
    const descriptor = await operator.get<FileAnswer>('/v1/descriptor');
    await carried('descriptor', descriptor);
    await carried('package', await operator.post('/v1/packages/setup', { keyVersion: 'v1' }));
    const { host, room } = laptop;
    await host.start('split', 'rehearsal');
    await room.until(({ screen }) => screen === 'descriptor-words');
    await room.say({ type: 'words', words: eightWords(hexToBytes(descriptor.digest)) });
    await room.until(({ screen }) => screen === 'plan');
    await room.say({ type: 'plan', plan: PLAN });
    const setup = await bundleOf(laptop);
    if (setup.body.kind !== 'setup') throw new Error('A split makes a setup.');
    const manifest = parseManifest(encodeJson(setup.body.manifest), 'rehearsal');
    await committedAndKept(setup, eightWords(hexToBytes(manifest.digest)));
    const component = await componentFromMedia(laptop.people, manifest.body, {
      'custodian 3': join(laptop.rehearsalFolder, STICKS['custodian 3']),
      'custodian 4': join(laptop.rehearsalFolder, STICKS['custodian 4']),
    });
    const { vaultComponent } = parsePlatformMasterKey(
      (await deployment.kv(MASTER_KEY)) ?? undefined,
    );
    await deployment.escrow(xorComponents(vaultComponent, component));
  }, 300_000);

  test('it recovers the survey key; the envelope of the OTP key is made anew', async () => {
    const { code } = await approvedRequest(service.admins, seededSurvey(deployment));
    const { ticket, pocket } = await makeTicket(laptop);
    await sync.release('/v1/packages/recover', ticket, { requestCode: code });
    const { host, room, people } = laptop;
    await host.start('recover', 'rehearsal');
    await room.until(({ screen }) => screen === 'ticket-key');
    people.expect(pocket);
    for (const index of [3, 1]) {
      await room.until(({ screen }) => screen === 'who');
      await room.say({ type: 'who', index });
    }
    await committedAndKept(await bundleOf(laptop));
    expect((await ledgerIn(laptop.dataFolder)).envelopes.replaced).toHaveLength(1);
  }, 300_000);

  test('it renews the shares, and proves two of the new ones in a drill', async () => {
    const { ticket, pocket } = await makeTicket(laptop, 'usb', { kind: 'rotate-shares' });
    await sync.release('/v1/packages/rotate-shares', ticket, { keyVersion: 'v1' });
    const { host, room } = laptop;
    await host.start('rotate', 'rehearsal');
    await room.until(({ screen }) => screen === 'plan');
    await agreePlan(laptop, pocket, { ...PLAN, label: '2027 C' });
    const bundle = await bundleOf(laptop);
    if (bundle.body.kind !== 'rotate-shares') throw new Error('It renews shares.');
    await committedAndKept(bundle, eightWords(hexToBytes(bundle.body.newManifestDigest)));
    await drilled([1, 3]);
  }, 300_000);

  test('it makes another platform key, puts it to use, and proves a share of the one before', async () => {
    const { host, room } = laptop;
    const { ticket, pocket } = await makeTicket(laptop, 'usb', { kind: 'new-version' });
    await sync.release('/v1/packages/new-version', ticket, {});
    await host.start('new-version', 'rehearsal');
    await room.until(({ screen }) => screen === 'plan');
    await agreePlan(laptop, pocket, NEXT_KEY);
    const made = await bundleOf(laptop);
    if (made.body.kind !== 'new-version') throw new Error('It brings a new version.');
    await committedAndKept(made, eightWords(hexToBytes(made.body.newManifestDigest)));

    const { operator } = service.admins;
    await carried('package', await operator.post('/v1/packages/activate', { keyVersion: 'v2' }));
    await host.start('activate', 'rehearsal');
    await room.until(({ screen }) => screen === 'version-change');
    await room.say({ type: 'agree' });
    for (const index of [1, 2]) {
      await room.until(({ screen }) => screen === 'who');
      await room.say({ type: 'who', index });
    }
    await committedAndKept(await bundleOf(laptop), null);
    // The roster in force is one that the new set signed.
    await drilled([2]);
  }, 300_000);

  test('another one, which has sync’s chain and eight words, knows all that the first one knows', async () => {
    const known = await ledgerIn(laptop.dataFolder);
    expect(known.sets.map(({ label, status }) => [label, status])).toEqual(
      expect.arrayContaining([
        ['2026 B', 'superseded'],
        ['2027 C', 'live'],
        ['2028 D', 'live'],
      ]),
    );
    const of = (wanted: string) => known.sets.find(({ label }) => label === wanted)?.shares ?? [];
    // The first was given since, which nothing dates but the laptop.
    expect(of('2027 C').map(({ provedByNonce }) => provedByNonce)).toEqual([false, true, true]);
    expect(of('2028 D').map(({ custodian, media }) => [custodian, media[0]?.kind])).toEqual([
      ['custodian 1', 'paper'],
      ['custodian 5', 'paper'],
    ]);
    expect(known.keyVersions.map(({ keyVersion, use }) => [keyVersion, use])).toEqual([
      ['v1', 'beside'],
      ['v2', 'active'],
    ]);
    // In the recovery, of the old set, and in the drill, of the new one.
    expect(known.envelopes.replaced).toHaveLength(2);
    const chain = bytesOf(await service.admins.operator.get<FileAnswer>('/v1/chain'));
    const second = await freshLaptop(join(folder, 'second'), {
      'conclave-chain-01234567.json': chain,
    });
    expect(second.ledger).toEqual(known);
    expect(bySet(second.sets)).toEqual(bySet((await laptop.host.home()).sets));
  }, 300_000);

  test('so does one that has the logs alone, on a stick, and types the words of their sets', async () => {
    const files = await Promise.all(
      ceremonies.map(
        async (id) => [`conclave-log-${id.slice(0, 8)}.jsonl`, await logBytes(laptop, id)] as const,
      ),
    );
    const third = await freshLaptop(join(folder, 'third'), Object.fromEntries(files));
    expect(third.opened).toBe(ceremonies.length);
    expect(third.ledger).toEqual(await ledgerIn(laptop.dataFolder));
  }, 300_000);

  test('the first laptop takes the chain as well, and knows no more and no less', async () => {
    const { operator } = service.admins;
    const before = await ledgerIn(laptop.dataFolder);
    await carried('chain', await operator.get<FileAnswer>('/v1/chain'));
    expect(await trustChains(laptop.host, 'conclave-chain-')).toBe(1);
    expect(await ledgerIn(laptop.dataFolder)).toEqual(before);
  }, 300_000);
});
