/**
 * What is read without sync: a set in force that this laptop knows, and the newest roster that a set in
 * force has signed.
 * @module
 */
import type { DrillPackageFacts } from '../../../shared/ceremony/package-facts.ts';
import { readPayloadType } from '../../../shared/encoding/document.ts';
import type { Envelope } from '../../../shared/encoding/dsse.ts';
import { rosterType, verifyRoster, type RosterDocument } from '../../../shared/identity/roster.ts';
import type { Mode } from '../../../shared/mode.ts';
import { Refusal } from '../../../shared/refusal.ts';
import {
  manifestType,
  verifyManifest,
  type ManifestDocument,
} from '../../../shared/sharing/manifest.ts';
import type { SetAsked } from './destroy-facts.ts';
import type { Knowledge } from './knowledge.ts';
import { checkedFacts } from './package-facts.ts';
import { refuseHost } from './refusals.ts';
import type { Store } from './store.ts';

/** @throws Refusal `no-set`, `set-not-in-use`, `no-roster` */
export async function checkFacts(
  { store, knowledge }: { readonly store: Store; readonly knowledge: Knowledge },
  mode: Mode,
  { setId, generation }: SetAsked,
): Promise<{
  readonly facts: DrillPackageFacts;
  readonly manifest: ManifestDocument;
  readonly roster: RosterDocument;
}> {
  const { sets, envelopes } = await knowledge.ledger(mode, null);
  const set = sets.find((one) => one.setId === setId && one.generation === generation);
  if (set === undefined) throw refuseHost('no-set');
  if (set.status !== 'live') throw refuseHost('set-not-in-use', set.label);
  const live = new Set(
    sets.flatMap(({ status, manifestDigest }) => (status === 'live' ? [manifestDigest] : [])),
  );
  const documents = await documentsOf(store, mode);
  const manifests = of(documents, 'share-set', (one) => manifestType.parseEnvelope(one, mode))
    .filter(({ digest }) => live.has(digest))
    .map(verifyManifest);
  const manifest = manifests.find(({ digest }) => digest === set.manifestDigest);
  if (manifest === undefined) throw refuseHost('no-set');
  const [roster] = of(documents, 'roster', (one) => rosterType.parseEnvelope(one, mode))
    .filter((one) => manifests.some(({ body }) => isSignedBy(one, body)))
    .sort((a, b) => b.body.serial - a.body.serial);
  if (roster === undefined) throw refuseHost('no-roster', set.label);
  return { facts: checkedFacts(manifest, roster.body, envelopes), manifest, roster };
}

async function documentsOf(store: Store, mode: Mode): Promise<Envelope[]> {
  const logs = await store.readLogs(mode);
  const inLogs = logs.flatMap(({ items }) =>
    items.flatMap((item) => ('document' in item ? [item.document] : [])),
  );
  return [...(await store.kept(mode, 'documents')), ...inLogs];
}

function of<T>(
  documents: readonly Envelope[],
  what: string,
  parse: (envelope: Envelope) => T,
): T[] {
  return documents
    .filter(({ payloadType }) => readPayloadType(payloadType)?.what === what)
    .map(parse);
}

function isSignedBy(roster: RosterDocument, manifest: ManifestDocument['body']): boolean {
  try {
    verifyRoster(roster, manifest);
    return true;
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause;
    return false;
  }
}
