/**
 * A recovery as the worker does it, from the scanned codes of k shares to the signed bundle that
 * its receiver's own code accepts, against the two PBKDF2s and the one X-Wing encapsulation that
 * nobody can leave out.
 * @module
 */
import { pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import { XWing } from '@hpke/hybridkem-x-wing';
import { base64 } from '@scure/base';
import { EntrySession, type EntryPort } from '../../electron/worker/entry.ts';
import type { Context } from '../../electron/worker/context.ts';
import { accept } from '../../electron/worker/handlers/accept-share.ts';
import { openKek, sealRecover } from '../../electron/worker/handlers/recover.ts';
import { installedKeys } from '../../electron/media/yubikey/keys.ts';
import { signQuorum } from '../../electron/worker/handlers/sign.ts';
import { WorkerState } from '../../electron/worker/state.ts';
import { bundleType, verifyBundle, type Bundle } from '../../shared/bundle/bundle.ts';
import { openBundle } from '../../shared/bundle/bundle-secret.ts';
import type { RecoverPackage } from '../../shared/bundle/package.ts';
import { sealKekBlob, userRecoveryKey, vaultPaths } from '../../shared/checktick/index.ts';
import { plainBytes, utf8ToBytes } from '../../shared/encoding/bytes.ts';
import { encodeEnvelope, preAuthEncoding, withSignatures } from '../../shared/encoding/dsse.ts';
import { toQrText } from '../../shared/encoding/qr-text.ts';
import type { FromEntry } from '../../shared/ipc/entry.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { Secret } from '../../shared/secret/secret.ts';
import { makeRecoverPackage, RECOVER_FACTS, type TestPackage } from '../support/documents.ts';
import { NO_LOGS } from '../support/no-logs.ts';
import { makeShareSet, type TestShareSet } from '../support/share-sets.ts';
import { at } from '../support/people.ts';
import { figures, interleave, megabytes, ownPeak, timed, type Finding } from './measure.ts';

const ROUNDS = 21;
const ITERATIONS = 200_000;
const derive = promisify(pbkdf2);

/** What lies on the table before the first share is shown. */
interface Table {
  readonly set: TestShareSet;
  readonly source: TestPackage<RecoverPackage>;
  readonly kek: Uint8Array;
  readonly encryptedKek: string;
}

async function layTable(): Promise<Table> {
  const set = await makeShareSet({ mode: 'rehearsal' });
  const { userId, surveyId } = RECOVER_FACTS;
  const kek = randomBytes(32);
  const userKey = await userRecoveryKey(set.platformKey, userId);
  const path = vaultPaths.userSurveyRecoveryKek(userId, surveyId);
  const encryptedKek = await sealKekBlob(userKey, path, kek);
  const source = await makeRecoverPackage(set, { encryptedKek });
  return { set, source, kek, encryptedKek };
}

/** An entry window in which a camera has just read this code. */
function scanned(text: Uint8Array): EntrySession {
  let hear: (message: FromEntry) => void = () => undefined;
  const port: EntryPort = {
    post: ({ type }) => {
      if (type === 'task') hear({ type: 'scanned', text });
    },
    onMessage: (listener) => {
      hear = (message) => listener(message, []);
    },
    onClose: () => undefined,
    close: () => undefined,
  };
  const session = new EntrySession(port, 'rehearsal');
  hear({ type: 'ready' });
  return session;
}

/** The worker as it stands once the package is open. */
function contextOf({ set, source, encryptedKek }: Table): Context & { state: WorkerState } {
  const state = new WorkerState('rehearsal');
  state.package = {
    nonce: source.document.body.nonce,
    vaultComponent: new Secret(set.vaultComponent.slice()),
    stored: { encryptedKek, emails: null },
  };
  const noEntry = () => {
    throw new Error('Only shares are entered.');
  };
  return {
    state,
    random: randomBytes,
    seal: {},
    entry: noEntry,
    hasEntry: true,
    note: noEntry,
    keys: installedKeys(),
  };
}

const NOTHING_KNOWN = { void: [], superseded: [] };

type Lap = (step: string) => void;

async function recover(table: Table, lap: Lap = () => undefined): Promise<Uint8Array> {
  const { set, source } = table;
  const context = contextOf(table);
  const { body: from, digest } = source.document;
  const manifest = set.manifest.body;
  for (const index of [1, 2, 3]) {
    const text = utf8ToBytes(toQrText('share', set.wires[index - 1] ?? new Uint8Array()));
    const input = {
      how: 'camera',
      volumeId: null,
      rehearsalFolder: null,
      person: `custodian ${index}`,
      manifest,
      known: NOTHING_KNOWN,
      envelopes: NO_LOGS,
      index,
      ways: ['camera'],
      ceremonyId: 'ce'.repeat(16),
    } as const;
    await accept(input, { ...context, entry: () => scanned(text) });
  }
  lap('shares read and checked');
  await openKek({ body: from, manifest }, context);
  lap('combined, keys derived, KEK opened');
  const open = {
    kind: 'recover',
    mode: 'rehearsal',
    audience: from.audience,
    nonce: from.nonce,
    epoch: from.epoch,
    packageDigest: digest,
    ceremonyId: 'ce'.repeat(16),
    operator: set.cast.operator.signer.keyid,
    createdAt: at(3600),
    transcript: { entries: 40, head: 'ab'.repeat(32) },
    manifestDigest: set.manifest.digest,
    rosterDigest: set.roster.digest,
    facts: from.facts,
  } as const;
  const { body } = await sealRecover({ body: open, recipient: from.recipient }, context);
  lap('sealed');
  const bytes = await signed(body, set, context);
  lap('signed and judged');
  context.state.wipeAll();
  return bytes;
}

/** As the host completes it: quorum, operator, and the receiver's own judgement. */
async function signed(body: Bundle, set: TestShareSet, context: Context): Promise<Uint8Array> {
  const payload = bundleType.encodeBody(body);
  const payloadType = bundleType.payloadType('rehearsal');
  const message = preAuthEncoding(payloadType, payload);
  const operator = set.cast.operator.signer;
  const quorum = await signQuorum({ messages: [message] }, context);
  const signatures = quorum.signatures.map(({ keyid, sigs: [sig] }) => ({
    keyid,
    sig: sig ?? new Uint8Array(),
  }));
  const bytes = encodeEnvelope(
    withSignatures({ payloadType, payload, signatures }, [
      { keyid: operator.keyid, sig: await operator.sign(message) },
    ]),
  );
  verifyBundle(bundleType.parse(bytes, 'rehearsal'), set.manifest.body, set.roster.body);
  return bytes;
}

/** Two keys derived one after the other, as the second needs the first; one encapsulation. */
async function unavoidable({ set, source }: Table): Promise<void> {
  const { userId, surveyId } = RECOVER_FACTS;
  const user = `checktick-user-recovery-${userId}`;
  const userKey = await derive(set.platformKey, user, ITERATIONS, 32, 'sha256');
  const path = vaultPaths.userSurveyRecoveryKek(userId, surveyId);
  await derive(userKey, path, ITERATIONS, 32, 'sha256');
  const kem = new XWing();
  const recipient = plainBytes(base64.decode(source.recipient.publicKey));
  await kem.encap({ recipientPublicKey: await kem.deserializePublicKey(recipient) });
}

export async function measureRecovery(rounds = ROUNDS): Promise<Finding> {
  const table = await layTable();
  const { body } = bundleType.parse(await recover(table), 'rehearsal');
  const kek = await openBundle(body, table.source.recipient.privateKey);
  if (!Buffer.from(kek).equals(table.kek)) throw new Error('The bundle holds another key.');
  const before = ownPeak();
  const laps = new Map<string, number[]>();
  const sides = await interleave(rounds, {
    ours() {
      let since = performance.now();
      return timed(() =>
        recover(table, (step) => {
          const now = performance.now();
          laps.set(step, [...(laps.get(step) ?? []), now - since]);
          since = now;
        }),
      );
    },
    bare: () => timed(() => unavoidable(table)),
  });
  return {
    title: 'Recovery, shares in to sealed bundle out (3 of 4)',
    ours: 'the worker: codes read, shares checked, combined, two keys derived, KEK opened, sealed, signed, judged',
    bare: 'two PBKDF2s of OpenSSL one after the other, one X-Wing encapsulation of the same library',
    target: 1.3,
    sides,
    memory: [`this process at its peak: ${megabytes(ownPeak())} (${megabytes(before)} before)`],
    notes: [...laps].map(([step, times]) => `${figures(times).median.toFixed(1)} ms ${step}`),
  };
}
