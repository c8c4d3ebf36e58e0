/**
 * What the routes of people answer, as schemas.
 * @module
 */
import { z } from 'zod';
import { formatTime } from '../../shared/encoding/schema.ts';
import { type Admin, ADMIN_STATES, ROLES } from '../admins/admins.ts';
import type { TokenRow } from '../admins/token-rows.ts';
import { type Authenticator, AUTHENTICATOR_KINDS } from '../people/authenticators.ts';

const time = z.string();

export const adminAnswer = z.object({
  id: z.string(),
  name: z.string(),
  userId: z.number(),
  roles: z.array(z.enum(ROLES)),
  kind: z.enum(['person', 'machine']),
  state: z.enum(ADMIN_STATES),
  onCall: z.boolean(),
  invitedBy: z.string().nullable(),
  confirmedBy: z.string().nullable(),
  disabledAt: time.nullable(),
});
export const keyAnswer = z.object({
  /** base64url of the key's id. */
  id: z.string(),
  kind: z.enum(AUTHENTICATOR_KINDS),
  label: z.string(),
  createdAt: time,
  lastUsedAt: time.nullable(),
  revokedAt: time.nullable(),
});
export const keysAnswer = z.object({ keys: z.array(keyAnswer) });

/** An approval that is open to whoever asks, or why it is not. */
const openTo = z.object({ does: z.string().nullable(), whyNot: z.string().nullable() });
/** One admin as the others see him, with what whoever asks may do. */
export const adminEntry = adminAnswer.extend({
  you: z.boolean(),
  keys: z.array(keyAnswer),
  /** Who has signed that he be disabled, where a second signature is missing. */
  dismissedBy: z.array(z.string()),
  confirm: openTo,
  dismiss: openTo,
  /** Whether whoever asks holds this half of the invitation. */
  code: z.boolean(),
  link: z.boolean(),
});
export type AdminEntry = z.infer<typeof adminEntry>;
export const adminsAnswer = z.object({ admins: z.array(adminEntry) });
export type AdminsAnswer = z.infer<typeof adminsAnswer>;

export const tokenAnswer = z.object({
  prefix: z.string(),
  label: z.string(),
  createdAt: time,
  expiresAt: time,
  revokedAt: time.nullable(),
});
export const tokensAnswer = z.object({ tokens: z.array(tokenAnswer) });
/** `token` is shown this once. */
export const newTokenAnswer = tokenAnswer.extend({ token: z.string(), name: z.string() });

export const meAnswer = z.object({
  admin: adminAnswer,
  signIn: z.enum(['certificate', 'token', 'session']),
  mode: z.enum(['production', 'rehearsal']),
  /** Of the browser's session. */
  session: z.object({ expiresAt: time, idleMinutes: z.number() }).nullable(),
});

/** `options` go to the browser's `navigator.credentials` as they are (WebAuthn's JSON forms). */
export const askedAnswer = z.object({
  challengeId: z.string(),
  options: z.record(z.string(), z.unknown()),
});

/** What a personal identity is to sign: see people/sign-in.ts. `challenge`: hex, 32 bytes. */
export const presenceAnswer = z.object({
  challengeId: z.string(),
  challenge: z.string(),
  mode: z.enum(['production', 'rehearsal']),
  audience: z.string(),
});

export const linkAnswer = z.object({
  /** Null where sync does not know its own web address: use the code on the command line. */
  link: z.string().nullable(),
  code: z.string(),
  expiresAt: time,
});
export const codeAnswer = z.object({ code: z.string() });

export const enrolmentAnswer = z.object({
  name: z.string(),
  roles: z.array(z.enum(ROLES)),
  purpose: z.enum(['first', 'further']),
  needsInviteCode: z.boolean(),
  expiresAt: time,
});
export const enrolledAnswer = z.object({ key: keyAnswer, active: z.boolean() });

const instant = (at: Date | null): string | null => (at === null ? null : formatTime(at));

export function toAdminAnswer(
  admin: Admin,
  nameOf: (id: string | null) => string | null,
): z.infer<typeof adminAnswer> {
  const { id, name, userId, kind, state, onCall } = admin;
  return {
    id,
    name,
    userId,
    roles: [...admin.roles],
    kind,
    state,
    onCall,
    invitedBy: nameOf(admin.invitedBy),
    confirmedBy: nameOf(admin.confirmedBy),
    disabledAt: instant(admin.disabledAt),
  };
}

export function toKeyAnswer(key: Authenticator): z.infer<typeof keyAnswer> {
  return {
    id: Buffer.from(key.id).toString('base64url'),
    kind: key.kind,
    label: key.label,
    createdAt: formatTime(key.createdAt),
    lastUsedAt: instant(key.lastUsedAt),
    revokedAt: instant(key.revokedAt),
  };
}

export function toTokenAnswer(row: TokenRow): z.infer<typeof tokenAnswer> {
  return {
    prefix: row.prefix,
    label: row.label,
    createdAt: formatTime(row.createdAt),
    expiresAt: formatTime(row.expiresAt),
    revokedAt: instant(row.revokedAt),
  };
}
