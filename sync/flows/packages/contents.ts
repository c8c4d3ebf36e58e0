/**
 * What the package of a recovery brings to the laptop: the stored survey key as Vault holds it, the
 * vault component, and of a user's own escrow what there is of e-mail addresses.
 * @module
 */
import { entryTextDigest, sealMemberPackage } from '../../../shared/bundle/member-package.ts';
import type {
  MemberPackage,
  OrganisationWay,
  RecoveryPackage,
} from '../../../shared/bundle/package.ts';
import { type PackageEmails, sealRecoverPackage } from '../../../shared/bundle/recover-package.ts';
import {
  type RecoveryKekDocument,
  type SurveyKekDocument,
} from '../../../shared/checktick/index.ts';
import type { Manifest } from '../../../shared/sharing/manifest.ts';
import type { Queryable } from '../../database/database.ts';
import { accountDigest } from '../claims/address.ts';
import type { FlowContext } from '../../trust/context.ts';
import {
  digestOf,
  emailDigest,
  type EscrowRow,
  findEscrow,
  readEscrow,
} from '../../checktick/escrow.ts';
import { isMovedEscrow } from '../../checktick/moved-escrow.ts';
import { assertWay, readSurveyKek } from '../../checktick/organisation.ts';
import { refuseOrganisation } from '../../checktick/organisation-refusals.ts';
import type { PackageRow } from '../package-rows/rows.ts';
import { keyHashDigest, packagedKey, readKeyHash } from '../../checktick/packaged-escrow.ts';
import type { RequestRow } from '../requests/requests.ts';
import { rotatable } from '../../versions/rotate-places.ts';
import { accountEmailOf, statedEmailOf } from '../requests/stated-email.ts';

/** The stored survey key of a request, and under which key version it lies. */
export type Stored =
  | {
      readonly kind: 'recover';
      readonly keyVersion: string;
      readonly escrow: EscrowRow;
      readonly document: RecoveryKekDocument;
    }
  | {
      readonly kind: 'recover-member';
      readonly keyVersion: string;
      readonly organisation: OrganisationWay;
      readonly document: SurveyKekDocument;
    };

/** @throws Refusal of checktick/escrow.ts or checktick/organisation.ts; `request-without-organisation` */
export async function readStored(
  context: FlowContext,
  { kind, keyVersion }: PackageRow,
  request: RequestRow,
): Promise<Stored> {
  const { organisation, surveyId } = request;
  if (organisation === null) {
    if (kind !== 'recover') throw refuseOrganisation('request-without-organisation', request.code);
    const escrow = await findEscrow(context.database, request);
    const { document } = await readEscrow(context.kv, escrow);
    return { kind, keyVersion: escrow.keyVersion, escrow, document };
  }
  if (kind !== 'recover-member') {
    throw refuseOrganisation('request-without-organisation', request.code);
  }
  await assertWay(context, surveyId, organisation);
  const document = await readSurveyKek(context.kv, surveyId);
  return { kind, keyVersion, organisation, document };
}

/** What all packages of recoveries say openly. */
export type Open = Omit<MemberPackage, 'kind' | 'sealed' | 'organisation' | 'escrow'>;

/** What its row remembers for the commit, besides the request and the survey's columns. */
export interface Remembered {
  readonly escrow: string;
  readonly account: string;
  readonly email?: string;
  readonly keyHash?: string;
}

/** The package's body, its secrets sealed to the ticket; and what its row remembers. */
export async function sealStored(
  on: Queryable,
  stored: Stored,
  open: Open,
  {
    request,
    ticket,
    vaultComponent,
    has,
  }: {
    readonly request: RequestRow;
    /** Public key. */
    readonly ticket: string;
    readonly vaultComponent: Uint8Array;
    /** Columns of the survey that this CheckTick has. */
    readonly has: ReadonlySet<string>;
  },
): Promise<{ readonly body: RecoveryPackage; readonly remembers: Remembered }> {
  const { document } = stored;
  const account = await accountEmailOf(on, request.userId);
  const remembers = {
    escrow: digestOf(document.encrypted_kek),
    account: accountDigest(open.nonce, account),
  };
  if (stored.kind === 'recover-member') {
    const { kind, organisation } = stored;
    const encryptedKek = document.encrypted_kek.replaceAll(/[ \t\n\r\f\v]/g, '');
    const keyHash = await readKeyHash(on, open.facts.surveyId, has);
    const escrow = {
      kind: 'organisation' as const,
      digest: entryTextDigest(encryptedKek),
      keyHash: keyHash === null ? ('none' as const) : ('sealed' as const),
    };
    const secrets = { vaultComponent, encryptedKek, keyHash };
    const body = await sealMemberPackage({ ...open, kind, organisation, escrow }, ticket, secrets);
    return { body, remembers: { ...remembers, keyHash: keyHashDigest(keyHash) } };
  }
  const emails: PackageEmails = {
    escrowed: stored.document.encrypted_email?.trim() || null,
    account,
    stated: await statedEmailOf(on, request.id),
  };
  // What sync moved to another key version lost its address there; CheckTick's row stays as it was.
  const isExpected =
    stored.escrow.hasEmail && !(await isMovedEscrow(on, request, stored.document.encrypted_kek));
  const escrowedEmail = emails.escrowed !== null ? 'sealed' : isExpected ? 'missing' : 'none';
  const { mode, audience, facts } = open;
  const { keyVersion, userId, surveyId } = facts;
  const key = await packagedKey(on, stored.document, {
    path: stored.escrow.path,
    binding: { mode, audience, keyVersion, userId, surveyId },
    has,
  });
  const said = key.said === undefined ? {} : { escrow: key.said };
  const body = await sealRecoverPackage(
    { ...open, kind: stored.kind, escrowedEmail, ...said },
    ticket,
    { vaultComponent, emails, ...key.stored },
  );
  return { body, remembers: { ...remembers, email: emailDigest(stored.document), ...key.facts } };
}

/**
 * The vault component of a version, proved by its row and its manifest; Vault's entry holds the same,
 * or that of another version. The caller wipes it.
 * @throws Refusal `kv-row-differ`
 */
export async function provenComponent(
  context: FlowContext,
  version: string,
  manifest: Manifest,
): Promise<Uint8Array> {
  return (await rotatable(context, version, manifest)).component;
}
