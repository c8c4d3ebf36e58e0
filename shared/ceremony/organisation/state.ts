/**
 * The state of a ceremony for survey keys of an organisation that are wrapped anew. Plain JSON,
 * public.
 * @module
 */
import type { OrganisationMoved } from '../../bundle/organisation.ts';
import type { EndingPhase, EndingState } from '../ending.ts';
import type { OpeningPhase, OpeningState } from '../opening.ts';
import type { OrganisationPackageFacts } from '../package-facts.ts';
import type { Seat } from '../seat/state.ts';
import type { WithShares } from '../share-round.ts';
import { freshStart } from '../start.ts';
import type { WithWitnessPage } from '../witness-page.ts';

export type OrganisationPhase =
  | OpeningPhase
  | { readonly at: 'ticket-key' }
  | { readonly at: 'organisation-facts' }
  | { readonly at: 'who' }
  | { readonly at: 'seat'; readonly seat: Seat }
  /** The owner comes, makes up a passphrase and types it once more. */
  | { readonly at: 'new-passphrase' }
  /** Everybody sees which surveys were wrapped anew, and which stay as they are. */
  | { readonly at: 'surveys-wrapped' }
  | EndingPhase;

export interface OrganisationState extends OpeningState, EndingState, WithWitnessPage, WithShares {
  readonly ceremony: 'migrate-organisation';
  readonly phase: OrganisationPhase;
  readonly organisation: OrganisationPackageFacts | null;
  /** Null: not yet. */
  readonly wrapped: Pick<OrganisationMoved, 'moved' | 'unopened'> | null;
}

export function startOrganisation(start: Parameters<typeof freshStart>[0]): OrganisationState {
  return {
    ...freshStart(start),
    ceremony: 'migrate-organisation',
    organisation: null,
    accepted: [],
    lastSeated: null,
    gotUp: [],
    watched: [],
    wrapped: null,
  };
}
