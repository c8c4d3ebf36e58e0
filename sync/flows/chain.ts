/**
 * The chain: all that a new or a stale laptop needs to go on, in one file.
 * @module
 */
import { encodeChain } from '../../shared/bundle/chain.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { decodeEnvelope, envelopeToJson } from '../../shared/encoding/dsse.ts';
import { type DocumentType, listDocuments } from '../database/documents.ts';
import { bundleDocument, listBundles } from './bundles.ts';
import { type FlowContext, readSituation } from './context.ts';

/** Canonical bytes; manifests and rosters of committed bundles only, receipts all. */
export async function makeChain(context: FlowContext): Promise<Uint8Array> {
  const { database } = context;
  const { installation, identity } = await readSituation(context);
  // SECURITY: what was imported and never committed was never trusted, and is not handed on.
  const trusted = new Set<string>();
  for (const bundle of await listBundles(database)) {
    if (bundle.state !== 'committed' || bundle.kind !== 'setup') continue;
    const { body } = await bundleDocument(database, bundle.digest, installation.mode);
    trusted.add(body.manifestDigest).add(body.rosterDigest);
  }
  const embedded = async (type: DocumentType, what: string, all: boolean) =>
    (await listDocuments(database, type))
      .filter(({ digest }) => all || trusted.has(bytesToHex(digest)))
      .map(({ content }) => envelopeToJson(decodeEnvelope(content, what)));
  return encodeChain({
    mode: installation.mode,
    descriptor: envelopeToJson(identity.descriptor.envelope),
    manifests: await embedded('manifest', 'share-set', false),
    rosters: await embedded('roster', 'roster', false),
    receipts: await embedded('receipt', 'receipt', true),
  });
}
