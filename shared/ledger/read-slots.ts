/**
 * The register of slots of YubiKeys that a sitting leaves.
 * @module
 */
import { fact, type Entry } from '../transcript/entry.ts';
import type { EntryKind } from '../transcript/kinds.ts';
import { facts } from './entry-facts.ts';

/** A slot in the register of a sitting. */
export interface RegisteredSlot {
  readonly index: number;
  readonly custodian: string;
  readonly serial: number | null;
  readonly model: string;
  readonly slot: 1 | 2;
  /** Its secret was drawn here; else the slot was in use before. */
  readonly programmed: boolean;
  /** It was about to be programmed, and nothing says that it was. */
  readonly perhaps: boolean;
  /**
   * Of the secret that was drawn here, in hex: see slot-verifier.ts. Of several where nothing says
   * which of them the slot took; none in older logs, and where the slot was used as it was.
   */
  readonly verifiers: readonly string[];
}

/**
 * Each slot once, with the model of the key that the same number names. One that was announced and
 * never reported is in the list too: the laptop may have lost its power in between.
 */
export function readSlots(of: (kind: EntryKind) => readonly Entry[]): RegisteredSlot[] {
  const slots = new Map<string, RegisteredSlot>();
  const register = [...of('slot-programming'), ...of('slot-programmed'), ...of('slot-used')];
  for (const entry of register.sort((a, b) => a.n - b.n)) {
    const { text, number } = facts(entry);
    const index = number('index');
    const serial = serialOf(entry);
    const slot = number('slot') === 1 ? 1 : 2;
    const model = text('model') || modelOf(of('key-registered'), index, serial);
    // Keys that hide their numbers are told apart by their models at best.
    const id = `${index} ${serial ?? model} ${slot}`;
    const before = slots.get(id);
    const kind = text('kind');
    const perhaps = kind === 'slot-programming' && before?.perhaps !== false;
    // What was in use before and was perhaps never overwritten is treated as somebody's.
    const isNew = kind === 'slot-programming' ? text('found') === 'empty' : kind !== 'slot-used';
    const programmed = isNew || before?.programmed === true;
    const verifier = text('verifier');
    const earlier = kind === 'slot-programmed' ? [] : (before?.verifiers ?? []);
    slots.set(id, {
      index,
      custodian: text('custodian'),
      serial,
      model,
      slot,
      programmed,
      perhaps,
      verifiers: verifier === '' ? earlier : [...earlier, verifier],
    });
  }
  return [...slots.values()];
}

function serialOf(entry: Entry): number | null {
  const serial = fact(entry, 'serial');
  return typeof serial === 'number' ? serial : null;
}

function modelOf(keys: readonly Entry[], index: number, serial: number | null): string {
  const key = keys.find((one) => fact(one, 'index') === index && serialOf(one) === serial);
  return facts(key).text('model') || 'YubiKey';
}
