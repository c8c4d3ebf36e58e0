/**
 * What is really there, counted in the database and in Vault beside sync: each bundle once, each
 * commit once everywhere or nowhere, the chain of receipts unbroken.
 * @module
 */
import { Client } from 'pg';
import { parseReceipt } from '../../shared/bundle/receipt.ts';
import { vaultPaths } from '../../shared/checktick/index.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { bareVault } from '../bench/bare-vault.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import type { Deployment } from '../support/sync-service.ts';
import type { Prepared } from './material.ts';

/** How one bundle should stand. */
export type Expected = 'committed' | 'waiting' | 'never imported';

export interface Tally {
  readonly bundles: number;
  readonly committed: number;
  readonly waiting: number;
  readonly receipts: number;
  /** Whatever is not as it should be, in words; empty when nothing was lost and nothing twice. */
  readonly faults: readonly string[];
}

interface Row {
  readonly digest: string;
  readonly state: string | null;
  readonly package: string;
  readonly request: string;
  readonly recovered: number;
  readonly executed: number;
  readonly logged: number;
  readonly receipts: number;
  readonly changed: boolean;
  readonly open: number;
  readonly key: boolean;
}

/** By what the laptop made: the row of a bundle that never came has no state. */
const ROWS = `
  SELECT w.digest, b.state, p.state AS package, r.status AS request,
         e.recovered_count AS recovered,
         (SELECT count(*)::int FROM surveys_recoveryauditentry a
           WHERE a.recovery_request_id = r.id AND a.event_type = 'recovery_executed') AS executed,
         (SELECT count(*)::int FROM surveys_auditlog l
           WHERE l.survey_id = s.id AND l.metadata->>'event' = 'recovery_executed') AS logged,
         (SELECT count(*)::int FROM conclave.receipts c WHERE c.nonce = p.nonce) AS receipts,
         s.encrypted_kek_password <> seed.encrypted_kek_password
           AND s.encrypted_kek_recovery <> seed.encrypted_kek_recovery AS changed,
         (SELECT count(*)::int FROM conclave.intents i
           WHERE i.bundle_digest = b.digest AND i.finished_at IS NULL) AS open,
         p.recipient_key_path IS NOT NULL AS key
    FROM unnest($1::text[], $2::uuid[], $3::int[]) AS w (digest, request, survey)
    JOIN surveys_recoveryrequest r ON r.id = w.request
    JOIN surveys_survey s ON s.id = w.survey
    JOIN surveys_survey seed ON seed.id = $4
    JOIN surveys_usersurveykekescrow e ON e.survey_id = s.id
    JOIN conclave.packages p ON p.request_id = r.id
    LEFT JOIN conclave.bundles b ON b.digest = decode(w.digest, 'hex')`;

type Standing = Omit<Row, 'digest'> & { readonly accessed: number; readonly keyThere: boolean };
const COMMITTED: Standing = {
  state: 'committed',
  package: 'spent',
  request: 'completed',
  recovered: 1,
  executed: 1,
  logged: 1,
  receipts: 1,
  changed: true,
  open: 0,
  key: false,
  accessed: 1,
  keyThere: false,
};
const UNTOUCHED: Standing = {
  state: 'waiting',
  package: 'released',
  request: 'ready_for_execution',
  recovered: 0,
  executed: 0,
  logged: 0,
  receipts: 0,
  changed: false,
  open: 0,
  key: true,
  accessed: 0,
  keyThere: true,
};
const STANDINGS: Record<Expected, Standing> = {
  committed: COMMITTED,
  waiting: UNTOUCHED,
  'never imported': { ...UNTOUCHED, state: null },
};

/** @param expected of each of `prepared`, by its digest */
export async function tally(
  deployment: Deployment,
  set: TestShareSet,
  prepared: readonly Prepared[],
  expected: (one: Prepared) => Expected,
): Promise<Tally> {
  const client = new Client({ connectionString: deployment.ownerUrl });
  const vault = bareVault(deployment.vault, deployment.env['VAULT_MOUNT'] ?? '');
  const faults: string[] = [];
  await client.connect();
  try {
    const { rows } = await client.query<Row>(ROWS, [
      prepared.map(({ digest }) => digest),
      prepared.map(({ requestId }) => requestId),
      prepared.map(({ surveyId }) => surveyId),
      deployment.checktick.survey.id,
    ]);
    const byDigest = new Map(rows.map((row) => [row.digest, row]));
    if (rows.length !== prepared.length) {
      faults.push(`${rows.length} rows of ${prepared.length} bundles`);
    }
    const user = deployment.checktick.people.requester.id;
    for (const one of prepared) {
      const row = byDigest.get(one.digest);
      const escrow = await vault.get(vaultPaths.userSurveyRecoveryKek(user, one.surveyId));
      const trail = escrow?.['audit_trail'] as { accessed_by: unknown[] } | undefined;
      const found = {
        ...row,
        accessed: trail?.accessed_by.length ?? -1,
        keyThere: (await vault.get(`conclave/packages/${one.nonce}`)) !== null,
      };
      for (const [what, wanted] of Object.entries(STANDINGS[expected(one)])) {
        const is = found[what as keyof typeof found];
        if (is !== wanted) faults.push(`${one.digest.slice(0, 8)} ${what}: ${is}, not ${wanted}`);
      }
    }
    const states = await client.query<{ state: string; n: number }>(
      `SELECT state, count(*)::int AS n FROM conclave.bundles WHERE kind = 'recover' GROUP BY state`,
    );
    const count = (state: string) => states.rows.find((row) => row.state === state)?.n ?? 0;
    const chain = await receiptChain(client, set);
    const bundles = states.rows.reduce((sum, { n }) => sum + n, 0);
    const wanted = prepared.filter((one) => expected(one) !== 'never imported').length;
    if (bundles !== wanted) faults.push(`${bundles} bundles, not ${wanted}`);
    return {
      bundles,
      committed: count('committed'),
      waiting: count('waiting'),
      receipts: chain.length,
      faults: [...faults, ...chain.faults],
    };
  } finally {
    vault.close();
    await client.end();
  }
}

/** Every receipt verified as the laptop does, each naming the one before it. */
async function receiptChain(client: Client, set: TestShareSet) {
  const { rows } = await client.query<{ sequence: string; digest: Buffer; content: Buffer }>(
    `SELECT r.sequence, r.digest, d.content FROM conclave.receipts r
       JOIN conclave.documents d ON d.digest = r.digest ORDER BY r.sequence`,
  );
  const faults: string[] = [];
  let previous: string | null = null;
  for (const [index, { sequence, digest, content }] of rows.entries()) {
    const document = parseReceipt(new Uint8Array(content), set.mode, set.sync);
    const { body } = document;
    const fits =
      Number(sequence) === index + 1 &&
      body.sequence === index + 1 &&
      body.previous === previous &&
      document.digest === bytesToHex(digest) &&
      body.outcome === 'committed';
    if (!fits) faults.push(`receipt ${sequence} does not follow the one before it`);
    previous = document.digest;
  }
  return { length: rows.length, faults };
}
