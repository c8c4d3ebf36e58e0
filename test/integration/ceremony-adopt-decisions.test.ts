/**
 * Adoptions through the real host that do not go straight: two components, of which people say which
 * is right; shares of another key; power that fails among new legacy shares.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { answersFound, decidedByRoster } from '../../shared/bundle/adopt.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { fact } from '../../shared/transcript/entry.ts';
import { entries } from '../../shared/transcript/log.ts';
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
import { legacyAnswer } from '../support/ceremony.ts';
import { openLaptop, STICKS, type Laptop } from '../support/headless-platform.ts';
import { codeOf, kindsOf, readLog } from '../support/headless-steps.ts';
import { legacyDeployment, storedKek } from '../support/legacy-deployment.ts';

describe('where people have to decide', () => {
  let laptop: Laptop;
  beforeEach(async () => {
    laptop = await openLaptop();
  });
  afterEach(() => laptop.remove());

  test('Vault and row differ: the one that opened the survey key, and two who answer for it', async () => {
    const key = legacyDeployment(32);
    const { ticket, pocket } = await firstTicket(laptop);
    const found = foundOf({ compared: 'differs' });
    const encryptedKeks = [await storedKek(key.platformKey, PROOF)];
    const components = [
      { place: 'row' as const, bytes: key.vault },
      { place: 'vault' as const, bytes: randomBytes(32) },
    ];
    await carryAdoptPackage(laptop, ticket, found, [{ version: 'v1', components, encryptedKeks }]);
    await start(laptop, pocket);
    // One wrong digit of four shares: named, and the others are enough.
    const [one = '', ...others] = key.shares;
    const wrong = `${one.slice(0, 60)}${one[60] === '7' ? '8' : '7'}${one.slice(61)}`;
    await give(laptop, 'custodian 2', wrong, ...others);
    await laptop.room.say({ type: 'continue' });
    expect(await laptop.room.until(({ screen }) => screen === 'legacy-proof')).toMatchObject({
      judged: { standing: 'wrong', suspects: [{ number: 1 }] },
    });
    await laptop.room.say({ type: 'continue' });
    await laptop.room.until(({ screen }) => screen === 'legacy-decision');
    expect(await codeOf(laptop.room.say(legacyAnswer('witness', 'vault')))).toBe('not-now');
    await laptop.room.say(legacyAnswer('custodian 2', 'row'));
    expect(await codeOf(laptop.room.say(legacyAnswer('custodian 2', 'row')))).toBe('decides-alone');
    await laptop.room.say(legacyAnswer('witness', 'row'));
    const { body, roster } = documentsOf(await bundleOf(laptop));
    expect(body).toMatchObject({ compared: 'differs', component: 'row', proof: 'escrow' });
    expect(answersFound(found, 'v1', body)).toBe(true);
    expect(decidedByRoster(body, roster.body)).toBe(true);
    const log = narrateLog(await readLog(laptop)).join('\n');
    expect(log).toContain('custodian 2 typed “I answer for the database row”, of the');
    expect(log).toContain('witness typed “I answer for the database row”, of the');
    expect(log).toContain('custodian 2 and witness answer for it that the vault component of the');
    expect(log).toContain('I answer for the choice of the one that opened the stored survey key.');
  });

  test('cut off among its new legacy shares: void, and those on sticks are named and destroyed', async () => {
    const key = legacyDeployment();
    const { ticket, pocket } = await firstTicket(laptop);
    const components = [{ place: 'both' as const, bytes: key.vault }];
    const encryptedKeks = [await storedKek(key.platformKey, PROOF)];
    await carryAdoptPackage(laptop, ticket, foundOf(), [
      { version: 'v1', components, encryptedKeks },
    ]);
    await start(laptop, pocket);
    await give(laptop, 'custodian 2', ...key.shares.slice(0, 3));
    const { room } = laptop;
    await room.say({ type: 'continue' });
    await room.until(({ screen }) => screen === 'new-legacy');
    await room.say({ type: 'new-legacy', split: { threshold: 2, count: 2 } });
    await writeNewLegacy(laptop, 'custodian 2', STICKS['custodian 2']);
    const { ceremonyId } = room.view;
    const gone = { type: 'new-legacy-write', by: 'a doctor', volumeId: 'taken out' } as const;
    expect(await room.ask(gone)).toMatchObject({ code: 'volume-missing' });
    await laptop.restart();
    const home = await laptop.host.home();
    const [cut] = home.ceremonies;
    expect(cut).toMatchObject({ ceremonyId, standing: 'void' });
    const [written = '', begun = ''] = cut?.destroy.slice(-2) ?? [];
    expect(written).toContain('new legacy share 1, custodian 2, ');
    expect(begun).toBe('new legacy share 2, a doctor, a stick, not finished: look for it');
    const [set] = home.sets;
    expect(set?.standing).toBe('void');
    // What is on a stick opens the key in use, whatever became of the ceremony.
    expect(set?.remnants).toEqual({ left: 4, of: 4, shares: 2 });
    const log = await readLog(laptop, ceremonyId);
    const { missing } = verifyLog(log);
    expect(missing).toContain(
      'New legacy share 2 was written, or begun, and no entry says that it was read back.',
    );
    expect(missing).toContain(
      'No entry says that the new legacy shares gave the component back, or that they were left.',
    );
  });

  test('shares of another key open nothing: the ceremony can only be ended, and is void', async () => {
    const key = legacyDeployment();
    const { ticket, pocket } = await firstTicket(laptop);
    const encryptedKeks = [await storedKek(key.platformKey, PROOF)];
    const components = [{ place: 'both' as const, bytes: key.vault }];
    await carryAdoptPackage(laptop, ticket, foundOf(), [
      { version: 'v1', components, encryptedKeks },
    ]);
    await start(laptop, pocket);
    await give(laptop, 'custodian 2', ...legacyDeployment().shares);
    await laptop.room.say({ type: 'continue' });
    await laptop.room.until(({ screen }) => screen === 'legacy-proof');
    expect(await codeOf(laptop.room.say({ type: 'continue' }))).toBe('legacy-not-proved');
    await laptop.room.say({ type: 'abandon', reason: 'these are not our shares' });
    expect(laptop.room.view).toMatchObject({ screen: 'void' });
    expect(await kindsOf(laptop)).toContain('declared-void');
    const log = await readLog(laptop);
    expect(entries(log).map((entry) => fact(entry, 'kind'))).not.toContain('key-restored');
  });
});
