/**
 * Ceremony logs as the app writes them, from the opening to the receipt.
 * @module
 */
import type { Envelope, Signer } from '../../shared/encoding/dsse.ts';
import type { Mode } from '../../shared/mode.ts';
import { randomBytes, type RandomSource } from '../../shared/secret/random.ts';
import { escrowKeyDigest } from '../../shared/sharing/escrow-key.ts';
import { makeEntry, type Entry, type Facts } from '../../shared/transcript/entry.ts';
import type { EntryKind } from '../../shared/transcript/kinds.ts';
import {
  encodeLog,
  entries as entriesOf,
  logHeader,
  type CeremonyKind,
  type CeremonyLog,
  type LogItem,
} from '../../shared/transcript/log.ts';
import { sealType } from '../../shared/transcript/seal.ts';
import { makeBundle, makeRecoverPackage, makeSetupPackage, type TestBundle } from './documents.ts';
import { makeReceipt } from './receipts.ts';
import type { TestAddSetBundle } from './add-set-documents.ts';
import type { TestAdoptBundle } from './adopt-documents.ts';
import type { TestDrillBundle } from './drill-documents.ts';
import type { TestMoveBundle } from './move-documents.ts';
import type { TestRosterBundle } from './roster-documents.ts';
import type { TestRefreshBundle } from './refresh-documents.ts';
import type { TestRotateBundle } from './rotate-documents.ts';
import type { TestChangeBundle, TestVersionBundle } from './version-documents.ts';
import type { TestShareSet } from './share-sets.ts';
import type { EmailCheck } from '../../shared/bundle/escrowed-email.ts';
import type { SealedEscrow } from '../../shared/bundle/recover-package.ts';
import type { OpenedEscrow } from '../../shared/bundle/sealed-escrow.ts';
import type { ReceiptDocument } from '../../shared/bundle/receipt.ts';
import { at, randomId } from './people.ts';

/** Writes a log line by line. Each entry is ten seconds after the one before. */
export class LogWriter {
  readonly items: LogItem[] = [];
  readonly header;
  readonly #random: RandomSource;
  #last: Entry | undefined;
  #seconds: number;

  constructor(
    {
      mode,
      kind,
      ceremonyId,
    }: { readonly mode: Mode; readonly kind: CeremonyKind; readonly ceremonyId: string },
    random: RandomSource = randomBytes,
    /** When it begins, in seconds after `at(0)`. */
    begin = 0,
  ) {
    this.header = logHeader({ mode, kind, ceremonyId });
    this.#random = random;
    this.#seconds = begin;
  }

  /** Goes on with a log, an hour after its last line. */
  static after(log: CeremonyLog): LogWriter {
    const writer = new LogWriter(log.header, randomBytes, 3600);
    writer.items.push(...log.items);
    writer.#last = entriesOf(log).at(-1);
    return writer;
  }

  entry(kind: EntryKind | (string & {}), facts: Facts = {}): this {
    const all: Facts = { kind, at: { type: 'time', value: at(this.#seconds) }, ...facts };
    this.#seconds += 10;
    this.#last = makeEntry(this.header, this.#last, all, this.#random);
    this.items.push({ entry: this.#last });
    return this;
  }

  document(envelope: Envelope): this {
    this.items.push({ document: envelope });
    return this;
  }

  async seal(...signers: Signer[]): Promise<this> {
    const { entries, head } = this.standing();
    const { mode, ceremonyId } = this.header;
    const body = { mode, ceremonyId, entries, head, sealedAt: at(this.#seconds) };
    this.items.push({ seal: await sealType.sign(body, signers) });
    return this;
  }

  /** For a bundle's `transcript`. */
  standing(): { entries: number; head: string } {
    if (this.#last === undefined) throw new Error('The log has no entry yet.');
    return { entries: this.#last.n + 1, head: this.#last.hash };
  }

  log(): CeremonyLog {
    return { header: this.header, items: [...this.items] };
  }
}

export interface TestLog<B = TestBundle> {
  readonly log: CeremonyLog;
  readonly bytes: Uint8Array;
  /** Null when the ceremony did not come so far. */
  readonly bundle: B | null;
  readonly receipt: ReceiptDocument | null;
}

/** How far the ceremony came. */
export type Until = 'void' | 'bundle' | 'receipt';

export interface LogOptions {
  readonly until?: Until;
  readonly random?: RandomSource;
  /** Seconds after `at(0)`. */
  readonly begin?: number;
  readonly outcome?: 'committed' | 'refused' | 'expired' | 'objected';
  /** When sync answered; seconds after `at(0)`. */
  readonly answered?: number;
  /**
   * More entries, before share 1, 2, … is written; as 0 of a Split before the first person sits down,
   * of a Recover right at its beginning.
   */
  readonly more?: (writer: LogWriter, share: number) => void;
  /** Recover: the package asks, and this is answered; `entry`: false leaves its entry out. */
  readonly email?: { readonly check: EmailCheck; readonly entry: boolean };
  /** Recover: the package carries it, and this is answered; `entry`: false says nothing of it. */
  readonly escrow?: {
    readonly sealed: SealedEscrow;
    readonly opened: OpenedEscrow;
    readonly entry: boolean;
  };
  /** Recover: custodians 1 and 2 give OTP shares from sheets; the first gets a new one. */
  readonly sheets?: boolean;
}

function finish<B>(writer: LogWriter, bundle: B | null, receipt: ReceiptDocument | null) {
  const log = writer.log();
  return { log, bytes: encodeLog(log), bundle, receipt };
}

/** The log of the ceremony that made `set`. */
export async function makeSplitLog(set: TestShareSet, options: LogOptions = {}): Promise<TestLog> {
  const { until = 'receipt', random = randomBytes } = options;
  const { manifest, roster, cast, sync, mode, ceremonyId } = set;
  const { body } = manifest;
  const source = await makeSetupPackage(set, { random });
  const writer = new LogWriter({ mode, kind: 'split', ceremonyId }, random, options.begin);
  writer.entry('ceremony-opened', { ceremony: 'split', application: 'Conclave 0.1.0' });
  writer.document(sync.descriptor.envelope).entry('descriptor-trusted', {
    digest: { type: 'digest', value: sync.descriptor.digest },
    audience: sync.audience,
    how: 'typed',
  });
  const { nonce, epoch, expiresAt } = source.document.body;
  writer.document(source.document.envelope).entry('package-imported', {
    digest: { type: 'digest', value: source.document.digest },
    nonce,
    packageKind: 'setup',
    epoch,
    expiresAt: { type: 'time', value: expiresAt },
  });
  writer.entry('plan-agreed', {
    label: body.label,
    keyVersion: body.keyVersion,
    threshold: body.threshold,
    count: body.count,
    page: 'A4',
    operator: cast.operator.name,
    witness: cast.witness.name,
    ...(body.policy === undefined
      ? {}
      : {
          'policy.allowed': body.policy.allowed.join(', '),
          'policy.kinds': body.policy.kinds,
          'policy.apart': body.policy.apart,
        }),
    ...Object.fromEntries(
      cast.custodians.flatMap(({ name }, index) => [
        [`custodian.${index + 1}.name`, name],
        [`custodian.${index + 1}.medium`, body.shares[index]?.media[0]?.kind ?? 'paper'],
      ]),
    ),
  });
  writer.entry('environment-checked', { standing: 'pass', 'probe.swap': 'pass' });
  writer.entry('clock-compared', { agrees: true });
  for (const { name, roles, signer } of [cast.operator, cast.witness]) {
    const role = roles[0] ?? '';
    writer.entry('identity-ready', { name, role, publicKey: signer.keyid, how: 'opened' });
  }
  options.more?.(writer, 0);
  writer.entry('key-made', {
    componentId: set.componentId,
    componentBytes: body.componentBytes,
    'check.custodianComponent': body.checks.custodianComponent,
    'check.vaultComponent': body.checks.vaultComponent,
    'check.platformKey': body.checks.platformKey,
    ...(body.escrowKey === undefined
      ? {}
      : { 'escrowKey.digest': escrowKeyDigest(body.escrowKey) }),
  });
  writer.entry('component-split', {
    setId: body.setId,
    generation: body.generation,
    threshold: body.threshold,
    count: body.count,
    ...Object.fromEntries(body.shares.map(({ index, publicKey }) => [`share.${index}`, publicKey])),
  });
  for (const share of body.shares) {
    const person = cast.custodians[share.index - 1];
    if (person === undefined) throw new Error('Every share has a custodian.');
    const { name, signer } = person;
    writer.entry('person-seated', { name, role: 'custodian' });
    writer.entry('identity-ready', {
      name,
      role: 'custodian',
      publicKey: signer.keyid,
      how: 'opened',
    });
    options.more?.(writer, share.index);
    for (const { kind, description } of share.media) {
      const { index } = share;
      writer.entry('share-writing', { index, custodian: name, medium: kind });
      writer.entry('share-written', { index, custodian: name, medium: kind, description });
      writer.entry('share-read-back', {
        index,
        custodian: name,
        medium: kind,
        publicKey: share.publicKey,
      });
    }
    writer.entry('share-attested', {
      index: share.index,
      custodian: name,
      statement: 'I hold this share and read it back.',
    });
    await writer.seal(signer);
    if (until === 'void' && share.index === 2) {
      writer.entry('declared-void', {
        reason: 'The laptop was switched off.',
        'medium.1': 'share 1 of 4, custodian 1, A4 sheet',
        'medium.2': 'share 2 of 4, custodian 2, stick 2, 16 GB',
      });
      writer.entry('ceremony-closed', { outcome: 'void' });
      await writer.seal(cast.operator.signer);
      return finish(writer, null, null);
    }
  }
  writer.entry('quorum-proved', { indexes: '1, 2, 3' });
  writer
    .document(roster.envelope)
    .document(manifest.envelope)
    .entry('set-signed', {
      manifestDigest: { type: 'digest', value: manifest.digest },
      rosterDigest: { type: 'digest', value: roster.digest },
    });
  await writer.seal(...set.quorum, cast.operator.signer, cast.witness.signer);
  const transcript = writer.standing();
  const bundle = await makeBundle(set, { package: source, transcript, ceremonyId, random });
  return deliver(writer, set, bundle, options);
}

/** The log of a recovery with the first k shares of `set`. */
export async function makeRecoverLog(
  set: TestShareSet,
  options: LogOptions = {},
): Promise<TestLog> {
  const { random = randomBytes } = options;
  const { manifest, roster, cast, sync, mode } = set;
  const ceremonyId = randomId(random);
  const { email, escrow } = options;
  const source = await makeRecoverPackage(set, {
    random,
    ...(email === undefined ? {} : { emails: { escrowed: 'ab', account: '', stated: null } }),
    ...(escrow === undefined ? {} : { sealedEscrow: escrow.sealed }),
  });
  const { nonce, epoch, expiresAt, facts } = source.document.body;
  const writer = new LogWriter({ mode, kind: 'recover', ceremonyId }, random, options.begin);
  writer.entry('ceremony-opened', { ceremony: 'recover', application: 'Conclave 0.1.0' });
  options.more?.(writer, 0);
  writer
    .document(sync.descriptor.envelope)
    .document(manifest.envelope)
    .document(roster.envelope)
    .document(source.document.envelope)
    .entry('package-imported', {
      digest: { type: 'digest', value: source.document.digest },
      nonce,
      packageKind: 'recover',
      epoch,
      expiresAt: { type: 'time', value: expiresAt },
    });
  for (const { name, roles, signer } of [cast.operator, cast.witness]) {
    const role = roles[0] ?? '';
    writer.entry('identity-ready', { name, role, publicKey: signer.keyid, how: 'opened' });
  }
  writer.entry('vault-component-checked', { fits: true });
  const { requestCode, userId, surveyId, keyVersion } = facts;
  writer.entry('facts-agreed', { requestCode, userId, surveyId, keyVersion });
  for (const share of set.shares.slice(0, manifest.body.threshold)) {
    const person = cast.custodians[share.index - 1];
    if (person === undefined) throw new Error('Every share has a custodian.');
    writer.entry('person-seated', { name: person.name, role: 'custodian' });
    if (options.sheets === true) givenOnSheet(writer, share.index, person.name);
    else writer.entry('share-accepted', { index: share.index, medium: 'paper' });
    await writer.seal(person.signer);
  }
  writer.entry('platform-key-checked', { fits: true, indexes: '1, 2, 3' });
  writer.entry('kek-opened', {
    userId,
    surveyId,
    ...(escrow?.entry === true
      ? {
          escrow: escrow.opened.kind,
          escrowDigest: { type: 'digest', value: escrow.opened.digest },
          surveyKey: escrow.opened.surveyKey,
        }
      : {}),
  });
  if (email?.entry === true) {
    const { outcome, account, stated, reason } = email.check;
    writer.entry('escrowed-email-compared', {
      outcome,
      account,
      stated,
      decision: 'go-on',
      decidedBy: 'custodian 1, custodian 2, custodian 3',
      ...(reason === null ? {} : { reason }),
    });
  }
  await writer.seal(...set.quorum, cast.operator.signer, cast.witness.signer);
  const transcript = writer.standing();
  const bundle = await makeBundle(set, {
    kind: 'recover',
    package: source,
    transcript,
    ceremonyId,
    random,
    ...(email === undefined ? {} : { escrowedEmail: email.check }),
    ...(escrow === undefined ? {} : { escrow: escrow.opened }),
  });
  return deliver(writer, set, bundle, options);
}

/** Custodian 1 comes home with sheet 2, custodian 2 with the one that was given, the third had a stick. */
function givenOnSheet(writer: LogWriter, index: number, custodian: string): void {
  if (index > 2) {
    writer.entry('share-accepted', { index, medium: 'usb' });
    return;
  }
  const whose = { index, custodian };
  const before = 'b0'.repeat(32);
  writer.entry('share-accepted', { ...whose, medium: 'yubikey-otp', sheet: 1 });
  writer.entry('envelope-printing', { ...whose, sheet: 2 });
  if (index === 2) {
    const envelope = { type: 'digest' as const, value: before };
    writer.entry('envelope-kept', { ...whose, sheet: 1, envelope, reason: 'No printer works.' });
    return;
  }
  writer.entry('envelope-renewed', {
    ...whose,
    before: { type: 'digest', value: before },
    after: { type: 'digest', value: 'af'.repeat(32) },
    oldSheet: 1,
    sheet: 2,
  });
  writer.entry('sheets-destroyed', { ...whose, sheets: '1', good: 2, witness: 'witness' });
}

/** From the bundle to the receipt. */
export async function deliver<
  B extends
    | TestBundle
    | TestRosterBundle
    | TestAddSetBundle
    | TestAdoptBundle
    | TestRotateBundle
    | TestRefreshBundle
    | TestVersionBundle
    | TestDrillBundle
    | TestMoveBundle
    | TestChangeBundle,
>(
  writer: LogWriter,
  set: TestShareSet,
  bundle: B,
  { until = 'receipt', outcome = 'committed', answered = 7_200 }: LogOptions,
): Promise<TestLog<B>> {
  const { digest, envelope } = bundle.document;
  const { operator } = set.cast;
  const { entries } = bundle.document.body.transcript;
  writer.document(envelope);
  writer.entry('bundle-made', {
    digest: { type: 'digest', value: digest },
    signedEntries: entries,
  });
  writer.entry('bundle-written', {
    digest: { type: 'digest', value: digest },
    description: 'stick 9, 16 GB',
  });
  await writer.seal(operator.signer);
  if (until === 'bundle') return finish(writer, bundle, null);
  const receipt = await makeReceipt(set, bundle, { outcome, at: at(answered) });
  writer.document(receipt.envelope).entry('receipt-imported', {
    digest: { type: 'digest', value: receipt.digest },
    outcome,
    statement: receipt.body.statement,
  });
  writer.entry('ceremony-closed', { outcome });
  await writer.seal(operator.signer);
  return finish(writer, bundle, receipt);
}
