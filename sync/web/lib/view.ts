/**
 * What every view of the page is given.
 * @module
 */
import type { Me } from './me.ts';

export interface ViewProps {
  readonly me: Me;
  /** What the address names after the view: a request's code, a digest; empty: none. */
  readonly subject: string;
}
