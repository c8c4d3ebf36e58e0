/**
 * Recovering one user's survey key, with the shares that accept-share.ts took: platform key
 * and escrow key checked; the one KEK opened (of an organisation's survey with its owner's
 * passphrase) and sealed to sync. Nothing but that KEK is left afterwards, and the accepted shares,
 * which sign.
 * @module
 */
import { sealBundle } from '../../../shared/bundle/bundle-secret.ts';
import { wayInWords } from '../../../shared/bundle/organisation-way.ts';
import type { MemberPackage, RecoverPackage } from '../../../shared/bundle/package.ts';
import type { PackageEmails, SealedEscrow } from '../../../shared/bundle/recover-package.ts';
import { type OpenedStored, sealedDigest } from '../../../shared/bundle/sealed-escrow.ts';
import type { FoundEmail } from '../../../shared/ceremony/recover/found-email.ts';
import {
  fitsKeyHash,
  type KeyHash,
  openEscrowEmail,
  openKekBlob,
  openOrganisationKek,
  userRecoveryKey,
  vaultPaths,
} from '../../../shared/checktick/index.ts';
import { openEscrow } from '../../../shared/escrow/escrow.ts';
import { Refusal } from '../../../shared/refusal.ts';
import { Secret, wipingAfter } from '../../../shared/secret/secret.ts';
import { escrowPrivateKey } from '../../../shared/sharing/escrow-key.ts';
import { askPassphrase } from '../asking.ts';
import { withPlatformKey, type Restored } from '../platform-key.ts';
import { refuseWorker } from '../refusals.ts';
import type { OpenPackage } from '../opened.ts';
import type { Context, Handler } from '../context.ts';

export const openKek: Handler<'open-kek'> = async ({ body, manifest, owner }, context) => {
  const { state } = context;
  const { kekOpened } = state;
  if (kekOpened?.nonce === body.nonce && state.kek !== null) {
    const { indexes, email, escrow } = kekOpened;
    return { indexes, email, escrow };
  }
  const opened = state.package;
  if (opened === null || opened.nonce !== body.nonce) throw refuseWorker('package-not-open');
  const restored: Restored = (work) => withPlatformKey(state, opened, manifest, work);
  const { stored } = opened;
  const { kek, escrow, email } =
    body.kind === 'recover'
      ? await restored(async (platformKey) => ({
          ...(await openOwnKek(platformKey, body, stored)),
          email: await findEmail(platformKey, body, stored.emails),
        }))
      : {
          ...(await openMemberKek(restored, body, stored, { owner, context })),
          email: { standing: 'not-asked' as const },
        };
  state.kek?.wipe();
  state.kek = new Secret(kek);
  opened.vaultComponent.wipe();
  state.package = null;
  const indexes = [...state.accepted.keys()].sort((a, b) => a - b);
  state.kekOpened = { nonce: body.nonce, indexes, email, escrow };
  return { indexes, email, escrow };
};

interface OpenedKek {
  readonly kek: Uint8Array;
  /** Null: of CheckTick's own kind, or of an organisation in a package of before. */
  readonly escrow: OpenedStored | null;
}

async function openOwnKek(
  platformKey: Uint8Array,
  body: RecoverPackage,
  stored: OpenPackage['stored'],
): Promise<OpenedKek> {
  return stored.sealedEscrow === undefined
    ? { kek: await openStoredKek(platformKey, body.facts, stored.encryptedKek), escrow: null }
    : openSealedKek(platformKey, body, stored.sealedEscrow);
}

/**
 * The survey key of an organisation. The wrapping proves that the owner's passphrase made it, not that
 * it is still the survey's: where CheckTick keeps a hash, a key that does not fit goes no further.
 * @throws Refusal `kek-not-the-surveys`
 */
async function openMemberKek(
  restored: Restored,
  body: MemberPackage,
  stored: OpenPackage['stored'],
  asking: { readonly owner: string | undefined; readonly context: Context },
): Promise<OpenedKek> {
  const kek = await askOwner(restored, body, stored, asking);
  const { escrow: said, facts } = body;
  if (said === undefined) return { kek, escrow: null };
  const { kind, digest } = said;
  const surveyKey = await comparedKey(kek, stored.keyHash ?? null, facts.surveyId);
  return { kek, escrow: { kind, digest, surveyKey } };
}

/** Against CheckTick's hash. Wipes a key that does not fit. @throws Refusal `kek-not-the-surveys` */
async function comparedKey(
  kek: Uint8Array,
  keyHash: KeyHash | null,
  surveyId: number,
): Promise<OpenedStored['surveyKey']> {
  if (keyHash === null) return 'not-compared';
  if (await fitsKeyHash(kek, keyHash)) return 'fits';
  kek.fill(0);
  throw refuseWorker('kek-not-the-surveys', surveyId);
}

/**
 * The survey key of an organisation. The platform key is checked before the owner is asked, and
 * restored anew for each passphrase: it does not lie there while somebody types.
 */
async function askOwner(
  restored: Restored,
  { facts, organisation }: MemberPackage,
  stored: OpenPackage['stored'],
  { owner, context }: { readonly owner: string | undefined; readonly context: Context },
): Promise<Uint8Array> {
  if (owner === undefined)
    throw refuseWorker('worker-out-of-order', 'the owner of the organisation');
  if (stored.sealedEscrow !== undefined) throw refuseWorker('package-not-open');
  const { encryptedKek } = stored;
  await restored(() => undefined);
  const { surveyId } = facts;
  const whose = wayInWords(organisation);
  const asked = {
    person: owner,
    opens: `the key of survey ${surveyId}, which ${whose} keeps`,
    organisation: true,
  } as const;
  const { value, passphrase } = await askPassphrase(context.entry(), asked, (typed) =>
    restored(async (platformKey) => {
      try {
        return await openOrganisationKek(
          platformKey,
          { ...organisation, surveyId },
          typed,
          encryptedKek,
        );
      } catch (error) {
        if (!(error instanceof Refusal) || error.code !== 'not-opened') throw error;
        throw refuseWorker('owner-passphrase-wrong', surveyId, whose);
      }
    }),
  );
  passphrase.wipe();
  return value;
}

/** User, survey and path are computed from the facts on the screen: there is no second field. */
async function openStoredKek(
  platformKey: Uint8Array,
  { userId, surveyId }: Pick<RecoverPackage['facts'], 'userId' | 'surveyId'>,
  encryptedKek: string,
): Promise<Uint8Array> {
  const path = vaultPaths.userSurveyRecoveryKek(userId, surveyId);
  const userKey = await userRecoveryKey(platformKey, userId);
  return wipingAfter([userKey], async () => {
    try {
      return await openKekBlob(userKey, path, encryptedKek);
    } catch (error) {
      if (error instanceof Refusal) throw refuseWorker('kek-not-openable');
      throw error;
    }
  });
}

/**
 * Of Conclave's own kind, bound to what the screen shows. Where CheckTick keeps a hash of the
 * survey's key, a key that does not fit it goes no further: whoever has the public half can seal one.
 * @throws Refusal `kek-not-the-surveys`; of shared/escrow where the seal is another's, or damaged
 */
async function openSealedKek(
  platformKey: Uint8Array,
  { mode, audience, facts }: RecoverPackage,
  { bytes, keyHash }: SealedEscrow,
): Promise<OpenedKek> {
  const { keyVersion, userId, surveyId } = facts;
  const privateKey = escrowPrivateKey(platformKey, { mode, keyVersion });
  const binding = { mode, audience, keyVersion, userId, surveyId };
  const kek = await wipingAfter([privateKey], () => openEscrow(privateKey, binding, bytes));
  const digest = sealedDigest(bytes);
  const surveyKey = await comparedKey(kek, keyHash, surveyId);
  return { kek, escrow: { kind: 'sealed', digest, surveyKey } };
}

/**
 * The escrowed address for the screen. What does not open stops nothing: the people decide.
 * SECURITY: its bytes are wiped; the text for the window is a string, which cannot be.
 */
async function findEmail(
  platformKey: Uint8Array,
  { facts, escrowedEmail }: RecoverPackage,
  emails: PackageEmails | null,
): Promise<FoundEmail> {
  if (emails === null || escrowedEmail === undefined) return { standing: 'not-asked' };
  const { escrowed, account, stated } = emails;
  if (escrowed === null || escrowedEmail !== 'sealed') {
    return { standing: escrowedEmail === 'none' ? 'none' : 'missing' };
  }
  try {
    const address = await openEscrowEmail(platformKey, facts.userId, escrowed);
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(address);
    address.fill(0);
    return { standing: 'opened', escrowed: text, account, stated };
  } catch (error) {
    if (error instanceof Refusal) return { standing: 'not-openable' };
    throw error;
  }
}

export const sealRecover: Handler<'seal-recover'> = async ({ body, recipient }, { state }) => {
  const { kek } = state;
  if (kek === null) throw refuseWorker('worker-out-of-order', 'an opened survey key');
  const sealed = await kek.use((bytes) => sealBundle(body, recipient, bytes));
  kek.wipe();
  state.kek = null;
  state.kekOpened = null;
  return { body: sealed };
};
