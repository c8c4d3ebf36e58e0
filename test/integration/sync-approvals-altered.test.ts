import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import { createIdentity, identitySigner } from '../../shared/identity/identity.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import {
  approvedRequest,
  approvedSetup,
  askedPackage,
  committed,
  importedRecovery,
  setupBundle,
  shareSetFor,
} from '../support/sync-ceremony.ts';
import type { Caller } from '../support/sync-client.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';

const reason = { reason: 'looked at' };
const refused = (code: string) => expect.objectContaining({ code }) as Error;

/** What somebody with the database changes about approvals that were given. */
describe('an approval that was altered beside sync', () => {
  let deployment: Deployment;
  let service: Service;
  let patient: Service;
  let set: TestShareSet;
  let about: { userId: number; surveyId: number };
  let first: Caller;

  beforeAll(async () => {
    deployment = await deploy();
    service = await deployment.start();
    patient = await deployment.start({ env: { CONCLAVE_DELAY_HOURS: '48' } });
    set = await shareSetFor(service.admins.operator, deployment.mode);
    ({ approver1: first } = service.admins);
    const { people, survey } = deployment.checktick;
    about = { userId: people.requester.id, surveyId: survey.id };
  });
  afterAll(() => deployment.stop());

  it('of a setup is worth its whole delay, whatever the database says', async () => {
    const made = await setupBundle(patient.admins.operator, set);
    await patient.admins.operator.post('/v1/bundles', made.bytes);
    const words = eightWords(hexToBytes(set.manifest.digest));
    for (const who of [patient.admins.approver1, patient.admins.approver2]) {
      await who.approve('bundle-approve', made.digest, { ...reason, words });
    }
    await deployment.sql(`UPDATE conclave.bundles SET not_before = now() WHERE digest = $1`, [
      hexToBytes(made.digest),
    ]);
    await expect(committed(service.admins, made)).rejects.toThrow(refused('delay-altered'));
    await first.post(`/v1/bundles/${made.digest}/refuse`, reason);
    // From here on there is a platform key.
    await committed(service.admins, await approvedSetup(service.admins, set));
    await deployment.escrow(set.platformKey);
  });

  it('cannot be shortened in the database: the delay is what was signed', async () => {
    const { code } = await approvedRequest(patient.admins, { ...about, delayHours: 48 });
    const { nonce: asked } = await askedPackage(service.admins.operator, set, code);
    const change = (sets: string) =>
      deployment.sql(`UPDATE surveys_recoveryrequest SET ${sets} WHERE request_code = $1`, [code]);
    await change(`status = 'ready_for_execution', time_delay_until = now()`);
    const show = () => first.show('package-release', asked, reason);
    await expect(show()).rejects.toThrow(refused('delay-altered'));
    await change('time_delay_hours = 0');
    await expect(show()).rejects.toThrow(refused('approvals-missing'));
  });

  it('is judged again at the commit: whatever was altered by hand is found', async () => {
    const made = await importedRecovery(service.admins, set, about);
    await deployment.sql('ALTER TABLE conclave.approvals DISABLE TRIGGER approvals_stay');
    const kinds = { request: 'request-approve', release: 'package-release' };
    const key = (name: string) =>
      `(SELECT k.id FROM conclave.authenticators k JOIN conclave.admins a ON a.id = k.admin_id
         WHERE a.name = '${name}')`;
    const alterations = [
      `reason = 'another reason'`,
      `at = at + interval '1 hour'`,
      `at = at - interval '1 hour'`,
      `proof = '{"kind": "identity", "signature": "${'A'.repeat(86)}=="}'`,
      `proof = '{}'`,
      `authenticator_id = ${key('approver2')}`,
      `authenticator_id = ${key('auditor')}`,
      `admin_id = (SELECT id FROM conclave.admins WHERE name = 'auditor')`,
      `statement = convert_to(replace(convert_from(statement, 'utf8'), 'delayHours', 'hoursDelay'), 'utf8')`,
      `statement = convert_to(replace(convert_from(statement, 'utf8'), '"at":"20', '"at":"19'), 'utf8')`,
      `statement = ''`,
    ];
    for (const kind of Object.values(kinds)) {
      for (const alteration of alterations) {
        // On the newest approval of approver 1.
        const which = `kind = '${kind}' AND at = (SELECT max(at) FROM conclave.approvals a
            JOIN conclave.admins m ON m.id = a.admin_id
           WHERE a.kind = '${kind}' AND m.name = 'approver1')`;
        await deployment.sql(
          `CREATE TABLE kept AS SELECT * FROM conclave.approvals WHERE ${which}`,
        );
        const touched = await deployment.sql(
          `UPDATE conclave.approvals SET ${alteration} WHERE ${which} RETURNING 1 AS one`,
        );
        expect([alteration, touched.length]).toEqual([alteration, 1]);
        const { code: found } = (await committed(service.admins, made).catch(
          (cause: unknown) => cause,
        )) as { code: string };
        expect([alteration, found]).toEqual([alteration, 'approval-altered']);
        await deployment.sql(
          `DELETE FROM conclave.approvals a USING kept WHERE a.subject = kept.subject
             AND (a.authenticator_id = kept.authenticator_id OR a.admin_id = kept.admin_id);
           INSERT INTO conclave.approvals SELECT * FROM kept; DROP TABLE kept`,
        );
      }
      await deployment.sql(
        `CREATE TABLE kept AS SELECT * FROM conclave.approvals WHERE kind = '${kind}';
         DELETE FROM conclave.approvals WHERE kind = '${kind}'`,
      );
      await expect(committed(service.admins, made)).rejects.toThrow(refused('approvals-missing'));
      await deployment.sql(`INSERT INTO conclave.approvals SELECT * FROM kept; DROP TABLE kept`);
    }
    // The key itself replaced by another one.
    const [kept] = await deployment.sql<{ id: Buffer; public_key: Buffer }>(
      `SELECT id, public_key FROM conclave.authenticators WHERE id = ${key('approver1')}`,
    );
    const replace = (by: Uint8Array | undefined) =>
      deployment.sql('UPDATE conclave.authenticators SET public_key = $2 WHERE id = $1', [
        kept?.id,
        by === undefined ? kept?.public_key : Buffer.from(by),
      ]);
    await replace(hexToBytes(identitySigner(createIdentity('production', 'other')).keyid));
    await expect(committed(service.admins, made)).rejects.toThrow(refused('approval-altered'));
    await replace(undefined);
    await deployment.sql('ALTER TABLE conclave.approvals ENABLE TRIGGER approvals_stay');
    expect((await committed(service.admins, made)).state).toBe('committed');
  });
});
