/**
 * Survey keys stored through sync, per key, in requests of fifty, over HTTP on a real sync process
 * with a real Vault and PostgreSQL: row, Vault, read back. They come sealed by whoever has them, or
 * in clear, and then sync seals them. Against one KV put of the same bytes and one INSERT for each,
 * on the same servers, one after the other.
 * @module
 */
import { Client } from 'pg';
import { escrowDocument } from '../../shared/escrow/document.ts';
import { sealEscrow } from '../../shared/escrow/escrow.ts';
import { escrowSuite } from '../../sync/escrows/suite.ts';
import { escrowWorld, inClear, post, type TestSurvey } from '../support/sync-escrows.ts';
import { startServers, stopServers } from '../support/sync-service.ts';
import { bareVault } from './bare-vault.ts';
import { figures, interleave, timed, type Finding } from './measure.ts';

const ROUNDS = 21;
/** Survey keys in one request. */
const BATCH = 50;

export type Form = 'sealed' | 'in clear';

export async function measureEscrow(form: Form, rounds = ROUNDS): Promise<Finding> {
  const servers = await startServers();
  const world = await escrowWorld(servers);
  const { deployment, set } = world;
  const vault = bareVault(deployment.vault, deployment.env['VAULT_MOUNT'] ?? '');
  const client = new Client({ connectionString: deployment.ownerUrl });
  await client.connect();
  try {
    // One more round than is measured, on both sides.
    const surveys = await world.surveys((rounds + 1) * BATCH * 2 + rounds);
    const take = (many: number): TestSurvey[] => surveys.splice(0, many);
    const escrowKey = set.manifest.body.escrowKey ?? '';
    const [sample] = surveys;
    if (sample === undefined) throw new Error('there are no surveys');
    const sealed = await sealEscrow(escrowKey, world.placeOf(sample), sample.kek);
    const document = escrowDocument({ sealed, keyVersion: 'v1', at: new Date() });
    const checktick = world.checktick();
    // Whoever seals it: its sender with what runs everywhere, or sync.
    const cipher = form === 'sealed' ? undefined : escrowSuite;
    const sent = async (survey: TestSurvey) => {
      if (form === 'in clear') return inClear(survey);
      const { userId, surveyId, kek } = survey;
      const bytes = await sealEscrow(escrowKey, world.placeOf(survey), kek);
      return { userId, surveyId, sealed: Buffer.from(bytes).toString('base64') };
    };
    const perKey = async (work: () => Promise<unknown>): Promise<number> =>
      (await timed(work)) / BATCH;

    const sides = await interleave(rounds, {
      async ours() {
        const batch = await Promise.all(take(BATCH).map(sent));
        return perKey(async () => {
          const answers = await post(checktick, batch);
          if (answers.some(({ status }) => status !== 'stored')) throw new Error('not stored');
        });
      },
      async bare() {
        const batch = take(BATCH);
        return perKey(async () => {
          for (const { userId, surveyId } of batch) {
            const path = `users/${userId}/surveys/${surveyId}/recovery-kek`;
            await vault.put(path, document);
            await client.query(
              `INSERT INTO surveys_usersurveykekescrow (user_id, survey_id,
                 platform_key_version_id, vault_path, escrowed_at, email_encrypted, recovered_count)
               VALUES ($1, $2, 'v1', $3, now(), false, 0)`,
              [userId, surveyId, path],
            );
          }
        });
      },
    });
    const alone: number[] = [];
    const seals: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const one = await Promise.all(take(1).map(sent));
      alone.push(await timed(() => post(checktick, one)));
      seals.push(
        await timed(() => sealEscrow(escrowKey, world.placeOf(sample), sample.kek, cipher)),
      );
    }
    return {
      title: `A survey key stored for recovery, sent ${form}`,
      ours: `POST /v1/escrows with ${BATCH} keys ${form}, on a sync process, Vault over TLS, PostgreSQL with fsync; by key`,
      bare: 'one KV put of the same bytes and one INSERT, one after the other; by key',
      target: 1.5,
      sides,
      memory: [],
      notes: [
        `sealing one takes ${figures(seals).median.toFixed(1)} ms, ${form === 'sealed' ? 'not counted: its sender did it' : 'counted'}`,
        `${figures(alone).median.toFixed(1)} ms for a key that is sent alone`,
      ],
    };
  } finally {
    await client.end();
    vault.close();
    await deployment.stop();
    await stopServers(servers);
  }
}
