/**
 * What the executors of a running ceremony work with.
 * @module
 */
import type { DescriptorDocument } from '../../../shared/bundle/descriptor.ts';
import type { NewSet } from '../../../shared/bundle/rotate.ts';
import type { NewAdmins } from '../../../shared/bundle/new-admins.ts';
import type { PackageDocument } from '../../../shared/bundle/package.ts';
import type { Bundle, BundleDocument } from '../../../shared/bundle/bundle.ts';
import type { KnownSetsData } from '../../../shared/ceremony/known-sets.ts';
import type { PublicShare, Turn } from '../../../shared/ceremony/types.ts';
import type { Signature } from '../../../shared/encoding/dsse.ts';
import type { KeyIdentity } from '../../../shared/identity/key-identity.ts';
import type { RosterDocument } from '../../../shared/identity/roster.ts';
import type { EnvelopesKnown } from '../../../shared/ledger/known-envelopes.ts';
import type { LiveSlot } from '../../../shared/ledger/live-slots.ts';
import type { Mode } from '../../../shared/mode.ts';
import type { ManifestDocument, MediumKind } from '../../../shared/sharing/manifest.ts';
import type { SheetContext } from '../../worker/sheets.ts';
import type { Platform } from './ports.ts';
import type { Sticks } from './sticks.ts';
import type { Store } from './store.ts';
import type { TranscriptWriter } from './transcript-writer.ts';
import type { WorkerClient } from './worker-client.ts';

/** Of a refresh: what the shares have said so far. Public. */
export interface RefreshGathered {
  /** Numbers of before, in order. */
  readonly lives: readonly number[];
  /** The key that signs for the refreshed set. */
  readonly operator: string;
  /** Of the shares that are made. */
  readonly generation: number;
  /** That comes with it. */
  readonly roster: { readonly payload: Uint8Array; readonly digest: string };
  /** By the number of before; `after`: what the new share signed, null until it was read back. */
  readonly said: Map<
    number,
    {
      readonly share: PublicShare;
      readonly before: string;
      readonly after: { readonly signature: string; readonly roster: Signature } | null;
    }
  >;
}

/** What a running ceremony has gathered: documents that were validated. */
export interface Gathered {
  descriptor: DescriptorDocument | null;
  package: PackageDocument | null;
  manifest: ManifestDocument | null;
  /** The sets in force of other key versions that the package brings. */
  others: readonly ManifestDocument[];
  /** Of a change: the one in force, until the new one is signed. */
  roster: RosterDocument | null;
  /** Survey keys that move: where each file lies, below the folder of the stick that was chosen. */
  moveFiles: { readonly volumeId: string; readonly paths: readonly string[] } | null;
  /** A rotation: the set that is to come after `manifest` or beside it, with its roster, once both are signed. */
  next: NewSet | null;
  /** A refresh, once its numbers are drawn. */
  refresh: RefreshGathered | null;
  /** Whom a change of the roster makes the admins of sync; null: it does not. */
  newAdmins: NewAdmins | null;
  bundle: BundleDocument | null;
  /** The body of a bundle whose secret was sealed and which is not signed yet: sealed only once. */
  unsigned: Bundle | null;
}

export interface EffectContext {
  readonly platform: Platform;
  readonly store: Store;
  readonly sticks: Sticks;
  readonly mode: Mode;
  readonly ceremonyId: string;
  readonly transcript: TranscriptWriter;
  readonly gathered: Gathered;
  readonly worker: () => Promise<WorkerClient>;
  readonly knownSets: () => Promise<KnownSetsData>;
  /** Slots that open shares of either mode which may still be needed, this ceremony's included. */
  readonly liveSlots: () => Promise<readonly LiveSlot[]>;
  /** Envelopes of OTP keys that logs of this mode name, this ceremony's included. */
  readonly envelopes: () => Promise<EnvelopesKnown>;
  /** The highest epoch that this laptop has seen of an audience. */
  readonly seenEpoch: (audience: string) => Promise<number>;
  /** Nonces of packages that earlier ceremonies on this laptop used. */
  readonly usedNonces: () => Promise<ReadonlySet<string>>;
  /** Identities on YubiKeys, as the rosters say that this laptop knows; the newest first. */
  readonly keyIdentities: () => Promise<readonly KeyIdentity[]>;
  /** Who sits at the laptop, for the title of a window; null: nobody. */
  readonly seated: () => Turn | null;
  /** Aborted when the person gives the waiting up. */
  readonly signal: AbortSignal;
  /** An exception sheet was opened in this sitting. */
  readonly excused: () => boolean;
  /** On what the plan writes shares and identities; empty before there is a plan. */
  readonly plannedMedia: () => ReadonlySet<MediumKind>;
  /** The sheet's facts, from the machine's state. */
  readonly sheet: () => SheetContext | null;
}
