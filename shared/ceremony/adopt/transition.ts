/**
 * Adopt, step by step: package → descriptor's words → plan → environment, clock → people → ticket's
 * key opens what sync sealed → legacy shares in, compared with each other → tried on a stored survey
 * key, or where none opens, and an owner is there, on one that an organisation keeps → where nothing
 * proves it or two components differ, two people decide → split anew, and from there as every new
 * share set (new-set/transition.ts); before the witness signs, the component may be written as new
 * legacy shares too (new-legacy.ts).
 *
 * Nothing is changed anywhere before the bundle is committed, and the legacy shares open the key
 * for as long as they exist.
 * @module
 */
import { legacyKeptInWords, type Adoption, type ComponentPlace } from '../../bundle/adopt.ts';
import type { Effect } from '../effects.ts';
import type { CeremonyEvent } from '../events.ts';
import { busy, type Step } from '../machine.ts';
import {
  keySplit,
  newSetStep,
  splitKey,
  startSigning,
  type NewSetPlan,
} from '../new-set/transition.ts';
import { refuseStep } from '../refusals.ts';
import type { LegacySplit, Turn } from '../types.ts';
import { answer } from './answer.ts';
import { aboutNewLegacy, afterRefusedLegacy, everWrittenOf, newLegacyStep } from './new-legacy.ts';
import { isOwnersTurn, proofFacts, proofOf, provedInWords } from './proof.ts';
import { foundVersion, givenNumbers, isEnough, type AdoptPhase, type AdoptState } from './state.ts';

type Next = Step<AdoptState>;

export function adoptTransition(state: AdoptState, event: CeremonyEvent): Next {
  const next = newSetStep(event.type === 'abandon' ? everWrittenOf(state) : state, event, ADOPT);
  if (event.type !== 'refused') return next;
  return { ...next, state: afterRefusedLegacy(next.state, event.note.code) };
}

/** Names of what is on the list. */
const listed = ({ given }: AdoptState): number[] => given.map(({ id }) => id);

const ADOPT: NewSetPlan<AdoptState> = {
  packageKind: 'adopt',
  enter: (state, phase) => ({ ...state, phase }),
  afterPackage: (state, { adopt }) =>
    to({ ...state, found: adopt?.found ?? null, ticketId: adopt?.ticketId ?? null }, 'plan'),
  getKey: (state) => ({ ...state, phase: { at: 'ticket-key' } }),
  beforeSigning: (state) => ({ ...state, phase: { at: 'new-legacy' } }),
  own,
  planFacts: () => ({}),
  aboutKey,
  adoption,
};

function own(state: AdoptState, event: CeremonyEvent): Next {
  switch (state.phase.at) {
    case 'ticket-key':
      return ticketKey(state, event);
    case 'legacy-split':
      if (event.type !== 'legacy-split') break;
      return startSharing(state, event.split, event.practice === true);
    case 'legacy-shares':
      return collect(state, event);
    case 'legacy-proof':
      return prove(state, event);
    case 'legacy-decision':
      return decide(state, event);
    case 'legacy-restored':
      return restore(state, event);
    case 'new-legacy':
    case 'new-legacy-write':
    case 'new-legacy-replug':
    case 'new-legacy-prove':
      return newLegacyStep(state, event, (now) => startSigning(now, ADOPT));
  }
  throw refuseStep('not-now');
}

/** SECURITY: a legacy share does not say what it is of, so people have to, before any is typed. */
function startSharing(state: AdoptState, split: LegacySplit, practice: boolean): Next {
  const next = { ...state, split };
  if (state.mode === 'production') return to(next, 'legacy-shares');
  if (!practice) throw refuseStep('legacy-not-practice');
  return to(next, 'legacy-shares', [{ effect: 'record', kind: 'legacy-practice', facts: {} }]);
}

function to(
  state: AdoptState,
  at: Exclude<AdoptPhase['at'], 'seat' | 'environment' | 'closed' | 'void'>,
  effects: readonly Effect[] = [],
): Next {
  return { state: { ...state, phase: { at } }, effects };
}

function ticketKey(state: AdoptState, event: CeremonyEvent): Next {
  if (event.type === 'choose-volume') {
    return {
      state: { ...state, busy: busy('Opening the package', { entryWindow: true }) },
      effects: [{ effect: 'open-adopt-package', volumeId: event.id }],
    };
  }
  if (event.type === 'adopt-package-opened') {
    return to(state, 'legacy-split', [
      {
        effect: 'record',
        kind: 'adopt-package-opened',
        facts: Object.fromEntries(
          (state.found?.versions ?? []).map(({ version, compared }, at) => [
            `version.${at + 1}`,
            `${version}: ${compared}`,
          ]),
        ),
      },
    ]);
  }
  throw refuseStep('not-now');
}

/** Shares come in one after the other, from whoever has them; a wrong one is taken back. */
function collect(state: AdoptState, event: CeremonyEvent): Next {
  switch (event.type) {
    case 'legacy-split':
      // Said wrongly at first. What was given stays: a share is no whole component.
      if (state.given.length > 0 && (event.split === null) !== (state.split === null)) break;
      return { state: { ...state, split: event.split, judged: null }, effects: [] };
    case 'legacy-give':
      return {
        state: { ...state, busy: busy('Reading a legacy share', { entryWindow: true }) },
        effects: [
          {
            effect: 'take-legacy',
            by: event.by,
            how: event.how,
            whole: state.split === null,
            listed: listed(state),
          },
        ],
      };
    case 'legacy-taken': {
      const { id, numbers, by, source } = event;
      return {
        state: { ...state, given: [...state.given, { id, numbers, by, source }], judged: null },
        effects: [
          {
            effect: 'record',
            kind: 'legacy-given',
            facts: { numbers: numbers.length === 0 ? 'whole' : numbers.join(', '), by, source },
          },
        ],
      };
    }
    case 'legacy-take-back':
      return {
        state: { ...state, busy: busy('Forgetting it') },
        effects: [{ effect: 'forget-legacy', id: event.id }],
      };
    case 'legacy-forgotten': {
      const left = state.given.filter(({ id }) => id !== event.id);
      const numbers = state.given.find(({ id }) => id === event.id)?.numbers ?? [];
      return {
        state: { ...state, given: left, judged: null },
        effects: [
          {
            effect: 'record',
            kind: 'legacy-taken-back',
            facts: { numbers: numbers.length === 0 ? 'whole' : numbers.join(', ') },
          },
        ],
      };
    }
    case 'continue':
      if (!isEnough(state)) break;
      requireCount(state);
      return {
        state: { ...state, busy: busy('Comparing the legacy shares with each other') },
        effects: [
          {
            effect: 'judge-legacy',
            threshold: state.split?.threshold ?? null,
            listed: listed(state),
          },
        ],
      };
    case 'legacy-judged': {
      const { judgement } = event;
      const { needed } = judgement;
      const compared: Effect = {
        effect: 'record',
        kind: 'legacy-compared',
        facts: {
          standing: judgement.standing,
          agreed: judgement.agreed,
          ...(needed === undefined ? {} : { needed }),
          ...(judgement.suspects.length === 0
            ? {}
            : { suspects: judgement.suspects.map(({ number }) => number).join(', ') }),
        },
      };
      const judged = { ...state, judged: judgement };
      // What was said of their number is signed, so it is corrected first; or nothing came out that
      // a proof could be tried on, or there is none: to be given again.
      const found = foundVersion(state);
      const provable = found?.proof !== null || found.organisationKeys !== undefined;
      const isStuck =
        needed !== undefined ||
        (judgement.standing === 'several-wrong' && !(judgement.provable && provable));
      if (isStuck) return { state: judged, effects: [compared] };
      return to(judged, 'legacy-proof', [compared]);
    }
  }
  throw refuseStep('not-now');
}

/** A number beyond those that were made. */
function requireCount(state: AdoptState): void {
  const { split } = state;
  const beyond = givenNumbers(state).find((number) => split && number > split.count);
  if (split && beyond !== undefined) throw refuseStep('legacy-count', beyond, split.count);
}

function prove(state: AdoptState, event: CeremonyEvent): Next {
  switch (event.type) {
    case 'legacy-more':
      return to({ ...state, proof: null }, 'legacy-shares');
    case 'continue':
      return {
        state: { ...state, busy: busy('Trying it on a stored survey key') },
        effects: [{ effect: 'prove-legacy' }],
      };
    case 'owner': {
      if (!isOwnersTurn(foundVersion(state), state.proof)) break;
      const doing = 'The owner types the passphrase of the organisation';
      return {
        state: { ...state, busy: busy(doing, { entryWindow: true }) },
        effects: [{ effect: 'prove-by-owner', owner: event.by }],
      };
    }
    case 'legacy-proved': {
      const { proof } = event;
      const found = foundVersion(state);
      const record: Effect = { effect: 'record', kind: 'legacy-proved', facts: proofFacts(proof) };
      const isNone = proofOf(proof) === 'none';
      // No stored survey key opened, so nobody may answer for it; an owner may still prove it.
      if (isNone && proof.unopened.length > 0) {
        return to({ ...state, proof }, 'legacy-proof', [record]);
      }
      const decides = isNone || found?.compared === 'differs';
      return to({ ...state, proof }, decides ? 'legacy-decision' : 'legacy-restored', [record]);
    }
  }
  throw refuseStep('not-now');
}

/** Two people of the new set answer for what nothing else can prove. */
function decide(state: AdoptState, event: CeremonyEvent): Next {
  if (event.type === 'legacy-more') {
    return to({ ...state, proof: null, answered: null }, 'legacy-shares');
  }
  if (event.type !== 'legacy-answer') throw refuseStep('not-now');
  return answer(state, event);
}

function restore(state: AdoptState, event: CeremonyEvent): Next {
  if (event.type === 'legacy-more') {
    return to({ ...state, proof: null, decision: null }, 'legacy-shares');
  }
  const place = state.decision?.place ?? state.proof?.place ?? null;
  switch (event.type) {
    case 'continue':
      if (place === null) break;
      return {
        state: { ...state, busy: busy('Taking over the platform key') },
        effects: [{ effect: 'restore-legacy', place, answers: state.decision?.by ?? null }],
      };
    case 'legacy-restored':
      return splitKey(state, event, 'key-restored', {
        legacy: legacyKeptInWords(state.split ?? null),
      });
    case 'component-split':
      return keySplit(state, event, ADOPT);
  }
  throw refuseStep('not-now');
}

/** What came in, in words. */
export function legacyInWords(state: AdoptState): string {
  const { judged, proof } = state;
  // What opened the survey key knows better than what the comparison named.
  const named = judged?.standing === 'wrong' ? judged.suspects.map(({ number }) => number) : [];
  const wrong = proof === null || proof.wrong === null ? named : [proof.wrong];
  const numbers = givenNumbers(state)
    .filter((number) => !wrong.includes(number))
    .sort((a, b) => a - b);
  return state.split === null || numbers.length === 0
    ? 'the component that was never split'
    : `legacy shares ${numbers.join(', ')}`;
}

const PLACE_WORDS: Readonly<Record<ComponentPlace, string>> = {
  both: 'that Vault and the database row hold',
  row: 'of the database row',
  vault: 'of Vault',
};

function answersInWords(proof: Adoption['proof'], place: ComponentPlace): string {
  if (proof === 'none') {
    return `Nothing proved the restored platform key; I answer for it that it is the right one, with the vault component ${PLACE_WORDS[place]}.`;
  }
  const opened = proof === 'escrow' ? 'the stored survey key' : 'the survey key of an organisation';
  return `Vault and the database row held different vault components; I answer for the choice of the one that opened ${opened}.`;
}

/** What this person signs of the key besides the usual. */
export function aboutKey(state: AdoptState, { name, role }: Turn): string {
  const { proof, decision } = state;
  if (proof === null) return '';
  const answers =
    decision?.by.includes(name) === true ? answersInWords(proofOf(proof), decision.place) : '';
  if (role === 'custodian') return answers;
  return [
    `The platform key in use was restored from ${legacyInWords(state)}, ${provedInWords(proof, foundVersion(state))}.`,
    answers,
    aboutNewLegacy(state),
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

function adoption(state: AdoptState): Adoption | null {
  const { proof, decision, split, keys } = state;
  const found = foundVersion(state);
  const place = decision?.place ?? proof?.place ?? null;
  if (found === null || proof === null || place === null) return null;
  const [first, second] = (decision?.by ?? []).map((name) => keys[name]);
  return {
    compared: found.compared,
    component: place,
    proof: proofOf(proof),
    ...(proof.unopened.length === 0 ? {} : { unopened: [...proof.unopened] }),
    ...(proof.organisation === undefined
      ? {}
      : { organisationKeys: [...proof.organisation.opened] }),
    decided: first === undefined || second === undefined ? null : [first, second],
    legacy: split ?? null,
  };
}
