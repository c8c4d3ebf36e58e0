/**
 * The state of a Recover: one user's survey KEK, opened by k custodians; of an organisation's survey
 * by its owner's passphrase as well. Plain JSON, public.
 * @module
 */
import type { EmailCheck } from '../../bundle/escrowed-email.ts';
import type { OrganisationWay } from '../../bundle/package.ts';
import type { OpenedStored } from '../../bundle/sealed-escrow.ts';
import type { EndingPhase, EndingState } from '../ending.ts';
import type { RecoverPackageFacts } from '../package-facts.ts';
import type { OpeningPhase, OpeningState } from '../opening.ts';
import type { Seat } from '../seat/state.ts';
import type { WithShares } from '../share-round.ts';
import { freshStart } from '../start.ts';
import type { WithWitnessPage } from '../witness-page.ts';
import type { AskedEmail } from './found-email.ts';

export type RecoverPhase =
  | OpeningPhase
  | { readonly at: 'ticket-key' }
  | { readonly at: 'facts' }
  | { readonly at: 'who' }
  | { readonly at: 'seat'; readonly seat: Seat }
  | { readonly at: 'recover' }
  /** An organisation's survey: its owner comes. */
  | { readonly at: 'owner'; readonly organisation: OrganisationWay }
  | { readonly at: 'escrowed-email'; readonly found: AskedEmail }
  | EndingPhase;

export interface RecoverState extends OpeningState, EndingState, WithWitnessPage, WithShares {
  readonly ceremony: 'recover' | 'recover-member';
  readonly phase: RecoverPhase;
  readonly recover: RecoverPackageFacts | null;
  readonly kekOpened: boolean;
  /** Who types the organisation's passphrase; null: nobody yet, or none is needed. */
  readonly owner: string | null;
  /** How the escrowed address compared; null: not yet, or there was nothing to compare. */
  readonly escrowedEmail: EmailCheck | null;
  /** The sealed escrow that was opened; null: not yet, or of CheckTick's own kind. */
  readonly escrow: OpenedStored | null;
}

type Start = Parameters<typeof freshStart>[0];

export const startRecover = (start: Start): RecoverState => begin('recover', start);

/** Of a survey key that an organisation keeps. */
export const startRecoverMember = (start: Start): RecoverState => begin('recover-member', start);

function begin(ceremony: RecoverState['ceremony'], start: Start): RecoverState {
  return {
    ...freshStart(start),
    ceremony,
    recover: null,
    accepted: [],
    lastSeated: null,
    gotUp: [],
    watched: [],
    kekOpened: false,
    owner: null,
    escrowedEmail: null,
    escrow: null,
  };
}
