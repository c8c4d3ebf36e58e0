/**
 * To which address the link of a claim is mailed: never to one that only CheckTick's table names
 * once the escrow has said another, because whoever can change that table would get the link.
 * @module
 */
import { z } from 'zod';
import type { RecoverBundle, RecoveryBundle } from '../../../shared/bundle/bundle.ts';
import { type EmailCheck, isUnusual } from '../../../shared/bundle/escrowed-email.ts';
import { visibleEmail } from '../../../shared/checktick/index.ts';
import type { SyncConfig } from '../../config/config.ts';
import { columns } from '../../database/columns.ts';
import type { Queryable } from '../../database/database.ts';
import { shortAddresses } from '../../mail/short-address.ts';
import { digestOf } from '../../checktick/escrow.ts';
import { accountEmailOf, statedEmailOf } from '../requests/stated-email.ts';

/** The account's, the one that the person gave at the identity check, or none. */
export type LinkTarget = 'account' | 'stated' | null;

/** The account's address as the laptop compared it. Salted: the row keeps no address. */
export function accountDigest(nonce: string, address: string): string {
  return digestOf(nonce, address.toLowerCase());
}

/**
 * The one that the escrow holds. Where it holds neither: the one that the person gave, because two
 * approvers confirmed the person. Where there is nothing to compare with, the account's.
 */
export function linkTarget(
  check: EmailCheck | undefined,
  known: { readonly isAccountAsCompared: boolean; readonly isStated: boolean },
): LinkTarget {
  if (check === undefined || check.outcome === 'none') return 'account';
  if (check.account === 'same' && known.isAccountAsCompared) return 'account';
  if (check.stated === 'same') return 'stated';
  return isUnusual(check.outcome) && known.isStated ? 'stated' : null;
}

const compared = z.object({ account: columns.text.nullable() });

export interface ClaimAddress {
  readonly target: LinkTarget;
  /** Empty where there is none. */
  readonly address: string;
}

/** Where the link of this recovery goes as things are now; inside the caller's transaction. */
export async function claimAddress(on: Queryable, body: RecoveryBundle): Promise<ClaimAddress> {
  const { facts, nonce } = body;
  const escrowedEmail = body.kind === 'recover' ? body.escrowedEmail : undefined;
  const account = await accountEmailOf(on, facts.userId);
  const stated = await statedEmailOf(on, facts.requestId);
  const packaged = await on.one(
    compared,
    `SELECT facts->>'account' AS account FROM conclave.packages WHERE nonce = decode($1, 'hex')`,
    [nonce],
  );
  const target = linkTarget(escrowedEmail, {
    // Null: packages from before it was kept.
    isAccountAsCompared:
      packaged.account === null || packaged.account === accountDigest(nonce, account),
    isStated: stated !== null,
  });
  const address = { account, stated: stated ?? '' };
  return { target, address: target === null ? '' : address[target] };
}

/** For the two approvers, who confirm it by their signature; null where no link is mailed at all. */
export async function linkFact(
  on: Queryable,
  body: RecoverBundle,
  { mail }: Pick<SyncConfig, 'mail'>,
): Promise<string | null> {
  if (mail?.claim !== 'link') return null;
  const { target, address } = await claimAddress(on, body);
  const shown = shortAddresses(visibleEmail(address));
  switch (target) {
    case 'account':
      return `goes to the account’s address, ${shown}, which is the one of the escrow. Let the person say it.`;
    case 'stated':
      return `goes to the address that the person gave at the check, ${shown}, and not to the account’s. Let the person say it again.`;
    case null:
      return 'is not mailed: no address is known to be the person’s. An admin hands the one-time passphrase over.';
  }
}
