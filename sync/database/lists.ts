/**
 * How much of very much is read at a time.
 * @module
 */

/** Rows of a list; the next ones follow by their paging. */
export const LIST_AT_MOST = 200;

/** A part of the page's queue. */
export interface QueuePart {
  /** What is open, or what has ended. */
  readonly open: boolean;
  readonly atMost: number;
}
