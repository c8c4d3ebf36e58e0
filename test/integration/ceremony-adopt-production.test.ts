/**
 * A real adoption: mode production through the real host and the real worker, on sticks that are
 * really mounted, taken out and put back, and on paper out of a real CUPS. What stands in for a
 * laptop that holds real ceremonies: test/support/production-laptop.ts.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BundleDocument } from '../../shared/bundle/bundle.ts';
import { descriptorType } from '../../shared/bundle/descriptor.ts';
import type { Plan } from '../../shared/plan/set-plan.ts';
import { combineLegacy, trimLegacySecret } from '../../shared/checktick/index.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import { checkValueFits } from '../../shared/sharing/check-value.ts';
import { narrateLog } from '../../shared/transcript/narrate.ts';
import { verifyLog } from '../../shared/transcript/verify.ts';
import {
  bundleOf,
  carryAdoptPackage,
  documentsOf,
  firstTicket,
  foundOf,
  give,
  PROOF,
  start,
  writeNewLegacy,
} from '../support/adopt-laptop.ts';
import { carryReceipt, makeTicket } from '../support/headless-platform.ts';
import { codeOf } from '../support/headless-steps.ts';
import { parsed } from '../support/legacy.ts';
import {
  legacyDeployment,
  storedKek,
  type LegacyDeployment,
} from '../support/legacy-deployment.ts';
import { PREPARED, STOPPING } from '../support/prepared-laptop.ts';
import {
  openProductionLaptop,
  REAL_STICKS,
  type ProductionLaptop,
} from '../support/production-laptop.ts';
import { expectProduction } from '../support/production-steps.ts';

/** One new share on paper, one on a stick. */
const PLAN: Plan = {
  label: '2026 A',
  threshold: 2,
  custodians: [
    { name: 'custodian 1', medium: 'paper' },
    { name: 'custodian 2', medium: 'usb' },
  ],
  operator: { name: 'operator', medium: 'usb' },
  witness: { name: 'witness', medium: 'paper' },
  page: 'A4',
};

let laptop: ProductionLaptop;
let key: LegacyDeployment;
let made: BundleDocument;

beforeAll(async () => {
  laptop = await openProductionLaptop();
  key = legacyDeployment();
});
afterAll(() => laptop?.remove());

describe('a real adoption', () => {
  test('begins with a ticket, which a laptop that is not ready does not make', async () => {
    const { descriptor } = laptop.sync;
    await laptop.carry('descriptor', descriptor.digest, descriptorType.toBytes(descriptor));
    laptop.facts = STOPPING[0]?.[2] ?? PREPARED;
    const descriptorId = await laptop.room.document('descriptor');
    const words = eightWords(hexToBytes(descriptor.digest));
    const asked = { kind: 'adopt', descriptor: { id: descriptorId, words } } as const;
    expect(await codeOf(makeTicket(laptop, 'new', asked))).toBe('laptop-not-ready');
    laptop.people.forget();
    expect(laptop.workers).toBe(0);
    laptop.facts = PREPARED;
    const { ticket, pocket } = await firstTicket(laptop);
    expect(ticket.body).toMatchObject({ kind: 'adopt', mode: 'production' });
    const components = [{ place: 'both' as const, bytes: key.vault }];
    const encryptedKeks = [await storedKek(key.platformKey, PROOF)];
    await carryAdoptPackage(laptop, ticket, foundOf(), [
      { version: 'v1', components, encryptedKeks },
    ]);
    // Nobody is asked whether real shares were made for practice.
    await start(laptop, pocket, PLAN);
    expect(laptop.room.view).toMatchObject({ screen: 'legacy-shares', mode: 'production' });
  });

  test('is proved by the stored survey key, split anew, and written as legacy shares on real sticks', async () => {
    const { room } = laptop;
    await give(laptop, 'custodian 1', key.shares[0] ?? '');
    await give(laptop, 'a former custodian', key.shares[2] ?? '', key.shares[3] ?? '');
    await room.say({ type: 'continue' });
    expect(await room.until(({ screen }) => screen === 'legacy-restored')).toMatchObject({
      proof: { opened: [PROOF] },
    });
    await room.until(({ screen }) => screen === 'new-legacy');
    const before = laptop.replugs;
    await room.say({ type: 'new-legacy', split: { threshold: 2, count: 2 } });
    await writeNewLegacy(laptop, 'custodian 2', REAL_STICKS['custodian 2']);
    await writeNewLegacy(laptop, 'operator', REAL_STICKS.operator);
    expect(room.view).toMatchObject({ screen: 'new-legacy-prove' });
    expect(laptop.replugs).toBe(before + 2);
    const lines = await Promise.all(
      (['custodian 2', 'operator'] as const).map(async (owner) => {
        const { path } = laptop.sticks[owner];
        const names = await readdir(path);
        const name = names.find((one) => one.startsWith('conclave-legacy-share-')) ?? '';
        expect(name).not.toContain('rehearsal');
        return parsed((await readFile(join(path, name), 'ascii')).trimEnd());
      }),
    );
    const component = trimLegacySecret(combineLegacy(lines, { threshold: 2 }), 64);
    expect(component).toEqual(key.custodian);
    made = await bundleOf(laptop);
  });

  test('ends with a bundle without a secret, and a log that says production in every document', async () => {
    const { body, manifest } = documentsOf(made);
    expect(body).toMatchObject({ mode: 'production', kind: 'adopt', proof: 'escrow' });
    const { componentId, checks } = manifest.body;
    expect(checkValueFits('platform-key', key.platformKey, componentId, checks.platformKey)).toBe(
      true,
    );
    const log = await expectProduction(laptop, body.ceremonyId);
    expect(verifyLog(log, { manifest }).standing).toBe('authenticated');
    const told = narrateLog(log).join('\n');
    expect(told).not.toContain('made for practice');
    expect(told).toContain('New legacy share 2 of operator was read back from stick OPERATOR');
    const text = JSON.stringify(log);
    for (const share of key.shares) expect(text).not.toContain(share.split('-')[2]?.slice(9, 40));
    // Nothing of it is left in the spool: share and identity of custodian 1, the witness's identity.
    expect(await laptop.printer.sheets()).toHaveLength(3);
    expect(await laptop.printer.spooled()).toEqual([]);
  });

  test('is live with its receipt, and home lists what opens the key as well', async () => {
    const { room, host } = laptop;
    await carryReceipt(laptop, made);
    await room.until(({ screen }) => screen === 'closed');
    await host.leave();
    expect((await host.home()).sets).toMatchObject([
      {
        mode: 'production',
        standing: 'live',
        legacyLeft: { left: 4, of: 4, threshold: 3 },
        newLegacyLeft: { left: 2, of: 2, threshold: 2 },
      },
    ]);
  });
});
