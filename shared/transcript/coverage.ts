/**
 * Who signed how much of a ceremony log: seals by people and share keys, and the bundle, whose
 * share signatures cover the transcript that it names.
 * @module
 */
import { verifySignatures } from '../encoding/dsse.ts';
import { personKeys } from '../identity/roster.ts';
import { shareKeys, type ManifestDocument } from '../sharing/manifest.ts';
import { fact } from './entry.ts';
import type { LogDocuments } from './log-documents.ts';
import { entries, type CeremonyLog } from './log.ts';

/** Key to how many entries its last signature covers. */
export type Coverage = ReadonlyMap<string, number>;

/** Names that the log itself gives to keys, for people who are in no roster (yet). */
export function selfNamed(log: CeremonyLog): Map<string, string> {
  const named = new Map<string, string>();
  for (const entry of entries(log)) {
    if (fact(entry, 'kind') !== 'identity-ready') continue;
    const key = fact(entry, 'publicKey');
    if (typeof key !== 'string') continue;
    const name = fact(entry, 'name');
    const role = fact(entry, 'role');
    named.set(key, `${String(name ?? 'a person whose name is withheld')} (${String(role ?? '?')})`);
  }
  return named;
}

/** Verifies every seal. Refuses a signature of a key that neither documents nor entries name. */
export function sealCoverage(log: CeremonyLog, documents: LogDocuments): Coverage {
  const allowed = new Set([
    ...documents.known.flatMap(({ body }) => [...shareKeys(body)]),
    ...documents.rosters.flatMap(({ document }) => [...personKeys(document.body)]),
    ...selfNamed(log).keys(),
  ]);
  const coverage = new Map<string, number>();
  const cover = (keys: readonly string[], covered: number) => {
    for (const key of keys) coverage.set(key, Math.max(coverage.get(key) ?? 0, covered));
  };
  for (const item of log.items) {
    if (!('seal' in item)) continue;
    const { envelope, body } = item.seal;
    cover(verifySignatures(envelope, 'transcript-seal', allowed), body.entries);
  }
  for (const { envelope, body } of documents.bundles) {
    cover(
      envelope.signatures.map(({ keyid }) => keyid),
      body.transcript.entries,
    );
  }
  return coverage;
}

/** How many entries at least `threshold` share keys of the set signed; 0 for none. */
export function quorumCoverage(coverage: Coverage, manifest: ManifestDocument): number {
  const counts = [...shareKeys(manifest.body)]
    .map((key) => coverage.get(key) ?? 0)
    .sort((a, b) => b - a);
  return counts[manifest.body.threshold - 1] ?? 0;
}
