/**
 * New shares from the laptop to a real sync and back: a real Vault and PostgreSQL, the real host and
 * worker. A set is split and committed, a survey key is stored; the set is renewed and committed, the new
 * half comes back and fits, the old shares are destroyed; and the stored survey key opens with new ones.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { componentFromMedia } from '../../scripts/rehearse/table-top.ts';
import type { BundleDocument } from '../../shared/bundle/bundle.ts';
import { openNewSet, type NewSet } from '../../shared/bundle/rotate.ts';
import { ticketType, type TicketDocument } from '../../shared/bundle/ticket.ts';
import {
  openSurveyColumn,
  parsePlatformMasterKey,
  xorComponents,
} from '../../shared/checktick/index.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { encodeJson } from '../../shared/encoding/json.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import { parseRoster } from '../../shared/identity/roster.ts';
import { checkValueFits } from '../../shared/sharing/check-value.ts';
import { parseManifest } from '../../shared/sharing/manifest.ts';
import { verifyLog } from '../../shared/transcript/verify.ts';
import type { BundleAnswer, FileAnswer, PackageAnswer } from '../../sync/routes/answers.ts';
import { makeTicket, openLaptop, STICKS, type Laptop } from '../support/headless-platform.ts';
import { agreePlan, bundleOf, destroyAll, NEXT, toTicket } from '../support/headless-rotate.ts';
import { codeOf, PAIR, readLog } from '../support/headless-steps.ts';
import { MASTER_KEY } from '../support/sync-adopt.ts';
import { approvedRequest, seededSurvey } from '../support/sync-ceremony.ts';
import { bytesOf } from '../support/sync-client.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';

let deployment: Deployment;
let service: Service;
let laptop: Laptop;
let before: NewSet;
let next: NewSet;
let platformKey: Uint8Array;

beforeAll(async () => {
  deployment = await deploy({ mode: 'rehearsal' });
  [service, laptop] = await Promise.all([deployment.start(), openLaptop()]);
}, 300_000);
afterAll(async () => {
  await laptop?.remove();
  await deployment?.stop();
});

const carried = (kind: string, file: FileAnswer) => laptop.carry(kind, file.digest, bytesOf(file));

async function bundleBytes({ digest }: BundleDocument): Promise<Uint8Array> {
  const name = `conclave-bundle-${digest.slice(0, 8)}.json`;
  return new Uint8Array(await readFile(join(laptop.rehearsalFolder, STICKS.sync, name)));
}

/** Imported, approved with these words where there are any, committed; the receipt comes home. */
async function commit(bundle: BundleDocument, words?: string): Promise<void> {
  const { operator, approver1, approver2 } = service.admins;
  await operator.post('/v1/bundles', await bundleBytes(bundle));
  for (const approver of words === undefined ? [] : [approver1, approver2]) {
    const entry = { words: words ?? '', reason: 'as on the witness’s paper' };
    await approver.approve('bundle-approve', bundle.digest, entry);
  }
  const done = await operator.post<BundleAnswer>(`/v1/bundles/${bundle.digest}/commit`);
  expect(done.state).toBe('committed');
  await carried('receipt', await operator.get(`/v1/bundles/${bundle.digest}/receipt`));
  const view = await laptop.room.until(({ screen }) => screen === 'closed');
  expect(view).toMatchObject({ outcome: 'committed' });
  await laptop.host.leave();
}

/** Asked for with the ticket, released by two, carried. */
async function release(path: string, { digest, ...ticket }: TicketDocument, more: object) {
  const { operator, approver1, approver2 } = service.admins;
  const { nonce } = await operator.post<PackageAnswer>(path, {
    ticket: Buffer.from(ticketType.toBytes({ digest, ...ticket })).toString('base64'),
    words: eightWords(hexToBytes(digest)),
    ...more,
  });
  for (const approver of [approver1, approver2]) {
    await approver.approve('package-release', nonce, { reason: 'as agreed' });
  }
  await carried('package', await operator.get(`/v1/packages/${nonce}/file`));
}

const forShares = async () => {
  const { ticket, pocket } = await makeTicket(laptop, 'usb', { kind: 'rotate-shares' });
  await release('/v1/packages/rotate-shares', ticket, { keyVersion: 'v1' });
  return pocket;
};

async function placesHold(): Promise<readonly Uint8Array[]> {
  const [row] = await deployment.sql<{ component: Buffer }>(
    'SELECT vault_component AS component FROM surveys_platformkeyversion',
  );
  const { vaultComponent } = parsePlatformMasterKey((await deployment.kv(MASTER_KEY)) ?? undefined);
  return [vaultComponent, new Uint8Array(row?.component ?? [])];
}

test('a set of two is split on the laptop and committed, and CheckTick stores a survey key', async () => {
  const { operator } = service.admins;
  const descriptor = await operator.get<FileAnswer & { words: string }>('/v1/descriptor');
  await carried('descriptor', descriptor);
  await carried('package', await operator.post('/v1/packages/setup', { keyVersion: 'v1' }));
  const { host, room, people } = laptop;
  await host.start('split', 'rehearsal');
  await room.until(({ screen }) => screen === 'descriptor-words');
  await room.say({ type: 'words', words: eightWords(hexToBytes(descriptor.digest)) });
  await room.until(({ screen }) => screen === 'plan');
  await room.say({ type: 'plan', plan: PAIR });
  const setup = await bundleOf(laptop);
  if (setup.body.kind !== 'setup') throw new Error('A split makes a setup.');
  const manifest = parseManifest(encodeJson(setup.body.manifest), 'rehearsal');
  const roster = parseRoster(encodeJson(setup.body.roster), 'rehearsal', manifest.body);
  before = { manifest, roster };
  await commit(setup, eightWords(hexToBytes(manifest.digest)));
  const component = await componentFromMedia(people, manifest.body, {
    'custodian 2': join(laptop.rehearsalFolder, STICKS['custodian 2']),
    'custodian 4': join(laptop.rehearsalFolder, STICKS['custodian 4']),
  });
  const [half = new Uint8Array()] = await placesHold();
  platformKey = xorComponents(half, component);
  await deployment.escrow(platformKey);
}, 300_000);

test('its shares are renewed with sync’s package, and sync commits what the laptop made', async () => {
  const pocket = await forShares();
  await laptop.host.start('rotate', 'rehearsal');
  await laptop.room.until(({ screen }) => screen === 'plan');
  await agreePlan(laptop, pocket, NEXT);
  const bundle = await bundleOf(laptop);
  if (bundle.body.kind !== 'rotate-shares') throw new Error('It renews shares.');
  next = openNewSet(bundle.body);
  await commit(bundle, eightWords(hexToBytes(next.manifest.digest)));
  const { componentId, checks } = next.manifest.body;
  for (const component of await placesHold()) {
    expect(checkValueFits('vault-component', component, componentId, checks.vaultComponent)).toBe(
      true,
    );
  }
  expect(await deployment.kv('conclave/trust')).toMatchObject({
    epoch: 2,
    roster: next.roster.digest,
    versions: { v1: [next.manifest.digest] },
  });
  const log = await readLog(laptop, bundle.body.ceremonyId);
  expect(verifyLog(log, { manifest: next.manifest })).toMatchObject({
    standing: 'authenticated',
    missing: [expect.stringMatching(/^Entries .* are not signed by anybody\.$/)],
  });
  const { sets } = await laptop.host.home();
  expect(sets.map(({ label, standing }) => [label, standing])).toEqual(
    expect.arrayContaining([
      ['2027 C', 'live'],
      ['2026 B', 'superseded'],
    ]),
  );
}, 300_000);

test('a fresh package shows that the new half fits, and only then the old shares are destroyed', async () => {
  expect(await codeOf(destroyAll(laptop, before))).toBe('set-not-replaced-safely');
  const pocket = await forShares();
  const { host, room } = laptop;
  await host.start('rotate', 'rehearsal');
  await room.until(({ screen }) => screen === 'plan');
  await room.say({ type: 'compare-only' });
  await toTicket(laptop, pocket);
  await room.until(({ screen }) => screen === 'compared');
  await host.leave();
  expect(await destroyAll(laptop, before)).toMatchObject({ gone: { length: 2 }, left: [] });
}, 300_000);

test('the survey key that was stored under the key opens with two of the new shares', async () => {
  const { host, room, people } = laptop;
  const { code } = await approvedRequest(service.admins, seededSurvey(deployment));
  const { ticket, pocket } = await makeTicket(laptop);
  await release('/v1/packages/recover', ticket, { requestCode: code });
  await host.start('recover', 'rehearsal');
  await room.until(({ screen }) => screen === 'ticket-key');
  people.expect(pocket);
  for (const index of [3, 1]) {
    await room.until(({ screen }) => screen === 'who');
    await room.say({ type: 'who', index });
  }
  const bundle = await bundleOf(laptop);
  await commit(bundle);
  const { passphrase } = await service.admins.operator.post<{ passphrase: string }>(
    `/v1/bundles/${bundle.digest}/passphrase`,
  );
  const [row] = await deployment.sql<{ password: Buffer }>(
    'SELECT encrypted_kek_password AS password FROM surveys_survey WHERE id = $1',
    [deployment.checktick.survey.id],
  );
  const words = new TextEncoder().encode(passphrase);
  const kek = await openSurveyColumn('passphrase', words, new Uint8Array(row?.password ?? []));
  expect(kek).toEqual(deployment.checktick.kek);
}, 300_000);
