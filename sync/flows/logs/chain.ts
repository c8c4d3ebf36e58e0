/**
 * The chain: all that a new or a stale laptop needs to go on, in one file.
 * @module
 */
import { encodeChain } from '../../../shared/transcript/chain.ts';
import { bytesToHex } from '../../../shared/encoding/bytes.ts';
import { decodeEnvelope, envelopeToJson } from '../../../shared/encoding/dsse.ts';
import { type DocumentType, listDocuments, type StoredDocument } from '../../database/documents.ts';
import { rosterType } from '../../../shared/identity/roster.ts';
import { parseManifest } from '../../../shared/sharing/manifest.ts';
import type { Trusted } from '../../../shared/transcript/handed-on.ts';
import { bundleDocument, committedBundles, committedTrust } from '../bundles/bundles.ts';
import { type FlowContext, readSituation } from '../../trust/context.ts';
import { receiptsToHandOn, transcriptsToHandOn } from './kept.ts';

/**
 * Canonical bytes; manifests and rosters of committed bundles only, ceremony logs that were brought,
 * and receipts: of each as many as a laptop takes. An older receipt is given by its nonce for ever.
 */
export async function makeChain(context: FlowContext): Promise<Uint8Array> {
  const { database } = context;
  const { installation, identity } = await readSituation(context);
  const { manifests, rosters } = await trustedContents(context);
  const logs = await transcriptsToHandOn(database);
  const embed = (found: readonly Pick<StoredDocument, 'content'>[], what: string) =>
    found.map(({ content }) => envelopeToJson(decodeEnvelope(content, what)));
  return encodeChain({
    mode: installation.mode,
    descriptor: envelopeToJson(identity.descriptor.envelope),
    manifests: embed(manifests, 'share-set'),
    rosters: embed(rosters, 'roster'),
    receipts: embed(await receiptsToHandOn(database, logs), 'receipt'),
    transcripts: logs.contents,
  });
}

/** The same sets and rosters, verified, and every bundle that was committed. */
export async function trustedDocuments(context: FlowContext): Promise<Trusted> {
  const { installation, identity } = await readSituation(context);
  const { manifests, rosters } = await trustedContents(context);
  return {
    descriptor: identity.descriptor,
    manifests: manifests.map(({ content }) => parseManifest(content, installation.mode)),
    rosters: rosters.map(({ content }) => rosterType.parse(content, installation.mode)),
    committed: new Set(await committedBundles(context.database)),
  };
}

async function trustedContents(context: FlowContext) {
  const { database } = context;
  const { installation } = await readSituation(context);
  // SECURITY: what was imported and never committed was never trusted, and is not handed on.
  const trusted = new Set<string>();
  for (const digest of await committedTrust(database)) {
    const { body } = await bundleDocument(database, digest, installation.mode);
    trusted.add(body.manifestDigest).add(body.rosterDigest);
    if ('newManifestDigest' in body) trusted.add(body.newManifestDigest);
  }
  const of = async (type: DocumentType) =>
    (await listDocuments(database, type)).filter(({ digest }) => trusted.has(bytesToHex(digest)));
  return { manifests: await of('manifest'), rosters: await of('roster') };
}
