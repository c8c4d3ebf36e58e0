import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytesToHex, hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import {
  approvedRequest,
  approvedSetup,
  committed,
  type MadeBundle,
  recoverBundle,
  releasedPackage,
  setupBundle,
  shareSetFor,
} from '../support/sync-ceremony.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';
import { changed, insertApproval } from '../support/sync-tricks.ts';

/** Somebody who may write to the database, past triggers, changes what sync keeps. */
describe('at its commit a bundle is judged again', { retry: 0 }, () => {
  let deployment: Deployment;
  let service: Service;
  let set: TestShareSet;

  beforeAll(async () => {
    deployment = await deploy();
    service = await deployment.start();
    set = await shareSetFor(service.admins.operator, deployment.mode);
    await deployment.sql('ALTER TABLE conclave.documents DISABLE TRIGGER documents_stay');
  });
  afterAll(async () => {
    await deployment.stop();
  });

  /** All that a commit could change. */
  async function everything(): Promise<unknown> {
    return {
      vault: [
        await deployment.kv('platform/master-key'),
        await deployment.kv('conclave/trust'),
        await deployment.kv(
          `users/${deployment.checktick.people.requester.id}/surveys/${deployment.checktick.survey.id}/recovery-kek`,
        ),
      ],
      rows: [
        await deployment.sql('SELECT * FROM surveys_platformkeyversion'),
        await deployment.sql('SELECT * FROM surveys_survey'),
        await deployment.sql('SELECT id, status, completed_at FROM surveys_recoveryrequest'),
        await deployment.sql('SELECT * FROM conclave.receipts'),
        await deployment.sql('SELECT digest, state, finished_at FROM conclave.bundles'),
        await deployment.sql('SELECT nonce, state FROM conclave.packages'),
      ],
    };
  }

  async function refused(made: MadeBundle, code: string): Promise<void> {
    const before = await everything();
    await expect(committed(service.admins, made)).rejects.toMatchObject({ code });
    expect(await everything()).toEqual(before);
  }

  async function store(made: MadeBundle, bytes: Uint8Array): Promise<void> {
    await deployment.sql('UPDATE conclave.documents SET content = $2 WHERE digest = $1', [
      hexToBytes(made.digest),
      bytes,
    ]);
  }

  async function refusedWithBytes(made: MadeBundle, bytes: Uint8Array): Promise<void> {
    await store(made, bytes);
    await refused(made, 'bundle-not-as-imported');
    await store(made, made.bytes);
  }

  const without = (made: MadeBundle, keyid: string | undefined): Uint8Array =>
    changed(made.bytes, (envelope) => ({
      ...envelope,
      signatures: envelope.signatures.filter((one) => one.keyid !== keyid),
    }));

  /** As the service would, but for a role or a person that it refuses. */
  async function approveByHand(
    made: MadeBundle,
    admin: 'operator' | 'approver1' | 'both',
  ): Promise<void> {
    const open = await service.admins.approver2.show('bundle-approve', made.digest, {
      words: eightWords(hexToBytes(set.manifest.digest)),
      reason: 'by hand',
    });
    await insertApproval(deployment, admin, open.statement);
  }

  it('a setup that was set to waiting by hand lacks its approvals', async () => {
    const made = await setupBundle(service.admins.operator, set);
    await service.admins.operator.post('/v1/bundles', made.bytes);
    await deployment.sql(
      `UPDATE conclave.bundles SET state = 'waiting', not_before = now() WHERE digest = $1`,
      [hexToBytes(made.digest)],
    );
    await refused(made, 'approvals-missing');
    const state = (to: string) =>
      deployment.sql('UPDATE conclave.bundles SET state = $2 WHERE digest = $1', [
        hexToBytes(made.digest),
        to,
      ]);
    await state('verified');
    // The importer's own counts for nothing beside one other.
    await approveByHand(made, 'operator');
    await approveByHand(made, 'approver1');
    await state('waiting');
    await refused(made, 'approvals-missing');
    // Nor that of somebody who was disabled since.
    await state('verified');
    await approveByHand(made, 'both');
    await state('waiting');
    await deployment.sql(
      `UPDATE conclave.admins SET state = 'disabled', disabled_at = now() WHERE name = 'both'`,
    );
    await refused(made, 'approvals-missing');
    await service.admins.approver1.post(`/v1/bundles/${made.digest}/refuse`, { reason: 'test' });
  });

  it('a setup whose stored bytes changed is refused, however far its rows say it is', async () => {
    const made = await approvedSetup(service.admins, set);
    const other = await setupBundle(service.admins.operator, set);
    await refusedWithBytes(made, without(made, set.quorum[0]?.keyid));
    await refusedWithBytes(made, without(made, set.cast.operator.signer.keyid));
    await refusedWithBytes(made, other.bytes);
    await refusedWithBytes(made, made.bytes.slice(0, 5_000));

    const [begun] = await deployment.sql<{ facts: unknown }>(
      `INSERT INTO conclave.intents (bundle_digest, step, facts, started_at)
       SELECT $1, step, jsonb_build_object('adminId', a.id, 'userId', a.user_id), now()
         FROM conclave.admins a, unnest(ARRAY['commit', 'written']) step
        WHERE a.name = 'operator' RETURNING facts`,
      [hexToBytes(made.digest)],
    );
    expect(begun).toBeDefined();
    await deployment.sql(`UPDATE conclave.bundles SET state = 'committing' WHERE digest = $1`, [
      hexToBytes(made.digest),
    ]);
    await refusedWithBytes(made, without(made, set.quorum[0]?.keyid));
    await deployment.sql('DELETE FROM conclave.intents WHERE bundle_digest = $1', [
      hexToBytes(made.digest),
    ]);
    await deployment.sql(`UPDATE conclave.bundles SET state = 'waiting' WHERE digest = $1`, [
      hexToBytes(made.digest),
    ]);
    expect((await committed(service.admins, made)).state).toBe('committed');
  });

  it('a recovery likewise, and its request must have two approvers', async () => {
    await deployment.escrow(set.platformKey);
    const { people, survey } = deployment.checktick;
    const request = await approvedRequest(service.admins, {
      userId: people.requester.id,
      surveyId: survey.id,
    });
    const made = await recoverBundle(
      service.admins.operator,
      set,
      await releasedPackage(service.admins, set, request.code),
    );
    await service.admins.operator.post('/v1/bundles', made.bytes);
    await refusedWithBytes(made, without(made, set.quorum[1]?.keyid));
    await refusedWithBytes(made, without(made, set.cast.operator.signer.keyid));

    const approvers = (second: number | null): Promise<unknown> =>
      deployment.sql(
        'UPDATE surveys_recoveryrequest SET secondary_approver_id = $2 WHERE request_code = $1',
        [request.code, second],
      );
    for (const second of [null, people['approver-1'].id, people.requester.id]) {
      await approvers(second);
      await refused(made, 'approvals-missing');
    }
    await approvers(people['approver-2'].id);
    expect((await committed(service.admins, made)).state).toBe('committed');
    expect(bytesToHex(made.kek)).toBe(bytesToHex(deployment.checktick.kek));
  });
});
