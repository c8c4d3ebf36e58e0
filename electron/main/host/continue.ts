/**
 * Continuing on this laptop what another one began: from sync's chain, or from the ceremony log
 * that every stick carries. Read, confirmed by eight words, kept.
 * @module
 */
import { bundleType } from '../../../shared/bundle/bundle.ts';
import { parseChain, type Chain } from '../../../shared/transcript/chain.ts';
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
import { Refusal } from '../../../shared/refusal.ts';
import { requireCarried } from '../../../shared/transcript/handed-on.ts';
import { encodeLog, entries, parseLog, type CeremonyLog } from '../../../shared/transcript/log.ts';
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
        for (const log of transcripts) await keepHandedOn(store, log);
        await store.keep(mode, 'trusted', digest, descriptor.envelope);
      } else {
        const { log, manifest, descriptor } = opened;
        // SECURITY: eight words name the manifest; only a log that its quorum signed is believed.
        requireCarried(log, { manifest, descriptor });
        await store.importLog(log.header, encodeLog(log));
        await store.keep(mode, 'trusted', descriptor.digest, descriptor.envelope);
      }
      opened = null;
      return null;
    },
  };
}

/**
 * Keeps a log that sync handed on. Where this laptop has the same ceremony, its own version stays if
 * the two differ behind the signatures alone: there anybody can write, and what it wrote itself it knows
 * at first hand.
 */
async function keepHandedOn(store: Store, log: CeremonyLog): Promise<void> {
  const { mode, ceremonyId } = log.header;
  try {
    await store.importLog(log.header, encodeLog(log));
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'log-differs') throw error;
    const own = parseLog(await store.readLogBytes(mode, ceremonyId));
    const signed = signedEntries(log) - 1;
    const hash = entries(log)[signed]?.hash;
    if (hash === undefined || entries(own)[signed]?.hash !== hash) throw error;
  }
}

/** How many entries its bundle names; of a destruction, how many its last seal covers. */
function signedEntries({ header: { mode }, items }: CeremonyLog): number {
  const sealed = items.map((item) => ('seal' in item ? item.seal.body.entries : 0));
  const [bundle] = items.flatMap((item) =>
    'document' in item && readPayloadType(item.document.payloadType)?.what === 'bundle'
      ? [bundleType.parseEnvelope(item.document, mode)]
      : [],
  );
  return bundle?.body.transcript.entries ?? Math.max(0, ...sealed);
}

/**
 * A log with a signed share set, and the descriptor of the sync that this set names. Of new shares the
 * set that was made: its words are on the witness's paper, and it names the one before it.
 */
function readLog(
  bytes: Uint8Array,
  mode: Mode,
): { log: CeremonyLog; manifest: ManifestDocument; descriptor: DescriptorDocument } {
  const log = parseLog(bytes);
  if (log.header.mode !== mode) throw refuseHost('log-other-mode', log.header.mode);
  const documents = log.items.flatMap((item) => ('document' in item ? [item.document] : []));
  const of = (what: string): Envelope[] =>
    documents.filter(({ payloadType }) => readPayloadType(payloadType)?.what === what);
  const sets = of('share-set').map((envelope) =>
    verifyManifest(manifestType.parseEnvelope(envelope, mode)),
  );
  const manifest = sets.find(({ body }) => body.ceremonyId === log.header.ceremonyId) ?? sets[0];
  if (manifest === undefined) throw refuseHost('log-not-signed');
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
