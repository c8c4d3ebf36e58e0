/** The commit of surveys for an owner without passphrase dies between two of its writes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vaultPaths } from '../../shared/checktick/index.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import {
  committed,
  type MadeBundle,
  receiptFor,
  withPlatformKey,
} from '../support/sync-ceremony.ts';
import { commitDies, finishedByStart, killedAt } from '../support/sync-interrupted.ts';
import {
  approvedOrganisation,
  linkTables,
  makeOrganisation,
  openedWith,
  type TestOrganisation,
  type TestSurvey,
} from '../support/sync-organisation.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';

describe('kill -9 between each pair of writes', { retry: 0 }, () => {
  let deployment: Deployment;
  let service: Service;
  let set: TestShareSet;
  let organisation: TestOrganisation;
  let helped: readonly TestSurvey[];
  let ended = 0;
  let words = '';

  beforeAll(async () => {
    deployment = await deploy();
    service = await deployment.start();
    set = await withPlatformKey(deployment, service);
    await linkTables(deployment);
    organisation = await makeOrganisation(deployment, set);
    const { byCheckTick, ofItself, sealed } = organisation.surveys;
    helped = [byCheckTick, ofItself, sealed];
  });
  afterAll(() => deployment?.stop());

  /** The next bundle, ready to be committed, under a passphrase of its own. */
  const next = (): Promise<MadeBundle> => {
    words = `passphrase number ${ended + 1} of the owner`;
    return approvedOrganisation(service.admins, set, organisation, { words });
  };
  const written = async (): Promise<number> => {
    const all = await Promise.all(
      helped.map((survey) =>
        openedWith(deployment, set, organisation.id, survey, words).then(
          () => 1,
          () => 0,
        ),
      ),
    );
    return all.reduce<number>((sum, one) => sum + one, 0);
  };
  /** It is done everywhere, once. */
  async function expectDone({ digest }: MadeBundle, of = helped): Promise<void> {
    ended += 1;
    for (const survey of of) {
      const opened = await openedWith(deployment, set, organisation.id, survey, words);
      expect(opened).toEqual(survey.kek);
    }
    const { body } = await receiptFor(service.admins.operator, set, digest);
    expect(body).toMatchObject({ kind: 'migrate-organisation', outcome: 'committed' });
    expect(await deployment.kv(`organizations/${organisation.id}/master-key`)).toMatchObject({
      passphrase_changed_by: digest,
    });
    const [counts] = await deployment.sql(
      `SELECT (SELECT count(*)::int FROM surveys_auditlog WHERE action = 'key_recovery') AS lines,
              (SELECT count(*)::int FROM conclave.receipts r JOIN conclave.packages p USING (nonce)
                WHERE p.kind = 'migrate-organisation') AS receipts,
              (SELECT count(*)::int FROM conclave.intents WHERE finished_at IS NULL) AS open`,
    );
    expect(counts).toEqual({ lines: ended, receipts: ended, open: 0 });
  }

  it.each([
    ['intent', 0],
    ['rows', 0],
    ['survey 1', 1],
    ['survey 2', 2],
    ['vault', 3],
    ['written', 3],
    ['note', 3],
    ['read-back', 3],
    ['receipt', 3],
    ['key-destroyed', 3],
  ])('one killed after "%s" is finished by the next start', async (step, so) => {
    const made = await next();
    await killedAt(deployment, step, made, service);
    expect(await written()).toBe(so);
    service = await finishedByStart(deployment, made);
    await expectDone(made);
    await committed(service.admins, made);
    expect(await written()).toBe(3);
  });

  it('the one-time key is gone after "vault": the digests that a quorum signed prove the entries', async () => {
    const made = await next();
    await service.stop();
    await commitDies(deployment, made, { at: 'vault' });
    const mount = deployment.env['VAULT_MOUNT'] ?? '';
    await deployment.vault.api('DELETE', `${mount}/metadata/conclave/packages/${made.nonce}`);
    service = await deployment.start();
    await committed(service.admins, made);
    await expectDone(made);
  });

  it('Vault is put back to before after "written": its entries are written again', async () => {
    const made = await next();
    const before = await Promise.all(
      helped.map(async ({ id }) => [id, await deployment.kv(vaultPaths.surveyKek(id))] as const),
    );
    await service.stop();
    await commitDies(deployment, made, {
      at: 'written',
      meanwhile: async ({ writeKv }) => {
        for (const [id, entry] of before) await writeKv(vaultPaths.surveyKek(id), entry ?? {});
      },
    });
    expect(await written()).toBe(0);
    service = await deployment.start();
    await committed(service.admins, made);
    await expectDone(made);
  });

  it('somebody else writes one survey while the commit lies there: it stays, and the others end', async () => {
    const made = await next();
    const [first, ...rest] = helped;
    if (first === undefined) throw new Error('there is one');
    const foreign = { encrypted_kek: 'ab'.repeat(60), algorithm: 'AES-256-GCM' };
    await service.stop();
    await commitDies(deployment, made, {
      at: 'survey 2',
      meanwhile: ({ writeKv }) => writeKv(vaultPaths.surveyKek(first.id), foreign),
    });
    service = await deployment.start();
    await committed(service.admins, made);
    await expectDone(made, rest);
    expect(await deployment.kv(vaultPaths.surveyKek(first.id))).toEqual(foreign);
    const { body } = await receiptFor(service.admins.operator, set, made.digest);
    expect(body.statement).toContain(`left alone: survey ${first.id} (team 9).`);
  });
});
