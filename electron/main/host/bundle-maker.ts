/**
 * Making the bundle: the public body here, the secret sealed by the worker, signed by k share
 * keys and the operator, and judged by the receiver's own code before anybody carries it away.
 * @module
 */
import {
  bringsSet,
  bundleType,
  verifyBundle,
  type Bundle,
  type BundleDocument,
  type MemberBundle,
  type NewVersionBundle,
  type OrganisationBundle,
  type RecoverBundle,
  type RosterBundle,
  type RotateBundle,
  type SetupBundle,
} from '../../../shared/bundle/bundle.ts';
import { answersFullDrill, type FullDrillSaid } from '../../../shared/bundle/full-drill.ts';
import { whosePassphrase } from '../../../shared/bundle/organisation.ts';
import { openNewSet } from '../../../shared/bundle/rotate.ts';
import type { Effect } from '../../../shared/ceremony/effects.ts';
import type { HostEvent } from '../../../shared/ceremony/events.ts';
import { hexToBytes } from '../../../shared/encoding/bytes.ts';
import {
  encodeEnvelope,
  envelopeToJson,
  preAuthEncoding,
  withSignatures,
  type Signature,
} from '../../../shared/encoding/dsse.ts';
import { refuseDocument } from '../../../shared/encoding/refusals-documents.ts';
import { formatTime } from '../../../shared/encoding/schema.ts';
import { eightWords } from '../../../shared/encoding/words.ts';
import type { EffectContext } from './effect-context.ts';
import { need } from './executors.ts';
import { signAsSeated } from './sign-as-seated.ts';
import { assertComesNext } from './sign-set.ts';
import { addOnce } from './transcript-writer.ts';
import type { WorkerClient } from './worker-client.ts';

/** What the ceremony found out, as far as it stands in the bundle. */
type Said = Pick<
  Extract<Effect, { effect: 'make-bundle' }>,
  'escrowedEmail' | 'escrow' | 'adoption' | 'drilled' | 'wrapped' | 'moved'
>;

/**
 * The worker seals the secret once and wipes it. A bundle that was signed and could not be written
 * down (a full disk) is written down now: it is never made anew.
 */
export async function makeBundle(context: EffectContext, said: Said): Promise<HostEvent> {
  const { transcript, gathered } = context;
  const bundle = gathered.bundle ?? (await signBundle(context, said));
  gathered.bundle = bundle;
  await addOnce(transcript, bundle.envelope);
  return {
    type: 'bundle-made',
    digest: bundle.digest,
    words: eightWords(hexToBytes(bundle.digest)),
    signedEntries: bundle.body.transcript.entries,
    ...(bundle.body.kind === 'drill' && bundle.body.full !== undefined
      ? { wholeMs: bundle.body.full.wholeMs }
      : {}),
  };
}

type Common = Omit<RosterBundle, 'kind' | 'keyVersion' | 'roster' | 'admins'>;

/** With how long everything took until now. A clock that was set back gives no time below zero. */
function timed(
  { begunAt, ...outcome }: NonNullable<NonNullable<Said['drilled']>['full']>,
  now: Date,
): FullDrillSaid {
  return { ...outcome, wholeMs: Math.max(0, now.getTime() - Date.parse(begunAt)) };
}

/** What the package's kind adds; the worker seals what is secret. */
async function completed(
  common: Common,
  { gathered, platform }: EffectContext,
  worker: WorkerClient,
  said: Said,
): Promise<Bundle> {
  const { package: source, manifest, roster, newAdmins } = gathered;
  const from = source?.body;
  if (from === undefined || manifest === null || roster === null) {
    throw new Error('The machine asked for a bundle too early.');
  }
  switch (from.kind) {
    case 'setup': {
      const { keyVersion, recipient } = from;
      const open: Omit<SetupBundle, 'sealed'> = {
        ...common,
        kind: 'setup',
        keyVersion,
        manifest: envelopeToJson(manifest.envelope),
        roster: envelopeToJson(roster.envelope),
      };
      return (await worker.ask('seal-setup', { body: open, recipient })).body;
    }
    case 'recover': {
      const { facts, recipient } = from;
      const open: Omit<RecoverBundle, 'sealed'> = {
        ...common,
        kind: 'recover',
        facts,
        ...(said.escrowedEmail === null ? {} : { escrowedEmail: said.escrowedEmail }),
        ...(said.escrow?.kind === 'sealed' ? { escrow: said.escrow } : {}),
      };
      return (await worker.ask('seal-recover', { body: open, recipient })).body;
    }
    case 'recover-member': {
      const { facts, organisation, recipient } = from;
      const open: Omit<MemberBundle, 'sealed'> = {
        ...common,
        kind: 'recover-member',
        facts,
        organisation,
        ...(said.escrow?.kind === 'organisation' ? { escrow: said.escrow } : {}),
      };
      return (await worker.ask('seal-recover', { body: open, recipient })).body;
    }
    case 'roster':
      return {
        ...common,
        kind: 'roster',
        keyVersion: from.keyVersion,
        roster: envelopeToJson(roster.envelope),
        admins: newAdmins,
      };
    case 'adopt': {
      const { adoption } = said;
      if (adoption === null || adoption === undefined) {
        throw new Error('The machine asked for a bundle too early.');
      }
      return {
        ...common,
        kind: 'adopt',
        keyVersion: from.keyVersion,
        manifest: envelopeToJson(manifest.envelope),
        roster: envelopeToJson(roster.envelope),
        ...adoption,
      };
    }
    case 'migrate-organisation': {
      const { facts, recipient, moves } = from;
      if (said.wrapped == null) throw new Error('The machine asked for a bundle too early.');
      const open: Omit<OrganisationBundle, 'sealed'> = {
        ...common,
        kind: 'migrate-organisation',
        facts,
        passphrase: whosePassphrase(from),
        ...(moves === undefined ? {} : { movedFrom: moves.from }),
        ...said.wrapped,
      };
      return (await worker.ask('seal-organisation', { body: open, recipient })).body;
    }
    case 'drill': {
      if (said.drilled === undefined) throw new Error('The machine asked for a bundle too early.');
      const { proofs, failed, full } = said.drilled;
      const { keyVersion } = from;
      return {
        ...common,
        kind: 'drill',
        keyVersion,
        proofs: [...proofs],
        failed: [...failed],
        ...(full === undefined ? {} : { full: timed(full, platform.now()) }),
      };
    }
    case 'activate':
      return {
        ...common,
        kind: 'activate',
        keyVersion: from.keyVersion,
        activates: from.activates,
      };
    case 'retire':
      return { ...common, kind: 'retire', keyVersion: from.keyVersion, retires: from.retires };
    case 'migrate-escrows': {
      if (said.moved === undefined) throw new Error('The machine asked for a bundle too early.');
      const { keyVersion, movesTo } = from;
      const { files, counts, organisationHalf } = said.moved;
      return {
        ...common,
        kind: 'migrate-escrows',
        keyVersion,
        movesTo,
        files: [...files],
        counts,
        ...(organisationHalf === null ? {} : { organisationHalf }),
      };
    }
    case 'rotate-shares': {
      const { keyVersion, compared, recipient } = from;
      const next = need(gathered.next);
      const open: Omit<RotateBundle, 'sealed'> = {
        ...common,
        kind: 'rotate-shares',
        keyVersion,
        compared,
        manifest: envelopeToJson(next.manifest.envelope),
        newManifestDigest: next.manifest.digest,
        roster: envelopeToJson(next.roster.envelope),
      };
      return (await worker.ask('seal-rotate', { body: open, recipient })).body;
    }
    case 'new-version': {
      const { keyVersion, nextVersion, recipient } = from;
      const next = need(gathered.next);
      const open: Omit<NewVersionBundle, 'sealed'> = {
        ...common,
        kind: 'new-version',
        keyVersion,
        nextVersion,
        manifest: envelopeToJson(next.manifest.envelope),
        newManifestDigest: next.manifest.digest,
        roster: envelopeToJson(next.roster.envelope),
      };
      return (await worker.ask('seal-rotate', { body: open, recipient })).body;
    }
    case 'refresh':
    case 'add-set': {
      const next = need(gathered.next);
      return {
        ...common,
        kind: from.kind,
        keyVersion: from.keyVersion,
        manifest: envelopeToJson(next.manifest.envelope),
        newManifestDigest: next.manifest.digest,
        roster: envelopeToJson(next.roster.envelope),
      };
    }
  }
}

async function signBundle(context: EffectContext, said: Said): Promise<BundleDocument> {
  const { mode, gathered } = context;
  const { manifest, roster } = gathered;
  if (manifest === null || roster === null) {
    throw new Error('The machine asked for a bundle too early.');
  }
  // A YubiKey that did not sign is asked again, and what was sealed for it is not sealed anew.
  const body = gathered.unsigned ?? (await bundleBody(context, said));
  gathered.unsigned = body;
  const payload = bundleType.encodeBody(body);
  const payloadType = bundleType.payloadType(mode);
  const message = preAuthEncoding(payloadType, payload);
  const person = await signAsSeated(context, message);
  const worker = await context.worker();
  // In a drill and in a refresh each share has signed for itself, and is wiped. Of new shares the set in force signs: its
  // last word is who comes after it.
  const of = gathered.next === null ? {} : { of: 'given' as const };
  const quorum =
    body.kind === 'drill' || body.kind === 'refresh'
      ? { signatures: [] }
      : await worker.ask('sign-quorum', { messages: [message], ...of });
  const signatures = [
    { keyid: person.keyid, sigs: person.signatures },
    ...quorum.signatures,
  ].flatMap(({ keyid, sigs: [sig] }): Signature[] => (sig === undefined ? [] : [{ keyid, sig }]));
  const signed = withSignatures({ payloadType, payload, signatures: [] }, signatures);
  const bundle = bundleType.parse(encodeEnvelope(signed), mode);
  verifyBundle(bundle, manifest.body, (gathered.next?.roster ?? roster).body);
  const from = need(gathered.package).body;
  if (bundle.body.kind === 'drill' && from.kind === 'drill') {
    if (!answersFullDrill(bundle.body, from, manifest.body)) {
      throw refuseDocument('document-damaged', 'bundle');
    }
  }
  if (bringsSet(bundle.body)) {
    assertComesNext(bundle.body.kind, openNewSet(bundle.body), gathered);
  }
  return bundle;
}

async function bundleBody(context: EffectContext, said: Said): Promise<Bundle> {
  const { mode, ceremonyId, transcript, gathered, platform } = context;
  const { package: from, manifest, roster } = gathered;
  if (from === null || manifest === null || roster === null) {
    throw new Error('The machine asked for a bundle too early.');
  }
  const worker = await context.worker();
  const operator = await worker.ask('sign-identity', { messages: [] });
  const { entries, hash } = transcript.head();
  const { audience, nonce, epoch } = from.body;
  const common: Common = {
    mode,
    audience,
    nonce,
    epoch,
    packageDigest: from.digest,
    ceremonyId,
    operator: operator.keyid,
    createdAt: formatTime(platform.now()),
    transcript: { entries, head: hash },
    manifestDigest: manifest.digest,
    rosterDigest: (gathered.next?.roster ?? roster).digest,
  };
  return completed(common, context, worker, said);
}
