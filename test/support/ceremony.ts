/**
 * A host and people for the pure machines: every effect gets the answer that a faultless host
 * would give, and somebody says what the screen asks for. No medium, no worker: those are in the
 * integration tests.
 * @module
 */
import type { RecoverFacts } from '../../shared/bundle/package.ts';
import { ANSWERS, type Effect } from '../../shared/ceremony/effects.ts';
import type {
  CeremonyEvent,
  HostEvent,
  PersonEvent,
  Plan,
  RecoverPackageFacts,
  RosterPackageFacts,
  RosterPlan,
} from '../../shared/ceremony/events.ts';
import type { Step } from '../../shared/ceremony/machine.ts';
import { recoverTransition } from '../../shared/ceremony/recover/transition.ts';
import type { AskedEmail } from '../../shared/ceremony/recover/found-email.ts';
import { startRecover, type RecoverState } from '../../shared/ceremony/recover/state.ts';
import type { Seat } from '../../shared/ceremony/seat-state.ts';
import { rosterTransition } from '../../shared/ceremony/roster/transition.ts';
import { startRoster, type RosterState } from '../../shared/ceremony/roster/state.ts';
import { splitTransition } from '../../shared/ceremony/split/transition.ts';
import { startSplit, type SplitState } from '../../shared/ceremony/split/state.ts';
import type { Finding } from '../../shared/ceremony/types.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import { bytesToHex, hexToBytes, utf8ToBytes } from '../../shared/encoding/bytes.ts';
import type { Mode } from '../../shared/mode.ts';

const DESCRIPTOR = 'd1'.repeat(32);
const NOW = '2026-05-03T09:30:00Z';

export const PLAN: Plan = {
  label: '2026 A',
  threshold: 3,
  custodians: [
    { name: 'custodian 1', medium: 'paper' },
    { name: 'custodian 2', medium: 'usb' },
    { name: 'custodian 3', medium: 'paper' },
    { name: 'custodian 4', medium: 'usb' },
  ],
  operator: { name: 'operator', medium: 'usb' },
  witness: { name: 'witness', medium: 'paper' },
  page: 'A4',
};

export const READY: Finding = {
  id: 'swap',
  status: 'pass',
  headline: 'Swap is off',
  detail: '',
  stopsProduction: true,
  fix: '',
};

const FACTS: RecoverFacts = {
  requestCode: 'ABC-123-XYZ',
  requestId: '7d444840-9dc0-41d1-b245-5ffdce74fad2',
  userId: 7,
  userName: 'account 7',
  surveyId: 31,
  surveyName: 'Ward survey',
  keyVersion: 'v1',
};

/** The personal key of a person of the plan: 32 bytes. */
export function keyOf(name: string): string {
  return bytesToHex(utf8ToBytes(name)).padEnd(64, '0');
}

/** What a faultless worker finds of the address. */
export const MATCHING_EMAIL: AskedEmail = {
  standing: 'opened',
  escrowed: 'user.seven@example.org',
  account: 'user.seven@example.org',
  stated: 'User.Seven@example.org',
};

export const PACKAGE_FACTS: RecoverPackageFacts = {
  ticketId: '11'.repeat(16),
  facts: FACTS,
  escrowedEmail: 'sealed',
  vaultPath: 'users/7/surveys/31/recovery-kek',
  setLabel: '2026 A',
  setId: '22'.repeat(16),
  threshold: 3,
  count: 4,
  manifestDigest: '33'.repeat(32),
  custodians: PLAN.custodians.map(({ name, medium }, at) => ({
    index: at + 1,
    name,
    publicKey: keyOf(name),
    media: [medium],
  })),
  operators: [{ name: 'operator', publicKey: keyOf('operator') }],
  witnesses: [{ name: 'witness', publicKey: keyOf('witness') }],
};

/** Of a package that asks for two new admins. */
export const ROSTER_FACTS: RosterPackageFacts = {
  setLabel: PACKAGE_FACTS.setLabel,
  setId: PACKAGE_FACTS.setId,
  threshold: PACKAGE_FACTS.threshold,
  count: PACKAGE_FACTS.count,
  manifestDigest: PACKAGE_FACTS.manifestDigest,
  custodians: PACKAGE_FACTS.custodians,
  operators: PACKAGE_FACTS.operators,
  witnesses: PACKAGE_FACTS.witnesses,
  serial: 1,
  rosterDigest: '34'.repeat(32),
  people: [
    ...PLAN.custodians.map(({ name }) => ({
      name,
      publicKey: keyOf(name),
      roles: ['custodian' as const],
    })),
    { name: 'operator', publicKey: keyOf('operator'), roles: ['operator'] },
    { name: 'witness', publicKey: keyOf('witness'), roles: ['witness'] },
  ],
  replacesAdmins: true,
};

/** The operator leaves, another one comes; custodian 2 gets a new identity; two admins. */
export const ROSTER_PLAN: RosterPlan = {
  people: [
    ...PLAN.custodians.map(({ name }) => ({
      name,
      roles: ['custodian' as const],
      medium: name === 'custodian 2' ? ('usb' as const) : null,
    })),
    { name: 'operator 2', roles: ['operator'], medium: 'usb' },
    { name: 'witness', roles: ['witness'], medium: null },
  ],
  admins: [
    { name: 'operator 2', userId: 12, roles: ['operator', 'approver'], medium: 'usb' },
    { name: 'admin 2', userId: 13, roles: ['approver'], medium: 'paper' },
  ],
  page: 'A4',
};

export type MachineState = SplitState | RecoverState | RosterState;
type Ceremony = MachineState['ceremony'];

export function start(ceremony: Ceremony, mode: Mode = 'production'): MachineState {
  const begin = { mode, ceremonyId: '44'.repeat(16), startedAt: NOW };
  switch (ceremony) {
    case 'split':
      return startSplit(begin);
    case 'recover':
      return startRecover(begin);
    case 'roster':
      return startRoster(begin);
  }
}

export function transition(state: MachineState, event: CeremonyEvent): Step<MachineState> {
  switch (state.ceremony) {
    case 'split':
      return splitTransition(state, event);
    case 'recover':
      return recoverTransition(state, event);
    case 'roster':
      return rosterTransition(state, event);
  }
}

/** The effect whose answer is awaited. */
function lasting(effects: readonly Effect[]): Effect | undefined {
  return effects.find(({ effect }) => ANSWERS[effect] !== null);
}

/** What a faultless host answers; null for effects without an answer. */
export function answerTo(effect: Effect, state: MachineState): HostEvent | null {
  switch (effect.effect) {
    case 'record':
    case 'trust-descriptor':
    case 'finish':
      return null;
    case 'load-descriptor':
      return {
        type: 'descriptor-loaded',
        digest: DESCRIPTOR,
        audience: '55'.repeat(16),
        publicKey: '66'.repeat(32),
        name: 'CheckTick',
        trusted: false,
      };
    case 'load-package':
      return {
        type: 'package-loaded',
        kind: effect.kind,
        digest: '77'.repeat(32),
        nonce: '88'.repeat(16),
        epoch: 1,
        expiresAt: '2026-05-17T09:30:00Z',
        keyVersion: 'v1',
        recover: effect.kind === 'recover' ? PACKAGE_FACTS : null,
        roster: effect.kind === 'roster' ? ROSTER_FACTS : null,
      };
    case 'check-environment':
      return { type: 'environment-checked', findings: [READY], now: NOW };
    case 'begin-seat':
      return { type: 'seat-ready' };
    case 'new-identity':
      return { type: 'words-written-down' };
    case 'open-identity': {
      // Where any of a role may sit, the first of them does.
      const name = effect.turn.name;
      return { type: 'identity-opened', name, publicKey: keyOf(name) };
    }
    case 'write-usb':
      return {
        type: 'written',
        records: [{ kind: 'usb', description: 'stick HOME (16 GB)', fileName: 'share.age' }],
        volumeId: effect.volumeId,
        volumeLabel: 'HOME',
      };
    case 'write-paper':
      return {
        type: 'written',
        records: [{ kind: 'paper', description: 'A4 sheet', fileName: null }],
        volumeId: null,
        volumeLabel: null,
      };
    case 'await-replug':
      return { type: 'replugged', volumeId: effect.volumeId };
    case 'read-back': {
      const { name, index } = effect.turn;
      return {
        type: 'read-back-done',
        identityKey: keyOf(name),
        shareKey: index === null ? null : shareKey(index),
      };
    }
    case 'seal':
      return { type: 'sealed' };
    case 'end-seat':
      return { type: 'seat-ended' };
    case 'make-key':
      return {
        type: 'key-made',
        componentId: '99'.repeat(16),
        componentBytes: 64,
        checks: { custodianComponent: 'aa', vaultComponent: 'bb', platformKey: 'cc' },
      };
    case 'split':
      return {
        type: 'component-split',
        setId: 'ab'.repeat(16),
        shares: Array.from({ length: effect.count }, (_, at) => ({
          index: at + 1,
          x: 10 + at,
          publicKey: shareKey(at + 1),
        })),
      };
    case 'prove-quorum':
      return { type: 'quorum-proved', indexes: [1, 2, 4] };
    case 'sign-set':
      return {
        type: 'set-signed',
        manifestDigest: '33'.repeat(32),
        rosterDigest: '34'.repeat(32),
        words: eightWords(hexToBytes('33'.repeat(32))),
      };
    case 'sign-roster':
      return {
        type: 'roster-signed',
        rosterDigest: '35'.repeat(32),
        words: eightWords(hexToBytes('35'.repeat(32))),
      };
    case 'print-witness-page':
      return {
        type: 'witness-page-printed',
        description: 'A4 page on office',
        head: '12'.repeat(32),
        warning: null,
      };
    case 'open-package':
      return { type: 'package-opened' };
    case 'accept-share':
      return {
        type: 'share-accepted',
        index: effect.index,
        medium: effect.how === 'usb' ? 'usb' : 'paper',
      };
    case 'open-kek':
      return {
        type: 'kek-opened',
        indexes: state.ceremony === 'recover' ? [...state.accepted] : [],
        email: MATCHING_EMAIL,
      };
    case 'make-bundle':
      return {
        type: 'bundle-made',
        digest: 'be'.repeat(32),
        words: 'eight words',
        signedEntries: 9,
      };
    case 'save-bundle':
      return { type: 'bundle-saved', description: 'stick SYNC' };
    case 'import-receipt':
      return {
        type: 'receipt-imported',
        digest: 'ef'.repeat(32),
        outcome: 'committed',
        statement: 'It was written and read back.',
      };
  }
}

export function shareKey(index: number): string {
  return `5${index}`.repeat(32);
}

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
    case 'ticket-key':
      return { type: 'choose-volume', id: 'stick T' };
    case 'facts':
    case 'roster-facts':
      return { type: 'agree' };
    case 'who': {
      const waiting = PACKAGE_FACTS.custodians.find(
        ({ index }) => state.ceremony !== 'split' && !state.accepted.includes(index),
      );
      return { type: 'who', index: waiting?.index ?? 1 };
    }
    case 'make-key':
    case 'prove':
    case 'set-ready':
    case 'sign-roster':
    case 'recover':
      return { type: 'continue' };
    case 'seat':
      return nextInSeat(phase.seat);
    case 'escrowed-email':
      return { type: 'escrowed-email', decision: 'go-on' };
    case 'save-bundle':
      return { type: 'choose-volume', id: 'stick S' };
    case 'waiting':
      return { type: 'choose-document', id: 'receipt' };
    case 'closed':
    case 'void':
      return null;
  }
}

function nextInSeat(seat: Seat): PersonEvent {
  switch (seat.step) {
    case 'handover':
      return { type: 'seated' };
    case 'share-in':
      return { type: 'read', how: 'camera' };
    case 'identity':
      return seat.purpose === 'enrol' || seat.purpose === 'share'
        ? { type: 'identity', how: 'new' }
        : { type: 'identity', how: 'existing-paper' };
    case 'words':
    case 'copy':
      return { type: 'continue' };
    case 'write':
      return seat.medium === 'usb'
        ? { type: 'choose-volume', id: `stick ${seat.turn.name}` }
        : { type: 'choose-printer', id: 'printer' };
    case 'replug':
      return { type: 'write-again' };
    case 'read-back':
      return { type: 'read', how: seat.medium === 'usb' ? 'usb' : 'camera' };
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
  return phase.at === 'seat'
    ? `${phase.seat.turn.index ?? phase.seat.turn.role} ${phase.seat.step}`
    : phase.at;
}

export function walk(ceremony: Ceremony, to?: string, mode?: Mode): Walk {
  const walked = new Walk(start(ceremony, mode));
  return to === undefined ? walked : walked.until((state) => place(state) === to);
}
