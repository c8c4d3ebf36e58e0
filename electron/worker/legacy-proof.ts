/**
 * Which stored survey keys open with what the legacy shares give.
 * @module
 */
import {
  storedKeysOf,
  type AdoptFound,
  type ComponentPlace,
  type StoredKey,
} from '../../shared/bundle/adopt.ts';
import type { LegacyProof } from '../../shared/ceremony/types.ts';
import { proveByEscrow, type UnprovedComponent } from '../../shared/checktick/index.ts';
import type { EscrowEvidence } from '../../shared/checktick/legacy/proof.ts';
import { Refusal } from '../../shared/refusal.ts';
import type { Secret } from '../../shared/secret/secret.ts';
import type { OpenAdoption } from './adoption.ts';
import { refuseWorker } from './refusals.ts';

/** What sync sealed of the version that is adopted. */
export function wantedOf({ secrets, version }: OpenAdoption): OpenAdoption['secrets'][number] {
  const wanted = secrets.find((one) => one.version === version);
  if (wanted === undefined) throw refuseWorker('package-not-open');
  return wanted;
}

/** Of which surveys stored keys of this version came along. */
export function keysOf({ versions }: AdoptFound, version: string): StoredKey[] {
  const found = versions.find((one) => one.version === version);
  return found === undefined ? [] : storedKeysOf(found);
}

interface Opened extends LegacyProof {
  readonly place: ComponentPlace;
  /** The caller wipes it. */
  readonly component: Secret;
}

/**
 * Each component of a version with each thing that the shares could give, on each stored survey key
 * that nothing opened yet; null: nothing opens any.
 * @throws Refusal `adopt-two-keys`
 */
export async function tryOn(
  { secrets, found, candidates }: OpenAdoption,
  version: string,
): Promise<Opened | null> {
  const sealed = secrets.find((one) => one.version === version);
  const keys = keysOf(found, version);
  let proved: Opened | null = null;
  for (const { place, bytes } of sealed?.components ?? []) {
    for (const { component: candidate, wrong } of candidates) {
      const left = proved === null ? keys : proved.unopened;
      const opened: StoredKey[] = [];
      let component: Secret | null = null;
      for (const key of left) {
        const encryptedKek = sealed?.encryptedKeks[keys.indexOf(key)] ?? '';
        const evidence = { ...key, vaultComponent: bytes, encryptedKek };
        const one = await openedBy(candidate, evidence);
        if (one === null) continue;
        component?.wipe();
        component = one;
        opened.push(key);
      }
      if (component === null) continue;
      if (proved !== null) {
        component.wipe();
        proved.component.wipe();
        throw refuseWorker('adopt-two-keys');
      }
      const unopened = keys.filter((key) => !opened.includes(key));
      proved = { opened, unopened, place, wrong, component };
      if (unopened.length === 0) return proved;
    }
  }
  return proved;
}

/** The component, if this stored survey key opens with it; the caller wipes it. */
async function openedBy(
  candidate: UnprovedComponent,
  evidence: EscrowEvidence,
): Promise<Secret | null> {
  try {
    return (await proveByEscrow(candidate, evidence)).component;
  } catch (error) {
    if (!(error instanceof Refusal) || !DOES_NOT_OPEN.has(error.code)) throw error;
    return null;
  }
}

/** The component does not fit, or the stored survey key is none. */
const DOES_NOT_OPEN = new Set([
  'legacy-not-proved',
  'legacy-padding',
  'component-length',
  'hex-text',
  'blob-length',
]);
