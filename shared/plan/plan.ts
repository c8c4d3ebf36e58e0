/**
 * The plan of a ceremony, prepared days before: who comes, with what, when and where; of a new share
 * set everything that is agreed on in the room. A file of its own, and unsigned: nobody vouches for it
 * before everybody has read it in the room, and its digest stands in the transcript that they sign.
 *
 * Canonical JSON (RFC 8785), no line break at the end; its digest is the SHA-256 of the file.
 * @module
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, equalBytes } from '../encoding/bytes.ts';
import { decodeJson, encodeJson } from '../encoding/json.ts';
import { refuseDocument } from '../encoding/refusals-documents.ts';
import { mode, name, time, z } from '../encoding/schema.ts';
import type { Mode } from '../mode.ts';
import { orRefuse } from '../refusal.ts';
import { MAX_CUSTODIANS } from '../sharing/envelope.ts';
import { plansSet, type CeremonyKind } from '../transcript/log.ts';
import { EXPECTED_ROLES, PLANNED_KINDS } from './kinds.ts';
import { refusePlan } from './refusals.ts';
import { planSchema } from './set-plan.ts';

/** Plans over 64 KiB are refused before they are parsed. */
const PLAN_LIMIT = 64 * 1024;

/** A text that people read: no control characters, nothing around it. */
const line = (most: number) =>
  z
    .string()
    .max(most)
    .refine((text) => text === text.trim() && !/\p{Cc}|\p{Cf}/u.test(text));
/** As {@link line}; it may have several. */
const lines = (most: number) =>
  z
    .string()
    .max(most)
    .refine((text) => text === text.trim() && !/\p{Cc}|\p{Cf}/u.test(text.replaceAll('\n', '')));

const expected = z.strictObject({
  name,
  role: z.enum(EXPECTED_ROLES),
  /** `share 2 of 2024 A on paper, and its envelope`; empty: nothing. */
  brings: line(200),
});

const seal = z.strictObject({
  /** A custodian of the set. */
  custodian: name,
  /** The number on the bag or strip that sheet or stick goes into. */
  number: line(40).min(1),
});

const schema = z
  .strictObject({
    conclave: z.literal('plan'),
    version: z.literal(1),
    mode,
    ceremony: z.enum(PLANNED_KINDS),
    /** When it begins. */
    begins: time,
    /** How long it is going to take, in minutes. */
    minutes: z.int().min(5).max(1440),
    place: line(120).min(1),
    remarks: lines(1000),
    /** Of what makes a share set, and of nothing else. */
    set: planSchema.optional(),
    seals: z.array(seal).max(MAX_CUSTODIANS),
    /** Who comes besides the people of `set`. */
    expected: z.array(expected).max(64),
    /** Of what needs shares that exist: how many. */
    needed: z.int().min(2).max(MAX_CUSTODIANS).optional(),
  })
  .refine(({ ceremony, set }) => (set === undefined) !== plansSet(ceremony), { path: ['set'] })
  .refine(({ set, expected: others }) => set !== undefined || others.length > 0, {
    path: ['expected'],
  })
  .refine(
    ({ seals, set }) =>
      new Set(seals.map(({ custodian }) => custodian)).size === seals.length &&
      seals.every(({ custodian }) => set?.custodians.some((one) => one.name === custodian)),
    { path: ['seals'] },
  );

export const ceremonyPlanSchema = schema;
export type CeremonyPlan = z.infer<typeof schema>;

/** A plan that was read, and what it is known by. */
export interface ReadPlan {
  readonly plan: CeremonyPlan;
  /** SHA-256 of the file in hex. */
  readonly digest: string;
}

export function encodePlan(plan: CeremonyPlan): Uint8Array {
  return encodeJson(schema.parse(plan));
}

export function planDigest(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes));
}

/** Untrusted bytes to a plan. @throws Refusal with the field that is wrong */
export function parsePlan(bytes: Uint8Array): ReadPlan {
  const what = 'plan';
  if (bytes.length === 0) throw refuseDocument('document-empty', what);
  if (bytes.length > PLAN_LIMIT) throw refuseDocument('document-too-large', what, PLAN_LIMIT);
  const json = orRefuse(
    () => decodeJson(bytes),
    () => refuseDocument('document-damaged', what),
  );
  requireKind(json);
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const [first] = parsed.error.issues;
    throw refusePlan('plan-field', placeInWords(first?.path ?? []));
  }
  // One text per plan: a blank around the name of the set is cut off, and would be a second one.
  if (!equalBytes(encodeJson(parsed.data), bytes)) {
    throw refusePlan('plan-field', placeInWords(['set', 'label']));
  }
  return { plan: parsed.data, digest: planDigest(bytes) };
}

function requireKind(json: unknown): void {
  const { conclave, version } = Object(json) as { conclave?: unknown; version?: unknown };
  if (conclave !== 'plan') throw refuseDocument('document-damaged', 'plan');
  if (typeof version === 'number' && version !== 1) {
    throw refuseDocument('document-other-version', 'plan', String(version));
  }
}

/**
 * Whether this plan may be used there. A rehearsal takes the plan of the real ceremony, because that is
 * what is rehearsed; a real one takes no plan that was made to practise.
 * @throws Refusal
 */
export function requireUsable(
  { ceremony, mode: madeFor }: CeremonyPlan,
  here: { readonly mode: Mode; readonly ceremony: CeremonyKind },
): void {
  if (ceremony !== here.ceremony) throw refusePlan('plan-other-ceremony', ceremony);
  if (here.mode === 'production' && madeFor === 'rehearsal') {
    throw refuseDocument('document-other-mode', 'plan', madeFor);
  }
}

const FIELDS: Readonly<Record<string, string>> = {
  begins: 'when it begins',
  minutes: 'how long it takes',
  set: 'the share set',
  seals: 'the numbers of bags and strips',
  expected: 'who else comes',
  needed: 'how many shares are needed',
  custodians: 'custodians',
  brings: 'what is brought',
  number: 'number of the bag',
  label: 'name of the set',
  mail: 'mail address',
  medium: 'medium',
  policy: 'rule for the media',
};

/** `['set', 'custodians', 1, 'mail']` as `custodian 2: mail address`. */
function placeInWords(path: readonly PropertyKey[]): string {
  const at = path.findIndex((part) => typeof part === 'number');
  const field = path.filter((part, i) => typeof part === 'string' && i > at).map(String);
  const last = field.at(-1);
  const what = last === undefined ? null : (FIELDS[last] ?? last);
  if (at === -1) {
    const person = path.find((part) => part === 'operator' || part === 'witness');
    const named = what ?? 'the whole';
    return person === undefined || person === last ? named : `${person}: ${named}`;
  }
  const list = { custodians: 'custodian', seals: 'bag', expected: 'person', allowed: 'medium' };
  const row = list[String(path[at - 1]) as keyof typeof list];
  const entry = `${row} ${Number(path[at]) + 1}`;
  return what === null ? entry : `${entry}: ${what}`;
}
