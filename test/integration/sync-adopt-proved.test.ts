/**
 * Stored survey keys that an adoption opened are proved, and only as long as Vault holds these bytes:
 * what the list, the command line and the metric say of CheckTick's own kind, on a real Vault and
 * PostgreSQL.
 */
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sealedDigest } from '../../shared/bundle/sealed-escrow.ts';
import { vaultPaths } from '../../shared/checktick/index.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { escrowSurvey } from '../../sync/rehearsal/seed.ts';
import type { EscrowListAnswer } from '../../sync/routes/escrow-answers.ts';
import { storedKek } from '../support/legacy-deployment.ts';
import { addSurvey, type About } from '../support/sealed-escrow.ts';
import { adoptionPackage, approvedAdoption } from '../support/sync-adopt.ts';
import {
  committed,
  importedRecovery,
  type MadeBundle,
  seededSurvey,
} from '../support/sync-ceremony.ts';
import { runSync } from '../support/sync-cli.ts';
import { commitDies } from '../support/sync-interrupted.ts';
import { type Servers, type Service, startServers, stopServers } from '../support/sync-service.ts';
import { bundleOf, standard, type World, worldOf } from '../support/sync-vintages.ts';

describe('survey keys that an adoption opened', { retry: 0 }, () => {
  let servers: Servers;
  let world: World;
  let metered: Service;
  let metrics: string;
  let made: MadeBundle;
  let opened: About;
  let damaged: About;
  let changed: About;
  let left: About;
  beforeAll(async () => {
    servers = await startServers();
    world = await worldOf(servers, standard);
    const { deployment } = world;
    metered = await deployment.start({ env: { CONCLAVE_METRICS_PORT: '0' } });
    [, metrics = ''] = await metered.child.line(/Metrics at (\S+)\.$/, 150_000);
    opened = seededSurvey(deployment);
    [damaged, changed, left] = [await escrowed(), await escrowed(), await escrowed()];
  });
  afterAll(async () => {
    await world?.deployment.stop();
    await stopServers(servers);
  });

  const pathOf = ({ userId, surveyId }: About) =>
    vaultPaths.userSurveyRecoveryKek(userId, surveyId);
  const inVault = async (about: About) => {
    const text = String((await world.deployment.kv(pathOf(about)))?.['encrypted_kek']);
    return { text, digest: sealedDigest(hexToBytes(text)) };
  };

  /** One more survey of the same user, stored by CheckTick under the platform key that is there. */
  async function escrowed(): Promise<About> {
    const { deployment, legacy } = world;
    const { userId } = seededSurvey(deployment);
    const client = new Client({ connectionString: deployment.ownerUrl });
    await client.connect();
    try {
      const kek = randomBytes(32);
      const surveyId = await addSurvey(client, kek);
      const pmk = legacy.platformKey;
      const of = { pmk, userId, surveyId, kek, version: 'v1' };
      await escrowSurvey(client, deployment.writeKv, of);
      return { userId, surveyId };
    } finally {
      await client.end();
    }
  }

  /** Other bytes in the place of one, that open as well. */
  async function exchange(about: About): Promise<void> {
    const { deployment, legacy } = world;
    const before = await deployment.kv(pathOf(about));
    const encrypted_kek = await storedKek(legacy.platformKey, about);
    await deployment.writeKv(pathOf(about), { ...before, encrypted_kek });
  }

  const proofs = () =>
    world.deployment.sql(
      `SELECT survey_id::int AS survey, encode(digest, 'hex') AS digest, way,
              encode(bundle_digest, 'hex') AS bundle
         FROM conclave.escrow_proofs ORDER BY survey_id`,
    );

  /** The same from the page's route, the command line and the metric. */
  async function counted(): Promise<EscrowListAnswer> {
    const answer = await metered.admins.operator.get<EscrowListAnswer>('/v1/escrows');
    const { out, code } = await runSync(['--json', 'escrow', 'list'], {
      CONCLAVE_URL: metered.address,
      CONCLAVE_TOKEN_FILE: `${world.deployment.folder}/auditor`,
    });
    expect(code).toBe(0);
    const listed = JSON.parse(out) as EscrowListAnswer;
    expect([listed.count, listed.surveys]).toEqual([answer.count, answer.surveys]);
    const numbers = await (await fetch(metrics)).text();
    for (const [state, n] of Object.entries(answer.count)) {
      expect(numbers).toContain(`conclave_surveys{escrow="${state}"} ${n}\n`);
    }
    return answer;
  }
  const unproved = async () => (await counted()).surveys.map(({ surveyId }) => surveyId);

  it('are written down at the commit, by the digests that went out', async () => {
    const { service, set } = world;
    const found = await adoptionPackage(service.admins, set);
    expect(found.secrets[0]?.encryptedKeks).toHaveLength(4);
    const digest = [await inVault(opened), await inVault(left)].map((one) => one.digest);
    made = await bundleOf(world, standard, found, { unopened: [damaged] });
    await approvedAdoption(service.admins, set, made);
    // CheckTick stores it anew between the package and the commit: nobody has opened that.
    await exchange(changed);
    expect(await proofs()).toEqual([]);
    // Vault has the trust, and the transaction with the proofs is lost: the next try writes them.
    await commitDies(world.deployment, made, { at: 'vault' });
    await committed(service.admins, made);
    const of = { way: 'opened', bundle: made.digest };
    expect(await proofs()).toEqual([
      { survey: opened.surveyId, digest: digest[0], ...of },
      { survey: left.surveyId, digest: digest[1], ...of },
    ]);
    expect(await counted()).toMatchObject({ count: { none: 0, stored: 2, proved: 2 } });
    expect(await unproved()).toEqual([damaged.surveyId, changed.surveyId]);
  });

  it('are unproved again when other bytes lie there, and when nothing does', async () => {
    const { deployment, service, set } = world;
    await exchange(left);
    expect(await unproved()).toEqual([damaged.surveyId, changed.surveyId, left.surveyId]);
    // A recovery opens what lies there now, and that is proved from then on.
    const recovery = await importedRecovery(service.admins, set, left);
    await committed(service.admins, recovery);
    expect(await unproved()).toEqual([damaged.surveyId, changed.surveyId]);
    const there = await deployment.kv(pathOf(opened));
    await deployment.writeKv(pathOf(opened), { ...there, encrypted_kek: 'none' });
    expect(await unproved()).toContain(opened.surveyId);
    const mount = deployment.env['VAULT_MOUNT'];
    await deployment.vault.api('DELETE', `${mount}/data/${pathOf(opened)}`);
    expect(await unproved()).toContain(opened.surveyId);
    // The same bytes are the proved ones, however they are spelt.
    const encrypted_kek = String(there?.['encrypted_kek']).toUpperCase();
    await deployment.writeKv(pathOf(opened), { ...there, encrypted_kek });
    expect(await counted()).toMatchObject({ count: { none: 0, stored: 2, proved: 2 } });
  });

  it('are not counted while Vault cannot be asked: no number is better than an old one', async () => {
    const { deployment } = world;
    await deployment.vault.seal();
    try {
      await expect(metered.admins.operator.get('/v1/escrows')).rejects.toMatchObject({
        code: 'vault-sealed',
      });
      const numbers = await (await fetch(metrics)).text();
      expect(numbers).not.toContain('conclave_surveys{');
      expect(numbers).toContain('conclave_database_up 1\n');
      expect(numbers).toContain('conclave_alerts_open{');
    } finally {
      await deployment.vault.unseal();
    }
    expect(await counted()).toMatchObject({ count: { stored: 2, proved: 2 } });
  });
});
