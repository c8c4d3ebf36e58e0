/**
 * An adoption that the owner of an organisation proves, through the real host and a worker: no stored
 * survey key opens, the owner types the passphrase, and two people need not answer for anything.
 */
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { answersFound, type AdoptFound } from '../../shared/bundle/adopt.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { narrateLog } from '../../shared/transcript/narrate.ts';
import { verifyBundleFile } from '../../shared/transcript/verify-files.ts';
import { verifyLog } from '../../shared/transcript/verify.ts';
import { bundleType } from '../../shared/bundle/bundle.ts';
import {
  bundleOf,
  carryAdoptPackage,
  documentsOf,
  firstTicket,
  foundOf,
  give,
  PROOF,
  start,
} from '../support/adopt-laptop.ts';
import { legacyAnswer } from '../support/ceremony.ts';
import { carryReceipt, openLaptop, type Laptop } from '../support/headless-platform.ts';
import { codeOf, logFiles, readLog } from '../support/headless-steps.ts';
import { legacyDeployment, type LegacyDeployment } from '../support/legacy-deployment.ts';
import { OWNERS_WORDS, organisationsKek, TEAM } from '../support/member-documents.ts';

const KEPT = { surveyId: 33, ...TEAM };
const utf8 = (text: string) => new TextEncoder().encode(text);

describe('an owner in the room', () => {
  let laptop: Laptop;
  let key: LegacyDeployment;
  beforeEach(async () => {
    laptop = await openLaptop();
    key = legacyDeployment();
  });
  afterEach(() => laptop.remove());

  /** The package is open, and as many legacy shares as are needed are in. */
  async function atProof(found: AdoptFound, encryptedKeks: readonly string[]): Promise<void> {
    const { ticket, pocket } = await firstTicket(laptop);
    const components = [{ place: 'both' as const, bytes: key.vault }];
    const { surveyId } = KEPT;
    const kept = await organisationsKek(key.platformKey, { kek: randomBytes(32), surveyId });
    await carryAdoptPackage(laptop, ticket, found, [
      { version: 'v1', components, encryptedKeks, organisationKeks: [kept] },
    ]);
    await start(laptop, pocket);
    await give(laptop, 'custodian 2', ...key.shares.slice(0, 3));
    await laptop.room.say({ type: 'continue' });
    await laptop.room.until(({ screen }) => screen === 'legacy-proof');
  }

  const types = (...typed: string[]) => {
    laptop.people.get('owner 1').hands = { passphrases: typed.map(utf8), onRefused: () => true };
    return laptop.room.say({ type: 'owner', by: 'owner 1' });
  };

  test('proves the key where none is stored; the legacy shares may be destroyed then', async () => {
    const found = foundOf({ escrows: 0, proof: null, organisationKeys: [KEPT] });
    await atProof(found, []);
    const { room, people, host } = laptop;
    expect(room.view).toMatchObject({ keys: [], tried: false, organisationKeys: [KEPT] });
    // The window is closed: nothing is said by it.
    people.get('owner 1').hands = { cancelAt: 'passphrase' };
    const closed = await room.say({ type: 'owner', by: 'owner 1' });
    expect(closed).toMatchObject({ screen: 'legacy-proof', refusal: null });
    const owner = people.get('owner 1').person;
    await types('not this one', OWNERS_WORDS);
    expect(owner.refusals.map(({ code }) => code)).toEqual(['owner-opens-nothing']);
    expect(room.view).toMatchObject({ screen: 'legacy-restored', decided: null });

    const made = await bundleOf(laptop);
    const { body, manifest } = documentsOf(made);
    expect(body).toMatchObject({ proof: 'organisation', organisationKeys: [KEPT], decided: null });
    expect(body.unopened).toBeUndefined();
    expect(answersFound(found, 'v1', body)).toBe(true);
    const read = verifyBundleFile(bundleType.toBytes(made), 'rehearsal', { manifest });
    expect(read.facts).toContain(
      'It opened the survey keys of survey 33 of team 9 of organisation 4.',
    );
    const log = await readLog(laptop, body.ceremonyId);
    expect(verifyLog(log, { manifest }).standing).toBe('authenticated');
    expect(narrateLog(log).join('\n')).toContain(
      'and the passphrase that owner 1 typed it opened the survey keys of 1 survey 33 of team 9 of organisation 4.',
    );
    for (const file of await logFiles(laptop)) {
      expect((await readFile(file, 'utf8')).includes(OWNERS_WORDS)).toBe(false);
    }

    await carryReceipt(laptop, made);
    await room.until(({ screen }) => screen === 'closed');
    await host.leave();
    const { setId, generation } = manifest.body;
    await host.start('destroy', 'rehearsal', { setId, generation, legacy: true });
    expect(room.view).toMatchObject({ screen: 'destruction' });
  });

  test('proves it where the stored one is damaged, which the bundle names', async () => {
    const found = foundOf({ organisationKeys: [KEPT] });
    await atProof(found, [bytesToHex(randomBytes(60))]);
    const { room } = laptop;
    expect(await codeOf(room.say({ type: 'owner', by: 'owner 1' }))).toBe('not-now');
    await room.say({ type: 'continue' });
    expect(room.view).toMatchObject({ screen: 'legacy-proof', tried: true });
    await types(OWNERS_WORDS);
    expect(room.view).toMatchObject({ screen: 'legacy-restored' });
    const { body } = documentsOf(await bundleOf(laptop));
    expect(body).toMatchObject({ proof: 'organisation', unopened: [PROOF] });
    expect(answersFound(found, 'v1', body)).toBe(true);
    const told = narrateLog(await readLog(laptop, body.ceremonyId)).join('\n');
    expect(told).toContain('What the legacy shares give did not open the stored survey keys of');
  });

  test('who knows no passphrase leaves it, and two people answer', async () => {
    const found = foundOf({ escrows: 0, proof: null, organisationKeys: [KEPT] });
    await atProof(found, []);
    const { room } = laptop;
    await room.say({ type: 'continue' });
    await room.until(({ screen }) => screen === 'legacy-decision');
    for (const by of ['custodian 2', 'witness']) await room.say(legacyAnswer(by));
    const { body } = documentsOf(await bundleOf(laptop));
    expect(body).toMatchObject({ proof: 'none' });
    expect(body.organisationKeys).toBeUndefined();
    expect(answersFound(found, 'v1', body)).toBe(true);
  });
});
