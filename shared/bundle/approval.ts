/**
 * Statement of an approval: exactly what an admin of sync was shown and then signed, with a passkey
 * (whose WebAuthn challenge is the statement's digest) or with his personal identity.
 *
 * Source: docs/decisions/0010-approvals-are-signed.md; DSSE payload type `approval`.
 * @module
 */
import { defineDocument } from '../encoding/document.ts';
import { verifyEd25519, preAuthEncoding } from '../encoding/dsse.ts';
import { orRefuse } from '../refusal.ts';
import { decodeJson } from '../encoding/json.ts';
import { refuseDocument } from '../encoding/refusals-documents.ts';
import { digest, id16, mode, rowId, time, z } from '../encoding/schema.ts';
import type { Mode } from '../mode.ts';

/** What can be approved at sync. Stopping (rejecting, refusing, objecting) is none of these. */
export const APPROVAL_ACTIONS = [
  'request-approve',
  'package-release',
  'bundle-approve',
  'difference-accept',
  'admin-invite',
  'admin-confirm',
  'admin-disable',
] as const;
export type ApprovalAction = (typeof APPROVAL_ACTIONS)[number];

/**
 * What no line on a screen may hold: control and formatting characters (line breaks, reversed
 * writing, invisible ones), half characters, line and paragraph separators.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const UNSEEN_ALL = new RegExp(UNSEEN.source, 'gu');

/** Characters of a reason, at most. */
const REASON_LIMIT = 500;
const visible = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .refine((text) => text === text.trim() && !UNSEEN.test(text));

/** Foreign text with a mark in the place of each character that nobody sees. */
export const onlyVisible = (text: string): string => text.replaceAll(UNSEEN_ALL, '\uFFFD');

/**
 * Foreign text (a survey's name) as one visible line, for a statement.
 * SECURITY: else a name could hold a line break and look like another fact.
 */
export function asOneLine(text: string, most = 300): string {
  const line = text.trim();
  const cut = line.length <= most ? line : `${line.slice(0, most - 1)}…`;
  return onlyVisible(cut) || '(empty)';
}

/** Why somebody decides so, as it is typed: ends are cut; 1 to 500 characters, all visible. */
export const reasonText = z
  .string()
  .trim()
  .min(1)
  .max(REASON_LIMIT)
  // As a JSON Schema nothing is trimmed, so the pattern itself wants something to be seen.
  .regex(new RegExp(`^(?=.*\\S)[^${UNSEEN.source.slice(1, -1)}]*$`, 'u'));

export const approvalSchema = z.strictObject({
  type: z.literal('conclave-approval'),
  version: z.literal(1),
  mode,
  /** Of the sync that shows it. */
  audience: id16,
  action: z.enum(APPROVAL_ACTIONS),
  /** The thing as people name it: a request's code, a nonce, a bundle's digest, an admin's name. */
  subject: visible(200),
  /** Names the thing as it stands: whatever the approval depends on is hashed into it. */
  subjectDigest: digest,
  /** What happens when enough have approved, in one sentence. */
  sentence: visible(1_000),
  /** Label and value, in the order in which they are shown. */
  facts: z.array(z.tuple([visible(100), visible(1_000)])).max(64),
  /** The delay that begins with the last approval, in hours; null where there is none. */
  delayHours: z.int().min(0).max(8_760).nullable(),
  notBefore: time.nullable(),
  expiresAt: time.nullable(),
  reason: visible(REASON_LIMIT),
  approver: z.strictObject({
    /** The admin of sync. */
    id: z.uuid().regex(/^[0-9a-f-]+$/),
    name: visible(100),
    /** The person in CheckTick. */
    userId: rowId,
  }),
  nonce: id16,
  at: time,
});

export type Approval = z.infer<typeof approvalSchema>;
export const approvalType = defineDocument<Approval>('approval', approvalSchema);

/** The bytes of a statement (a DSSE payload, without its envelope) to its body. */
export function parseStatement(bytes: Uint8Array, expected: Mode): Approval {
  const damaged = () => refuseDocument('document-damaged', 'approval');
  const body = orRefuse(() => approvalSchema.parse(decodeJson(bytes)), damaged);
  if (body.mode !== expected) throw refuseDocument('document-other-mode', 'approval', body.mode);
  return body;
}

/** The bytes that a personal identity signs for a statement: DSSE's pre-authentication encoding. */
export function statementMessage(statement: Uint8Array, expected: Mode): Uint8Array {
  return preAuthEncoding(approvalType.payloadType(expected), statement);
}

/** Whether this identity (Ed25519 public key in hex) signed exactly these bytes as an approval. */
export function statementSignedBy(
  statement: Uint8Array,
  expected: Mode,
  signature: Uint8Array,
  publicKey: string,
): boolean {
  return verifyEd25519(signature, statementMessage(statement, expected), publicKey);
}
