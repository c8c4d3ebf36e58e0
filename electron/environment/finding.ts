/**
 * What one probe of the environment check found.
 * @module
 */

import type { ProbeId } from '../../shared/ceremony/laptop-check.ts';

export type Status = 'pass' | 'fail' | 'unknown';

/** One line of the environment check, in words for the people at the laptop. */
export interface Finding {
  readonly id: ProbeId;
  /** `unknown` when it could not be determined: never taken for a pass. */
  readonly status: Status;
  readonly headline: string;
  /** What was seen, or why it could not be. */
  readonly detail: string;
  /** Whether a production ceremony is refused because of this finding. False when it passed. */
  readonly stopsProduction: boolean;
  /** What to do about it; empty when it passed. */
  readonly fix: string;
}

/** What a probe says; the table in check.ts adds the rest. */
export interface Seen {
  readonly status: Status;
  readonly detail: string;
}

export const passed = (detail: string): Seen => ({ status: 'pass', detail });
export const failed = (detail: string): Seen => ({ status: 'fail', detail });
export const unknown = (detail: string): Seen => ({ status: 'unknown', detail });
