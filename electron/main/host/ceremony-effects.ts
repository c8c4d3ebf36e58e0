/**
 * Executes the effects of a ceremony's machine and answers with host events. Public facts are
 * made here; whatever touches a secret is asked of the worker.
 * @module
 */
import { descriptorType, parseDescriptor } from '../../../shared/bundle/descriptor.ts';
import { parsePackage } from '../../../shared/bundle/package.ts';
import { parseReceipt } from '../../../shared/bundle/receipt.ts';
import { bytesToHex, hexToBytes } from '../../../shared/encoding/bytes.ts';
import {
  encodeEnvelope,
  preAuthEncoding,
  withSignatures,
  type Signature,
} from '../../../shared/encoding/dsse.ts';
import type { DocumentType } from '../../../shared/encoding/document.ts';
import { encodeJson } from '../../../shared/encoding/json.ts';
import { formatTime } from '../../../shared/encoding/schema.ts';
import { eightWords } from '../../../shared/encoding/words.ts';
import type { Effect, SetFacts } from '../../../shared/ceremony/effects.ts';
import type { HostEvent } from '../../../shared/ceremony/events.ts';
import type { Turn } from '../../../shared/ceremony/types.ts';
import { parseRoster, rosterType } from '../../../shared/identity/roster.ts';
import type { Mode } from '../../../shared/mode.ts';
import { randomBytes } from '../../../shared/secret/random.ts';
import { manifestType, parseManifest } from '../../../shared/sharing/manifest.ts';
import { fact } from '../../../shared/transcript/entry.ts';
import { waitForReplug } from '../../media/usb/replug.ts';
import type { SheetContext } from '../../worker/protocol.ts';
import { makeBundle } from './bundle-maker.ts';
import type { EffectContext } from './effect-context.ts';
import { recoverFacts } from './recover-facts.ts';
import { refuseHost } from './refusals.ts';
import { manifestBody, rosterBody } from './set-documents.ts';
import { documentName } from './sticks.ts';

type Lasting = Exclude<Effect, { effect: 'record' | 'trust-descriptor' | 'finish' }>;

/** A missing executor does not compile. */
type Executors = {
  readonly [Name in Lasting['effect']]: (
    effect: Extract<Lasting, { effect: Name }>,
    context: EffectContext,
  ) => Promise<HostEvent>;
};

function need<T>(value: T | null): T {
  if (value === null) throw new Error('The machine asked for this too early.');
  return value;
}

const title = (turn: Turn) => `${turn.name} (${turn.role})`;
const dateWords = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  timeZone: 'UTC',
});

/** `3 May 2026` */
export function dateInWords(instant: Date): string {
  return dateWords.format(instant);
}

/**
 * Which ways of reading a share are offered. SECURITY: an image file was on another machine, so
 * production offers it only after an exception sheet in the same sitting.
 */
function waysOf({ mode, transcript }: EffectContext): ('camera' | 'typed' | 'file')[] {
  if (mode === 'rehearsal') return ['camera', 'typed', 'file'];
  const kinds = transcript.log.items.flatMap((item) =>
    'entry' in item ? [fact(item.entry, 'kind')] : [],
  );
  const excused = kinds.lastIndexOf('exception') > kinds.lastIndexOf('person-seated');
  return excused ? ['camera', 'typed', 'file'] : ['camera', 'typed'];
}

/** Signs a document with k share keys and puts it into the transcript. */
async function signWithQuorum<T extends { readonly mode: Mode }>(
  context: EffectContext,
  bodies: readonly { type: DocumentType<T>; body: T }[],
): Promise<Uint8Array[]> {
  const payloads = bodies.map(({ type, body }) => ({
    payloadType: type.payloadType(body.mode),
    payload: type.encodeBody(body),
  }));
  const worker = await context.worker();
  const { signatures } = await worker.ask('sign-quorum', {
    messages: payloads.map(({ payloadType, payload }) => preAuthEncoding(payloadType, payload)),
  });
  return payloads.map((payload, at) =>
    encodeEnvelope(
      withSignatures(
        { ...payload, signatures: [] },
        signatures.flatMap(({ keyid, sigs }): Signature[] => {
          const sig = sigs[at];
          return sig === undefined ? [] : [{ keyid, sig }];
        }),
      ),
    ),
  );
}

async function signSet(set: SetFacts, context: EffectContext): Promise<HostEvent> {
  const { mode, ceremonyId, transcript, gathered, platform } = context;
  const { body: sync } = need(gathered.descriptor);
  const circumstances = {
    mode,
    ceremonyId,
    keyVersion: need(gathered.package).body.kind === 'setup' ? keyVersionOf(context) : '',
    createdAt: formatTime(platform.now()),
    sync,
  };
  // The receiver's own parsers judge what was signed, before anybody relies on it.
  const roster = rosterBody(set, circumstances);
  const rosterPayload = rosterType.encodeBody(roster);
  const manifest = manifestBody(
    set,
    rosterType.parseEnvelope(
      { payloadType: rosterType.payloadType(mode), payload: rosterPayload, signatures: [] },
      mode,
    ).digest,
    circumstances,
  );
  const [rosterBytes] = await signWithQuorum(context, [{ type: rosterType, body: roster }]);
  const [manifestBytes] = await signWithQuorum(context, [{ type: manifestType, body: manifest }]);
  gathered.manifest = parseManifest(manifestBytes ?? new Uint8Array(), mode);
  gathered.roster = parseRoster(rosterBytes ?? new Uint8Array(), mode, gathered.manifest.body);
  await transcript.addDocument(gathered.roster.envelope);
  await transcript.addDocument(gathered.manifest.envelope);
  return {
    type: 'set-signed',
    manifestDigest: gathered.manifest.digest,
    rosterDigest: gathered.roster.digest,
    words: eightWords(hexToBytes(gathered.manifest.digest)),
  };
}

function keyVersionOf({ gathered }: EffectContext): string {
  const { body } = need(gathered.package);
  return body.kind === 'setup' ? body.keyVersion : body.facts.keyVersion;
}

const executors: Executors = {
  async 'load-descriptor'({ documentId }, context) {
    const { sticks, mode, store, transcript, gathered } = context;
    const descriptor = parseDescriptor(await sticks.readDocument(mode, documentId), mode);
    gathered.descriptor = descriptor;
    await transcript.addDocument(descriptor.envelope);
    const trusted = (await store.kept(mode, 'trusted')).some(
      (envelope) => descriptorType.parseEnvelope(envelope, mode).digest === descriptor.digest,
    );
    const { audience, publicKey, name } = descriptor.body;
    return {
      type: 'descriptor-loaded',
      digest: descriptor.digest,
      audience,
      publicKey,
      name,
      trusted,
    };
  },

  async 'load-package'({ documentId, kind }, context) {
    const { sticks, mode, transcript, gathered } = context;
    const bytes = await sticks.readDocument(mode, documentId);
    const parsed = parsePackage(bytes, mode, need(gathered.descriptor).body);
    const { body, digest } = parsed;
    if (body.kind !== kind) throw refuseHost('package-other-kind', body.kind, kind);
    const seen = await context.seenEpoch(body.audience);
    if (body.epoch < seen) throw refuseHost('package-old-epoch', body.epoch, seen);
    if ((await context.usedNonces()).has(body.nonce)) throw refuseHost('package-used');
    gathered.package = parsed;
    await transcript.addDocument(parsed.envelope);
    const { nonce, epoch, expiresAt } = body;
    const common = { type: 'package-loaded' as const, digest, nonce, epoch, expiresAt };
    if (body.kind === 'setup') {
      return { ...common, kind: 'setup', keyVersion: body.keyVersion, recover: null };
    }
    gathered.manifest = parseManifest(encodeJson(body.manifest), mode);
    gathered.roster = parseRoster(encodeJson(body.roster), mode, gathered.manifest.body);
    await transcript.addDocument(gathered.roster.envelope);
    await transcript.addDocument(gathered.manifest.envelope);
    return {
      ...common,
      kind: 'recover',
      keyVersion: body.facts.keyVersion,
      recover: recoverFacts(body, gathered.manifest, gathered.roster.body),
    };
  },

  async 'check-environment'(_effect, { platform, mode }) {
    const findings = await platform.checkEnvironment(mode);
    return { type: 'environment-checked', findings, now: formatTime(platform.now()) };
  },

  async 'begin-seat'({ turn }, context) {
    await (await context.worker()).ask('begin-seat', { turn });
    return { type: 'seat-ready' };
  },

  async 'new-identity'({ turn }, context) {
    await (await context.worker()).askInWindow(title(turn), 'new-identity', {});
    return { type: 'words-written-down' };
  },

  async 'open-identity'({ turn, how, volumeId }, context) {
    const { sticks, mode } = context;
    const volumePath = volumeId === null ? null : (await sticks.find(mode, volumeId)).path;
    const ways = waysOf(context).filter((way): way is 'camera' | 'file' => way !== 'typed');
    const worker = await context.worker();
    const opened = await worker.askInWindow(title(turn), 'open-identity', {
      how,
      volumePath,
      ways,
    });
    return { type: 'identity-opened', ...opened };
  },

  async 'write-usb'({ volumeId, withIdentity }, context) {
    const worker = await context.worker();
    const { records, volumeLabel } = await worker.ask('write-usb', {
      volumeId,
      rehearsalFolder: context.platform.rehearsalFolder,
      withIdentity,
      sheet: context.sheet(),
    });
    return { type: 'written', records, volumeId, volumeLabel };
  },

  async 'write-paper'({ turn, printerId, page, withIdentity }, context) {
    const { platform, mode } = context;
    const inFolder = printerId === PDF_FOLDER && mode === 'rehearsal';
    const worker = await context.worker();
    const { records } = await worker.ask('write-paper', {
      printer: inFolder ? null : printerId,
      folder: inFolder ? need(platform.rehearsalFolder) : null,
      page,
      withIdentity,
      sheet: context.sheet() ?? emptySheet(context),
      roles: [turn.role],
    });
    return { type: 'written', records, volumeId: null, volumeLabel: null };
  },

  async 'await-replug'({ volumeId }, { sticks, mode, signal }) {
    const { volume } = await waitForReplug(await sticks.find(mode, volumeId), { mode, signal });
    return { type: 'replugged', volumeId: volume.id };
  },

  async 'read-back'({ turn, how, volumeId, withIdentity }, context) {
    const worker = await context.worker();
    const read = await worker.askInWindow(title(turn), 'read-back', {
      how,
      volumeId,
      rehearsalFolder: context.platform.rehearsalFolder,
      withIdentity,
    });
    return { type: 'read-back-done', ...read };
  },

  async seal({ withQuorum }, context) {
    const { transcript } = context;
    const { body, message } = transcript.prepareSeal();
    const worker = await context.worker();
    const person = await worker.ask('sign-identity', { messages: [message] });
    const quorum = withQuorum ? await worker.ask('sign-quorum', { messages: [message] }) : null;
    const signatures = [
      { keyid: person.keyid, sigs: person.signatures },
      ...(quorum?.signatures ?? []),
    ].flatMap(({ keyid, sigs: [sig] }): Signature[] => (sig === undefined ? [] : [{ keyid, sig }]));
    await transcript.addSeal(body, signatures);
    return { type: 'sealed' };
  },

  async 'end-seat'(_effect, context) {
    await (await context.worker()).ask('end-seat', {});
    return { type: 'seat-ended' };
  },

  async 'make-key'(_effect, context) {
    const componentBytes = 64;
    const made = await (await context.worker()).ask('make-key', { componentBytes });
    return { type: 'key-made', componentBytes, ...made };
  },

  async split({ threshold, count }, context) {
    const setId = bytesToHex(randomBytes(16));
    const worker = await context.worker();
    const { shares } = await worker.ask('split', { setId, generation: 1, threshold, count });
    return { type: 'component-split', setId, shares };
  },

  async 'prove-quorum'({ threshold }, context) {
    const { indexes } = await (await context.worker()).ask('prove-quorum', { threshold });
    return { type: 'quorum-proved', indexes };
  },

  'sign-set': ({ set }, context) => signSet(set, context),

  async 'open-package'({ volumeId }, context) {
    const { platform, gathered } = context;
    const { body } = need(gathered.package);
    if (body.kind !== 'recover') throw refuseHost('package-other-kind', body.kind, 'recover');
    const person = 'the operator';
    await (
      await context.worker()
    ).askInWindow(person, 'open-package', {
      body,
      manifest: need(gathered.manifest).body,
      volumeId,
      rehearsalFolder: platform.rehearsalFolder,
      person,
    });
    return { type: 'package-opened' };
  },

  async 'accept-share'({ index, how, volumeId }, context) {
    const { platform, gathered } = context;
    const manifest = need(gathered.manifest).body;
    const person = manifest.shares[index - 1]?.custodian.name ?? `custodian ${index}`;
    const worker = await context.worker();
    const accepted = await worker.askInWindow(person, 'accept-share', {
      how,
      volumeId,
      rehearsalFolder: platform.rehearsalFolder,
      person,
      manifest,
      known: await context.knownSets(),
      index,
      ways: waysOf(context),
    });
    return { type: 'share-accepted', ...accepted };
  },

  async 'open-kek'(_effect, context) {
    const { gathered } = context;
    const { body } = need(gathered.package);
    if (body.kind !== 'recover') throw refuseHost('package-other-kind', body.kind, 'recover');
    const manifest = need(gathered.manifest).body;
    const { indexes } = await (await context.worker()).ask('open-kek', { body, manifest });
    return { type: 'kek-opened', indexes };
  },

  'make-bundle': (_effect, context) => makeBundle(context),

  async 'save-bundle'({ volumeId }, { sticks, mode, transcript, gathered, ceremonyId }) {
    const bundle = need(gathered.bundle);
    const manifest = need(gathered.manifest);
    const description = await sticks.write(
      mode,
      volumeId,
      new Map([
        [documentName('bundle', bundle.digest), encodeEnvelope(bundle.envelope)],
        [documentName('manifest', manifest.digest), encodeEnvelope(manifest.envelope)],
        [documentName('log', ceremonyId, 'jsonl'), transcript.bytes()],
      ]),
    );
    return { type: 'bundle-saved', description };
  },

  async 'import-receipt'({ documentId }, { sticks, mode, transcript, gathered }) {
    const bytes = await sticks.readDocument(mode, documentId);
    const receipt = parseReceipt(bytes, mode, need(gathered.descriptor).body);
    const { nonce, bundleDigest, outcome, statement } = receipt.body;
    const isOurs =
      nonce === need(gathered.package).body.nonce &&
      (bundleDigest === need(gathered.bundle).digest ||
        (bundleDigest === null && outcome !== 'committed'));
    if (!isOurs) throw refuseHost('receipt-of-another');
    await transcript.addDocument(receipt.envelope);
    return { type: 'receipt-imported', digest: receipt.digest, outcome, statement };
  },
};

/** The id of the printer that makes PDF files, in a rehearsal. */
export const PDF_FOLDER = 'pdf-folder';

function emptySheet({ ceremonyId, platform }: EffectContext): SheetContext {
  return {
    setLabel: '',
    setId: '',
    keyVersion: '',
    ceremonyId,
    threshold: 0,
    count: 0,
    date: dateInWords(platform.now()),
  };
}

/** Runs one effect; its refusals are the caller's to turn into an event. */
export function execute(effect: Lasting, context: EffectContext): Promise<HostEvent> {
  const executor = executors[effect.effect] as (
    effect: Lasting,
    context: EffectContext,
  ) => Promise<HostEvent>;
  return executor(effect, context);
}
