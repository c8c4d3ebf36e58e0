/**
 * Many recoveries, each of a survey of its own, as they stand when the laptop's bundle comes: asked
 * for, checked, approved by two, released by two. The rows are those that the flows leave, written
 * in bulk; every commit verifies all their signatures and digests.
 * @module
 */
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { generateRecipient } from '../../shared/sealing/hpke.ts';
import { buildRecoveryKek, vaultPaths } from '../../shared/checktick/index.ts';
import { bytesToHex, hexToBytes } from '../../shared/encoding/bytes.ts';
import { encodeEnvelope } from '../../shared/encoding/dsse.ts';
import { digestOf } from '../../sync/checktick/escrow.ts';
import { bareVault } from '../bench/bare-vault.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import type { Deployment } from '../support/sync-service.ts';
import { makeRecoveries } from './makers.ts';
import { keepImported, keepRows } from './material-rows.ts';
import type { Kit, MadeRecovery, Plan } from './recovery-maker.ts';

/** A bundle that can be imported, and what becomes of it where. */
export interface Prepared {
  readonly bytes: Uint8Array;
  readonly digest: string;
  readonly nonce: string;
  readonly surveyId: number;
  readonly requestId: string;
}

const DAY = 86_400_000;
const KEY_VERSION = 'v1';
const letters = (number: number): string =>
  [676, 26, 1].map((place) => String.fromCharCode(65 + (Math.floor(number / place) % 26))).join('');

/** `AAA-000-AAA` and on, 17 million of them. */
function codeOf(number: number): string {
  const digits = String(number % 1_000).padStart(3, '0');
  return `${letters(Math.floor(number / 1_000))}-${digits}-SOK`;
}

async function adminOf(
  client: Client,
  deployment: Deployment,
  name: 'operator' | 'approver1' | 'approver2',
) {
  const { rows } = await client.query<{ id: string; user_id: number }>(
    'SELECT id, user_id FROM conclave.admins WHERE name = $1',
    [name],
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`there is no ${name}`);
  return { id: row.id, userId: row.user_id, identity: deployment.identities[name] };
}

async function addManySurveys(client: Client, deployment: Deployment, count: number) {
  const { rows } = await client.query<{ id: string; name: string }>(
    `INSERT INTO public.surveys_survey
       (name, encrypted_kek_password, encrypted_kek_recovery, key_hash, key_salt)
     SELECT 'Survey ' || n, encrypted_kek_password, encrypted_kek_recovery, key_hash, key_salt
       FROM public.surveys_survey, generate_series(1, $2) AS n
      WHERE id = $1 RETURNING id, name`,
    [deployment.checktick.survey.id, count],
  );
  return rows.map(({ id, name }) => ({ surveyId: Number(id), surveyName: name }));
}

/** When everything was asked for and approved: now, by the database. */
async function databaseNow(client: Client): Promise<number> {
  const { rows } = await client.query<{ now: Date }>('SELECT clock_timestamp() AS now');
  return (rows[0]?.now ?? new Date()).getTime();
}

async function kitFor(client: Client, deployment: Deployment, set: TestShareSet): Promise<Kit> {
  const { requester } = deployment.checktick.people;
  const syncKey = await deployment.kv('conclave/sync');
  const now = await databaseNow(client);
  return {
    mode: deployment.mode,
    audience: set.sync.audience,
    epoch: 1,
    keyVersion: KEY_VERSION,
    syncSeed: hexToBytes(String(syncKey?.['signing_key'])),
    operator: set.cast.operator.identity,
    quorum: set.wires.slice(0, set.quorum.length),
    manifest: { bytes: encodeEnvelope(set.manifest.envelope), digest: set.manifest.digest },
    roster: { bytes: encodeEnvelope(set.roster.envelope), digest: set.roster.digest },
    vaultComponent: set.vaultComponent,
    ticketKey: await generateRecipient(),
    packageKey: await generateRecipient(),
    approvers: [
      await adminOf(client, deployment, 'approver1'),
      await adminOf(client, deployment, 'approver2'),
    ],
    user: { id: requester.id, name: requester.email },
    now,
    expires: now + 7 * DAY,
  };
}

/**
 * @param set the trusted set: its setup is committed
 * @param onMade told how many there are after each lot
 */
export async function prepareRecoveries(
  deployment: Deployment,
  set: TestShareSet,
  count: number,
  onMade: (many: number) => void = () => {},
): Promise<Prepared[]> {
  const client = new Client({ connectionString: deployment.ownerUrl });
  await client.connect();
  const vault = bareVault(deployment.vault, deployment.env['VAULT_MOUNT'] ?? '');
  try {
    const kit = await kitFor(client, deployment, set);
    const operator = await adminOf(client, deployment, 'operator');
    const at = new Date(kit.now);
    const checks = (['photo-id', 'video'] as const).map((check) => ({
      check,
      reference: 'file 17',
      adminId: operator.id,
      userId: operator.userId,
      adminName: operator.identity.name,
      at,
    }));
    const surveys = await addManySurveys(client, deployment, count);
    const plans = surveys.map((survey, index): Plan => ({
      ...survey,
      requestId: randomUUID(),
      requestCode: codeOf(index),
      checks,
    }));
    const { rows } = await client.query<{ password: Buffer; recovery: Buffer }>(
      `SELECT encrypted_kek_password AS password, encrypted_kek_recovery AS recovery
         FROM public.surveys_survey WHERE id = $1`,
      [deployment.checktick.survey.id],
    );
    const columnsDigest = digestOf(rows[0]?.password ?? null, rows[0]?.recovery ?? null);
    const escrow = await buildRecoveryKek({
      pmk: set.platformKey,
      userId: kit.user.id,
      surveyId: deployment.checktick.survey.id,
      kek: deployment.checktick.kek,
      email: kit.user.name,
      keyVersion: KEY_VERSION,
      at,
    });
    const packageKey = {
      private_key: bytesToHex(kit.packageKey.privateKey),
      public_key: kit.packageKey.publicKey,
      created_at: at.toISOString(),
    };
    const prepared: Prepared[] = [];
    let writing = Promise.resolve();
    await makeRecoveries(kit, plans, async (made) => {
      for (const one of made) {
        await vault.put(vaultPaths.userSurveyRecoveryKek(kit.user.id, one.surveyId), {
          ...escrow,
          encrypted_kek: one.encryptedKek,
        });
        await vault.put(`conclave/packages/${one.nonce}`, packageKey);
      }
      // One connection: one transaction after the other.
      writing = writing.then(() =>
        keepRows(client, kit, { operatorId: operator.id, columnsDigest }, made),
      );
      await writing;
      prepared.push(...made.map(preparedFrom));
      onMade(prepared.length);
    });
    return prepared;
  } finally {
    vault.close();
    await client.end();
  }
}

/** As their import leaves them, without asking the service to take each one in. */
export async function importInBulk(
  deployment: Deployment,
  prepared: readonly Prepared[],
): Promise<void> {
  const client = new Client({ connectionString: deployment.ownerUrl });
  await client.connect();
  try {
    const operator = await adminOf(client, deployment, 'operator');
    const at = new Date(await databaseNow(client)).toISOString();
    for (let from = 0; from < prepared.length; from += 1_000) {
      await keepImported(client, operator.id, at, prepared.slice(from, from + 1_000));
    }
    await client.query('ANALYZE');
  } finally {
    await client.end();
  }
}

function preparedFrom({ bundle, nonce, surveyId, requestId }: MadeRecovery): Prepared {
  return { bytes: bundle.bytes, digest: bundle.digest, nonce, surveyId, requestId };
}
