/**
 * How a platform key that exists comes in: its package, its legacy shares, new ones of them.
 * @module
 */
import type { ComponentPlace } from '../../../shared/bundle/adopt.ts';
import type { AdoptPackage } from '../../../shared/bundle/package.ts';
import type { Checks, LegacyJudgement, LegacyProof } from '../../../shared/ceremony/types.ts';
import type { LegacyWay } from '../../../shared/ceremony/adopt/events.ts';

export interface AdoptCommands {
  /** Entry. Opens an adoption's package with the ticket's key; keeps what was sealed. */
  'open-adopt-package': {
    in: { body: AdoptPackage; volumeId: string; rehearsalFolder: string | null; person: string };
    out: null;
  };
  /** Entry. Legacy shares, or the whole component, from a file, a code, a keyboard. */
  'take-legacy': {
    /** `listed`: what main has on its list; anything else was never written down, and is forgotten. */
    in: { person: string; how: LegacyWay; whole: boolean; listed: readonly number[] };
    out: { id: number; numbers: readonly number[]; source: string };
  };
  /** Wipes what was given under this name. */
  'forget-legacy': { in: { id: number }; out: null };
  /** Compares what was given. Null: it is the whole component. */
  'judge-legacy': {
    in: { threshold: number | null; listed: readonly number[] };
    out: LegacyJudgement;
  };
  /** Tries what came out on the stored survey keys. Refused where none opens and no owner could help. */
  'prove-legacy': { in: Record<string, never>; out: LegacyProof };
  /**
   * Entry. An owner's passphrase, tried on what organisations keep; typed again until it opens or the
   * window is closed. Not before the stored survey keys were tried, if there are any.
   */
  'prove-by-owner': { in: { owner: string }; out: LegacyProof };
  /** What was proved, or decided, is the key that is split: check values of it. */
  'restore-legacy': {
    /** `answers`: who answers for it, where it is not proved or two places differ. */
    in: { place: ComponentPlace; answers: readonly [string, string] | null };
    out: { componentId: string; componentBytes: number; checks: Checks; escrowKey: string };
  };
  /** The component of the set whose quorum was proved, as legacy shares: kept, nothing written. */
  'split-legacy': { in: { threshold: number; count: number }; out: null };
  /** One of them in the clear onto this stick, which holds no other one. */
  'write-legacy': {
    in: { number: number; volumeId: string; rehearsalFolder: string | null };
    out: { description: string; volumeLabel: string; fileName: string };
  };
  /** From its stick: the same share, digit for digit. */
  'read-legacy-back': {
    in: { number: number; volumeId: string; rehearsalFolder: string | null };
    out: null;
  };
  /** Forgets them; with `proves` all of them, as they were read back, give the component first. */
  'end-new-legacy': { in: { proves: boolean }; out: null };
}
