/**
 * A destruction walked at its machine: a void set with a sheet, a slot and an envelope, and a host
 * that answers without a fault.
 * @module
 */
import { ANSWERS, type Effect } from '../../shared/ceremony/effects.ts';
import type { CeremonyEvent, HostEvent, PersonEvent } from '../../shared/ceremony/events.ts';
import {
  startDestroy,
  type DestroyFacts,
  type DestroyState,
} from '../../shared/ceremony/destroy/state.ts';
import { destroyTransition } from '../../shared/ceremony/destroy/transition.ts';
import { destroyView } from '../../shared/ceremony/destroy/view.ts';
import type { Remnant } from '../../shared/ledger/ledger.ts';
import { NOW, READY } from './ceremony-facts.ts';

export const SERIAL = 23_456_789;
export const key = (name: string) => Buffer.from(name.padEnd(32, '.')).toString('hex');

const of = (index: number) => ({ index, custodian: `custodian ${index}`, gone: false });
export const SHEET: Remnant = {
  ...of(1),
  id: '1 medium 1',
  what: 'medium',
  kind: 'paper',
  description: 'A4 sheet 1',
};
export const VERIFIER = 'ab'.repeat(32);
export const SLOT = {
  ...of(3),
  id: '3 slot 1',
  what: 'slot',
  serial: SERIAL,
  model: 'YubiKey 5C NFC',
  slot: 2,
  programmed: true,
  verifiers: [VERIFIER],
} as const satisfies Remnant;
export const ENVELOPE: Remnant = {
  ...of(3),
  id: '3 medium 1',
  what: 'medium',
  kind: 'yubikey-otp',
  description: `YubiKey 5C NFC ${SERIAL}, envelope on stick HOME-3 (16 GB)`,
};
export const SET: DestroyFacts = {
  setId: 'a1'.repeat(16),
  generation: 1,
  label: '2024 A',
  standing: 'void',
  ofKeyInUse: false,
  newThreshold: 0,
  halfOf: null,
  supersededBy: null,
  count: 4,
  threshold: 3,
  remnants: [SHEET, SLOT, ENVELOPE],
  people: ['custodian 1', 'witness'].map((name) => ({ name, publicKey: key(name) })),
  witness: 'witness',
  inUse: [],
  filesTold: true,
  owners: [[SERIAL, 'custodian 3']],
};

function answerTo(effect: Effect): HostEvent | null {
  switch (effect.effect) {
    case 'check-environment':
      return { type: 'environment-checked', findings: READY, now: NOW };
    case 'begin-seat':
      return { type: 'seat-ready' };
    case 'open-identity': {
      const { name } = effect.turn;
      return { type: 'identity-opened', name, publicKey: key(name) };
    }
    case 'erase-slot': {
      const { id, serial, slot, verifiers } = effect;
      const proved = verifiers.length > 0;
      return { type: 'slot-erased', id, serial, slot, found: 'configured', proved, isEmpty: true };
    }
    case 'remove-share-file': {
      const { id, volumeId } = effect;
      const files = ['conclave-share-1-of-4-a1a1a1a1.age'];
      return { type: 'share-file-removed', id, volumeId, where: 'stick HOME-1', files };
    }
    case 'await-replug':
      return { type: 'replugged', volumeId: effect.volumeId };
    case 'look-for-share-file':
      return { type: 'share-file-looked-for', id: effect.id, files: [] };
    case 'find-leftovers':
      return { type: 'leftovers-found', where: '/home', files: [], looked: 1, complete: true };
    case 'seal':
      return { type: 'sealed' };
    case 'end-seat':
      return { type: 'seat-ended' };
    default:
      return null;
  }
}

export class Walk {
  state: DestroyState;
  readonly effects: Effect[] = [];

  constructor(change: Partial<DestroyFacts> = {}) {
    const start = { mode: 'production', ceremonyId: '44'.repeat(16), startedAt: NOW } as const;
    this.state = startDestroy(start, { ...SET, ...change });
  }

  /** @param answers in place of the faultless ones */
  say(event: PersonEvent, answers: Partial<Record<Effect['effect'], HostEvent>> = {}): this {
    let next: CeremonyEvent | null = event;
    while (next !== null) {
      const result = destroyTransition(this.state, next);
      this.state = result.state;
      this.effects.push(...result.effects);
      const lasting = result.effects.find(({ effect }) => ANSWERS[effect] !== null);
      next = lasting === undefined ? null : (answers[lasting.effect] ?? answerTo(lasting));
    }
    return this;
  }

  all(...events: readonly PersonEvent[]): this {
    for (const event of events) this.say(event);
    return this;
  }

  get view() {
    return destroyView(this.state, { entries: 1, words: 'four words' });
  }

  get refusal(): string | null {
    return this.state.refusal?.code ?? null;
  }

  recorded(kind: string) {
    return this.effects.flatMap((effect) =>
      effect.effect === 'record' && effect.kind === kind ? [effect.facts] : [],
    );
  }
}

export const AGREE = {
  type: 'destruction',
  witness: 'witness',
  backupsTried: false,
} as const satisfies PersonEvent;
const OPENED: readonly PersonEvent[] = [{ type: 'continue' }, { type: 'clock', agrees: true }];
export const SIGNS: readonly PersonEvent[] = [
  { type: 'identity', how: 'existing-paper' },
  { type: 'sign' },
];
export const sits = (index: number): readonly PersonEvent[] => [
  { type: 'who', index },
  { type: 'seated' },
];

export const opened = (change?: Partial<DestroyFacts>, agree: PersonEvent = AGREE) =>
  new Walk(change).all(agree, ...OPENED);
export const seated = (index: number, change?: Partial<DestroyFacts>) =>
  opened(change).all(...sits(index));
