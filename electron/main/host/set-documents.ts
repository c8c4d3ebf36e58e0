/**
 * The roster and the manifest of a new share set: bodies made from what the people agreed and
 * what was read back.
 * @module
 */
import type { NewSet } from '../../../shared/bundle/rotate.ts';
import { nextPeople } from '../../../shared/ceremony/rotate/people.ts';
import type { SetFacts } from '../../../shared/ceremony/effects.ts';
import type { IdentityCredential } from '../../../shared/identity/key-identity.ts';
import type { Roster } from '../../../shared/identity/roster.ts';
import type { Mode } from '../../../shared/mode.ts';
import type { Manifest } from '../../../shared/sharing/manifest.ts';

export interface SetCircumstances {
  readonly mode: Mode;
  readonly ceremonyId: string;
  readonly keyVersion: string;
  readonly createdAt: string;
  readonly sync: { readonly audience: string; readonly publicKey: string };
  /** The set in force that it comes after or beside, and the roster; null: it is the first of all. */
  readonly before: NewSet | null;
  /** Whose shares go on being needed. */
  readonly lasting: readonly string[];
}

/** Throws when somebody has no personal key: the machine lets nobody through without one. */
function keyOf(keys: SetFacts['keys'], name: string): string {
  const key = keys[name];
  if (key === undefined) throw new Error('A person of the plan has no personal key.');
  return key;
}

/** Nothing at all where there is none: a roster without addresses is the same as ever. */
function addressOf(mail: string | undefined): { readonly mail?: string } {
  return mail === undefined ? {} : { mail };
}

/** Nor where the identity is a file. */
function credentialOf(
  { credentials }: SetFacts,
  name: string,
): { readonly credential?: IdentityCredential } {
  const credential = credentials[name];
  return credential === undefined ? {} : { credential };
}

/** Of a set that comes after another or beside it: whoever is operator or witness goes on being that. */
function nextRoster(
  set: SetFacts,
  present: NewSet['roster'],
  lasting: readonly string[],
): Pick<Roster, 'serial' | 'people' | 'previous'> {
  return {
    serial: present.body.serial + 1,
    people: nextPeople(set.plan, { people: present.body.people, lasting }).map(
      ({ name, roles, mail }) => ({
        name,
        publicKey: keyOf(set.keys, name),
        roles,
        ...addressOf(mail),
        ...credentialOf(set, name),
      }),
    ),
    previous: present.digest,
  };
}

export function rosterBody(
  set: SetFacts,
  { mode, createdAt, before, lasting }: SetCircumstances,
): Roster {
  const { plan, keys } = set;
  if (before !== null) return { mode, createdAt, ...nextRoster(set, before.roster, lasting) };
  return {
    mode,
    serial: 1,
    people: [
      ...plan.custodians.map(({ name, mail }) => ({
        name,
        publicKey: keyOf(keys, name),
        roles: ['custodian' as const],
        ...addressOf(mail),
        ...credentialOf(set, name),
      })),
      {
        name: plan.operator.name,
        publicKey: keyOf(keys, plan.operator.name),
        roles: ['operator' as const],
        ...credentialOf(set, plan.operator.name),
      },
      {
        name: plan.witness.name,
        publicKey: keyOf(keys, plan.witness.name),
        roles: ['witness' as const],
        ...addressOf(plan.witness.mail),
        ...credentialOf(set, plan.witness.name),
      },
    ],
    createdAt,
    previous: null,
  };
}

export function manifestBody(
  set: SetFacts,
  rosterDigest: string,
  { mode, ceremonyId, keyVersion, createdAt, sync, before }: SetCircumstances,
): Manifest {
  const { plan, keys, media } = set;
  return {
    mode,
    setId: set.setId,
    label: plan.label,
    componentId: set.componentId,
    componentBytes: set.componentBytes,
    keyVersion,
    generation: 1,
    threshold: plan.threshold,
    count: plan.custodians.length,
    shares: set.shares.map(({ index, x, publicKey }) => {
      const name = plan.custodians[index - 1]?.name ?? '';
      return {
        index,
        x,
        publicKey,
        custodian: { name, publicKey: keyOf(keys, name) },
        media: (media[index] ?? []).map(({ kind, description }) => ({ kind, description })),
      };
    }),
    checks: set.checks,
    ceremonyId,
    createdAt,
    roster: rosterDigest,
    sync: { audience: sync.audience, publicKey: sync.publicKey },
    previous: before?.manifest.digest ?? null,
    ...(plan.policy === undefined ? {} : { policy: plan.policy }),
    ...(set.escrowKey === null ? {} : { escrowKey: set.escrowKey }),
  };
}
