/**
 * A claim as its user sees it: what the page behind his link shows.
 * @module
 */
import { databaseTime } from '../../database/clock.ts';
import { findClaimLink } from '../../mail/links.ts';
import { inWords } from '../../mail/messages.ts';
import { type ClaimRow, findClaim, MOST_WRONG_CODES } from './rows.ts';
import type { FlowContext } from '../../trust/context.ts';
import { requestById, type RequestRow } from '../requests/requests.ts';

/**
 * What the page shows. `none`: for unknown and replaced links alike. `unfinished`: the commit is not
 * done yet. `changed`: somebody wrote other keys, so this claim has nothing to open.
 */
export type Claimable =
  | { readonly state: 'none' }
  | {
      readonly state: 'unfinished' | 'open' | 'set' | 'over' | 'ended' | 'changed';
      readonly survey: string;
      readonly code: string;
      readonly until: string;
      /** When it was set or ended. */
      readonly at: string | null;
      /** The code: not made yet, good, or ended by wrong ones. */
      readonly spoken: 'none' | 'good' | 'ended';
    };

export const NONE: Claimable = { state: 'none' };

/** How a claim stands for whoever holds its link. */
export function stateOf(
  claim: ClaimRow,
  now: Date,
): Exclude<Claimable['state'], 'none' | 'changed'> {
  switch (claim.state) {
    case 'held':
      if (claim.expiresAt <= now) return 'over';
      return claim.finished ? 'open' : 'unfinished';
    case 'claimed':
      return 'set';
    case 'expired':
      return 'over';
    default:
      return 'ended';
  }
}

function spokenOf({ codeTag, wrongCodes }: ClaimRow): 'none' | 'good' | 'ended' {
  if (codeTag === null) return 'none';
  return wrongCodes < MOST_WRONG_CODES ? 'good' : 'ended';
}

/** @param state default: as the row says */
export function described(
  claim: ClaimRow,
  request: RequestRow,
  now: Date,
  state: Exclude<Claimable['state'], 'none'> = stateOf(claim, now),
): Claimable {
  return {
    state,
    survey: `${request.surveyId} (${request.surveyName})`,
    code: request.code,
    until: inWords(claim.expiresAt),
    at: claim.endedAt === null ? null : inWords(claim.endedAt),
    spoken: spokenOf(claim),
  };
}

/** What a link leads to. Changes nothing: mail scanners open links. */
export async function lookAtClaim({ database }: FlowContext, token: string): Promise<Claimable> {
  const { now } = await databaseTime(database);
  const link = await findClaimLink(database, token);
  if (link === undefined || link.outcome === 'replaced') return NONE;
  const claim = await findClaim(database, link.bundleDigest);
  if (claim === undefined) return NONE;
  return described(claim, await requestById(database, claim.requestId), now);
}
