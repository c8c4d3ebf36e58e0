/**
 * Another set of the platform key from the laptop to a real sync and back: a real Vault and PostgreSQL, the
 * real host and worker. A set is split and committed, a survey key is stored; a second set joins it, which
 * changes trust and nothing else; the survey key opens with shares of the second; new shares held with the
 * second end both.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseChain } from '../../shared/transcript/chain.ts';
import { openNewSet, type NewSet } from '../../shared/bundle/rotate.ts';
import { parsePlatformMasterKey } from '../../shared/checktick/index.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import { encodeLog } from '../../shared/transcript/log.ts';
import { verifyLog } from '../../shared/transcript/verify.ts';
import type { FileAnswer } from '../../sync/routes/answers.ts';
import { agreeOnSet, ON_CALL } from '../support/headless-add-set.ts';
import { makeTicket, openLaptop, type Laptop } from '../support/headless-platform.ts';
import { agreePlan, bundleOf, NEXT } from '../support/headless-rotate.ts';
import { PAIR, readLog, sharesOf } from '../support/headless-steps.ts';
import { between, type Between } from '../support/headless-sync.ts';
import { MASTER_KEY } from '../support/sync-adopt.ts';
import { bytesOf } from '../support/sync-client.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';

let deployment: Deployment;
let service: Service;
let laptop: Laptop;
let first: NewSet;
let second: NewSet;
let sync: Between;

beforeAll(async () => {
  deployment = await deploy({ mode: 'rehearsal' });
  [service, laptop] = await Promise.all([deployment.start(), openLaptop()]);
  sync = between(service, laptop);
  first = await sync.pairCommitted(deployment, halfInVault);
}, 300_000);
afterAll(async () => {
  await laptop?.remove();
  await deployment?.stop();
});

async function halfInVault(): Promise<Uint8Array> {
  return parsePlatformMasterKey((await deployment.kv(MASTER_KEY)) ?? undefined).vaultComponent;
}

const standings = async () =>
  Object.fromEntries(
    (await laptop.host.home()).sets.map(({ label, standing, opensAsWell }) => [
      label,
      [standing, opensAsWell],
    ]),
  );

test('with sync’s package two of the first set make a second, and sync adds it and nothing else', async () => {
  const { host, room } = laptop;
  const half = await halfInVault();
  const { operator } = service.admins;
  const file = await operator.post<FileAnswer>('/v1/packages/add-set', { keyVersion: 'v1' });
  await laptop.carry('package', file.digest, bytesOf(file));
  await host.start('add-set', 'rehearsal');
  await room.until(({ screen }) => screen === 'plan');
  await agreeOnSet(laptop);
  const bundle = await bundleOf(laptop);
  if (bundle.body.kind !== 'add-set') throw new Error('It brings a further set.');
  second = openNewSet(bundle.body);
  await sync.commit(bundle, eightWords(hexToBytes(second.manifest.digest)));
  expect(await deployment.kv('conclave/trust')).toMatchObject({
    epoch: 2,
    roster: second.roster.digest,
    versions: { v1: [first.manifest.digest, second.manifest.digest] },
  });
  expect(await halfInVault()).toEqual(half);
  expect(await standings()).toEqual({
    [PAIR.label]: ['live', [ON_CALL.label]],
    [ON_CALL.label]: ['live', [PAIR.label]],
  });
}, 300_000);

test('sync keeps its log, and hands both sets on to another laptop', async () => {
  const { operator } = service.admins;
  const log = await readLog(laptop, second.manifest.body.ceremonyId);
  expect(verifyLog(log, { manifest: second.manifest }).standing).toBe('authenticated');
  await operator.post('/v1/transcripts', encodeLog(log));
  const file = await operator.get<FileAnswer>('/v1/chain');
  const { manifests, transcripts } = parseChain(bytesOf(file), 'rehearsal');
  expect(transcripts.map(({ header }) => header.kind)).toEqual(['add-set']);
  expect(manifests.map(({ body }) => body.label).sort()).toEqual([PAIR.label, ON_CALL.label]);
});

test('the survey key that was stored before opens with shares of the second set', async () => {
  const { setId } = second.manifest.body;
  const { bundle, kek } = await sync.recovered(deployment, () => sharesOf(laptop, [3, 1]), setId);
  expect(bundle.body.manifestDigest).toBe(second.manifest.digest);
  expect(kek).toEqual(deployment.checktick.kek);
}, 300_000);

test('new shares held with the second set end both, at sync and at home', async () => {
  const { host, room } = laptop;
  const { ticket, pocket } = await makeTicket(laptop, 'usb', { kind: 'rotate-shares' });
  const { setId } = second.manifest.body;
  await sync.release('/v1/packages/rotate-shares', ticket, { keyVersion: 'v1', set: setId });
  await host.start('rotate', 'rehearsal');
  const plan = await room.until(({ screen }) => screen === 'plan');
  expect(plan).toMatchObject({ renews: { label: ON_CALL.label, joined: [PAIR.label] } });
  await agreePlan(laptop, pocket, { ...NEXT, label: '2028 D' });
  const bundle = await bundleOf(laptop);
  if (bundle.body.kind !== 'rotate-shares') throw new Error('It renews shares.');
  const { manifest } = openNewSet(bundle.body);
  await sync.commit(bundle, eightWords(hexToBytes(manifest.digest)));
  expect(await deployment.kv('conclave/trust')).toMatchObject({
    versions: { v1: [manifest.digest] },
  });
  expect(await standings()).toEqual({
    [PAIR.label]: ['superseded', []],
    [ON_CALL.label]: ['superseded', []],
    '2028 D': ['live', []],
  });
}, 300_000);
