/**
 * A new platform key from the laptop to a real sync: a real Vault and PostgreSQL, the real host and
 * worker. A set is split and committed, a survey key is stored; a second key comes beside it and is
 * committed; its new half comes back and fits; the shares of before are still the ones that open the
 * survey, and nobody may destroy them. Then the second is put to use, the first again; in the end what is
 * stored under the first moves to the second, and the first is retired.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BundleDocument } from '../../shared/bundle/bundle.ts';
import type { Plan } from '../../shared/plan/set-plan.ts';
import type { VersionChange } from '../../shared/ceremony/package-facts.ts';
import { assertVersionFollows, openNewSet, type NewSet } from '../../shared/bundle/rotate.ts';
import { parsePlatformMasterKey } from '../../shared/checktick/index.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import { checkValueFits } from '../../shared/sharing/check-value.ts';
import { encodeLog } from '../../shared/transcript/log.ts';
import { verifyLog } from '../../shared/transcript/verify.ts';
import { makeTicket, openLaptop, type Laptop } from '../support/headless-platform.ts';
import { agreePlan, bundleOf, NEXT, toTicket } from '../support/headless-rotate.ts';
import { codeOf, kindsOf, readLog, sharesOf } from '../support/headless-steps.ts';
import { between, type Between } from '../support/headless-sync.ts';
import type { FileAnswer } from '../../sync/routes/answers.ts';
import { MASTER_KEY } from '../support/sync-adopt.ts';
import { bytesOf } from '../support/sync-client.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';

/** Others than those of PAIR: each of these people has one share in the pocket. */
const OTHERS: Plan = {
  ...NEXT,
  custodians: NEXT.custodians.filter(({ name }) => name !== 'custodian 2'),
};

let deployment: Deployment;
let service: Service;
let laptop: Laptop;
let sync: Between;
let present: NewSet;
let next: NewSet;
let half: Uint8Array;

const masterKey = async () =>
  parsePlatformMasterKey((await deployment.kv(MASTER_KEY)) ?? undefined).vaultComponent;

beforeAll(async () => {
  deployment = await deploy({ mode: 'rehearsal' });
  [service, laptop] = await Promise.all([deployment.start(), openLaptop()]);
  sync = between(service, laptop);
  present = await sync.pairCommitted(deployment, masterKey);
  half = await masterKey();
}, 300_000);
afterAll(async () => {
  await laptop?.remove();
  await deployment?.stop();
});

test('the key in use is proved and wiped, another one is made, and sync commits it beside', async () => {
  const { host, room } = laptop;
  const { ticket, pocket } = await makeTicket(laptop, 'usb', { kind: 'new-version' });
  await sync.release('/v1/packages/new-version', ticket, {});
  await host.start('new-version', 'rehearsal');
  const plan = await room.until(({ screen }) => screen === 'plan');
  expect(plan).toMatchObject({
    keyVersion: 'v2',
    renews: { label: '2026 B', nextVersion: 'v2' },
  });
  expect(await codeOf(room.say({ type: 'compare-only' }))).toBe('not-now');
  await agreePlan(laptop, pocket, OTHERS);
  const facts = await room.until(({ screen }) => screen === 'version-facts');
  // Whoever holds a share of the set that goes on leaves nothing.
  expect(facts).toMatchObject({
    keyVersion: 'v1',
    nextVersion: 'v2',
    present: { label: '2026 B' },
    comes: { label: '2027 C' },
    changes: [
      { name: 'custodian 1', what: 'comes' },
      { name: 'custodian 3', what: 'comes' },
    ],
  });
  const bundle = await bundleOf(laptop);
  if (bundle.body.kind !== 'new-version') throw new Error('It brings a new version.');
  next = openNewSet(bundle.body);
  assertVersionFollows(next, present.manifest, present.roster);
  const names = next.roster.body.people.map(({ name }) => name).sort();
  expect(names).toEqual([
    'custodian 1',
    'custodian 2',
    'custodian 3',
    'custodian 4',
    'operator',
    'witness',
  ]);

  // After a power cut it waits as before.
  await laptop.restart();
  await laptop.host.resume(bundle.body.ceremonyId);
  expect(laptop.room.view).toMatchObject({ screen: 'waiting', bundleDigest: bundle.digest });
  await sync.commit(bundle, eightWords(hexToBytes(next.manifest.digest)));

  expect(await deployment.kv('conclave/trust')).toMatchObject({
    epoch: 2,
    roster: next.roster.digest,
    versions: { v1: [present.manifest.digest], v2: [next.manifest.digest] },
  });
  expect(await masterKey()).toEqual(half);
  const [row] = await deployment.sql<{ component: Buffer }>(
    `SELECT vault_component AS component FROM surveys_platformkeyversion WHERE version = 'v2'`,
  );
  const { componentId, checks } = next.manifest.body;
  const made = new Uint8Array(row?.component ?? []);
  expect(checkValueFits('vault-component', made, componentId, checks.vaultComponent)).toBe(true);
}, 300_000);

test('its log says so, authenticated by either set; home shows both versions in use', async () => {
  const { ceremonyId } = next.manifest.body;
  const log = await readLog(laptop, ceremonyId);
  for (const { manifest } of [present, next]) {
    const { standing, missing, facts } = verifyLog(log, { manifest });
    expect(standing).toBe('authenticated');
    expect(missing).toEqual([expect.stringMatching(/^Entries .* are not signed by anybody\.$/)]);
    expect(facts.join('\n')).toContain(
      'a new platform key, version v2, is made beside version v1, whose set 2026 B',
    );
  }
  const kinds = await kindsOf(laptop, ceremonyId);
  expect(kinds.indexOf('platform-key-checked')).toBeLessThan(kinds.indexOf('key-made'));
  const { sets, ceremonies } = await laptop.host.home();
  expect(sets.map(({ label, keyVersion, standing }) => [label, keyVersion, standing])).toEqual(
    expect.arrayContaining([
      ['2027 C', 'v2', 'live'],
      ['2026 B', 'v1', 'live'],
    ]),
  );
  expect(ceremonies.map(({ title }) => title)).toContain('New platform key v2, set 2027 C');
  const { setId, generation } = present.manifest.body;
  const destroying = laptop.host.start('destroy', 'rehearsal', { setId, generation });
  expect(await codeOf(destroying)).not.toBe('taken');
});

test('a fresh package for new shares of v2 brings its half back, and it fits', async () => {
  const { host, room } = laptop;
  const { ticket, pocket } = await makeTicket(laptop, 'usb', { kind: 'rotate-shares' });
  await sync.release('/v1/packages/rotate-shares', ticket, { keyVersion: 'v2' });
  await host.start('rotate', 'rehearsal');
  await room.until(({ screen }) => screen === 'plan');
  await room.say({ type: 'compare-only' });
  await toTicket(laptop, pocket);
  const view = await room.until(({ screen }) => screen === 'compared');
  expect(view).toMatchObject({ keyVersion: 'v2', label: '2027 C' });
  await host.leave();
}, 300_000);

test('the survey that was stored before opens with the shares of before', async () => {
  const { kek } = await sync.recovered(deployment, () => sharesOf(laptop, [2, 1]));
  expect(kek).toEqual(deployment.checktick.kek);
}, 300_000);

/** The package of sync for it, on a stick. */
async function carried(change: VersionChange, keyVersion: string): Promise<void> {
  const file = await service.admins.operator.post<FileAnswer>(`/v1/packages/${change}`, {
    keyVersion,
  });
  await laptop.carry('package', file.digest, bytesOf(file));
}

async function begin(change: VersionChange, keyVersion: string): Promise<void> {
  await carried(change, keyVersion);
  await laptop.host.start(change, 'rehearsal');
}

/** Custodians of the active set give their shares, and sync commits what they signed. */
async function changed(indexes: readonly number[]): Promise<BundleDocument> {
  const { room } = laptop;
  await room.say({ type: 'agree' });
  await sharesOf(laptop, indexes);
  const bundle = await bundleOf(laptop);
  // After a power cut it waits as before.
  await laptop.restart();
  await laptop.host.resume(bundle.body.ceremonyId);
  expect(laptop.room.view).toMatchObject({ screen: 'waiting', bundleDigest: bundle.digest });
  await sync.commit(bundle, null);
  return bundle;
}

const rows = () =>
  deployment.sql<{ version: string }>(
    `SELECT version FROM surveys_platformkeyversion
      WHERE activated_at IS NOT NULL AND retired_at IS NULL ORDER BY version`,
  );
const uses = async () =>
  (await laptop.host.home()).sets
    .filter(({ standing }) => standing !== 'superseded')
    .map(({ keyVersion, use, standing }) => [keyVersion, use, standing]);

test('v2 is put to use by the shares of v1, which read what hangs on either version', async () => {
  await begin('activate', 'v2');
  const shown = await laptop.room.until(({ screen }) => screen === 'version-change');
  expect(shown).toMatchObject({
    change: 'activate',
    keyVersion: 'v1',
    version: 'v2',
    present: { label: '2026 B' },
    other: { label: '2027 C', words: eightWords(hexToBytes(next.manifest.digest)) },
    stored: { active: 1, other: 0 },
  });
  const bundle = await changed([2, 1]);
  expect(bundle.body).toMatchObject({ kind: 'activate', keyVersion: 'v1', activates: 'v2' });
  expect(await rows()).toEqual([{ version: 'v2' }]);
  expect(await uses()).toEqual(
    expect.arrayContaining([
      ['v1', 'beside', 'live'],
      ['v2', 'active', 'live'],
    ]),
  );

  const { ceremonyId } = bundle.body;
  const log = await readLog(laptop, ceremonyId);
  const { standing, missing, facts } = verifyLog(log, { manifest: present.manifest });
  expect(standing).toBe('authenticated');
  expect(missing).toEqual([expect.stringMatching(/^Entries .* are not signed by anybody\.$/)]);
  expect(facts.join('\n')).toContain('is put to use in the place of v1');
  const kinds = await kindsOf(laptop, ceremonyId);
  expect(kinds).not.toContain('platform-key-checked');
  const { ceremonies } = await laptop.host.home();
  expect(ceremonies.map(({ title }) => title)).toContain('Key version v2 put to use');
  // Sync keeps it, and hands it to the next laptop.
  const kept = await service.admins.operator.post('/v1/transcripts', encodeLog(log));
  expect(kept).toMatchObject({ kind: 'activate', ceremonyId });
}, 300_000);

test('a version with survey keys does not end: sync says how many, and makes no package', async () => {
  await expect(
    service.admins.operator.post('/v1/packages/retire', { keyVersion: 'v1' }),
  ).rejects.toMatchObject({
    code: 'version-needed',
    problem: { title: expect.stringContaining('1 survey key is stored under it') as string },
  });
});

test('back again it is the shares of v2 that sign; what was released for v2 opens no other ceremony', async () => {
  const { host, room } = laptop;
  await carried('activate', 'v1');
  await host.start('retire', 'rehearsal');
  const refused = room.until(({ screen }) => screen === 'version-change');
  expect(await codeOf(refused)).toBe('package-other-kind');
  await room.say({ type: 'abandon', reason: 'It is another package.' });
  await host.leave();
  await begin('activate', 'v1');
  const shown = await room.until(({ screen }) => screen === 'version-change');
  expect(shown).toMatchObject({ keyVersion: 'v2', version: 'v1', stored: { active: 0, other: 1 } });
  await changed([1, 2]);
  expect(await rows()).toEqual([{ version: 'v1' }]);
  expect(await uses()).toEqual(
    expect.arrayContaining([
      ['v1', 'active', 'live'],
      ['v2', 'beside', 'live'],
    ]),
  );
}, 300_000);

test('what is stored under v1 moves to v2 by the shares of v1, and opens with those of v2', async () => {
  await begin('activate', 'v2');
  await laptop.room.until(({ screen }) => screen === 'version-change');
  await changed([1, 2]);
  const { host, room, people } = laptop;
  const { ticket, pocket } = await makeTicket(laptop, 'usb', { kind: 'migrate-escrows' });
  await sync.release('/v1/packages/migrate-escrows', ticket, { keyVersion: 'v1' });
  await host.start('migrate-escrows', 'rehearsal');
  await room.until(({ screen }) => screen === 'ticket-key');
  people.expect(pocket);
  const facts = await room.until(({ screen }) => screen === 'move-facts');
  expect(facts).toMatchObject({
    keyVersion: 'v1',
    movesTo: 'v2',
    present: { label: '2026 B' },
    other: { label: '2027 C', words: eightWords(hexToBytes(next.manifest.digest)) },
    stored: { checktick: 1, sealed: 0 },
    files: { done: 0, of: 1 },
  });
  const read = await room.until(({ screen }) => screen === 'keys-moved');
  expect(read).toMatchObject({ counts: { moved: 1 }, staying: [] });
  const bundle = await bundleOf(laptop);
  await sync.commit(bundle, null);

  const escrows = await deployment.sql<{ version: string; path: string }>(
    `SELECT platform_key_version_id AS version, vault_path AS path FROM surveys_usersurveykekescrow`,
  );
  expect(escrows.map(({ version }) => version)).toEqual(['v2']);
  const stored = await deployment.kv(escrows[0]?.path ?? '');
  expect(stored).toMatchObject({ platform_key_version: 'v2' });
  const log = await readLog(laptop, bundle.body.ceremonyId);
  expect(verifyLog(log, { manifest: present.manifest }).standing).toBe('authenticated');
  const kept = await service.admins.operator.post('/v1/transcripts', encodeLog(log));
  expect(kept).toMatchObject({ kind: 'migrate-escrows' });
  const { sets } = await host.home();
  expect(sets.find(({ keyVersion }) => keyVersion === 'v1')).toMatchObject({
    use: 'beside',
    emptied: { to: 'v2', stay: 0 },
  });
}, 300_000);

test('v1 ends when nothing hangs on it any more, by the shares of v2; home knows it', async () => {
  await begin('retire', 'v1');
  const shown = await laptop.room.until(({ screen }) => screen === 'version-change');
  expect(shown).toMatchObject({
    change: 'retire',
    keyVersion: 'v2',
    version: 'v1',
    other: { label: '2026 B' },
    stored: { active: 1, other: 0 },
  });
  const bundle = await changed([1, 2]);
  expect(bundle.body).toMatchObject({ kind: 'retire', retires: 'v1' });
  expect(await deployment.kv('conclave/trust')).toMatchObject({
    versions: { v2: [next.manifest.digest] },
  });
  const log = await readLog(laptop, bundle.body.ceremonyId);
  expect(verifyLog(log, { manifest: next.manifest }).standing).toBe('authenticated');
  expect(await uses()).toEqual(
    expect.arrayContaining([
      ['v1', 'retired', 'retired'],
      ['v2', 'active', 'live'],
    ]),
  );
  // Now, and not before, its shares may be destroyed.
  const { setId, generation } = present.manifest.body;
  await laptop.host.start('destroy', 'rehearsal', { setId, generation });
  expect(laptop.room.view).toMatchObject({
    screen: 'destruction',
    standing: 'retired',
    label: '2026 B',
  });
}, 300_000);
