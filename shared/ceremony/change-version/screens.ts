/**
 * The screen that a change of the active version, and the end of one, have of their own.
 * @module
 */
import type { SetShown, VersionChange } from '../package-facts.ts';

/** What would be so afterwards. Everybody reads it and agrees before the first share. */
export interface VersionChangeScreen {
  readonly screen: 'version-change';
  readonly change: VersionChange;
  /** The active version, whose set signs. */
  readonly keyVersion: string;
  /** The one that becomes active, or is retired. */
  readonly version: string;
  readonly present: SetShown;
  /** `words`: the eight of its manifest, as on the witness's paper of the ceremony that made it. */
  readonly other: SetShown & { readonly words: string };
  /** The other sets of that version, each with words of its own. */
  readonly further: readonly (SetShown & { readonly words: string })[];
  /** Survey keys under either version, as sync counted; null: the package does not say. */
  readonly stored: { readonly active: number; readonly other: number } | null;
  readonly syncName: string;
}
