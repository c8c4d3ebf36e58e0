/**
 * What sync answers, as schemas: for OpenAPI, and for the command line that reads the answers.
 * @module
 */
import { z } from 'zod';
import { APPROVAL_ACTIONS, approvalSchema } from '../../shared/bundle/approval.ts';
import { organisationWay, PACKAGE_KINDS } from '../../shared/bundle/package.ts';
import { BUNDLE_STATES } from '../flows/bundles/bundles.ts';
import { CHECKS } from '../flows/requests/verifications.ts';

const time = z.string();

/** A file for a stick: its name, its digest, its eight words, its bytes in base64. */
export const fileAnswer = z.object({
  fileName: z.string(),
  digest: z.string(),
  words: z.string(),
  content: z.string(),
});
export type FileAnswer = z.infer<typeof fileAnswer>;

/** A ceremony log that is kept. */
export const transcriptAnswer = z.object({
  /** Hash of its last entry. */
  head: z.string(),
  kind: z.string(),
  ceremonyId: z.string(),
  bytes: z.number(),
});
export type TranscriptAnswer = z.infer<typeof transcriptAnswer>;

const filesThere = z.object({ there: z.number(), of: z.number() });

export const packageAnswer = z.object({
  nonce: z.string(),
  /** Of a recovery's package. */
  requestCode: z.string().nullable(),
  kind: z.enum(PACKAGE_KINDS),
  state: z.string(),
  keyVersion: z.string(),
  digest: z.string().nullable(),
  requestedBy: z.string(),
  createdAt: time,
  expiresAt: time,
  approvals: z.array(z.object({ by: z.string(), reason: z.string(), at: time })),
  /** Of one that moves survey keys: its files that are made, of how many. Null: no such package. */
  files: filesThere.nullable(),
  sentence: z.string(),
});
export type PackageAnswer = z.infer<typeof packageAnswer>;
export const packagesAnswer = z.object({ packages: z.array(packageAnswer), more: z.boolean() });

export const bundleAnswer = z.object({
  digest: z.string(),
  /** Of the bundle itself. */
  words: z.string(),
  kind: z.enum(PACKAGE_KINDS),
  state: z.enum(BUNDLE_STATES),
  /** What it would do, or did, in one sentence. */
  sentence: z.string(),
  nonce: z.string(),
  keyVersion: z.string(),
  /** Every admin would be disabled; any one of them may stop it. */
  replacesAdmins: z.boolean(),
  importedBy: z.string(),
  receivedAt: time,
  notBefore: time.nullable(),
  expiresAt: time,
  reason: z.string(),
  facts: z.record(z.string(), z.string()),
  /** Of survey keys that moved: the files that have come back, of how many. Else null. */
  files: filesThere.nullable(),
  approvals: z.array(z.object({ by: z.string(), reason: z.string(), at: time })),
  history: z.array(z.object({ at: time, what: z.string(), by: z.string() })),
});
export type BundleAnswer = z.infer<typeof bundleAnswer>;
export const bundlesAnswer = z.object({ bundles: z.array(bundleAnswer), more: z.boolean() });

export const requestAnswer = z.object({
  code: z.string(),
  id: z.string(),
  status: z.string(),
  sentence: z.string(),
  userId: z.number(),
  userName: z.string(),
  surveyId: z.number(),
  surveyName: z.string(),
  /** Whose key opens the survey's key; null: the user's own escrow does. */
  organisation: organisationWay.nullable(),
  submittedAt: time,
  delayHours: z.number(),
  delayUntil: time.nullable(),
  createdBy: z.string(),
  /** How the person was checked, in words; empty: not yet. */
  verified: z.string(),
  /** Whether the address that the person gave was recorded. The address itself is never answered. */
  emailGiven: z.boolean(),
  checks: z.array(
    z.object({ check: z.enum(CHECKS), reference: z.string(), by: z.string(), at: time }),
  ),
  approvals: z.array(z.object({ by: z.string(), reason: z.string(), at: time })),
});
export type RequestAnswer = z.infer<typeof requestAnswer>;
export const requestsAnswer = z.object({ requests: z.array(requestAnswer), more: z.boolean() });

/** What an approver is shown, to be read whole and signed. */
export const statementAnswer = z.object({
  id: z.string(),
  statement: approvalSchema,
  /** SHA-256 of the statement's bytes in hex. */
  digest: z.string(),
  /** For the browser's `navigator.credentials.get`; null without a passkey. */
  passkey: z.record(z.string(), z.unknown()).nullable(),
  goodUntil: time,
});
export type StatementAnswer = z.infer<typeof statementAnswer>;

/** What was approved, and how it stands then. */
export const approvedAnswer = z.object({
  action: z.enum(APPROVAL_ACTIONS),
  subject: z.string(),
  request: requestAnswer.optional(),
  package: packageAnswer.optional(),
  bundle: bundleAnswer.optional(),
});
export type ApprovedAnswer = z.infer<typeof approvedAnswer>;

export const passphraseAnswer = z.object({ passphrase: z.string(), expiresAt: time });
export const doneAnswer = z.object({ done: z.literal(true) });
