/**
 * New shares of a platform key through the real host and worker, without a window: a split, a ticket,
 * the package that sync would seal to it, old shares in, new ones out on paper and on a stick; resumed
 * after a power cut, closed by its receipt; then a fresh package brings sync's new half back, and only
 * then the old shares may be destroyed.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyBundle, type BundleDocument } from '../../shared/bundle/bundle.ts';
import { openBundle } from '../../shared/bundle/bundle-secret.ts';
import { assertSetFollows, type NewSet } from '../../shared/bundle/rotate.ts';
import { checkValueFits } from '../../shared/sharing/check-value.ts';
import { verifyLog } from '../../shared/transcript/verify.ts';
import { openLaptop, type Laptop } from '../support/headless-platform.ts';
import {
  agreePlan,
  bundleOf,
  closeWith,
  compareHalf,
  destroyAll,
  inForceBy,
  NEXT,
  pairInForce,
  toPlan,
  type InForce,
} from '../support/headless-rotate.ts';
import { codeOf, kindsOf, PAIR, readLog } from '../support/headless-steps.ts';

describe('new shares on a laptop', () => {
  let laptop: Laptop;
  let before: InForce;
  let bundle: BundleDocument;
  let next: InForce;

  beforeAll(async () => {
    laptop = await openLaptop();
    before = await pairInForce(laptop);
  }, 300_000);
  afterAll(() => laptop.remove());

  const destroyOld = () =>
    laptop.host.start('destroy', 'rehearsal', {
      setId: before.manifest.body.setId,
      generation: 1,
    });

  test('old shares in, new ones out, and a bundle that the old set signs', async () => {
    const pocket = await toPlan(laptop, before, 2);
    expect(laptop.room.view).toMatchObject({
      renews: { label: PAIR.label, present: { custodians: PAIR.custodians, threshold: 2 } },
      keyVersion: 'v1',
    });
    await agreePlan(laptop, pocket, NEXT);
    const facts = await laptop.room.until(({ screen }) => screen === 'rotate-facts');
    expect(facts).toMatchObject({ before: { label: '2026 B' }, after: { label: '2027 C' } });
    bundle = await bundleOf(laptop);
    next = await inForceBy(laptop, bundle);
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
    await closeWith(laptop, bundle, { statement: 'The new shares are in force.' });
    const { sets } = await laptop.host.home();
    const of = (label: string) => sets.find((set) => set.label === label);
    expect(of('2027 C')).toMatchObject({ standing: 'live', proved: 3 });
    expect(of('2026 B')).toMatchObject({
      standing: 'superseded',
      remnants: { left: 2, of: 2, shares: 2 },
      mayBeNeeded: true,
    });
    expect(await codeOf(destroyOld())).toBe('set-not-replaced-safely');
  });

  test('a fresh package with the old half stops; with the new one the old shares may go', async () => {
    expect(await codeOf(compareHalf(laptop, { ...next, half: before.half }, 3))).toBe(
      'package-component-wrong',
    );
    await laptop.room.say({ type: 'abandon', reason: 'sync gave out the old half' });
    await laptop.host.leave();
    expect(await codeOf(destroyOld())).toBe('set-not-replaced-safely');

    const view = await compareHalf(laptop, next, 3);
    expect(view).toMatchObject({ label: '2027 C', keyVersion: 'v1' });
    await laptop.host.leave();
    const kinds = await kindsOf(laptop, view.ceremonyId);
    expect(kinds.slice(-2)).toEqual(['vault-component-checked', 'ceremony-closed']);
  }, 300_000);

  test('whoever held them destroys them before the witness, also who left, and home says so', async () => {
    const view = await destroyAll(laptop, before);
    expect(view).toMatchObject({ gone: { length: 2 }, left: [] });
    const { sets } = await laptop.host.home();
    expect(sets.find(({ label }) => label === PAIR.label)).toMatchObject({
      standing: 'superseded',
      remnants: { left: 0, of: 2, shares: 0 },
      mayBeNeeded: false,
    });
  });
});
