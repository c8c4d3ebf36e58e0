/**
 * Signing the roster and the manifest of a new share set with k of its share keys.
 * @module
 */
import type { SetFacts } from '../../../shared/ceremony/effects.ts';
import type { HostEvent } from '../../../shared/ceremony/events.ts';
import { hexToBytes } from '../../../shared/encoding/bytes.ts';
import type { DocumentType } from '../../../shared/encoding/document.ts';
import {
  encodeEnvelope,
  preAuthEncoding,
  withSignatures,
  type Signature,
} from '../../../shared/encoding/dsse.ts';
import { formatTime } from '../../../shared/encoding/schema.ts';
import { eightWords } from '../../../shared/encoding/words.ts';
import { parseRoster, rosterType, type RosterDocument } from '../../../shared/identity/roster.ts';
import type { Mode } from '../../../shared/mode.ts';
import {
  manifestType,
  parseManifest,
  type ManifestDocument,
} from '../../../shared/sharing/manifest.ts';
import type { EffectContext } from './effect-context.ts';
import { refuseHost } from './refusals.ts';
import { manifestBody, rosterBody } from './set-documents.ts';
import { addOnce } from './transcript-writer.ts';

/** A document signed by k share keys, as bytes; the caller has its own parser judge it. */
export async function signWithQuorum<T extends { readonly mode: Mode }>(
  context: EffectContext,
  type: DocumentType<T>,
  body: T,
): Promise<Uint8Array> {
  const payloadType = type.payloadType(body.mode);
  const payload = type.encodeBody(body);
  const worker = await context.worker();
  const { signatures } = await worker.ask('sign-quorum', {
    messages: [preAuthEncoding(payloadType, payload)],
  });
  return encodeEnvelope(
    withSignatures(
      { payloadType, payload, signatures: [] },
      signatures.flatMap(({ keyid, sigs: [sig] }): Signature[] =>
        sig === undefined ? [] : [{ keyid, sig }],
      ),
    ),
  );
}

/**
 * Adds both documents to the transcript, after the receiver's own parsers judged them. Signed once:
 * a set that was signed and could not be written down (a full disk) is written down now, so that a
 * log holds one manifest and the witness's words stay the same.
 */
export async function signSet(set: SetFacts, context: EffectContext): Promise<HostEvent> {
  const { transcript, gathered } = context;
  let { manifest, roster } = gathered;
  if (manifest === null || roster === null || manifest.body.setId !== set.setId) {
    ({ manifest, roster } = await sign(set, context));
    gathered.manifest = manifest;
    gathered.roster = roster;
  }
  await addOnce(transcript, roster.envelope);
  await addOnce(transcript, manifest.envelope);
  return {
    type: 'set-signed',
    manifestDigest: manifest.digest,
    rosterDigest: roster.digest,
    words: eightWords(hexToBytes(manifest.digest)),
  };
}

async function sign(
  set: SetFacts,
  context: EffectContext,
): Promise<{ manifest: ManifestDocument; roster: RosterDocument }> {
  const { mode, ceremonyId, gathered, platform } = context;
  const { descriptor, package: from } = gathered;
  if (descriptor === null || from === null) throw new Error('The machine signs too early.');
  if (from.body.kind !== 'setup' && from.body.kind !== 'adopt') {
    throw refuseHost('package-other-kind', from.body.kind, 'setup');
  }
  const circumstances = {
    mode,
    ceremonyId,
    keyVersion: from.body.keyVersion,
    createdAt: formatTime(platform.now()),
    sync: descriptor.body,
  };
  const rosterBytes = await signWithQuorum(context, rosterType, rosterBody(set, circumstances));
  const { digest } = rosterType.parse(rosterBytes, mode);
  const manifestBytes = await signWithQuorum(
    context,
    manifestType,
    manifestBody(set, digest, circumstances),
  );
  const manifest = parseManifest(manifestBytes, mode);
  return { manifest, roster: parseRoster(rosterBytes, mode, manifest.body) };
}
