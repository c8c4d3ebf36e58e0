/**
 * Split, step by step: package → descriptor's words → plan → environment, clock → people →
 * key made and split → each custodian writes and reads back → a random quorum of the media just
 * written restores it → signatures → bundle → receipt.
 *
 * Interrupted before the bundle it is void, and every medium written is listed by name. After
 * it, only the receipt ends it.
 * @module
 */
import { escrowKeyDigest } from '../../sharing/escrow-key.ts';
import { isKeyMedium } from '../../sharing/media-kinds.ts';
import { shareName } from '../../sharing/refusals.ts';
import { policyFault, type Holder, type MediaPolicy } from '../../sharing/media-policy.ts';
import type { Facts } from '../../transcript/entry.ts';
import type { Refusal } from '../../refusal.ts';
import type { Effect } from '../effects.ts';
import { abandon, bundleMade, endingTransition, isEnding, type EndingPhase } from '../ending.ts';
import type { CeremonyEvent, Plan } from '../events.ts';
import { busy, step, type Step } from '../machine.ts';
import { checkEnvironment, isOpening, openingTransition, type OpeningPlan } from '../opening.ts';
import { refuseStep } from '../refusals.ts';
import { afterRefusedWrite } from '../seat-media.ts';
import { credentialsAfter, type Seat, type SeatContext } from '../seat-state.ts';
import { seatTransition, signing } from '../seat.ts';
import { printWitnessPage } from '../witness-page.ts';
import { seatsOf, type SeatQueue, type SplitPhase, type SplitState } from './state.ts';

type Next = Step<SplitState>;

export function splitTransition(state: SplitState, event: CeremonyEvent): Next {
  const next = step(state, event, own);
  const { phase } = next.state;
  if (event.type !== 'refused' || phase.at !== 'seat') return next;
  const settled = afterRefusedWrite(phase.seat, event.note.code);
  return { ...next, state: { ...next.state, phase: { ...phase, seat: settled } } };
}

function own(state: SplitState, event: CeremonyEvent): Next {
  const { phase } = state;
  if (event.type === 'abandon') {
    const unfinished =
      phase.at === 'seat' && phase.seat.writing !== null ? [phase.seat.writing] : [];
    const everWritten = [...state.everWritten, ...unfinished];
    return abandon({ ...state, everWritten }, phase, event.reason, enter);
  }
  if (isOpening(phase)) return openingTransition(state, phase, event, opening);
  if (isEnding(phase)) return endingTransition(state, phase, event, enter);
  switch (phase.at) {
    case 'plan':
      return plan(state, event);
    case 'seat':
      return seat(state, event, phase.seat, phase.queue);
    case 'make-key':
      return makeKey(state, event);
    case 'prove':
      return prove(state, event);
    case 'set-ready':
      if (event.type === 'continue') return sitDown(state, 'signatures', 0);
      return printWitnessPage(state, event, state.plan?.page ?? null);
  }
  throw refuseStep('not-now');
}

const opening: OpeningPlan<SplitState> = {
  packageKind: 'setup',
  enter: (state, phase) => ({ ...state, phase }),
  afterPackage: (state) => to(state, { at: 'plan' }),
  afterClock: (state) => sitDown(state, 'enrol', 0),
};

function enter(state: SplitState, phase: EndingPhase): SplitState {
  return { ...state, phase };
}

function to(state: SplitState, phase: SplitPhase, effects: readonly Effect[] = []): Next {
  return { state: { ...state, phase }, effects };
}

function plan(state: SplitState, event: CeremonyEvent): Next {
  if (event.type !== 'plan' || state.package === null) throw refuseStep('not-now');
  const agreed = event.plan;
  // What was typed comes back with the refusal: nobody types sixteen names twice.
  const kept = { ...state, plan: agreed };
  const fault = planFault(agreed);
  if (fault !== null) return { state: { ...kept, refusal: fault.note() }, effects: [] };
  return checkEnvironment(kept, opening, [
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

/** What each share lies on, or is going to. */
function holdersOf({ custodians }: Plan, media: SplitState['media']): Holder[] {
  return custodians.map(({ name, medium }, at) => {
    const proved = media[at + 1] ?? [];
    return { name, media: proved.length === 0 ? [medium] : proved.map(({ kind }) => kind) };
  });
}

/** The next person of a round sits down, or the round is over. */
function sitDown(state: SplitState, queue: SeatQueue, at: number): Next {
  const next = state.plan === null ? undefined : seatsOf(state.plan, queue)[at];
  if (next !== undefined) return to(state, { at: 'seat', seat: next, queue });
  switch (queue) {
    case 'enrol':
      return to(state, { at: 'make-key' });
    case 'shares':
      return to(state, { at: 'prove' });
    case 'signatures':
      return to(state, { at: 'save-bundle' });
  }
}

function seat(state: SplitState, event: CeremonyEvent, current: Seat, queue: SeatQueue): Next {
  if (event.type === 'bundle-made') return bundleMade(state, event);
  if (event.type === 'seat-ended') {
    const round = state.plan === null ? [] : seatsOf(state.plan, queue);
    const at = round.findIndex(
      ({ turn }) => turn.name === current.turn.name && turn.role === current.turn.role,
    );
    return sitDown(state, queue, at + 1);
  }
  const result = seatTransition(current, event, seatContext(state, current));
  const { seat: after, effects, finished } = result;
  const index = after.turn.index;
  const next: SplitState = {
    ...state,
    phase: { at: 'seat', seat: after, queue },
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
      last ? { effect: 'make-bundle', escrowedEmail: null } : { effect: 'end-seat' },
    ],
  };
}

export function seatContext(state: SplitState, current: Seat): SeatContext {
  const { plan: agreed, shares } = state;
  const { name, role, index } = current.turn;
  const count = agreed?.custodians.length ?? 0;
  return {
    page: agreed?.page ?? 'A4',
    count,
    shareKey: shares.find((share) => share.index === index)?.publicKey ?? null,
    // Nobody gives a share here.
    sheets: [],
    witnesses: [],
    maySkip: false,
    mayUseKey: true,
    prefersKey:
      state.credentials[name] !== undefined ||
      (current.purpose === 'enrol' && isKeyMedium(current.medium)),
    statement: splitStatement(current, count, mailOf(agreed, current.turn)),
    admitMedia(media) {
      if (agreed?.policy === undefined || index === null) return;
      const holders = holdersOf(agreed, state.media);
      const fault = policyFault(
        agreed.policy,
        holders.map((holder, at) => (at + 1 === index ? { name, media } : holder)),
      );
      if (fault !== null) throw fault;
    },
    admit(person) {
      const enrolled = state.keys[name];
      if (enrolled === undefined) {
        if (person.name.toLowerCase() !== name.toLowerCase()) {
          throw refuseStep('identity-other-name', person.name, name);
        }
        const other = Object.entries(state.keys).find(([, key]) => key === person.publicKey);
        if (other !== undefined) throw refuseStep('identity-shared', name, other[0]);
      } else if (enrolled !== person.publicKey) {
        throw refuseStep('identity-not-listed', person.name, role);
      }
    },
  };
}

/** The address that was given for whoever sits there. */
function mailOf(agreed: Plan | null, { role, index }: Seat['turn']): string | undefined {
  if (index !== null) return agreed?.custodians[index - 1]?.mail;
  return role === 'witness' ? agreed?.witness.mail : undefined;
}

/** What a person signs, word for word; it stands in the transcript. */
function splitStatement({ turn, proved }: Seat, count: number, mail: string | undefined): string {
  // Who owns the address confirms it; nobody else can tell whether it is right.
  const told = mail === undefined ? '' : ` Sync tells me of changes of the keys at ${mail}.`;
  if (turn.index === null) {
    const did = turn.role === 'witness' ? 'watched' : 'led';
    return `I ${did} this ceremony. The transcript up to here is what happened.${told}`;
  }
  const places = proved.map(({ description }) => description).join(' and ');
  return `I hold ${shareName(turn.index, count)} on ${places}. It was read back from there in front of me, and nobody else saw it.${told}`;
}

function makeKey(state: SplitState, event: CeremonyEvent): Next {
  if (event.type === 'continue' && state.package !== null) {
    const { keyVersion } = state.package;
    return {
      state: { ...state, busy: busy('Making the platform key') },
      effects: [{ effect: 'make-key', keyVersion }],
    };
  }
  if (event.type === 'key-made' && state.plan !== null) {
    const { componentId, componentBytes, checks, escrowKey } = event;
    return {
      state: {
        ...state,
        key: { componentId, componentBytes, checks, escrowKey },
        busy: busy('Splitting the custodian component and checking every share'),
      },
      effects: [
        {
          effect: 'record',
          kind: 'key-made',
          facts: {
            componentId,
            componentBytes,
            'check.custodianComponent': checks.custodianComponent,
            'check.vaultComponent': checks.vaultComponent,
            'check.platformKey': checks.platformKey,
            'escrowKey.digest': escrowKeyDigest(escrowKey),
          },
        },
        {
          effect: 'split',
          threshold: state.plan.threshold,
          count: state.plan.custodians.length,
        },
      ],
    };
  }
  if (event.type === 'component-split' && state.plan !== null) {
    const { setId, shares } = event;
    const next = sitDown({ ...state, setId, shares }, 'shares', 0);
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
  throw refuseStep('not-now');
}

function prove(state: SplitState, event: CeremonyEvent): Next {
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
    return to({ ...state, set: { manifestDigest, rosterDigest, words } }, { at: 'set-ready' }, [
      {
        effect: 'record',
        kind: 'set-signed',
        facts: {
          manifestDigest: { type: 'digest', value: manifestDigest },
          rosterDigest: { type: 'digest', value: rosterDigest },
        },
      },
    ]);
  }
  throw refuseStep('not-now');
}
