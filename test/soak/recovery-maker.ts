/**
 * One approved recovery as documents: its ticket, its released package, its four approvals and its
 * bundle, signed and sealed by the code of app and sync, without the ceremonies and requests that
 * lead there. The one-time keys are the same for all, which no verification asks about; making
 * a pair of its own for each would take most of the time.
 * @module
 */
import {
  type ApprovalAction,
  approvalType,
  statementMessage,
} from '../../shared/bundle/approval.ts';
import { type RecoverBundle, bundleType } from '../../shared/bundle/bundle.ts';
import { sealBundle } from '../../shared/bundle/bundle-secret.ts';
import type { RecipientPair } from '../../shared/sealing/hpke.ts';
import { packageType, type RecoverFacts } from '../../shared/bundle/package.ts';
import { sealRecoverPackage } from '../../shared/bundle/recover-package.ts';
import { ticketType } from '../../shared/bundle/ticket.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { decodeEnvelope, ed25519Signer, envelopeToJson } from '../../shared/encoding/dsse.ts';
import { type Identity, identitySigner } from '../../shared/identity/identity.ts';
import type { Mode } from '../../shared/mode.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { decodeShare } from '../../shared/sharing/envelope.ts';
import { shareSigner } from '../../shared/sharing/share-key.ts';
import { aboutRelease } from '../../sync/flows/package-rows/approved.ts';
import { requestSubject } from '../../sync/flows/requests/approve.ts';
import type { Verification } from '../../sync/flows/requests/verifications.ts';

export interface KitApprover {
  readonly id: string;
  readonly userId: number;
  readonly identity: Identity;
}

/** What all recoveries of one run have in common; plain data, for another process. */
export interface Kit {
  readonly mode: Mode;
  readonly audience: string;
  readonly epoch: number;
  readonly keyVersion: string;
  /** Seed of sync's signing key. */
  readonly syncSeed: Uint8Array;
  /** Of the roster's operator. */
  readonly operator: Identity;
  /** Shares, k of them. */
  readonly quorum: readonly Uint8Array[];
  readonly manifest: { readonly bytes: Uint8Array; readonly digest: string };
  readonly roster: { readonly bytes: Uint8Array; readonly digest: string };
  readonly vaultComponent: Uint8Array;
  readonly ticketKey: RecipientPair;
  readonly packageKey: RecipientPair;
  readonly approvers: readonly [KitApprover, KitApprover];
  readonly user: { readonly id: number; readonly name: string };
  /** Of everything: when it was asked for, approved, released. Milliseconds. */
  readonly now: number;
  readonly expires: number;
}

/** What one recovery is about. */
export interface Plan {
  readonly requestId: string;
  readonly requestCode: string;
  readonly surveyId: number;
  readonly surveyName: string;
  readonly checks: readonly Verification[];
}

export interface MadeApproval {
  readonly approver: number;
  readonly action: ApprovalAction;
  readonly subject: Uint8Array;
  readonly statement: Uint8Array;
  readonly signature: Uint8Array;
}

export interface MadeRecovery extends Plan {
  readonly nonce: string;
  readonly ticket: { readonly bytes: Uint8Array; readonly digest: string };
  readonly package: { readonly bytes: Uint8Array; readonly digest: string };
  readonly bundle: { readonly bytes: Uint8Array; readonly digest: string };
  readonly approvals: readonly MadeApproval[];
  /** The stored KEK, hex: of the right form. Nothing opens it here. */
  readonly encryptedKek: string;
}

const REASON = 'as requested';
const id = (): string => bytesToHex(randomBytes(16));
/** To the second, as every document holds it. */
const time = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;

/** @throws Refusal when a document does not come out right */
export function recoveryMaker(kit: Kit): (plan: Plan) => Promise<MadeRecovery> {
  const { mode, audience, epoch, keyVersion } = kit;
  const sync = ed25519Signer(kit.syncSeed);
  const operator = identitySigner(kit.operator);
  const quorum = kit.quorum.map((wire) => shareSigner(decodeShare(wire)));
  const approvers = kit.approvers.map(({ identity }) => identitySigner(identity));
  const manifest = envelopeToJson(decodeEnvelope(kit.manifest.bytes, 'share-set'));
  const roster = envelopeToJson(decodeEnvelope(kit.roster.bytes, 'roster'));
  const issuedAt = time(kit.now);

  async function ticketFor() {
    const document = await ticketType.sign(
      {
        mode,
        kind: 'recover',
        ticketId: id(),
        audience,
        operator: { name: kit.operator.name, publicKey: operator.keyid },
        recipient: kit.ticketKey.publicKey,
        createdAt: issuedAt,
      },
      [operator],
    );
    return { document, bytes: ticketType.toBytes(document), digest: document.digest };
  }

  async function approve(
    approver: number,
    action: ApprovalAction,
    named: string,
    subject: Uint8Array,
    sentence: string,
  ): Promise<MadeApproval> {
    const [who, signer] = [kit.approvers[approver], approvers[approver]];
    if (who === undefined || signer === undefined) throw new Error('there are two approvers');
    const statement = approvalType.encodeBody({
      type: 'conclave-approval',
      version: 1,
      mode,
      audience,
      action,
      subject: named,
      subjectDigest: bytesToHex(subject),
      sentence,
      facts: [],
      delayHours: action === 'request-approve' ? 0 : null,
      notBefore: null,
      expiresAt: null,
      reason: REASON,
      approver: { id: who.id, name: who.identity.name, userId: who.userId },
      nonce: id(),
      at: issuedAt,
    });
    const signature = await signer.sign(statementMessage(statement, mode));
    return { approver, action, subject, statement, signature };
  }

  return async (plan) => {
    const { requestId, requestCode, surveyId, surveyName, checks } = plan;
    const facts: RecoverFacts = {
      requestCode,
      requestId,
      userId: kit.user.id,
      userName: kit.user.name,
      surveyId,
      surveyName,
      keyVersion,
    };
    const { document: ticket, ...ticketFile } = await ticketFor();
    const encryptedKek = bytesToHex(randomBytes(60));
    const nonce = id();
    const body = await sealRecoverPackage(
      {
        mode,
        audience,
        nonce,
        kind: 'recover',
        epoch,
        issuedAt,
        expiresAt: time(kit.expires),
        recipient: kit.packageKey.publicKey,
        receiptHead: null,
        ticketId: ticket.body.ticketId,
        ticketDigest: ticket.digest,
        facts,
        manifest,
        roster,
      },
      kit.ticketKey.publicKey,
      { vaultComponent: kit.vaultComponent, encryptedKek, emails: null },
    );
    const released = await packageType.sign(body, [sync]);
    const sealed = await sealBundle<RecoverBundle>(
      {
        mode,
        audience,
        nonce,
        epoch,
        kind: 'recover',
        facts,
        packageDigest: released.digest,
        ceremonyId: id(),
        operator: operator.keyid,
        createdAt: issuedAt,
        transcript: { entries: 1, head: bytesToHex(randomBytes(32)) },
        manifestDigest: kit.manifest.digest,
        rosterDigest: kit.roster.digest,
      },
      kit.packageKey.publicKey,
      randomBytes(32),
    );
    const bundle = await bundleType.sign(sealed, [...quorum, operator]);
    const request = {
      id: requestId,
      code: requestCode,
      userId: kit.user.id,
      surveyId,
      organisation: null,
    };
    const asked = requestSubject({ ...request, delayHours: 0 }, checks, null);
    const { subject } = aboutRelease({ nonce, ticketDigest: ticket.digest, requestId, keyVersion });
    const approvals: MadeApproval[] = [];
    for (const approver of [0, 1]) {
      approvals.push(
        await approve(approver, 'request-approve', requestCode, asked, `Recover ${surveyName}.`),
        await approve(approver, 'package-release', nonce, subject, `Release for ${surveyName}.`),
      );
    }
    return {
      ...plan,
      nonce,
      ticket: ticketFile,
      package: { bytes: packageType.toBytes(released), digest: released.digest },
      bundle: { bytes: bundleType.toBytes(bundle), digest: bundle.digest },
      approvals,
      encryptedKek,
    };
  };
}
