/**
 * A host and people for the pure machines: every effect gets the answer that a faultless host
 * would give, and somebody says what the screen asks for. No medium, no worker: those are in the
 * integration tests.
 * @module
 */
import type { ComponentPlace } from '../../shared/bundle/adopt.ts';
import { answerSentence } from '../../shared/ceremony/adopt/sentences.ts';
import { ANSWERS, type Effect } from '../../shared/ceremony/effects.ts';
import type { CeremonyEvent, PersonEvent } from '../../shared/ceremony/events.ts';
import type { Step } from '../../shared/ceremony/machine.ts';
import { transition } from '../../shared/ceremony/machines.ts';
import type { Seat } from '../../shared/ceremony/seat/state.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import type { Mode } from '../../shared/mode.ts';
import { DESCRIPTOR, PLAN, PACKAGE_FACTS, ROSTER_PLAN } from './ceremony-facts.ts';
import { type Ceremony, type MachineState, start } from './ceremony-machines.ts';
import { answerTo } from './ceremony-answers.ts';

/** The effect whose answer is awaited. */
function lasting(effects: readonly Effect[]): Effect | undefined {
  return effects.find(({ effect }) => ANSWERS[effect] !== null);
}

/** One of two people answers for a key that is adopted, as it is to be typed. */
export const legacyAnswer = (by: string, of: ComponentPlace = 'both') =>
  ({ type: 'legacy-answer', place: of, by, sentence: answerSentence(of) }) as const;

/** What the people say next when all goes well; null when there is nothing left to say. */
export function nextWord(state: MachineState): PersonEvent | null {
  const { phase } = state;
  switch (phase.at) {
    case 'descriptor':
      return { type: 'choose-document', id: 'descriptor' };
    case 'descriptor-words':
      return { type: 'words', words: eightWords(hexToBytes(DESCRIPTOR)) };
    case 'package':
      return { type: 'choose-document', id: 'package' };
    case 'plan':
      return { type: 'plan', plan: PLAN };
    case 'roster-plan':
      return { type: 'roster-plan', plan: ROSTER_PLAN };
    case 'environment':
      return phase.findings === null ? { type: 'check-again' } : { type: 'continue' };
    case 'clock':
      return { type: 'clock', agrees: true };
    case 'test-escrow':
      return { type: 'continue' };
    case 'move-files':
      return { type: 'choose-volume', id: 'stick C' };
    case 'ticket-key':
      return { type: 'choose-volume', id: 'stick T' };
    case 'facts':
    case 'roster-facts':
    case 'organisation-facts':
    case 'surveys-wrapped':
    case 'drill-facts':
    case 'move-facts':
    case 'keys-moved':
    case 'version-change':
    case 'rotate-facts':
      return { type: 'agree' };
    case 'refresh-facts':
      return { type: 'refresh-agree', lives: [1, 2, 3, 4], operator: 'operator', page: 'A4' };
    case 'drill-round': {
      const proved = state.ceremony === 'drill' ? state.proofs.length : 0;
      return proved < 3 ? { type: 'who', index: proved + 1 } : { type: 'continue' };
    }
    case 'who': {
      const waiting = PACKAGE_FACTS.custodians.find(
        ({ index }) => 'accepted' in state && !state.accepted.includes(index),
      );
      return { type: 'who', index: waiting?.index ?? 1 };
    }
    case 'legacy-split':
      return { type: 'legacy-split', split: { threshold: 3, count: 4 }, practice: true };
    case 'legacy-shares':
      return nextLegacy(state);
    case 'legacy-decision':
      return legacyAnswer(
        'answered' in state && state.answered !== null ? PLAN.witness.name : PLAN.operator.name,
      );
    case 'new-legacy':
      return { type: 'new-legacy', split: null };
    case 'new-legacy-write':
      return { type: 'new-legacy-write', by: 'custodian 1', volumeId: 'stick L' };
    case 'legacy-proof':
    case 'new-legacy-replug':
    case 'new-legacy-prove':
    case 'legacy-restored':
    case 'make-key':
    case 'renew-key':
    case 'prove':
    case 'set-ready':
    case 'refresh-ready':
    case 'sign-roster':
    case 'recover':
    case 'move-keys':
      return { type: 'continue' };
    case 'owner':
    case 'new-passphrase':
      return { type: 'owner', by: 'owner 1' };
    case 'seat':
    case 'giver':
      return nextInSeat(phase.seat);
    case 'escrowed-email':
      return { type: 'escrowed-email', decision: 'go-on' };
    case 'save-bundle':
      return { type: 'choose-volume', id: 'stick S' };
    case 'waiting':
      return { type: 'choose-document', id: 'receipt' };
    case 'closed':
    case 'compared':
    case 'checked':
    case 'void':
      return null;
  }
}

/** Shares 1 to 3, one after the other; then they are compared. */
function nextLegacy(state: MachineState): PersonEvent {
  const given = state.ceremony === 'adopt' ? state.given.length : 0;
  return given < 3
    ? { type: 'legacy-give', by: `custodian ${given + 1}`, how: 'file' }
    : { type: 'continue' };
}

function nextInSeat(seat: Seat): PersonEvent {
  switch (seat.step) {
    case 'handover':
      return { type: 'seated' };
    case 'share-in':
      return { type: 'read', how: 'camera' };
    case 'renew-stick':
      return { type: 'write-again' };
    case 'renew-replug':
      return { type: 'continue' };
    case 'renew-print':
      return { type: 'choose-printer', id: 'printer' };
    case 'renew-read':
      return { type: 'read', how: 'camera' };
    case 'renew-destroy':
      return { type: 'sheets-destroyed', witness: 'witness' };
    case 'destroy':
      throw new Error('Destructions have their own tests.');
    case 'identity':
      return seat.purpose === 'enrol' || seat.purpose === 'share'
        ? { type: 'identity', how: 'new' }
        : { type: 'identity', how: 'existing-paper' };
    case 'refresh':
    case 'words':
    case 'copy':
      return { type: 'continue' };
    case 'write':
      return seat.medium === 'paper'
        ? { type: 'choose-printer', id: 'printer' }
        : { type: 'choose-volume', id: `stick ${seat.turn.name}` };
    case 'replug':
      return { type: 'write-again' };
    case 'read-back':
      return { type: 'read', how: seat.medium === 'paper' ? 'camera' : 'usb' };
    case 'attest':
      return { type: 'sign' };
  }
}

/** A walk through a ceremony; keeps every state and everything that was recorded. */
export class Walk {
  readonly states: MachineState[];
  readonly effects: Effect[] = [];
  /** The effect whose answer is still to come. */
  pending: Effect | undefined;

  constructor(from: MachineState) {
    this.states = [from];
  }

  get state(): MachineState {
    const [last] = this.states.slice(-1);
    if (last === undefined) throw new Error('A walk has a first state.');
    return last;
  }

  /** The entries of one kind that were recorded. */
  recorded(kind: string) {
    return this.effects.flatMap((effect) =>
      effect.effect === 'record' && effect.kind === kind ? [effect.facts] : [],
    );
  }

  /** One event, without answering its effect. */
  feed(event: CeremonyEvent): Step<MachineState> {
    const result = transition(this.state, event);
    this.states.push(result.state);
    this.effects.push(...result.effects);
    if (result.state.awaiting === null) this.pending = undefined;
    this.pending = lasting(result.effects) ?? this.pending;
    return result;
  }

  /** The faultless answer to what is pending. */
  answer(): Step<MachineState> | null {
    const effect = this.pending;
    const event = effect === undefined ? null : answerTo(effect, this.state);
    this.pending = undefined;
    return event === null ? null : this.feed(event);
  }

  /** Says something and lets the host answer until it is the people's turn again. */
  say(event: PersonEvent): this {
    this.feed(event);
    while (this.pending !== undefined) this.answer();
    return this;
  }

  /** Goes on as planned until `there`, or to the end. */
  until(there: (state: MachineState) => boolean): this {
    while (!there(this.state)) {
      const word = nextWord(this.state);
      if (word === null) throw new Error(`Never came there; it ended ${this.state.phase.at}.`);
      this.say(word);
    }
    return this;
  }
}

/** `seat 2 write`: custodian 2's sitting at that step; else the phase alone. */
export function place(state: MachineState): string {
  const { phase } = state;
  if (phase.at === 'giver') return `gives ${phase.seat.turn.index ?? ''} ${phase.seat.step}`;
  return phase.at === 'seat'
    ? `${phase.seat.turn.index ?? phase.seat.turn.role} ${phase.seat.step}`
    : phase.at;
}

export function walk(ceremony: Ceremony, to?: string, mode?: Mode): Walk {
  const walked = new Walk(start(ceremony, mode));
  return to === undefined ? walked : walked.until((state) => place(state) === to);
}
