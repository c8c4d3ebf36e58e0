/**
 * What an adoption says openly: what sync found of the platform key that exists, and what the
 * ceremony made of it. No component, and nothing computed from one.
 * @module
 */
import { keyVersion, publicKey, rowId, z } from '../encoding/schema.ts';
import type { Roster } from '../identity/roster.ts';
import { wayInWords } from './organisation-way.ts';

/** Key versions that one package carries at most. */
export const ADOPT_VERSIONS = 16;

/** Stored survey keys of one version that one package carries at most; so many of organisations, too. */
export const STORED_KEYS = 5;

/** How `vault_component` is written, where CheckTick would have written it otherwise. */
export const VAULT_FORMS = ['upper-case', 'spaces', 'fields-missing'] as const;
export type VaultForm = (typeof VAULT_FORMS)[number];

/**
 * What lies where CheckTick's setup leaves a sample of an organisation's entry, which is no key.
 * `other`: something else than that sample.
 */
export const SAMPLES = ['there', 'other', 'missing'] as const;
export type OrganisationSample = (typeof SAMPLES)[number];

/**
 * How Vault and the row of a version compare. `other-version`: Vault holds the component of another
 * version's row. `row-only`: Vault holds none that can be read. `vault-only`: there is no row.
 */
export const COMPARISONS = ['same', 'differs', 'other-version', 'row-only', 'vault-only'] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** Those with which shares can be renewed: both places are known, and the row holds the component. */
export const ROTATABLE = ['same', 'other-version'] as const satisfies readonly Comparison[];
export type Rotatable = (typeof ROTATABLE)[number];

/** Where the right component lies. */
export const COMPONENT_PLACES = ['both', 'row', 'vault'] as const;
export type ComponentPlace = (typeof COMPONENT_PLACES)[number];

/** Which places a comparison leaves open: more than one where two people have to decide. */
export const PLACES: Readonly<Record<Comparison, readonly ComponentPlace[]>> = {
  same: ['both'],
  differs: ['row', 'vault'],
  'other-version': ['row'],
  'row-only': ['row'],
  'vault-only': ['vault'],
};

/** CheckTick's state of the version; `missing`: it has no row. */
const ROW_STATES = ['active', 'waiting', 'retired', 'missing'] as const;

const differ = (values: readonly string[]) => new Set(values).size === values.length;

/** Whose stored survey key. */
export const storedKey = z.strictObject({ userId: rowId, surveyId: rowId });
export type StoredKey = z.infer<typeof storedKey>;

const storedKeys = (most: number) =>
  z
    .array(storedKey)
    .min(1)
    .max(most)
    .refine((keys) => differ(keys.map(storedKeyInWords)));

/** A survey key that an organisation keeps, or with `teamId` one of its teams. */
export const organisationKey = z.strictObject({
  surveyId: rowId,
  organisationId: rowId,
  teamId: rowId.nullable(),
});
export type OrganisationKey = z.infer<typeof organisationKey>;
/** Of different surveys. */
export const organisationKeys = z
  .array(organisationKey)
  .min(1)
  .max(STORED_KEYS)
  .refine((keys) => differ(keys.map(({ surveyId }) => String(surveyId))));

interface GoesAlong {
  readonly proof: StoredKey | null;
  readonly more?: readonly StoredKey[] | undefined;
}

const foundVersion = z
  .strictObject({
    version: keyVersion,
    state: z.enum(ROW_STATES),
    compared: z.enum(COMPARISONS),
    /** Stored survey keys under it. */
    escrows: z.int().min(0),
    /** Whose stored survey key goes along, to be opened as proof. Null: there is none. */
    proof: storedKey.nullable(),
    /** Further ones that go along, because one that is damaged proves nothing. */
    more: storedKeys(STORED_KEYS - 1).optional(),
    /**
     * Survey keys of organisations that an operator named and that go along: one opens with the
     * platform key and the passphrase of its organisation's owner together.
     */
    organisationKeys: organisationKeys.optional(),
  })
  .refine(({ state, compared }) => (state === 'missing') === (compared === 'vault-only'))
  .refine((one) => one.escrows >= storedKeysOf(one).length)
  .refine(({ proof, more }) => proof !== null || more === undefined)
  .refine((one) => differ(storedKeysOf(one).map(storedKeyInWords)));
export type FoundVersion = z.infer<typeof foundVersion>;

/** All that go along, in the order in which they lie in the package. */
export function storedKeysOf({ proof, more = [] }: GoesAlong): StoredKey[] {
  return proof === null ? [] : [proof, ...more];
}

/** `survey 31 (user 7)` */
export function storedKeyInWords({ userId, surveyId }: StoredKey): string {
  return `survey ${surveyId} (user ${userId})`;
}

/** `survey 31 of team 9 of organisation 4` */
export function organisationKeyInWords({ surveyId, ...way }: OrganisationKey): string {
  return `survey ${surveyId} of ${wayInWords(way)}`;
}

/** What sync found. */
export const adoptFound = z
  .strictObject({
    /** Of `platform/master-key` in Vault. */
    vault: z.enum(['there', 'missing', 'unreadable']),
    forms: z.array(z.enum(VAULT_FORMS)).max(VAULT_FORMS.length).refine(differ),
    /** Of `organizations/1/master-key`. Absent: a package from before it was looked for. */
    sample: z.enum(SAMPLES).optional(),
    versions: z
      .array(foundVersion)
      .min(1)
      .max(ADOPT_VERSIONS)
      .refine((all) => differ(all.map(({ version }) => version))),
  })
  .refine(({ vault, forms }) => forms.length === 0 || vault === 'there')
  .refine(({ vault, versions }) =>
    versions.every(({ compared }) => (compared === 'row-only') === (vault !== 'there')),
  );
export type AdoptFound = z.infer<typeof adoptFound>;

/**
 * By what the restored platform key was proved: a user's stored survey key, or one that an
 * organisation keeps, with its owner's passphrase. `none`: nothing opened, and two people answer.
 */
export const PROOFS = ['escrow', 'organisation', 'none'] as const;

/** How CheckTick's command split the component. */
const legacySplit = z
  .strictObject({ threshold: z.int().min(2).max(255), count: z.int().min(2).max(255) })
  .refine(({ threshold, count }) => threshold <= count);

/** What the receipt of a committed adoption keeps of it, for a laptop that knows nothing else. */
export const adopted = z.strictObject({
  legacy: legacySplit.nullable(),
  proof: z.enum(PROOFS),
});

/** What of before opens the key as well: `any 3 of 4 legacy shares`; the ledger reads it. */
export function legacyKeptInWords(legacy: z.infer<typeof legacySplit> | null): string {
  return legacy === null
    ? 'the component that was never split, and its copies,'
    : `any ${legacy.threshold} of ${legacy.count} legacy shares`;
}

/** What the ceremony made of it. */
export const adoption = {
  /** As the package says of this version. */
  compared: z.enum(COMPARISONS),
  component: z.enum(COMPONENT_PLACES),
  proof: z.enum(PROOFS),
  /** Of the stored survey keys in the package those that it did not open, where something did. */
  unopened: storedKeys(STORED_KEYS).optional(),
  /** The survey keys of organisations that opened. Absent: none was needed, or none opened. */
  organisationKeys: organisationKeys.optional(),
  /** Two people of the roster who answer for it, where nothing proves it or the places differ. */
  decided: z.tuple([publicKey, publicKey]).refine(differ).nullable(),
  /** The shares of before, which stay valid. Null: the component was held by one, unsplit. */
  legacy: legacySplit.nullable(),
};
const whole = z.strictObject(adoption);
export type Adoption = z.infer<typeof whole>;

/**
 * Whether the ceremony answered what sync found of this version: a place that is open to choice, a
 * proof by something that went along, two people exactly where they have to decide.
 */
export function answersFound(found: AdoptFound, version: string, said: Adoption): boolean {
  const one = found.versions.find((each) => each.version === version);
  if (one === undefined) return false;
  return (
    said.compared === one.compared &&
    PLACES[one.compared].includes(said.component) &&
    isProvedBy(one, said) &&
    (said.decided !== null) === (said.proof === 'none' || one.compared === 'differs')
  );
}

/** Of the stored survey keys one at least, else one of an organisation, else nothing. */
function isProvedBy(one: FoundVersion, said: Adoption): boolean {
  const keys = storedKeysOf(one).map(storedKeyInWords);
  const unopened = (said.unopened ?? []).map(storedKeyInWords);
  const there = (one.organisationKeys ?? []).map(organisationKeyInWords);
  const opened = (said.organisationKeys ?? []).map(organisationKeyInWords);
  if (!unopened.every((key) => keys.includes(key))) return false;
  if (!opened.every((key) => there.includes(key))) return false;
  switch (said.proof) {
    case 'escrow':
      return unopened.length < keys.length && opened.length === 0;
    case 'organisation':
      return unopened.length === keys.length && opened.length > 0;
    case 'none':
      // SECURITY: people answer for nothing that could have been opened by anybody in the room.
      return keys.length === 0 && opened.length === 0;
  }
}

/** Whether those who decided take part. */
export function decidedByRoster({ decided }: Adoption, roster: Roster): boolean {
  return (decided ?? []).every((key) => roster.people.some((person) => person.publicKey === key));
}

/** Where the right component is, in words; part of a sentence. */
export function comparedInWords(compared: Comparison, component: ComponentPlace): string {
  switch (compared) {
    case 'same':
      return 'Vault and the database row hold the same vault component';
    case 'differs':
      return component === 'row'
        ? 'Vault and the database row hold different vault components, and the one in the row is right'
        : 'Vault and the database row hold different vault components, and the one in Vault is right';
    case 'other-version':
      return 'the database row holds the vault component, and Vault that of another version';
    case 'row-only':
      return 'only the database row holds a vault component';
    case 'vault-only':
      return 'only Vault holds a vault component, and the database row is made from it';
  }
}
