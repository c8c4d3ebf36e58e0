/**
 * A new share set, step by step: plan → operator and witness enrol → [the ceremony gets its key] →
 * split → each custodian writes and reads back → a random quorum of the media just written restores
 * it → signatures → bundle.
 *
 * Interrupted before the bundle it is void, and every medium written is listed by name.
 * @module
 */
import type { Adoption } from '../../bundle/adopt.ts';
import { escrowKeyDigest } from '../../sharing/escrow-key.ts';
import { policyFault, type MediaPolicy } from '../../sharing/media-policy.ts';
import type { Facts } from '../../transcript/entry.ts';
import type { Refusal } from '../../refusal.ts';
import { abandon, bundleMade, endingTransition, isEnding } from '../ending.ts';
import type { CeremonyEvent } from '../events.ts';
import type { Plan } from '../../plan/set-plan.ts';
import { busy, step, type Step } from '../machine.ts';
import { checkEnvironment, isOpening, openingTransition, type OpeningPlan } from '../opening.ts';
import { plannedFacts, planTransition } from '../planned.ts';
import { refuseStep } from '../refusals.ts';
import { afterRefusedWrite } from '../seat/media.ts';
import { credentialsAfter, type Seat } from '../seat/state.ts';
import { seatTransition, signing } from '../seat/seat.ts';
import type { Turn } from '../types.ts';
import { printWitnessPage } from '../witness-page.ts';
import { holdersOf, newSetSeatContext } from './seat-context.ts';
import {
  isNewSet,
  seatsOf,
  type CommonPhase,
  type HeldKey,
  type NewSetState,
  type SeatQueue,
} from './state.ts';

/** What is a ceremony's own in the making of a set. */
export interface NewSetPlan<S extends NewSetState> extends Pick<
  OpeningPlan<S>,
  'packageKind' | 'afterPackage'
> {
  readonly enter: (state: S, phase: CommonPhase) => S;
  /** Operator and witness are enrolled: now the key is made, or brought. */
  getKey(state: S): S;
  /** The set is signed: what comes before witness and operator sign. Absent: nothing. */
  readonly beforeSigning?: (state: S) => S;
  /** The phases between {@link getKey} and {@link splitKey}, and of {@link beforeSigning}. */
  own(state: S, event: CeremonyEvent): Step<S>;
  /** What stands in the entry `plan-agreed` besides the plan. */
  planFacts(state: S): Facts;
  /** What this person signs of the key besides the usual; sentences or ''. */
  aboutKey(state: S, turn: Turn): string;
  /** Hears an event before the phases that all have in common; null leaves it to them. */
  first?(state: S, event: CeremonyEvent): Step<S> | null;
  /** What speaks against the plan besides the usual. */
  fault?(state: S, plan: Plan): Refusal | null;
  /** What else is known once the plan is agreed. */
  agreed?(state: S): S;
  /** Where it goes on when the laptop was checked, if not with operator and witness. */
  afterClock?(state: S): S | null;
  /** Of an adoption's bundle. */
  adoption(state: S): Adoption | null;
}

export function newSetStep<S extends NewSetState>(
  state: S,
  event: CeremonyEvent,
  plan: NewSetPlan<S>,
): Step<S> {
  const next = step(state, event, (now, heard) => transition(now, heard, plan));
  const seated = seatIn(next.state);
  if (event.type !== 'refused' || seated === null) return next;
  const settled = afterRefusedWrite(seated.seat, event.note.code);
  return { ...next, state: plan.enter(next.state, { ...seated, at: 'seat', seat: settled }) };
}

function transition<S extends NewSetState>(
  state: S,
  event: CeremonyEvent,
  plan: NewSetPlan<S>,
): Step<S> {
  const { phase } = state;
  const own = plan.first?.(state, event) ?? null;
  if (own !== null) return own;
  if (event.type === 'abandon') {
    const writing = seatIn(state)?.seat.writing ?? null;
    const unfinished = writing === null ? [] : [writing];
    const everWritten = [...state.everWritten, ...unfinished];
    return abandon({ ...state, everWritten }, phase, event.reason, plan.enter);
  }
  if (isOpening(phase)) return openingTransition(state, phase, event, openingOf(plan));
  if (isEnding(phase)) return endingTransition(state, phase, event, plan.enter);
  if (!isNewSet(phase)) return plan.own(state, event);
  switch (phase.at) {
    case 'plan':
      return agree(state, event, plan);
    case 'seat':
      return seat(state, event, phase, plan);
    case 'prove':
      return prove(state, event, plan);
    case 'set-ready':
      if (event.type === 'continue') {
        return plan.beforeSigning === undefined
          ? startSigning(state, plan)
          : to(plan.beforeSigning(state));
      }
      return printWitnessPage(state, event, state.plan?.page ?? null);
  }
}

/** Who sits there, if somebody does. */
export function seatIn({
  phase,
}: NewSetState): { readonly seat: Seat; readonly queue: SeatQueue } | null {
  return isNewSet(phase) && phase.at === 'seat' ? phase : null;
}

/** How it begins, for whoever goes back there. */
export function openingOf<S extends NewSetState>(plan: NewSetPlan<S>): OpeningPlan<S> {
  return {
    ...plan,
    afterClock(state) {
      const elsewhere = plan.afterClock?.(state) ?? null;
      return elsewhere === null ? sitDown(state, 'enrol', 0, plan) : to(elsewhere);
    },
  };
}

function agree<S extends NewSetState>(
  state: S,
  event: CeremonyEvent,
  plan: NewSetPlan<S>,
): Step<S> {
  const aboutPlan = planTransition(state, event);
  if (aboutPlan !== null) return aboutPlan;
  if (event.type !== 'plan' || state.package === null) throw refuseStep('not-now');
  const agreed = event.plan;
  // What was typed comes back with the refusal: nobody types sixteen names twice.
  const kept = { ...state, plan: agreed };
  const fault = planFault(agreed) ?? plan.fault?.(state, agreed) ?? null;
  if (fault !== null) return { state: { ...kept, refusal: fault.note() }, effects: [] };
  return checkEnvironment(plan.agreed?.(kept) ?? kept, openingOf(plan), [
    {
      effect: 'record',
      kind: 'plan-agreed',
      facts: {
        label: agreed.label,
        keyVersion: state.package.keyVersion,
        threshold: agreed.threshold,
        count: agreed.custodians.length,
        page: agreed.page,
        operator: agreed.operator.name,
        witness: agreed.witness.name,
        ...policyFacts(agreed.policy),
        ...plan.planFacts(kept),
        ...plannedFacts(state, agreed),
        ...(agreed.witness.mail === undefined ? {} : { 'witness.mail': agreed.witness.mail }),
        ...Object.fromEntries(
          agreed.custodians.flatMap(({ name, medium, mail }, at) => [
            [`custodian.${at + 1}.name`, name],
            [`custodian.${at + 1}.medium`, medium],
            ...(mail === undefined ? [] : [[`custodian.${at + 1}.mail`, mail]]),
          ]),
        ),
      },
    },
  ]);
}

function policyFacts(policy: MediaPolicy | undefined): Facts {
  if (policy === undefined) return {};
  const { allowed, kinds, apart } = policy;
  return {
    'policy.allowed': allowed.join(', '),
    'policy.kinds': kinds,
    'policy.apart': apart,
  };
}

function planFault(agreed: Plan): Refusal | null {
  const { custodians, operator, witness, threshold, policy } = agreed;
  const seen = new Set<string>();
  for (const { name } of [...custodians, operator, witness]) {
    const key = name.toLowerCase();
    if (seen.has(key)) return refuseStep('plan-names-double', name);
    seen.add(key);
  }
  if (threshold > custodians.length) {
    return refuseStep('plan-threshold', threshold, custodians.length);
  }
  return policy === undefined ? null : policyFault(policy, holdersOf(agreed, {}));
}

/** Witness and operator sign, one after the other. */
export function startSigning<S extends NewSetState>(state: S, plan: NewSetPlan<S>): Step<S> {
  return sitDown(state, 'signatures', 0, plan);
}

/** The next person of a round sits down, or the round is over. */
function sitDown<S extends NewSetState>(
  state: S,
  queue: SeatQueue,
  at: number,
  plan: NewSetPlan<S>,
): Step<S> {
  const next = state.plan === null ? undefined : seatsOf(state.plan, queue)[at];
  if (next !== undefined) return to(plan.enter(state, { at: 'seat', seat: next, queue }));
  switch (queue) {
    case 'enrol':
      return to(plan.getKey(state));
    case 'shares':
      return to(plan.enter(state, { at: 'prove' }));
    case 'signatures':
      return to(plan.enter(state, { at: 'save-bundle' }));
  }
}

const to = <S>(state: S): Step<S> => ({ state, effects: [] });

function seat<S extends NewSetState>(
  state: S,
  event: CeremonyEvent,
  { seat: current, queue }: { readonly seat: Seat; readonly queue: SeatQueue },
  plan: NewSetPlan<S>,
): Step<S> {
  if (event.type === 'bundle-made') return bundleMade(state, event);
  if (event.type === 'seat-ended') {
    const round = state.plan === null ? [] : seatsOf(state.plan, queue);
    const at = round.findIndex(
      ({ turn }) => turn.name === current.turn.name && turn.role === current.turn.role,
    );
    return sitDown(state, queue, at + 1, plan);
  }
  const context = newSetSeatContext(state, current, plan.aboutKey(state, current.turn));
  const result = seatTransition(current, event, context);
  const { seat: after, effects, finished } = result;
  const index = after.turn.index;
  const next: S = {
    ...plan.enter(state, { at: 'seat', seat: after, queue }),
    busy: result.busy ?? null,
    refusal: event.type === 'written' ? (event.warning ?? null) : null,
    keys:
      after.identityKey === null
        ? state.keys
        : { ...state.keys, [after.turn.name]: after.identityKey },
    credentials: credentialsAfter(state.credentials, after),
    media: index === null ? state.media : { ...state.media, [index]: after.proved },
    everWritten:
      after.purpose === 'share'
        ? [...state.everWritten, ...after.everWritten.slice(current.everWritten.length)]
        : state.everWritten,
  };
  if (finished !== true) return { state: next, effects };
  const last = queue === 'signatures' && after.turn.role === 'operator';
  return {
    state: {
      ...next,
      busy: last ? signing(after, 'Making the bundle') : busy('Clearing the screen'),
    },
    effects: [
      ...effects,
      last
        ? { effect: 'make-bundle', escrowedEmail: null, adoption: plan.adoption(state) }
        : { effect: 'end-seat' },
    ],
  };
}

/**
 * The worker holds the key: where it comes from is written down, and it is split.
 * @param more facts that the entry begins with
 */
export function splitKey<S extends NewSetState>(
  state: S,
  { componentId, componentBytes, checks, escrowKey }: HeldKey,
  kind: 'key-made' | 'key-restored' | 'key-renewed' | 'component-restored',
  more: Facts = {},
): Step<S> {
  if (state.plan === null) throw refuseStep('not-now');
  return {
    state: {
      ...state,
      key: { componentId, componentBytes, checks, escrowKey },
      busy: busy('Splitting the custodian component and checking every share'),
    },
    effects: [
      {
        effect: 'record',
        kind,
        facts: {
          ...more,
          componentId,
          componentBytes,
          'check.custodianComponent': checks.custodianComponent,
          'check.vaultComponent': checks.vaultComponent,
          'check.platformKey': checks.platformKey,
          ...(escrowKey === null ? {} : { 'escrowKey.digest': escrowKeyDigest(escrowKey) }),
        },
      },
      { effect: 'split', threshold: state.plan.threshold, count: state.plan.custodians.length },
    ],
  };
}

/** The shares are there: the first custodian sits down. */
export function keySplit<S extends NewSetState>(
  state: S,
  { setId, shares }: Extract<CeremonyEvent, { type: 'component-split' }>,
  plan: NewSetPlan<S>,
): Step<S> {
  if (state.plan === null) throw refuseStep('not-now');
  const next = sitDown({ ...state, setId, shares }, 'shares', 0, plan);
  return {
    state: next.state,
    effects: [
      {
        effect: 'record',
        kind: 'component-split',
        facts: {
          setId,
          generation: 1,
          threshold: state.plan.threshold,
          count: shares.length,
          ...Object.fromEntries(
            shares.map(({ index, publicKey }) => [
              `share.${index}`,
              { type: 'digest' as const, value: publicKey },
            ]),
          ),
        },
      },
      ...next.effects,
    ],
  };
}

function prove<S extends NewSetState>(
  state: S,
  event: CeremonyEvent,
  plan: NewSetPlan<S>,
): Step<S> {
  const { plan: agreed, key, setId, shares } = state;
  if (agreed === null || key === null || setId === null) throw refuseStep('not-now');
  if (event.type === 'continue') {
    return {
      state: { ...state, busy: busy('Restoring the component from the media just written') },
      effects: [{ effect: 'prove-quorum', threshold: agreed.threshold }],
    };
  }
  if (event.type === 'quorum-proved') {
    return {
      state: { ...state, busy: busy('Signing the roster and the manifest') },
      effects: [
        {
          effect: 'record',
          kind: 'quorum-proved',
          facts: { indexes: event.indexes.join(', ') },
        },
        {
          effect: 'sign-set',
          set: {
            plan: agreed,
            setId,
            shares,
            ...key,
            keys: state.keys,
            credentials: state.credentials,
            media: state.media,
          },
        },
      ],
    };
  }
  if (event.type === 'set-signed') {
    const { manifestDigest, rosterDigest, words } = event;
    const signed = { ...state, set: { manifestDigest, rosterDigest, words } };
    return {
      state: plan.enter(signed, { at: 'set-ready' }),
      effects: [
        {
          effect: 'record',
          kind: 'set-signed',
          facts: {
            manifestDigest: { type: 'digest', value: manifestDigest },
            rosterDigest: { type: 'digest', value: rosterDigest },
          },
        },
      ],
    };
  }
  throw refuseStep('not-now');
}
