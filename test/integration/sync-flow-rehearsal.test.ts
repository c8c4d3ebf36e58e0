import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSurveyColumn, parsePlatformMasterKey } from '../../shared/checktick/index.ts';
import { startRehearsalSync, type RehearsalSync } from '../../sync/rehearsal/start.ts';
import { caller } from '../support/sync-client.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import {
  type Admins,
  approvedRequest,
  approvedSetup,
  committed,
  receiptFor,
  recoverBundle,
  releasedPackage,
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
      operator: caller(sync.address, sync.tokens.operator, sync.signers.operator),
      approver1: caller(sync.address, sync.tokens.approver1, sync.signers.approver1),
      approver2: caller(sync.address, sync.tokens.approver2, sync.signers.approver2),
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

  it('recovers a survey, and the old password and recovery phrase are dead', async () => {
    await sync.escrow(set.component);
    const { checktick } = sync;
    const request = await approvedRequest(admins, {
      userId: checktick.people.requester.id,
      surveyId: checktick.survey.id,
    });
    expect(request.status).toBe('ready_for_execution');
    const before = await sync.surveyColumns();
    const flow = await releasedPackage(admins, set, request.code);
    const made = await recoverBundle(admins.operator, set, flow);
    expect(made.kek).toEqual(checktick.kek);
    await admins.operator.post('/v1/bundles', made.bytes);
    expect((await committed(admins, made)).state).toBe('committed');

    const receipt = await receiptFor(admins.operator, set, made.digest);
    expect(receipt.body).toMatchObject({ outcome: 'committed', sequence: 2, kind: 'recover' });
    const shown = await admins.operator.post<{ passphrase: string }>(
      `/v1/bundles/${made.digest}/passphrase`,
    );
    expect(shown.passphrase.split(' ')).toHaveLength(7);
    const after = await sync.surveyColumns();
    for (const [column, old] of [
      [after.password, before.password],
      [after.recovery, before.recovery],
    ] as const) {
      expect(column).not.toEqual(old);
      const phrase = new TextEncoder().encode(shown.passphrase);
      expect(await openSurveyColumn('passphrase', phrase, column)).toEqual(checktick.kek);
    }
  });
});
