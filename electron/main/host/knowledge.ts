/**
 * What the laptop knows from its own logs and from sync's chain: the ledger, and what protects
 * against old or used packages.
 * @module
 */
import { packageType, type PackageDocument } from '../../../shared/bundle/package.ts';
import { receiptType, type ReceiptDocument } from '../../../shared/bundle/receipt.ts';
import { descriptorType, type DescriptorDocument } from '../../../shared/bundle/descriptor.ts';
import { readPayloadType } from '../../../shared/encoding/document.ts';
import type { Envelope } from '../../../shared/encoding/dsse.ts';
import { formatTime } from '../../../shared/encoding/schema.ts';
import { foldLedger } from '../../../shared/ledger/fold.ts';
import type { Ledger } from '../../../shared/ledger/ledger.ts';
import type { KeyIdentity } from '../../../shared/identity/key-identity.ts';
import { keyIdentities, rosterType } from '../../../shared/identity/roster.ts';
import type { Mode } from '../../../shared/mode.ts';
import { manifestType, type ManifestDocument } from '../../../shared/sharing/manifest.ts';
import type { CeremonyLog } from '../../../shared/transcript/log.ts';
import type { Store } from './store.ts';

export interface Knowledge {
  ledger(mode: Mode, running: string | null): Promise<Ledger>;
  seenEpoch(mode: Mode, audience: string): Promise<number>;
  /** Nonces of packages that other ceremonies used. */
  usedNonces(mode: Mode, except: string): Promise<ReadonlySet<string>>;
  /** Out of the rosters of all ceremonies that are kept here; the newest roster first. */
  keyIdentities(mode: Mode): Promise<KeyIdentity[]>;
  /** Descriptors that were confirmed by eight words, newest first. */
  trusted(mode: Mode): Promise<DescriptorDocument[]>;
}

function ofType(envelopes: readonly Envelope[], what: string): Envelope[] {
  return envelopes.filter(({ payloadType }) => readPayloadType(payloadType)?.what === what);
}

function documentsOf(log: CeremonyLog): Envelope[] {
  return log.items.flatMap((item) => ('document' in item ? [item.document] : []));
}

export function openKnowledge(store: Store, now: () => Date): Knowledge {
  const receiptsOf = (envelopes: readonly Envelope[], mode: Mode): ReceiptDocument[] =>
    ofType(envelopes, 'receipt').map((envelope) => receiptType.parseEnvelope(envelope, mode));
  const packagesOf = (envelopes: readonly Envelope[], mode: Mode): PackageDocument[] =>
    ofType(envelopes, 'package').map((envelope) => packageType.parseEnvelope(envelope, mode));
  const manifestsOf = (envelopes: readonly Envelope[], mode: Mode): ManifestDocument[] =>
    ofType(envelopes, 'share-set').map((envelope) => manifestType.parseEnvelope(envelope, mode));

  return {
    async ledger(mode, running) {
      const kept = await store.kept(mode, 'documents');
      return foldLedger({
        logs: await store.readLogs(mode),
        receipts: receiptsOf(kept, mode),
        manifests: manifestsOf(kept, mode),
        running,
        now: formatTime(now()),
      });
    },
    async seenEpoch(mode, audience) {
      const kept = await store.kept(mode, 'documents');
      const seen = [...kept, ...(await store.readLogs(mode)).flatMap(documentsOf)];
      // All were verified by sync's signature when they came in.
      return [...receiptsOf(seen, mode), ...packagesOf(seen, mode)]
        .filter(({ body }) => body.audience === audience)
        .reduce((highest, { body }) => Math.max(highest, body.epoch), 0);
    },
    async usedNonces(mode, except) {
      const logs = (await store.readLogs(mode)).filter(
        ({ header }) => header.ceremonyId !== except,
      );
      return new Set(
        logs
          .map(documentsOf)
          .filter((documents) => ofType(documents, 'bundle').length > 0)
          .flatMap((documents) => packagesOf(documents, mode).map(({ body }) => body.nonce)),
      );
    },
    async keyIdentities(mode) {
      const documents = (await store.readLogs(mode)).flatMap(documentsOf);
      // A list of whom to ask for: whether a key makes what it says is seen when it answers.
      return ofType(documents, 'roster')
        .map((envelope) => rosterType.parseEnvelope(envelope, mode).body)
        .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
        .flatMap(keyIdentities);
    },
    async trusted(mode) {
      return (await store.kept(mode, 'trusted'))
        .map((envelope) => descriptorType.parseEnvelope(envelope, mode))
        .sort((a, b) => (a.body.createdAt < b.body.createdAt ? 1 : -1));
    },
  };
}
