/**
 * What the worker holds of an adoption, until it is the key that is split anew.
 * @module
 */
import type { AdoptFound, ComponentPlace, StoredKey } from '../../shared/bundle/adopt.ts';
import { wipeAdoptSecrets, type AdoptSecrets } from '../../shared/bundle/adopt-package.ts';
import type { LegacyShare, UnprovedComponent } from '../../shared/checktick/index.ts';
import type { Secret } from '../../shared/secret/secret.ts';

/** What somebody gave of the key that exists. Secret. */
export type GivenSecret =
  { readonly shares: readonly LegacyShare[] } | { readonly component: UnprovedComponent };

/** Under the name by which main lists it. */
export type KeptGiven = GivenSecret & { readonly id: number };

/** What the legacy shares give, and which of them would be wrong if it is right. */
export interface LegacyCandidate {
  readonly component: UnprovedComponent;
  readonly wrong: number | null;
}

/** What the package of an adoption held, and what became of it. */
export interface OpenAdoption {
  readonly nonce: string;
  /** The version that is adopted. */
  readonly version: string;
  readonly found: AdoptFound;
  /** Of all versions; wiped with {@link wipeAdoption}. */
  readonly secrets: AdoptSecrets;
  /** In the order in which they were given. */
  given: readonly KeptGiven[];
  candidates: readonly LegacyCandidate[];
  /** The shares that are there do not all fit each other, or they give two keys that open something. */
  contradicts: boolean;
  /** Stored survey keys that were tried, where none opened; null: they were not tried. */
  unopened: readonly StoredKey[] | null;
  proved: {
    readonly by: 'escrow' | 'organisation';
    readonly place: ComponentPlace;
    readonly component: Secret;
  } | null;
}

export function wipeGiven(given: GivenSecret): void {
  if ('shares' in given) for (const { y } of given.shares) y.fill(0);
  else given.component.wipe();
}

export function wipeAdoption({ secrets, given, candidates, proved }: OpenAdoption): void {
  wipeAdoptSecrets(secrets);
  given.forEach(wipeGiven);
  for (const { component } of candidates) component.wipe();
  proved?.component.wipe();
}

/** What was compared before is not what is there now. */
export function forgetJudgement(adoption: OpenAdoption): void {
  for (const { component } of adoption.candidates) component.wipe();
  adoption.candidates = [];
  adoption.contradicts = false;
  adoption.unopened = null;
  adoption.proved?.component.wipe();
  adoption.proved = null;
}

/** Wipes what was given and is not wanted any more; what was compared with it counts no more. */
export function dropGiven(adoption: OpenAdoption, isGone: (one: KeptGiven) => boolean): void {
  for (const one of adoption.given) if (isGone(one)) wipeGiven(one);
  adoption.given = adoption.given.filter((one) => !isGone(one));
  forgetJudgement(adoption);
}

/**
 * What main does not list it could not write down: its giver was told that the step is to do again,
 * so nothing of it may count.
 */
export function dropUnlisted(adoption: OpenAdoption, listed: readonly number[]): void {
  dropGiven(adoption, ({ id }) => !listed.includes(id));
}
