/**
 * Of an adopted deployment everything that one laptop knew, another one knows: CheckTick's key is
 * adopted with its old shares, new legacy shares are written besides, some of both are destroyed before
 * a witness; with a real Vault and PostgreSQL, the real host and worker. A second laptop gets sync's
 * chain and eight words, a third one the log of the adoption alone, on a stick.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseDescriptor } from '../../shared/bundle/descriptor.ts';
import { ticketType } from '../../shared/bundle/ticket.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import type { Ledger } from '../../shared/ledger/ledger.ts';
import { newLegacyPlace } from '../../shared/ledger/places.ts';
import type { FileAnswer, PackageAnswer, TranscriptAnswer } from '../../sync/routes/answers.ts';
import {
  bundleOf,
  documentsOf,
  give,
  NEW_LEGACY,
  start,
  writeNewLegacy,
} from '../support/adopt-laptop.ts';
import {
  bySet,
  freshLaptop,
  ledgerIn,
  logBytes,
  protectionIn,
  trustChains,
} from '../support/fresh-laptop.ts';
import { makeTicket, openLaptop, type Laptop } from '../support/headless-platform.ts';
import { codeOf } from '../support/headless-steps.ts';
import { between } from '../support/headless-sync.ts';
import { legacyDeployment } from '../support/legacy-deployment.ts';
import { entryOf, MASTER_KEY, putRow } from '../support/sync-adopt.ts';
import { bytesOf } from '../support/sync-client.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';

let folder: string;
let deployment: Deployment;
let service: Service;
let laptop: Laptop;
/** What the first laptop knew before anything was destroyed, and by which log. */
let adopted: { readonly ceremonyId: string; readonly ledger: Ledger };
let destroyed: string;
const key = legacyDeployment();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conclave-fresh-adopted-'));
  deployment = await deploy({ mode: 'rehearsal' });
  // As a CheckTick that has run for years.
  await deployment.writeKv(MASTER_KEY, entryOf(key.vault));
  await putRow(deployment, 'v1', key.vault);
  await deployment.escrow(key.platformKey);
  [service, laptop] = await Promise.all([deployment.start(), openLaptop()]);
}, 300_000);
afterAll(async () => {
  await laptop?.remove();
  await deployment?.stop();
  await rm(folder, { recursive: true, force: true });
});

const carried = (kind: string, file: FileAnswer) => laptop.carry(kind, file.digest, bytesOf(file));

async function bring(ceremonyId: string): Promise<TranscriptAnswer> {
  const bytes = await logBytes(laptop, ceremonyId);
  return service.admins.operator.post<TranscriptAnswer>('/v1/transcripts', bytes);
}

describe('a fresh laptop of an adopted deployment', { retry: 0 }, () => {
  test('the first laptop adopts the key, and sync commits it', async () => {
    const { operator, approver1, approver2 } = service.admins;
    const descriptor = await operator.get<FileAnswer>('/v1/descriptor');
    await carried('descriptor', descriptor);
    const { host, room, people } = laptop;
    people.forget();
    const { ticket, pocket } = await makeTicket(laptop, 'new', {
      kind: 'adopt',
      descriptor: {
        id: await room.document('descriptor'),
        words: eightWords(hexToBytes(descriptor.digest)),
      },
    });
    const words = eightWords(hexToBytes(ticket.digest));
    const { nonce } = await operator.post<PackageAnswer>('/v1/packages/adopt', {
      keyVersion: 'v1',
      ticket: Buffer.from(ticketType.toBytes(ticket)).toString('base64'),
      words,
    });
    for (const approver of [approver1, approver2]) {
      await approver.approve('package-release', nonce, { reason: 'as agreed', words });
    }
    await carried('package', await operator.get(`/v1/packages/${nonce}/file`));
    await start(laptop, pocket);
    await give(laptop, 'custodian 2', key.shares[0] ?? '', key.shares[1] ?? '');
    await give(laptop, 'a former custodian', key.shares[3] ?? '');
    await room.say({ type: 'continue' });
    await room.until(({ screen }) => screen === 'new-legacy');
    await room.say({ type: 'new-legacy', split: { threshold: 2, count: 2 } });
    for (const [by, label] of NEW_LEGACY) await writeNewLegacy(laptop, by, label);
    const bundle = await bundleOf(laptop);
    const { body, manifest } = documentsOf(bundle);
    expect(body).toMatchObject({ compared: 'same', proof: 'escrow', decided: null });
    expect(await codeOf(bring(body.ceremonyId))).toMatch(/^transcript-(other-set|not-committed)$/);
    const sync = between(service, laptop);
    await sync.commit(bundle, eightWords(hexToBytes(manifest.digest)));
    expect(await bring(body.ceremonyId)).toMatchObject({ ceremonyId: body.ceremonyId });
    adopted = { ceremonyId: body.ceremonyId, ledger: await ledgerIn(laptop.dataFolder) };
    expect((await host.home()).sets).toMatchObject([
      { standing: 'live', legacyLeft: { left: 4, of: 4, threshold: 3 } },
    ]);
  }, 300_000);

  test('old shares and new legacy shares are destroyed before a witness, not all of them', async () => {
    const { host, room } = laptop;
    const [set] = (await host.home()).sets;
    if (set === undefined) throw new Error('it is at home');
    const { setId, generation } = set;
    await host.start('destroy', 'rehearsal', { setId, generation, legacy: true });
    const { ceremonyId } = room.view;
    for (const index of [1, newLegacyPlace(2)]) {
      await room.until(({ screen }) => screen === 'destroyers');
      await room.say({ type: 'who', index });
    }
    await room.until(({ screen }) => screen === 'destroyers');
    await room.say({ type: 'continue' });
    await room.until(({ screen }) => screen === 'destroyed');
    await host.leave();
    expect(await bring(ceremonyId)).toMatchObject({ ceremonyId });
    destroyed = ceremonyId;
  }, 300_000);

  test('another one, which has sync’s chain and eight words, knows all that the first one knows', async () => {
    const known = await ledgerIn(laptop.dataFolder);
    const [set] = known.sets;
    expect(known.sets).toHaveLength(1);
    // Who brought which, and who has which new one: 2 and 4, and number 1, are left.
    expect(set?.legacyKept?.pieces.map(({ number, by, gone }) => [number, by, gone])).toEqual([
      [1, 'custodian 2', true],
      [2, 'custodian 2', false],
      [3, null, false],
      [4, 'a former custodian', false],
    ]);
    expect(set?.legacyKept?.made?.pieces.map(({ number, gone }) => [number, gone])).toEqual([
      [1, false],
      [2, true],
    ]);
    const chain = bytesOf(await service.admins.operator.get<FileAnswer>('/v1/chain'));
    const files = { 'conclave-chain-01234567.json': chain };
    const second = await freshLaptop(join(folder, 'second'), files);
    expect(second.ledger).toEqual(known);
    expect(bySet(second.sets)).toEqual(bySet((await laptop.host.home()).sets));
    // The epoch of the newest receipt, the package that is used up, and the sync that was confirmed.
    const { audience } = parseDescriptor(
      bytesOf(await service.admins.operator.get<FileAnswer>('/v1/descriptor')),
      'rehearsal',
    ).body;
    const protection = await protectionIn(laptop.dataFolder, audience);
    expect(protection).toMatchObject({ epoch: 1, nonces: { length: 1 }, syncs: { length: 1 } });
    expect(await protectionIn(second.dataFolder, audience)).toEqual(protection);
  }, 300_000);

  test('one that has the log of the adoption alone, on a stick, knows what it says', async () => {
    const log = (id: string) => logBytes(laptop, id);
    const third = await freshLaptop(join(folder, 'third'), {
      'conclave-log-01234567.jsonl': await log(adopted.ceremonyId),
    });
    expect(third.ledger).toEqual(adopted.ledger);
    // SECURITY: it names no sync and has no set of its own: what is gone is believed by way of sync.
    const fourth = freshLaptop(join(folder, 'fourth'), {
      'conclave-log-01234567.jsonl': await log(destroyed),
    });
    expect(await codeOf(fourth)).toBe('log-not-signed');
  }, 300_000);

  test('the first laptop takes the chain as well, and knows no more and no less', async () => {
    const before = await ledgerIn(laptop.dataFolder);
    await carried('chain', await service.admins.operator.get<FileAnswer>('/v1/chain'));
    expect(await trustChains(laptop.host, 'conclave-chain-')).toBe(1);
    expect(await ledgerIn(laptop.dataFolder)).toEqual(before);
  }, 300_000);
});
