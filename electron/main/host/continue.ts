/**
 * Continuing on this laptop what another one began: from sync's chain, or from the ceremony log
 * that every stick carries. Read, confirmed by eight words, kept.
 * @module
 */
import { parseChain, type Chain } from '../../../shared/bundle/chain.ts';
import { parseDescriptor, type DescriptorDocument } from '../../../shared/bundle/descriptor.ts';
import { assertWords } from '../../../shared/ceremony/opening.ts';
import { readPayloadType } from '../../../shared/encoding/document.ts';
import { encodeEnvelope, type Envelope } from '../../../shared/encoding/dsse.ts';
import type { Input, Output } from '../../../shared/ipc/contract.ts';
import type { Mode } from '../../../shared/mode.ts';
import {
  manifestType,
  verifyManifest,
  type ManifestDocument,
} from '../../../shared/sharing/manifest.ts';
import { isAddedTo } from '../../../shared/transcript/foreign-log.ts';
import { encodeLog, parseLog, type CeremonyLog } from '../../../shared/transcript/log.ts';
import { verifyLog } from '../../../shared/transcript/verify.ts';
import { refuseHost } from './refusals.ts';
import { isLogName, type Sticks } from './sticks.ts';
import type { Store } from './store.ts';

export interface Continuations {
  open(input: Input<'chain:open'>): Promise<Output<'chain:open'>>;
  trust(input: Input<'chain:trust'>): Promise<null>;
}

type Opened =
  | { readonly mode: Mode; readonly digest: string; readonly chain: Chain }
  | {
      readonly mode: Mode;
      readonly digest: string;
      readonly log: CeremonyLog;
      readonly manifest: ManifestDocument;
      readonly descriptor: DescriptorDocument;
    };

export function openContinuations(deps: {
  readonly sticks: Sticks;
  readonly store: Store;
}): Continuations {
  const { sticks, store } = deps;
  let opened: Opened | null = null;

  return {
    async open({ documentId, mode }) {
      const bytes = await sticks.readDocument(mode, documentId);
      if (isLogName(documentId)) {
        const { log, manifest, descriptor } = readLog(bytes, mode);
        const { digest } = manifest;
        opened = { mode, digest, log, manifest, descriptor };
        return { syncName: descriptor.body.name, digest, sets: 1, wordsOf: 'share set' };
      }
      const chain = parseChain(bytes, mode);
      const { digest, body } = chain.descriptor;
      opened = { mode, digest, chain };
      return { syncName: body.name, digest, sets: chain.manifests.length, wordsOf: 'descriptor' };
    },

    async trust({ digest, words, mode }) {
      if (opened === null || opened.mode !== mode || opened.digest !== digest) {
        throw refuseHost('chain-not-open');
      }
      assertWords(words, digest);
      if ('chain' in opened) {
        const { descriptor, manifests, rosters, receipts, transcripts } = opened.chain;
        for (const document of [...manifests, ...rosters, ...receipts]) {
          await store.keep(mode, 'documents', document.digest, document.envelope);
        }
        for (const log of transcripts) await store.importLog(log.header, encodeLog(log));
        await store.keep(mode, 'trusted', digest, descriptor.envelope);
      } else {
        const { log, manifest, descriptor } = opened;
        // SECURITY: eight words name the manifest; only a log that its quorum signed is believed.
        const { standing, quorumEntries } = verifyLog(log, { words });
        if (standing !== 'authenticated') throw refuseHost('log-not-signed');
        if (isAddedTo(log, manifest, descriptor, quorumEntries ?? 0)) {
          throw refuseHost('log-added-to');
        }
        await store.importLog(log.header, encodeLog(log));
        await store.keep(mode, 'trusted', descriptor.digest, descriptor.envelope);
      }
      opened = null;
      return null;
    },
  };
}

/** A log with a signed share set, and the descriptor of the sync that this set names. */
function readLog(
  bytes: Uint8Array,
  mode: Mode,
): { log: CeremonyLog; manifest: ManifestDocument; descriptor: DescriptorDocument } {
  const log = parseLog(bytes);
  if (log.header.mode !== mode) throw refuseHost('log-other-mode', log.header.mode);
  const documents = log.items.flatMap((item) => ('document' in item ? [item.document] : []));
  const of = (what: string): Envelope[] =>
    documents.filter(({ payloadType }) => readPayloadType(payloadType)?.what === what);
  const [set] = of('share-set');
  if (set === undefined) throw refuseHost('log-not-signed');
  const manifest = verifyManifest(manifestType.parseEnvelope(set, mode));
  const descriptor = of('descriptor')
    .map((envelope) => parseDescriptor(encodeEnvelope(envelope), mode))
    .find(
      ({ body }) =>
        body.publicKey === manifest.body.sync.publicKey &&
        body.audience === manifest.body.sync.audience,
    );
  if (descriptor === undefined) throw refuseHost('log-not-signed');
  return { log, manifest, descriptor };
}
