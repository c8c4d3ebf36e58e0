/**
 * The two slots of a key, read from its status, and what a write must have done to them.
 * @module
 */
import { isAtLeast } from './models.ts';
import type { Status } from './reports.ts';

export type Slot = 1 | 2;

export interface SlotState {
  readonly slot: Slot;
  readonly isConfigured: boolean;
  /**
   * Whether the slot acts when the key is touched: a challenge-response slot then asks for a touch
   * at each use, any other one types. Null when the firmware is older than 3.0 and does not tell.
   */
  readonly touch: boolean | null;
}

const BOTH = 0b11;
const bit = (status: Status, at: number): boolean => ((status.bits >>> at) & 1) === 1;

export function slotState(status: Status, slot: Slot): SlotState {
  const isConfigured = bit(status, slot - 1);
  const touch = isAtLeast(status.firmware, [3, 0]) ? bit(status, slot + 1) : null;
  return { slot, isConfigured, touch };
}

/** Whether the key changed a slot between the two: the counter went on, or both slots are empty. */
export function hasChanged(before: Status, after: Status): boolean {
  if (after.changes === (before.changes + 1) % 256) return true;
  return after.changes === 0 && before.changes > 0 && (after.bits & BOTH) === 0;
}

/** Whether nobody changed a slot between the two. */
export const isSame = (a: Status, b: Status): boolean =>
  a.changes === b.changes && (a.bits & BOTH) === (b.bits & BOTH);
