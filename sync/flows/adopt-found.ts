/**
 * What is there of a platform key that exists: the rows, what Vault holds, how the two compare, and
 * for each version one stored survey key that could prove it. Reads only.
 * @module
 */
import { z } from 'zod';
import {
  ADOPT_VERSIONS,
  type AdoptFound,
  type Comparison,
  type FoundVersion,
  PLACES,
  type VaultForm,
} from '../../shared/bundle/adopt.ts';
import {
  type AdoptSecrets,
  type AdoptVersionSecrets,
  wipeAdoptSecrets,
} from '../../shared/bundle/adopt-package.ts';
import { type PlatformMasterKeyDocument, vaultPaths } from '../../shared/checktick/index.ts';
import { equalBytes } from '../../shared/encoding/bytes.ts';
import { keyVersion as versionName } from '../../shared/encoding/schema.ts';
import { Refusal } from '../../shared/refusal.ts';
import { columns } from '../database/columns.ts';
import type { Queryable } from '../database/database.ts';
import type { KvStore } from '../vault/kv.ts';
import { refuseAdoption } from './adopt-refusals.ts';
import type { FlowContext } from './context.ts';
import { readEscrow } from './escrow.ts';
import { type InVault, readVaultComponent } from './in-vault.ts';
import { stateOf } from './versions.ts';

/** Stored survey keys of one version that are looked at, newest first, until one can be read. */
const PROOFS_TRIED = 100;
/** What CheckTick makes of 32 bytes: 12 of nonce, the key, 16 of tag. A cut one would prove nothing. */
const WHOLE_KEK = /^[0-9a-fA-F]{120}$/;

interface FoundKey {
  readonly found: AdoptFound;
  /** SECURITY: wipe them (`wipeAdoptSecrets`). In the order of the versions found. */
  readonly secrets: AdoptSecrets;
}

const row = z.object({
  version: columns.text,
  component: columns.bytes,
  activatedAt: columns.time.nullable(),
  retiredAt: columns.time.nullable(),
  escrows: columns.integer,
});
type Row = z.infer<typeof row>;

const ROWS = `
  SELECT v.version, v.vault_component AS component, v.activated_at AS "activatedAt",
         v.retired_at AS "retiredAt",
         (SELECT count(*) FROM public.surveys_usersurveykekescrow e
           WHERE e.platform_key_version_id = v.version) AS escrows
    FROM public.surveys_platformkeyversion v
   ORDER BY v.created_at DESC, v.version DESC`;

/**
 * @param version the one to be adopted: also where it has no row
 * @param before what was found when the package was asked for: then its proofs are read, and no other
 * @throws Refusal of adopt-refusals.ts; of Vault or the database where one cannot be asked
 */
export async function findKey(
  { database, kv }: Pick<FlowContext, 'database' | 'kv'>,
  version: string,
  before?: AdoptFound,
): Promise<FoundKey> {
  const rows = await database.rows(row, ROWS);
  const inVault = await readVaultComponent(kv);
  const secrets: AdoptVersionSecrets[] = [];
  try {
    const compared = compareAll(rows, inVault, version);
    const versions: FoundVersion[] = [];
    for (const one of compared) {
      const proof =
        before === undefined
          ? await newestProof(database, kv, one.version)
          : await sameProof(kv, before, one.version);
      const { state, escrows } = one;
      versions.push({
        version: one.version,
        state,
        compared: one.compared,
        escrows,
        proof: proof === null ? null : { userId: proof.userId, surveyId: proof.surveyId },
      });
      const from = { row: one.component, vault: one.inVault, both: one.component };
      const components = PLACES[one.compared].flatMap((place) => {
        const bytes = from[place];
        return bytes === undefined ? [] : [{ place, bytes: bytes.slice() }];
      });
      secrets.push({ version: one.version, components, encryptedKek: proof?.kek ?? null });
    }
    const vault = inVault.is;
    const forms = inVault.is === 'there' ? formsOf(inVault.document) : [];
    return { found: { vault, forms, versions }, secrets };
  } catch (cause) {
    wipeAdoptSecrets(secrets);
    throw cause;
  } finally {
    for (const { component } of rows) component.fill(0);
    if (inVault.is === 'there') inVault.component.fill(0);
  }
}

/** The same without its secrets. */
export async function lookForKey(
  context: Pick<FlowContext, 'database' | 'kv'>,
  version: string,
): Promise<AdoptFound> {
  const { found, secrets } = await findKey(context, version);
  wipeAdoptSecrets(secrets);
  return found;
}

interface Compared {
  readonly version: string;
  readonly state: FoundVersion['state'];
  readonly compared: Comparison;
  readonly escrows: number;
  /** SECURITY: both are wiped with the rows and the entry that they come from. */
  readonly component: Uint8Array | undefined;
  readonly inVault: Uint8Array | undefined;
}

function compareAll(rows: readonly Row[], inVault: InVault, version: string): Compared[] {
  const held = inVault.is === 'there' ? inVault.component : undefined;
  const all = rows.map((one): Compared => {
    if (!versionName.safeParse(one.version).success) {
      throw refuseAdoption('adopt-name', one.version);
    }
    if (one.component.length < 16 || one.component.length > 64) {
      throw refuseAdoption('adopt-length', one.version);
    }
    return {
      version: one.version,
      state: stateOf(one),
      compared: compare(one, held, rows),
      escrows: one.escrows,
      component: one.component,
      inVault: held,
    };
  });
  if (!all.some((one) => one.version === version)) {
    const isOthers = held !== undefined && rows.some((one) => equalBytes(one.component, held));
    if (held === undefined || isOthers) throw refuseAdoption('adopt-nothing', version);
    // Without a row nothing can be stored under it: CheckTick's table refers to the row.
    const alone = { state: 'missing', compared: 'vault-only', escrows: 0 } as const;
    all.push({ version, ...alone, component: undefined, inVault: held });
  }
  if (all.length > ADOPT_VERSIONS) {
    throw refuseAdoption('adopt-many', all.length, ADOPT_VERSIONS);
  }
  return all;
}

function compare(one: Row, held: Uint8Array | undefined, rows: readonly Row[]): Comparison {
  if (held === undefined) return 'row-only';
  if (equalBytes(one.component, held)) return 'same';
  return rows.some(({ component }) => equalBytes(component, held)) ? 'other-version' : 'differs';
}

/** How it is written, where CheckTick's setup would have written it otherwise. */
function formsOf(document: PlatformMasterKeyDocument): VaultForm[] {
  const { vault_component: text, created_at, algorithm, key_size, note } = document;
  const forms: VaultForm[] = [];
  if (/[A-F]/.test(text)) forms.push('upper-case');
  if (/\s/.test(text)) forms.push('spaces');
  if ([created_at, algorithm, key_size, note].includes(undefined)) forms.push('fields-missing');
  return forms;
}

interface Proof {
  readonly userId: number;
  readonly surveyId: number;
  readonly kek: string;
}

const escrowRow = z.object({
  userId: columns.integer,
  surveyId: columns.integer,
  path: columns.text,
});

/** The newest stored survey key that can be read; null: none. */
async function newestProof(on: Queryable, kv: KvStore, version: string): Promise<Proof | null> {
  const rows = await on.rows(
    escrowRow,
    `SELECT user_id AS "userId", survey_id AS "surveyId", vault_path AS path
       FROM public.surveys_usersurveykekescrow WHERE platform_key_version_id = $1
      ORDER BY escrowed_at DESC, id DESC LIMIT ${PROOFS_TRIED}`,
    [version],
  );
  for (const { userId, surveyId, path } of rows) {
    if (path !== vaultPaths.userSurveyRecoveryKek(userId, surveyId)) continue;
    const found = await readProof(kv, version, { userId, surveyId });
    if (found !== null) return found;
  }
  return null;
}

async function sameProof(kv: KvStore, before: AdoptFound, version: string): Promise<Proof | null> {
  const proof = before.versions.find((one) => one.version === version)?.proof ?? null;
  return proof === null ? null : readProof(kv, version, proof);
}

/** What says of one stored survey key that it cannot be read, and nothing of Vault. */
const UNREADABLE: ReadonlySet<string> = new Set([
  'escrow-missing',
  'escrow-differs',
  'vault-document',
]);

async function readProof(
  kv: KvStore,
  keyVersion: string,
  { userId, surveyId }: Omit<Proof, 'kek'>,
): Promise<Proof | null> {
  const path = vaultPaths.userSurveyRecoveryKek(userId, surveyId);
  try {
    const { document } = await readEscrow(kv, { path, keyVersion });
    const kek = document.encrypted_kek.replaceAll(/[ \t\n\r\f\v]/g, '');
    return WHOLE_KEK.test(kek) ? { userId, surveyId, kek } : null;
  } catch (cause) {
    if (!(cause instanceof Refusal) || !UNREADABLE.has(cause.code)) throw cause;
    return null;
  }
}
