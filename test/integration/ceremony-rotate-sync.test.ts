/**
 * New shares from the laptop to a real sync and back: a real Vault and PostgreSQL, the real host and
 * worker. A set is split and committed, a survey key is stored; the set is renewed and committed, the new
 * half comes back and fits, the old shares are destroyed; and the stored survey key opens with new ones.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openNewSet, type NewSet } from '../../shared/bundle/rotate.ts';
import { parsePlatformMasterKey } from '../../shared/checktick/index.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import { checkValueFits } from '../../shared/sharing/check-value.ts';
import { verifyLog } from '../../shared/transcript/verify.ts';
import { makeTicket, openLaptop, type Laptop } from '../support/headless-platform.ts';
import { agreePlan, bundleOf, destroyAll, NEXT, toTicket } from '../support/headless-rotate.ts';
import { codeOf, readLog, sharesOf } from '../support/headless-steps.ts';
import { between, type Between } from '../support/headless-sync.ts';
import { MASTER_KEY } from '../support/sync-adopt.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';

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
}, 300_000);
afterAll(async () => {
  await laptop?.remove();
  await deployment?.stop();
});

const forShares = async () => {
  const { ticket, pocket } = await makeTicket(laptop, 'usb', { kind: 'rotate-shares' });
  await sync.release('/v1/packages/rotate-shares', ticket, { keyVersion: 'v1' });
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
  before = await sync.pairCommitted(deployment, async () => {
    const [half = new Uint8Array()] = await placesHold();
    return half;
  });
}, 300_000);

test('its shares are renewed with sync’s package, and sync commits what the laptop made', async () => {
  const pocket = await forShares();
  await laptop.host.start('rotate', 'rehearsal');
  await laptop.room.until(({ screen }) => screen === 'plan');
  await agreePlan(laptop, pocket, NEXT);
  const bundle = await bundleOf(laptop);
  if (bundle.body.kind !== 'rotate-shares') throw new Error('It renews shares.');
  next = openNewSet(bundle.body);
  await sync.commit(bundle, eightWords(hexToBytes(next.manifest.digest)));
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
  const { kek } = await sync.recovered(deployment, () => sharesOf(laptop, [3, 1]));
  expect(kek).toEqual(deployment.checktick.kek);
}, 300_000);
