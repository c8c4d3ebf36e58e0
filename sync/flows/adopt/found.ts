/**
 * What is there of a platform key that exists: the rows, what Vault holds, how the two compare, and
 * for each version stored survey keys that could prove it. Reads only.
 * @module
 */
import { z } from 'zod';
import {
  ADOPT_VERSIONS,
  type AdoptFound,
  type Comparison,
  type FoundVersion,
  type OrganisationKey,
  type OrganisationSample,
  PLACES,
  STORED_KEYS,
  type StoredKey,
  storedKeysOf,
  type VaultForm,
} from '../../../shared/bundle/adopt.ts';
import {
  type AdoptSecrets,
  type AdoptVersionSecrets,
  wipeAdoptSecrets,
} from '../../../shared/bundle/adopt-package.ts';
import { type PlatformMasterKeyDocument, vaultPaths } from '../../../shared/checktick/index.ts';
import { equalBytes } from '../../../shared/encoding/bytes.ts';
import { keyVersion as versionName } from '../../../shared/encoding/schema.ts';
import { Refusal } from '../../../shared/refusal.ts';
import { columns } from '../../database/columns.ts';
import type { Queryable } from '../../database/database.ts';
import type { KvStore } from '../../vault/kv.ts';
import { type KeptKey, organisationKeysLeft, organisationKeysNamed } from './organisations.ts';
import { refuseAdoption } from '../../checktick/adopt-refusals.ts';
import type { FlowContext } from '../../trust/context.ts';
import { readEscrow } from '../../checktick/escrow.ts';
import { type InVault, readVaultComponent } from '../../checktick/in-vault.ts';
import { stateOf } from '../../versions/versions.ts';

/** Stored survey keys of one version that are looked at from each end, until enough can be read. */
const LOOKED_AT = 50;
/** What CheckTick makes of 32 bytes: 12 of nonce, the key, 16 of tag. A cut one would prove nothing. */
const WHOLE_KEK = /^[0-9a-fA-F]{120}$/;

export interface FoundKey {
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
 * @param asked the survey keys of organisations that an operator names; or what was found when the
 *   package was asked for: then its keys are read, and no other; those that cannot be read any more are
 *   left out
 * @throws Refusal of checktick/adopt-refusals.ts and organisations.ts; of Vault or the database where one
 *   cannot be asked
 */
export async function findKey(
  context: Pick<FlowContext, 'database' | 'kv'>,
  version: string,
  asked:
    { readonly organisationKeys: readonly OrganisationKey[] } | { readonly before: AdoptFound },
): Promise<FoundKey> {
  const { database, kv } = context;
  const before = 'before' in asked ? asked.before : undefined;
  const rows = await database.rows(row, ROWS);
  const inVault = await readVaultComponent(kv);
  const secrets: AdoptVersionSecrets[] = [];
  try {
    const compared = compareAll(rows, inVault, version);
    const versions: FoundVersion[] = [];
    for (const one of compared) {
      const proofs =
        before === undefined
          ? await provingKeys(database, kv, one.version)
          : await sameKeys(kv, before, one.version);
      const [proof = null, ...more] = proofs.map(({ userId, surveyId }) => ({ userId, surveyId }));
      const { state, escrows } = one;
      const kept =
        one.version === version ? await keptKeys(context, one.compared, asked, version) : [];
      versions.push({
        version: one.version,
        state,
        compared: one.compared,
        escrows,
        proof,
        ...(more.length === 0 ? {} : { more }),
        ...(kept.length === 0 ? {} : { organisationKeys: kept.map(({ key }) => key) }),
      });
      const from = { row: one.component, vault: one.inVault, both: one.component };
      const components = PLACES[one.compared].flatMap((place) => {
        const bytes = from[place];
        return bytes === undefined ? [] : [{ place, bytes: bytes.slice() }];
      });
      const encryptedKeks = proofs.map(({ kek }) => kek);
      secrets.push({
        version: one.version,
        components,
        encryptedKeks,
        ...(kept.length === 0 ? {} : { organisationKeks: kept.map(({ kek }) => kek) }),
      });
    }
    const vault = inVault.is;
    const forms = inVault.is === 'there' ? formsOf(inVault.document) : [];
    const sample = await lookForSample(kv);
    return { found: { vault, forms, sample, versions }, secrets };
  } catch (cause) {
    wipeAdoptSecrets(secrets);
    throw cause;
  } finally {
    for (const { component } of rows) component.fill(0);
    if (inVault.is === 'there') inVault.component.fill(0);
  }
}

/** CheckTick's setup writes it for organisation 1: a note, a time, and a part that no key is made of. */
async function lookForSample(kv: KvStore): Promise<OrganisationSample> {
  const found = await kv.read(vaultPaths.organisationMasterKey(1));
  if (found.absent) return 'missing';
  return 'org_key_vault_part' in found.data ? 'there' : 'other';
}

async function keptKeys(
  context: Pick<FlowContext, 'database' | 'kv'>,
  compared: Comparison,
  asked: Parameters<typeof findKey>[2],
  version: string,
): Promise<KeptKey[]> {
  if ('organisationKeys' in asked) {
    return organisationKeysNamed(context, version, compared, asked.organisationKeys);
  }
  const found = asked.before.versions.find((one) => one.version === version);
  return organisationKeysLeft(context, found?.organisationKeys ?? []);
}

/** The same without its secrets. */
export async function lookForKey(
  context: Pick<FlowContext, 'database' | 'kv'>,
  version: string,
  organisationKeys: readonly OrganisationKey[],
): Promise<AdoptFound> {
  const { found, secrets } = await findKey(context, version, { organisationKeys });
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

interface Proof extends StoredKey {
  readonly kek: string;
}

const escrowRow = z.object({
  userId: columns.integer,
  surveyId: columns.integer,
  path: columns.text,
});

/**
 * Stored survey keys that can be read: the newest, the oldest, the newest but one, and so on, because
 * what damaged one may have damaged those that were stored beside it.
 */
async function provingKeys(on: Queryable, kv: KvStore, version: string): Promise<Proof[]> {
  const rows = await on.rows(
    escrowRow,
    `SELECT "userId", "surveyId", path FROM (
       SELECT user_id AS "userId", survey_id AS "surveyId", vault_path AS path,
              row_number() OVER (ORDER BY escrowed_at DESC, id DESC) AS newest,
              row_number() OVER (ORDER BY escrowed_at, id) AS oldest
         FROM public.surveys_usersurveykekescrow WHERE platform_key_version_id = $1) AS stored
      WHERE LEAST(newest, oldest) <= ${LOOKED_AT}
      ORDER BY LEAST(newest, oldest), newest`,
    [version],
  );
  const keys = rows.filter(
    ({ userId, surveyId, path }) => path === vaultPaths.userSurveyRecoveryKek(userId, surveyId),
  );
  return readable(kv, version, keys);
}

function sameKeys(kv: KvStore, before: AdoptFound, version: string): Promise<Proof[]> {
  const found = before.versions.find((one) => one.version === version);
  return readable(kv, version, found === undefined ? [] : storedKeysOf(found));
}

/** The first of them, as many as a package carries. */
async function readable(
  kv: KvStore,
  version: string,
  keys: readonly StoredKey[],
): Promise<Proof[]> {
  const found: Proof[] = [];
  for (const { userId, surveyId } of keys) {
    const proof = await readProof(kv, version, { userId, surveyId });
    if (proof !== null) found.push(proof);
    if (found.length === STORED_KEYS) break;
  }
  return found;
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
  { userId, surveyId }: StoredKey,
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
