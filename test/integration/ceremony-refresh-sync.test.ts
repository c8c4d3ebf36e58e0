/**
 * Refreshed shares from the laptop to a real sync and back: a real Vault and PostgreSQL, the real host and
 * worker. A set is split and committed, a survey key is stored; the shares are refreshed and committed,
 * which changes trust and nothing else; the old ones are destroyed; and the stored survey key opens with
 * the new ones.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseChain } from '../../shared/transcript/chain.ts';
import { openNewSet, type NewSet } from '../../shared/bundle/rotate.ts';
import { parsePlatformMasterKey } from '../../shared/checktick/index.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import { encodeLog } from '../../shared/transcript/log.ts';
import { verifyLog } from '../../shared/transcript/verify.ts';
import type { FileAnswer, PackageAnswer } from '../../sync/routes/answers.ts';
import { openLaptop, type Laptop } from '../support/headless-platform.ts';
import { refreshUntil, toRefreshFacts } from '../support/headless-refresh.ts';
import { bundleOf, destroyAll } from '../support/headless-rotate.ts';
import { readLog } from '../support/headless-steps.ts';
import { between, type Between } from '../support/headless-sync.ts';
import { MASTER_KEY } from '../support/sync-adopt.ts';
import { bytesOf } from '../support/sync-client.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';

const FRESH = { 'custodian 2': 'practice stick D', 'custodian 4': 'practice stick E' } as const;

let deployment: Deployment;
let service: Service;
let laptop: Laptop;
let before: NewSet;
let next: NewSet;
let sync: Between;

beforeAll(async () => {
  deployment = await deploy({ mode: 'rehearsal' });
  [service, laptop] = await Promise.all([deployment.start(), openLaptop()]);
  sync = between(service, laptop);
  before = await sync.pairCommitted(deployment, halfInVault);
}, 300_000);
afterAll(async () => {
  await laptop?.remove();
  await deployment?.stop();
});

async function halfInVault(): Promise<Uint8Array> {
  return parsePlatformMasterKey((await deployment.kv(MASTER_KEY)) ?? undefined).vaultComponent;
}

async function carryPackage(): Promise<void> {
  const { operator } = service.admins;
  const asked = await operator.post<PackageAnswer>('/v1/packages/refresh', { keyVersion: 'v1' });
  const file = await operator.get<FileAnswer>(`/v1/packages/${asked.nonce}/file`);
  await laptop.carry('package', file.digest, bytesOf(file));
}

test('both custodians get another share with sync’s package, and sync commits what the laptop made', async () => {
  const half = await halfInVault();
  await carryPackage();
  expect(await toRefreshFacts(laptop)).toMatchObject({ label: '2026 B', generation: 1 });
  await refreshUntil(laptop, { to: FRESH }, ({ screen }) => screen === 'waiting');
  const bundle = await bundleOf(laptop);
  if (bundle.body.kind !== 'refresh') throw new Error('It refreshes shares.');
  next = openNewSet(bundle.body);
  await sync.commit(bundle, eightWords(hexToBytes(next.manifest.digest)));
  expect(await deployment.kv('conclave/trust')).toMatchObject({
    epoch: 2,
    roster: next.roster.digest,
    versions: { v1: [next.manifest.digest] },
  });
  // Trust changed, and nothing else.
  expect(await halfInVault()).toEqual(half);
  const log = await readLog(laptop, bundle.body.ceremonyId);
  expect(verifyLog(log, { manifest: next.manifest })).toMatchObject({
    standing: 'authenticated',
    missing: [expect.stringMatching(/^Entries .* are not signed by anybody\.$/)],
  });
}, 300_000);

test('sync keeps its log, and hands it on to another laptop', async () => {
  const { operator } = service.admins;
  const log = await readLog(laptop, next.manifest.body.ceremonyId);
  await operator.post('/v1/transcripts', encodeLog(log));
  const file = await operator.get<FileAnswer>('/v1/chain');
  const { manifests, transcripts } = parseChain(bytesOf(file), 'rehearsal');
  expect(transcripts.map(({ header }) => header.ceremonyId)).toEqual([log.header.ceremonyId]);
  expect(new Set(manifests.map(({ body }) => body.generation))).toEqual(new Set([1, 2]));
});

test('the old shares are destroyed, and no package is needed for it', async () => {
  expect(await destroyAll(laptop, before)).toMatchObject({ gone: { length: 2 }, left: [] });
}, 300_000);

test('the survey key that was stored before opens with the refreshed shares', async () => {
  const { bundle, kek } = await sync.recovered(deployment, async () => {
    await refreshUntil(laptop, { from: FRESH }, ({ screen }) => screen === 'waiting');
  });
  expect(bundle.body.manifestDigest).toBe(next.manifest.digest);
  expect(kek).toEqual(deployment.checktick.kek);
}, 300_000);
