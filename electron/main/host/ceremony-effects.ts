/**
 * Executes the effects of a ceremony's machine and answers with host events. Public facts are
 * made here; whatever touches a secret is asked of the worker.
 * @module
 */
import { descriptorType, parseDescriptor } from '../../../shared/bundle/descriptor.ts';
import {
  isRecoveryPackage,
  parsePackage,
  type FullDrillPackage,
  type Package,
  type RecoveryPackage,
} from '../../../shared/bundle/package.ts';
import { setBytes, verifyPackagedSet } from '../../../shared/bundle/packaged-set.ts';
import { parseReceipt } from '../../../shared/bundle/receipt.ts';
import type { HostEvent } from '../../../shared/ceremony/events.ts';
import type { Turn } from '../../../shared/ceremony/types.ts';
import { bytesToHex } from '../../../shared/encoding/bytes.ts';
import { encodeEnvelope, type Signature } from '../../../shared/encoding/dsse.ts';
import { formatTime } from '../../../shared/encoding/schema.ts';
import { NEW_KEY_BYTES } from '../../../shared/bundle/rotate.ts';
import { requireUsable } from '../../../shared/plan/plan.ts';
import { Refusal } from '../../../shared/refusal.ts';
import { randomBytes } from '../../../shared/secret/random.ts';
import { waitForReplug } from '../../media/usb/replug.ts';
import { adoptExecutors } from './adopt-effects.ts';
import { destroyExecutors } from './destroy-effects.ts';
import { makeBundle } from './bundle-maker.ts';
import type { EffectContext, Gathered } from './effect-context.ts';
import { need, type Executors, type Lasting } from './executors.ts';
import { newKeyIdentity, openKeyIdentity } from './key-identity.ts';
import {
  drillFacts,
  moveFacts,
  organisationFacts,
  recoverFacts,
  refreshFacts,
  rosterFacts,
  rotateFacts,
  versionChangeFacts,
} from './package-facts.ts';
import { availablePrinters, keyMedia, readinessFindings } from './readiness.ts';
import { refuseHost } from './refusals.ts';
import { moveExecutors, requireMovedFiles } from './move-effects.ts';
import { noting } from './noting.ts';
import { printEnvelope, proveEnvelope, renewEnvelope } from './renew-envelope.ts';
import { readPlan } from './plans.ts';
import { refreshExecutors } from './refresh-effects.ts';
import { rotateExecutors } from './rotate-effects.ts';
import { sheetOrder } from './sheet-order.ts';
import { requireWay, waysOf } from './sheet-ways.ts';
import { signAsSeated } from './sign-as-seated.ts';
import { signRoster } from './sign-roster.ts';
import { signSet } from './sign-set.ts';
import { documentName } from './sticks.ts';
import { printWitnessPage } from './witness-page.ts';

const WORKER_GONE = refuseHost('worker-gone').code;

function needRecovery(body: Package): RecoveryPackage {
  if (!isRecoveryPackage(body)) throw refuseHost('package-other-kind', body.kind, 'recover');
  return body;
}

const isFullDrill = (body: Package): body is FullDrillPackage =>
  body.kind === 'drill' && body.full !== undefined;

/** Of a drill without sync there is no package. */
function isAlone({ transcript, gathered }: EffectContext): boolean {
  const { kind } = transcript.log.header;
  if (kind !== 'drill') return kind === 'refresh';
  return gathered.package === null || !isFullDrill(gathered.package.body);
}

/** Of new shares both sets sign: whoever vouches for either of them finds its quorum. */
function quorumsOf({ next }: Gathered): readonly { readonly of?: 'given' | 'made' }[] {
  return next === null ? [{}] : [{ of: 'given' }, { of: 'made' }];
}

const title = (turn: Turn) => `${turn.name} (${turn.role})`;

const executors: Executors = {
  async 'load-plan'({ documentId }, { sticks, mode, transcript, platform }) {
    const { plan, digest } = await readPlan(mode, documentId, sticks);
    requireUsable(plan, { mode, ceremony: transcript.log.header.kind });
    const { length: printers } = await availablePrinters(mode, platform.rehearsalFolder);
    return { type: 'plan-loaded', plan, digest, now: formatTime(platform.now()), printers };
  },

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
    const none = { recover: null, roster: null };
    if (body.kind === 'setup') {
      return { ...common, kind: 'setup', keyVersion: body.keyVersion, ...none };
    }
    if (body.kind === 'adopt') {
      const { keyVersion, ticketId, found } = body;
      return { ...common, kind: 'adopt', keyVersion, ...none, adopt: { ticketId, found } };
    }
    const inForce = verifyPackagedSet(setBytes(body), mode);
    Object.assign(gathered, inForce);
    const { manifest, roster } = inForce;
    // The sets of other key versions stay in the package: nothing of theirs is used here.
    await transcript.addDocument(roster.envelope);
    await transcript.addDocument(manifest.envelope);
    const envelopes = await context.envelopes();
    if (body.kind === 'roster') {
      const change = rosterFacts(body, manifest, roster, envelopes);
      return {
        ...common,
        kind: 'roster',
        keyVersion: body.keyVersion,
        recover: null,
        roster: change,
      };
    }
    if (body.kind === 'drill') {
      const drill = drillFacts(body, manifest, roster.body, envelopes);
      return { ...common, kind: 'drill', keyVersion: body.keyVersion, ...none, drill };
    }
    if (body.kind === 'activate' || body.kind === 'retire') {
      const { keyVersion } = body;
      const versionChange = versionChangeFacts(body, inForce, envelopes);
      return { ...common, kind: body.kind, keyVersion, ...none, versionChange };
    }
    if (body.kind === 'rotate-shares' || body.kind === 'new-version') {
      const rotate = rotateFacts(body, inForce, envelopes);
      // Of the set that is made.
      const keyVersion = rotate.nextVersion ?? rotate.keyVersion;
      return { ...common, kind: body.kind, keyVersion, ...none, rotate };
    }
    if (body.kind === 'refresh') {
      const refresh = refreshFacts(body, inForce, envelopes);
      return { ...common, kind: body.kind, keyVersion: body.keyVersion, ...none, refresh };
    }
    if (body.kind === 'migrate-escrows') {
      const { keyVersion } = body;
      const move = moveFacts(body, inForce, envelopes);
      return { ...common, kind: body.kind, keyVersion, ...none, move };
    }
    const { keyVersion } = body.facts;
    if (body.kind === 'migrate-organisation') {
      const organisation = organisationFacts(body, manifest, roster.body, envelopes);
      return { ...common, kind: body.kind, keyVersion, ...none, organisation };
    }
    return {
      ...common,
      kind: body.kind,
      keyVersion,
      recover: recoverFacts(body, manifest, roster.body, envelopes),
      roster: null,
    };
  },

  async 'check-environment'(_effect, context) {
    const { platform, mode, sticks, gathered } = context;
    const planned = context.plannedMedia();
    const findings = [
      ...(await platform.checkEnvironment(mode)),
      ...readinessFindings(
        planned,
        await availablePrinters(mode, platform.rehearsalFolder),
        await sticks.list(mode),
      ),
    ];
    const media = keyMedia(planned, gathered.manifest);
    if (media.length > 0) {
      const worker = await context.worker();
      findings.push((await worker.ask('look-for-keys', { media })).finding);
    }
    return { type: 'environment-checked', findings, now: formatTime(platform.now()) };
  },

  async 'begin-seat'({ turn }, context) {
    context.platform.clearClipboard();
    await (await context.worker()).ask('begin-seat', { turn });
    return { type: 'seat-ready' };
  },

  async 'new-identity'({ turn }, context) {
    const label = context.sheet()?.setLabel;
    const first = label === undefined ? [] : [label];
    await (await context.worker()).askInWindow(title(turn), 'new-identity', { first });
    return { type: 'words-written-down' };
  },

  'new-key-identity': ({ turn }, context) => newKeyIdentity(title(turn), context),

  async 'open-identity'({ turn, how, volumeId }, context) {
    const { sticks, mode } = context;
    if (how === 'key') return openKeyIdentity(title(turn), context);
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

  async 'write-usb'({ turn, volumeId, withIdentity }, context) {
    const worker = await context.worker();
    const input = {
      volumeId,
      rehearsalFolder: context.platform.rehearsalFolder,
      withIdentity,
      sheet: context.sheet(),
    };
    const { records, volumeLabel } = await worker
      .ask('write-usb', input)
      .catch((error: unknown) => {
        // The worker forgot the six words when it wrote the first time: they are typed again.
        if (!(error instanceof Refusal) || error.code !== 'passphrase-needed') throw error;
        return worker.askInWindow(title(turn), 'write-usb', input);
      });
    return { type: 'written', records, volumeId, volumeLabel };
  },

  async 'write-key'({ turn, medium, volumeId, paper, withIdentity }, context) {
    const worker = await context.worker();
    const { ceremonyId } = context;
    const { rehearsalFolder } = context.platform;
    const { records, volumeLabel, keys, warning } = await worker.askInWindow(
      title(turn),
      'write-key',
      {
        medium,
        volumeId,
        rehearsalFolder,
        ...(paper === undefined ? {} : { paper: sheetOrder(turn, paper, context) }),
        withIdentity,
        ceremonyId,
        liveSlots: await context.liveSlots(),
      },
      // Before the slot changes: the register of a sitting that is cut off names it all the same.
      noting(context, { turn }),
    );
    return { type: 'written', records, volumeId, volumeLabel, keys, warning };
  },

  async 'write-paper'({ turn, printerId, page, sheetNumber, withIdentity }, context) {
    const worker = await context.worker();
    const order = sheetOrder(turn, { printerId, page, sheetNumber }, context);
    const { records, warning } = await worker.ask('write-paper', { ...order, withIdentity });
    return { type: 'written', records, volumeId: null, volumeLabel: null, warning };
  },

  async 'await-replug'({ volumeId }, { sticks, mode, signal }) {
    const { volume } = await waitForReplug(await sticks.lastSeen(mode, volumeId), { mode, signal });
    return { type: 'replugged', volumeId: volume.id };
  },

  async 'read-back'({ turn, key, how, volumeId, withIdentity, sheetNumber }, context) {
    requireWay(how, context);
    const worker = await context.worker();
    const read = await worker.askInWindow(title(turn), 'read-back', {
      how,
      ...(key === undefined ? {} : { key }),
      volumeId,
      rehearsalFolder: context.platform.rehearsalFolder,
      withIdentity,
      sheetNumber,
    });
    return { type: 'read-back-done', ...read };
  },

  async seal({ withQuorum }, context) {
    const worker = await context.worker();
    await context.transcript.seal(async (message) => {
      const person = await signAsSeated(context, message);
      const quorums = withQuorum
        ? await Promise.all(
            quorumsOf(context.gathered).map((of) =>
              worker.ask('sign-quorum', { messages: [message], ...of }),
            ),
          )
        : [];
      return [
        { keyid: person.keyid, sigs: person.signatures },
        ...quorums.flatMap(({ signatures }) => signatures),
      ].flatMap(({ keyid, sigs: [sig] }): Signature[] =>
        sig === undefined ? [] : [{ keyid, sig }],
      );
    });
    return { type: 'sealed' };
  },

  async 'end-seat'(_effect, context) {
    context.platform.clearClipboard();
    try {
      await (await context.worker()).ask('end-seat', {});
    } catch (error) {
      // With the worker everything that was the person's is gone, too.
      if (!(error instanceof Refusal) || error.code !== WORKER_GONE) throw error;
    }
    return { type: 'seat-ended' };
  },

  async 'make-key'({ keyVersion }, context) {
    const componentBytes = NEW_KEY_BYTES;
    const made = await (await context.worker()).ask('make-key', { componentBytes, keyVersion });
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

  'sign-roster': (effect, context) => signRoster(effect, context),

  'print-witness-page': ({ printerId, page }, context) =>
    printWitnessPage(printerId, page, context),

  async 'open-package'({ volumeId }, context) {
    const { platform, gathered } = context;
    const source = need(gathered.package).body;
    const person = 'the operator';
    const asked = {
      manifest: need(gathered.manifest).body,
      volumeId,
      rehearsalFolder: platform.rehearsalFolder,
      person,
    };
    const worker = await context.worker();
    if (isFullDrill(source)) {
      await worker.askInWindow(person, 'open-drill-package', { body: source, ...asked });
      return { type: 'package-opened' };
    }
    const isOther = source.kind === 'migrate-organisation' || source.kind === 'migrate-escrows';
    const body = isOther ? source : needRecovery(source);
    await worker.askInWindow(person, 'open-package', { body, ...asked });
    return { type: 'package-opened' };
  },

  ...adoptExecutors,
  ...rotateExecutors,
  ...refreshExecutors,
  ...moveExecutors,
  ...destroyExecutors,

  async 'accept-share'({ index, how, volumeId, sheet, replaced }, context) {
    requireWay(how, context);
    const { platform, gathered } = context;
    const manifest = need(gathered.manifest).body;
    const person = manifest.shares[index - 1]?.custodian.name ?? `custodian ${index}`;
    const worker = await context.worker();
    const accepted = await worker.askInWindow(
      person,
      'accept-share',
      {
        how,
        volumeId,
        rehearsalFolder: platform.rehearsalFolder,
        person,
        manifest,
        known: await context.knownSets(),
        index,
        ways: waysOf(context),
        ...(sheet === undefined ? {} : { sheet }),
        ceremonyId: context.ceremonyId,
        envelopes: await context.envelopes(),
        // A refresh needs each share for itself alone, and a drill, but for a full one.
        ...(isAlone(context) ? { alone: true as const } : {}),
        ...(replaced === undefined ? {} : { usesReplaced: true }),
      },
      noting(context, { turn: { name: person, role: 'custodian', index }, replaced }),
    );
    return { type: 'share-accepted', ...accepted };
  },

  async 'prove-share'({ index, medium }, context) {
    const { audience, nonce } = need(context.gathered.package).body;
    const { ceremonyId } = context;
    const worker = await context.worker();
    const { signature } = await worker.ask('prove-share', { index, audience, ceremonyId, nonce });
    const at = context.platform.now().getTime();
    return { type: 'share-proved', index, medium, signature, at };
  },

  async 'open-test-escrow'(_effect, context) {
    const { gathered, ceremonyId } = context;
    const { body } = need(gathered.package);
    if (!isFullDrill(body)) throw refuseHost('package-other-kind', body.kind, 'drill');
    const worker = await context.worker();
    const manifest = need(gathered.manifest).body;
    const opened = await worker.ask('open-test-escrow', { body, manifest, ceremonyId });
    return { type: 'test-escrow-opened', ...opened, at: context.platform.now().getTime() };
  },

  'renew-envelope': (effect, context) => renewEnvelope(title(effect.turn), effect, context),

  'print-envelope': (effect, context) => printEnvelope(title(effect.turn), effect, context),

  'prove-envelope': (effect, context) => proveEnvelope(title(effect.turn), effect, context),

  async 'erase-slot'({ turn, id, ...input }, context) {
    const worker = await context.worker();
    const erased = await worker.askInWindow(title(turn), 'erase-slot', input);
    return { type: 'slot-erased', id, ...erased };
  },

  async 'open-kek'({ owner }, context) {
    const { gathered } = context;
    const body = needRecovery(need(gathered.package).body);
    const input = { body, manifest: need(gathered.manifest).body };
    const worker = await context.worker();
    const opened = await (owner === undefined
      ? worker.ask('open-kek', input)
      : worker
          .askInWindow(`${owner} (owner)`, 'open-kek', { ...input, owner })
          // SECURITY: the owner has no sitting whose end would do it.
          .finally(() => context.platform.clearClipboard()));
    return { type: 'kek-opened', ...opened };
  },

  async 'wrap-surveys'({ owner }, context) {
    const { gathered } = context;
    const { body } = need(gathered.package);
    if (body.kind !== 'migrate-organisation') {
      throw refuseHost('package-other-kind', body.kind, 'migrate-organisation');
    }
    const worker = await context.worker();
    const input = { body, manifest: need(gathered.manifest).body, owner };
    const wrapped = await worker
      .askInWindow(`${owner} (owner)`, 'wrap-surveys', input)
      // SECURITY: the owner has no sitting whose end would do it.
      .finally(() => context.platform.clearClipboard());
    return { type: 'surveys-wrapped', ...wrapped };
  },

  'make-bundle': (effect, context) => makeBundle(context, effect),

  async 'save-bundle'({ volumeId }, { sticks, mode, transcript, gathered, ceremonyId }) {
    const bundle = need(gathered.bundle);
    if (bundle.body.kind === 'migrate-escrows') {
      await requireMovedFiles(await sticks.find(mode, volumeId), bundle.body.files);
    }
    // Of new shares the new one: sync has the other.
    const { manifest } = gathered.next ?? { manifest: need(gathered.manifest) };
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

/** Runs one effect; its refusals are the caller's to turn into an event. */
export function execute(effect: Lasting, context: EffectContext): Promise<HostEvent> {
  const executor = executors[effect.effect] as (
    effect: Lasting,
    context: EffectContext,
  ) => Promise<HostEvent>;
  return executor(effect, context);
}
