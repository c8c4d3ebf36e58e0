/**
 * A claim as admins read it: how it stands, and what is next.
 * @module
 */
import { formatTime } from '../../shared/encoding/schema.ts';
import type { Admin } from '../admins/admins.ts';
import { databaseTime } from '../database/clock.ts';
import type { Database } from '../database/database.ts';
import { mayGiveCode } from '../flows/claims/code.ts';
import { type ClaimRow, MOST_WRONG_CODES } from '../flows/claims/rows.ts';
import { type LinkMail, newestLinkMail } from '../mail/tell-claim.ts';
import type { ClaimAnswer } from './claim-answers.ts';

/** What is true of the key of a claim that ended without its user. */
const fateOf = ({ destroyed }: ClaimRow): string =>
  destroyed
    ? 'The key that waited was destroyed: nothing opens the survey now, and its data is still there.'
    : 'Nobody can claim it any more; sync destroys the key that waited as soon as Vault answers.';
const AGAIN = 'Start a new recovery (conclave-sync request create) and ask the user why.';

interface Told {
  readonly sentence: string;
  readonly next: string;
}

/** How a claim that has ended is told. */
function ended(claim: ClaimRow): Told {
  const at = claim.endedAt === null ? '' : ` at ${formatTime(claim.endedAt)}`;
  switch (claim.state) {
    case 'claimed':
      return { sentence: `The user set his own password${at}.`, next: '' };
    case 'acknowledged':
      return {
        sentence: claim.destroyed
          ? `The one-time passphrase was handed over${at}, and destroyed.`
          : `The one-time passphrase was handed over${at}; sync destroys it as soon as Vault answers.`,
        next: '',
      };
    case 'ended':
      return { sentence: `An admin ended the claim${at}. ${fateOf(claim)}`, next: AGAIN };
    default:
      return { sentence: `Nobody came in time. ${fateOf(claim)}`, next: AGAIN };
  }
}

function byLink(claim: ClaimRow, mail: LinkMail | undefined): Told {
  const until = `until ${formatTime(claim.expiresAt)}`;
  const waits = `The user can set his own password ${until}, with the link mailed to ${claim.address} and a code`;
  if (mail?.state === 'failed') {
    return {
      sentence: `The mail with the link to ${claim.address} was refused (${mail.why}).`,
      next: 'Ask the user whether the mailbox is full or gone. Then: claim renew-link; or claim end, and a new recovery.',
    };
  }
  if (claim.codeTag === null) {
    return {
      sentence: `${waits} that nobody has made yet.`,
      next: 'Make the code (conclave-sync claim code) and read it to the user, who is on the telephone or before you.',
    };
  }
  if (claim.wrongCodes >= MOST_WRONG_CODES) {
    return {
      sentence: `${waits}; but a wrong code was typed five times, so the code has ended.`,
      next: 'Call the user: was it him? Then make a new code (conclave-sync claim code). If not: claim end.',
    };
  }
  return {
    sentence: `${waits}, made by ${claim.codeBy ?? 'an admin'}.`,
    next: 'Waits for the user.',
  };
}

function told(claim: ClaimRow, mail: LinkMail | undefined): Told {
  if (claim.state !== 'held') return ended(claim);
  if (claim.way === 'link') return byLink(claim, mail);
  return {
    sentence: `An admin hands the one-time passphrase to the user, until ${formatTime(claim.expiresAt)}.`,
    next: 'Show it (conclave-sync passphrase show), and acknowledge it once the user is in.',
  };
}

/** As `admin` may see it, and what he may do. */
export async function showClaim(
  database: Database,
  admin: Admin,
  found: ClaimRow,
): Promise<ClaimAnswer> {
  const { now } = await databaseTime(database);
  const isOver = found.state === 'held' && found.expiresAt <= now;
  const claim = isOver ? { ...found, state: 'expired' as const, endedAt: found.expiresAt } : found;
  const isLink = claim.way === 'link';
  const mail = isLink ? await newestLinkMail(database, claim.digest) : undefined;
  const acts = admin.roles.some((role) => role === 'operator' || role === 'approver');
  const open = claim.state === 'held' && acts;
  return {
    digest: claim.digest,
    way: claim.way,
    state: claim.state,
    ...told(claim, mail),
    address: isLink ? claim.address : null,
    expiresAt: formatTime(claim.expiresAt),
    endedAt: claim.endedAt === null ? null : formatTime(claim.endedAt),
    code:
      claim.codeAt === null
        ? null
        : {
            by: claim.codeBy ?? 'an admin',
            at: formatTime(claim.codeAt),
            triesLeft: MOST_WRONG_CODES - claim.wrongCodes,
          },
    mail:
      mail === undefined
        ? null
        : {
            state: mail.state,
            at: mail.sentAt === null ? null : formatTime(mail.sentAt),
            why: mail.why,
          },
    may: {
      code: open && (await mayGiveCode(database, admin, claim)),
      renewLink: open && isLink,
      end: open && isLink,
      passphrase: open && !isLink,
    },
  };
}
