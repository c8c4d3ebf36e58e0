/**
 * The screens that an adoption alone has.
 * @module
 */
import type { AdoptFound, ComponentPlace, FoundVersion, StoredKey } from '../../bundle/adopt.ts';
import type { GivenLegacy, LegacyJudgement, LegacyProof, LegacySplit } from '../types.ts';

export type AdoptScreen =
  /** How was the component split by CheckTick's command? And what sync found. */
  | {
      readonly screen: 'legacy-split';
      readonly found: FoundVersion;
      readonly vault: AdoptFound['vault'];
    }
  /** Legacy shares come in, from whoever has them; those that are there, and how they compare. */
  | {
      readonly screen: 'legacy-shares';
      readonly split: LegacySplit;
      readonly given: readonly GivenLegacy[];
      readonly judged: LegacyJudgement | null;
      /** They can be compared, or the whole component is there. */
      readonly enough: boolean;
      /** Of the plan, to choose from: who gives. Somebody else may. */
      readonly people: readonly string[];
    }
  /** How they compared; now it is tried on a stored survey key, if sync has one. */
  | {
      readonly screen: 'legacy-proof';
      readonly judged: LegacyJudgement | null;
      /** Of which surveys stored keys came along; empty: of none. */
      readonly keys: readonly StoredKey[];
      readonly compared: FoundVersion['compared'];
      readonly split: LegacySplit;
      readonly given: number;
    }
  /** Two people answer for what nothing proves, or where two components differ. */
  | {
      readonly screen: 'legacy-decision';
      readonly found: FoundVersion;
      readonly proof: LegacyProof | null;
      readonly places: readonly ComponentPlace[];
      readonly people: readonly string[];
    }
  /** The key is there; it is split anew. */
  | {
      readonly screen: 'legacy-restored';
      readonly from: string;
      readonly proof: LegacyProof | null;
      readonly decided: readonly [string, string] | null;
      readonly count: number;
      readonly threshold: number;
    };
