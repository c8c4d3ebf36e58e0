import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parsePlatformMasterKey } from '../../shared/checktick/index.ts';
import { startRehearsalSync, type RehearsalSync } from '../../sync/rehearsal/start.ts';
import { caller } from '../support/sync-client.ts';
import type { TestShareSet } from '../support/documents.ts';
import {
  type Admins,
  approvedSetup,
  committed,
  receiptFor,
  shareSetFor,
} from '../support/sync-ceremony.ts';

describe('a rehearsal on the embedded database', () => {
  let folder: string;
  let sync: RehearsalSync;
  let admins: Admins;
  let set: TestShareSet;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'conclave-flow-'));
    sync = await startRehearsalSync({
      dataFolder: path.join(folder, 'sync'),
      writeLog: (line) => process.stderr.write(line),
    });
    admins = {
      operator: caller(sync.address, sync.tokens.operator),
      approver1: caller(sync.address, sync.tokens.approver1),
      approver2: caller(sync.address, sync.tokens.approver2),
    };
    set = await shareSetFor(admins.operator, 'rehearsal');
  });
  afterAll(async () => {
    await sync.close();
    await rm(folder, { recursive: true });
  });

  it('sets up a platform key', async () => {
    const made = await approvedSetup(admins, set);
    const done = await committed(admins, made);
    expect(done.state).toBe('committed');
    const receipt = await receiptFor(admins.operator, set, made.digest);
    expect(receipt.body).toMatchObject({
      outcome: 'committed',
      sequence: 1,
      previous: null,
      bundleDigest: made.digest,
      epoch: 1,
    });
    expect(receipt.body.readBack).toHaveLength(3);
    const stored = await sync.kv.read('platform/master-key');
    const { vaultComponent } = parsePlatformMasterKey(stored.absent ? {} : stored.data);
    expect(vaultComponent).toEqual(set.vaultComponent);
    expect(await sync.kv.read(`conclave/packages/${made.nonce}`)).toEqual({
      absent: true,
      currentVersion: 0,
    });
  });
});
