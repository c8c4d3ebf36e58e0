/**
 * What a person can say to a ceremony (validated: it comes over IPC), and what the host reports
 * back when an effect is done.
 * @module
 */
import { z } from '../encoding/schema.ts';
import { COMMON_EVENTS, type CommonHostEvent } from './common-events.ts';
import { SEAT_EVENTS, type SeatHostEvent } from './seat-events.ts';
import { NEW_SET_EVENTS, type NewSetHostEvent } from './new-set/events.ts';
import { ADOPT_EVENTS, type AdoptHostEvent } from './adopt/events.ts';
import { DESTROY_EVENTS, type DestroyHostEvent } from './destroy/events.ts';
import { OPEN_EVENTS, type OpenHostEvent } from './recover/events.ts';
import { REFRESH_EVENTS, type RefreshHostEvent } from './refresh/events.ts';
import type { MoveHostEvent } from './move/events.ts';

/** One of these, or it is refused: strict, so that a field that nobody reads is not let in either. */
export const personEventSchema = z.discriminatedUnion('type', [
  ...COMMON_EVENTS,
  ...SEAT_EVENTS,
  ...NEW_SET_EVENTS,
  ...ADOPT_EVENTS,
  ...DESTROY_EVENTS,
  ...OPEN_EVENTS,
  ...REFRESH_EVENTS,
]);

export type PersonEvent = z.infer<typeof personEventSchema>;

/** What the host reports. Each answers one effect. */
export type HostEvent =
  | CommonHostEvent
  | SeatHostEvent
  | NewSetHostEvent
  | AdoptHostEvent
  | DestroyHostEvent
  | OpenHostEvent
  | RefreshHostEvent
  | MoveHostEvent;

export type CeremonyEvent = PersonEvent | HostEvent;
