/**
 * The chain: all that a new or a stale laptop needs to go on, in one file.
 * @module
 */
import { CHAIN_RECEIPTS, encodeChain } from '../../shared/bundle/chain.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { decodeEnvelope, envelopeToJson } from '../../shared/encoding/dsse.ts';
import {
  type DocumentType,
  listDocuments,
  newestDocuments,
  type StoredDocument,
} from '../database/documents.ts';
import { bundleDocument, committedTrust } from './bundles.ts';
import { type FlowContext, readSituation } from './context.ts';

/**
 * Canonical bytes; manifests and rosters of committed bundles only, and the newest receipts: as many
 * as a laptop takes. An older one is given by its nonce for ever.
 */
export async function makeChain(context: FlowContext): Promise<Uint8Array> {
  const { database } = context;
  const { installation, identity } = await readSituation(context);
  // SECURITY: what was imported and never committed was never trusted, and is not handed on.
  const trusted = new Set<string>();
  for (const digest of await committedTrust(database)) {
    const { body } = await bundleDocument(database, digest, installation.mode);
    trusted.add(body.manifestDigest).add(body.rosterDigest);
    if (body.kind === 'rotate-shares') trusted.add(body.newManifestDigest);
  }
  const embed = (found: readonly StoredDocument[], what: string) =>
    found.map(({ content }) => envelopeToJson(decodeEnvelope(content, what)));
  const trustedOnes = async (type: DocumentType, what: string) =>
    embed(
      (await listDocuments(database, type)).filter(({ digest }) => trusted.has(bytesToHex(digest))),
      what,
    );
  return encodeChain({
    mode: installation.mode,
    descriptor: envelopeToJson(identity.descriptor.envelope),
    manifests: await trustedOnes('manifest', 'share-set'),
    rosters: await trustedOnes('roster', 'roster'),
    receipts: embed(await newestDocuments(database, 'receipt', CHAIN_RECEIPTS), 'receipt'),
  });
}
