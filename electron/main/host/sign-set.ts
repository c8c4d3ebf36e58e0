/**
 * Signing the roster and the manifest of a new share set with k of its share keys.
 * @module
 */
import type { Package } from '../../../shared/bundle/package.ts';
import type { PackagedSet } from '../../../shared/bundle/packaged-set.ts';
import { assertNext, type NewSet } from '../../../shared/bundle/rotate.ts';
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
import { parseRoster, rosterType } from '../../../shared/identity/roster.ts';
import type { Mode } from '../../../shared/mode.ts';
import { manifestType, parseManifest } from '../../../shared/sharing/manifest.ts';
import type { EffectContext, Gathered } from './effect-context.ts';
import { need } from './executors.ts';
import { isRotationPackage, lastingHolders, type RotationPackage } from './package-facts.ts';
import { refuseHost } from './refusals.ts';
import { manifestBody, rosterBody } from './set-documents.ts';
import { addOnce } from './transcript-writer.ts';

/**
 * A document signed by k share keys, as bytes; the caller has its own parser judge it.
 * @param of where shares were given and made: whose keys sign
 */
export async function signWithQuorum<T extends { readonly mode: Mode }>(
  context: EffectContext,
  type: DocumentType<T>,
  body: T,
  of?: 'given' | 'made',
): Promise<Uint8Array> {
  const payloadType = type.payloadType(body.mode);
  const payload = type.encodeBody(body);
  const worker = await context.worker();
  const { signatures } = await worker.ask('sign-quorum', {
    messages: [preAuthEncoding(payloadType, payload)],
    ...(of === undefined ? {} : { of }),
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
  const { manifest, roster } = signedBefore(set, gathered) ?? (await sign(set, context));
  if (rotationOf(gathered) !== null) gathered.next = { manifest, roster };
  else {
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

function signedBefore({ setId }: SetFacts, { manifest, roster, next }: Gathered): NewSet | null {
  if (next !== null) return next;
  return manifest === null || roster === null || manifest.body.setId !== setId
    ? null
    : { manifest, roster };
}

async function sign(set: SetFacts, context: EffectContext): Promise<NewSet> {
  const { mode, ceremonyId, gathered, platform } = context;
  const { descriptor, package: from } = gathered;
  if (descriptor === null || from === null) throw new Error('The machine signs too early.');
  const rotation = rotationOf(gathered);
  const before = rotation === null ? null : inForce(gathered);
  const circumstances = {
    mode,
    ceremonyId,
    keyVersion: versionOf(from.body),
    createdAt: formatTime(platform.now()),
    sync: descriptor.body,
    before,
    lasting: rotation === null || before === null ? [] : lastingHolders(rotation, before),
  };
  const rosterBytes = await signWithQuorum(
    context,
    rosterType,
    rosterBody(set, circumstances),
    'made',
  );
  const { digest } = rosterType.parse(rosterBytes, mode);
  const manifestBytes = await signWithQuorum(
    context,
    manifestType,
    manifestBody(set, digest, circumstances),
    'made',
  );
  const manifest = parseManifest(manifestBytes, mode);
  const made = { manifest, roster: parseRoster(rosterBytes, mode, manifest.body) };
  if (rotation !== null) assertComesNext(rotation.kind, made, gathered);
  return made;
}

/** Of the set that is made. */
function versionOf(body: Package): string {
  switch (body.kind) {
    case 'new-version':
      return body.nextVersion;
    case 'setup':
    case 'adopt':
    case 'rotate-shares':
    case 'add-set':
      return body.keyVersion;
    default:
      throw refuseHost('package-other-kind', body.kind, 'setup');
  }
}

/** Null: the set that is made is the first of all. */
function rotationOf({ package: from }: Gathered): RotationPackage | null {
  return from !== null && isRotationPackage(from.body) ? from.body : null;
}

/** The set whose shares are given, and the roster. */
function inForce({ manifest, roster, others }: Gathered): PackagedSet {
  return { manifest: need(manifest), roster: need(roster), others };
}

/** The rules that sync goes by as well. @throws Refusal of them */
export function assertComesNext(
  kind: keyof typeof assertNext,
  next: NewSet,
  gathered: Gathered,
): void {
  const { manifest, roster, others } = inForce(gathered);
  assertNext[kind](next, manifest, roster, others);
}
