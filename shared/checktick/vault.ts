/**
 * What CheckTick keeps in Vault (KV v2): where, and in which documents. CheckTick's own code may
 * have written, and a person may have edited, every document: fields that are not known here
 * survive a round trip.
 * @module
 */
import { bytesToHex } from '@noble/hashes/utils.js';
import { z } from '../encoding/schema.ts';
import { checkComponentLength } from './components.ts';
import { checktickId } from './ids.ts';
import { sealEscrowEmail, sealKekBlob } from './kek-blob.ts';
import { userRecoveryKey } from './keys.ts';
import { bytesFromPythonHex } from './python-text.ts';
import { refuse } from './refusals.ts';

/** Paths below the mount (`secret/`), as they also serve as salts: never with `data/` in front. */
export const vaultPaths = {
  platformMasterKey: 'platform/master-key',
  /** Spelt as CheckTick's code spells it; its documentation writes `organisations`. */
  organisationMasterKey: (id: number) =>
    `organizations/${checktickId('organisation', id)}/master-key`,
  teamKey: (id: number) => `teams/${checktickId('team', id)}/team-key`,
  surveyKek: (surveyId: number) => `surveys/${checktickId('survey', surveyId)}/kek`,
  userSurveyRecoveryKek: (userId: number, surveyId: number) =>
    `users/${checktickId('user', userId)}/surveys/${checktickId('survey', surveyId)}/recovery-kek`,
} as const;

/** What the field `algorithm` of an escrow says of one that is sealed so. */
export const ESCROW_ALGORITHM = 'conclave/v1/escrow HPKE-X-Wing-HKDF-SHA256-AES-256-GCM';

const masterKeySchema = z.looseObject({
  vault_component: z.string(),
  created_at: z.string().optional(),
  algorithm: z.string().optional(),
  key_size: z.number().optional(),
  note: z.string().optional(),
});

/** The document at `platform/master-key`. Only `vault_component` (hex) is sure to be there. */
export type PlatformMasterKeyDocument = z.infer<typeof masterKeySchema>;

const recoveryKekSchema = z.looseObject({
  /** Hex, of either kind. */
  encrypted_kek: z.string(),
  /** Absent, null or empty: this escrow holds no address. */
  encrypted_email: z.string().nullish(),
  /** Absent in escrows made before key versions existed: the version is then unknown. */
  platform_key_version: z.string().min(1).max(20).optional(),
  created_at: z.string().optional(),
  /** CheckTick's own kind where it is absent. */
  algorithm: z.enum(['AES-256-GCM', ESCROW_ALGORITHM]).optional(),
  requires_verification: z.boolean().optional(),
  purpose: z.string().optional(),
  audit_trail: z
    .looseObject({
      created_by: z.string().optional(),
      accessed_by: z.array(z.union([z.number(), z.string(), z.null()])),
      access_timestamps: z.array(z.string()),
      /** Absent until the first recovery. */
      last_verification_notes: z.string().nullish(),
    })
    .optional(),
});

const surveyKekSchema = z.looseObject({
  encrypted_kek: z.string(),
  created_at: z.string().optional(),
  algorithm: z.literal('AES-256-GCM').optional(),
  /** Written by sync. Absent: under the version whose component lies at `platform/master-key`. */
  platform_key_version: z.string().min(1).max(20).optional(),
});

/** The document at `surveys/{id}/kek`: a survey key of an organisation or team. */
export type SurveyKekDocument = z.infer<typeof surveyKekSchema>;

const teamKeySchema = z.looseObject({ org_id: z.union([z.number(), z.string()]) });

/** The document at `users/{u}/surveys/{s}/recovery-kek`: one escrow, of CheckTick's own kind or sealed. */
export type RecoveryKekDocument = z.infer<typeof recoveryKekSchema>;

function parseDocument<Shape extends z.ZodType>(
  schema: Shape,
  path: string,
  data: unknown,
): z.infer<Shape> {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  // SECURITY: name the field, never its value: the value may be half of the platform key.
  const field = parsed.error.issues[0]?.path.join('.') || 'document';
  throw refuse('vault-document', path, `field ${field}`);
}

/**
 * Reads `platform/master-key`.
 *
 * @param data The inner `data` of Vault's answer.
 * @returns The component (16 to 64 bytes, the caller wipes it) and the document as it was.
 * @throws Refusal `vault-document`, `hex-text`, `component-length`.
 */
export function parsePlatformMasterKey(data: unknown): {
  vaultComponent: Uint8Array;
  document: PlatformMasterKeyDocument;
} {
  const document = parseDocument(masterKeySchema, vaultPaths.platformMasterKey, data);
  const vaultComponent = bytesFromPythonHex('vault component', document.vault_component);
  checkComponentLength('vault component', vaultComponent);
  return { vaultComponent, document };
}

/** Python's `datetime.isoformat()` of a moment in UTC, microseconds always written. */
export function isoformat(at: Date): string {
  return `${at.toISOString().slice(0, -1)}000`;
}

/** A new `platform/master-key`, as CheckTick's setup writes it (time stamp without a zone, UTC). */
export function buildPlatformMasterKey(
  vaultComponent: Uint8Array,
  at: Date,
): PlatformMasterKeyDocument {
  checkComponentLength('vault component', vaultComponent);
  return {
    vault_component: bytesToHex(vaultComponent),
    created_at: isoformat(at),
    algorithm: 'XOR split-knowledge',
    key_size: vaultComponent.length * 8,
    note: 'Vault component only; the custodian component is held by people as shares',
  };
}

/** The same document with another component: all other fields stay as they are. */
export function withVaultComponent(
  document: PlatformMasterKeyDocument,
  vaultComponent: Uint8Array,
): PlatformMasterKeyDocument {
  checkComponentLength('vault component', vaultComponent);
  return { ...document, vault_component: bytesToHex(vaultComponent) };
}

/**
 * Reads one escrow.
 *
 * @param path Where it lies, for the refusal.
 * @throws Refusal `vault-document`.
 */
export function parseRecoveryKek(path: string, data: unknown): RecoveryKekDocument {
  return parseDocument(recoveryKekSchema, path, data);
}

/**
 * Reads a survey key of an organisation or team.
 *
 * @param path Where it lies, for the refusal.
 * @throws Refusal `vault-document`.
 */
export function parseSurveyKek(path: string, data: unknown): SurveyKekDocument {
  return parseDocument(surveyKekSchema, path, data);
}

/**
 * Of which organisation a team is, as Vault's note of the team says.
 *
 * @param path Where it lies, for the refusal.
 * @throws Refusal `vault-document`, `checktick-id`.
 */
export function parseTeamOrganisation(path: string, data: unknown): number {
  return checktickId('organisation', parseDocument(teamKeySchema, path, data).org_id);
}

/**
 * A new escrow, as CheckTick's `escrow_user_survey_kek` writes it.
 *
 * @param facts.pmk 16 to 64 bytes, of the key version `keyVersion`.
 * @param facts.kek 32 bytes.
 */
export async function buildRecoveryKek(facts: {
  pmk: Uint8Array;
  userId: number;
  surveyId: number;
  kek: Uint8Array;
  email: string;
  keyVersion: string;
  at: Date;
}): Promise<RecoveryKekDocument> {
  const { pmk, userId, surveyId, kek, email, keyVersion, at } = facts;
  const wrappingKey = await userRecoveryKey(pmk, userId);
  try {
    const path = vaultPaths.userSurveyRecoveryKek(userId, surveyId);
    return {
      encrypted_kek: await sealKekBlob(wrappingKey, path, kek),
      encrypted_email: await sealEscrowEmail(pmk, userId, email),
      platform_key_version: keyVersion,
      created_at: `${isoformat(at)}+00:00`,
      algorithm: 'AES-256-GCM',
      requires_verification: true,
      purpose: 'ethical-recovery',
      audit_trail: { created_by: 'system', accessed_by: [], access_timestamps: [] },
    };
  } finally {
    wrappingKey.fill(0);
  }
}

/**
 * The escrow with one more recovery in its audit trail, as CheckTick's own recovery leaves it:
 * who, when (UTC, `+00:00`: Django's aware `timezone.now().isoformat()`), and the newest notes.
 *
 * @param recovery.adminId CheckTick's user id of the administrator.
 * @param recovery.at By the database's clock.
 * @param recovery.notes How the person's identity was verified.
 */
export function withRecoveryRecorded(
  document: RecoveryKekDocument,
  recovery: { adminId: number; at: Date; notes: string },
): RecoveryKekDocument {
  const trail = document.audit_trail ?? { accessed_by: [], access_timestamps: [] };
  return {
    ...document,
    audit_trail: {
      ...trail,
      accessed_by: [...trail.accessed_by, checktickId('administrator', recovery.adminId)],
      access_timestamps: [...trail.access_timestamps, `${isoformat(recovery.at)}+00:00`],
      last_verification_notes: recovery.notes,
    },
  };
}
