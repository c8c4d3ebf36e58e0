/**
 * The screens that an adoption alone has.
 * @module
 */
import type {
  AdoptFound,
  ComponentPlace,
  FoundVersion,
  OrganisationKey,
  StoredKey,
} from '../../bundle/adopt.ts';
import type {
  GivenLegacy,
  LegacyJudgement,
  LegacyProof,
  LegacySplit,
  NewLegacyShare,
} from '../types.ts';

export type AdoptScreen =
  /** How was the component split by CheckTick's command? And what sync found. */
  | {
      readonly screen: 'legacy-split';
      readonly found: FoundVersion;
      readonly vault: AdoptFound['vault'];
      /** Other versions under which survey keys are stored: none of them can be adopted afterwards. */
      readonly others: readonly Pick<FoundVersion, 'version' | 'escrows'>[];
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
      /** None of them opened. */
      readonly tried: boolean;
      /** Survey keys that an owner's passphrase opens, if the key is right; empty: none came along. */
      readonly organisationKeys: readonly OrganisationKey[];
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
      /** Of the plan: two of them answer, each by the own name. */
      readonly people: readonly string[];
      /** Who answered already; the other one is awaited. */
      readonly answered: string | null;
    }
  /** The key is there; it is split anew. */
  | {
      readonly screen: 'legacy-restored';
      readonly from: string;
      readonly proof: LegacyProof | null;
      readonly decided: readonly [string, string] | null;
      readonly count: number;
      readonly threshold: number;
    }
  /** Is the component wanted as new legacy shares too? `split`: as CheckTick had it. */
  | { readonly screen: 'new-legacy'; readonly split: LegacySplit }
  /** The next of them goes in the clear onto a stick. */
  | (NewLegacyShown & {
      readonly screen: 'new-legacy-write';
      readonly number: number;
      /** Of the plan, to choose from: who takes it. Somebody else may. */
      readonly people: readonly string[];
    })
  /** The stick goes out and in again, and it is read back. */
  | (NewLegacyShown & {
      readonly screen: 'new-legacy-replug';
      readonly number: number;
      readonly by: string;
      readonly volumeLabel: string;
    })
  /** All were read back: now they give the component back. */
  | (NewLegacyShown & { readonly screen: 'new-legacy-prove' });

interface NewLegacyShown {
  readonly threshold: number;
  readonly count: number;
  readonly done: readonly NewLegacyShare[];
}
