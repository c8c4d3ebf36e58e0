/**
 * What a screen shows: the redacted view that main pushes to the window. A function of the
 * machine's state; the window holds the last one and nothing else.
 * @module
 */
import type { AdoptScreen } from './adopt/screens.ts';
import type { DestroyScreen } from './destroy/screens.ts';
import type { VersionChangeScreen } from './change-version/screens.ts';
import type { DrillScreen } from './drill/screens.ts';
import type { MoveScreen } from './move/screens.ts';
import type { OrganisationScreen } from './organisation/screens.ts';
import type { RefreshScreen } from './refresh/screens.ts';
import type { RotateScreen } from './rotate/screens.ts';
import type { Comparison, EmailOutcome } from '../bundle/escrowed-email.ts';
import type { AdminRole } from '../bundle/new-admins.ts';
import type { OrganisationWay, RecoverFacts } from '../bundle/package.ts';
import type { PackagedStored } from '../bundle/sealed-escrow.ts';
import type { RosterChange } from '../identity/roster-change.ts';
import type { Role } from '../identity/roster.ts';
import type { Mode } from '../mode.ts';
import type { RefusalNote } from '../refusal.ts';
import type { KeyCarrier } from '../sharing/key-carriers.ts';
import type { MediumKind } from '../sharing/manifest.ts';
import type { RotatePackageFacts } from './package-facts.ts';
import type { CeremonyKind } from '../transcript/log.ts';
import type { Plan } from '../plan/set-plan.ts';
import type { RosterPlan } from '../plan/roster-plan.ts';
import type { ExpectedPerson, PlannedView } from './loaded-plan.ts';
import type { Finding, MediumRecord, Progress, RenewalFailed, Spare, Step, Turn } from './types.ts';

/** What every screen of a ceremony has around it. */
export interface Frame {
  readonly ceremony: CeremonyKind;
  readonly ceremonyId: string;
  readonly mode: Mode;
  /** `Split a new platform key`. */
  readonly title: string;
  /** `2026 A`, once it is known. */
  readonly setLabel: string | null;
  readonly startedAt: string;
  readonly steps: readonly Step[];
  readonly turn: Turn | null;
  readonly transcript: { readonly entries: number; readonly words: string };
  /** The last refusal, until something is accepted. */
  readonly refusal: RefusalNote | null;
  /** What is being done right now; an entry window may be open in front. */
  readonly busy: Busy | null;
  readonly paused: boolean;
}

export interface Busy {
  /** `Making the platform key`, without a full stop. */
  readonly doing: string;
  /** An entry window is open: `Continue in the window in front`. */
  readonly entryWindow: boolean;
  /** How long it takes, in seconds, when it is over ten; else null. */
  readonly seconds: number | null;
}

/** The page of whole digests for the witness's file, which may be printed here. */
export interface WitnessPageView {
  /** Where it was printed last, in words; null before. */
  readonly printed: string | null;
  /** As the people agreed; null: as the printer holds. */
  readonly page: 'A4' | 'Letter' | null;
}

/** An address beside the escrowed one, every character visible. */
export interface ComparedAddress {
  /** Null: there is none. */
  readonly address: string | null;
  readonly comparison: Comparison;
  /** The same to the letter; otherwise `same` means but for capital letters. */
  readonly exact: boolean;
}

export type Screen =
  /** Choose the descriptor of sync from the sticks (query `documents`, type descriptor). */
  | {
      readonly screen: 'descriptor';
      /** The plan, if one was loaded. */
      readonly planned?: PlannedView;
    }
  /** The other side reads eight words aloud; they are typed here. */
  | { readonly screen: 'descriptor-words'; readonly syncName: string; readonly digest: string }
  /** Choose the package from the sticks. */
  | { readonly screen: 'package'; readonly syncName: string }
  | {
      readonly screen: 'plan';
      readonly keyVersion: string;
      /** What was entered before, when the plan comes back with a refusal. */
      readonly plan: Plan | null;
      /** The plan that was prepared, if one was loaded. */
      readonly planned?: PlannedView;
      /**
       * New shares: the set whose shares are renewed, and who takes part today, without a name for the
       * new set; the package may also be compared alone. With a `nextVersion`: a new platform key, and
       * the set stays in use beside it. Another set of the same key: so it does, without its custodians
       * among those of the plan.
       */
      readonly renews?: {
        readonly kind: RotatePackageFacts['kind'];
        readonly label: string;
        readonly nextVersion: string | null;
        /** What the other sets are called that open the same key. */
        readonly joined: readonly string[];
        readonly present: Plan;
      };
    }
  /** Change of the roster: who takes part from now on. */
  | {
      readonly screen: 'roster-plan';
      /** Of the new roster. */
      readonly serial: number;
      readonly present: readonly {
        readonly name: string;
        readonly roles: readonly Role[];
        /** Where sync tells this person; empty: nowhere. */
        readonly mail: string;
      }[];
      /** Custodians who hold a share: they cannot be taken out. */
      readonly holders: readonly string[];
      /** Two new admins of sync are to be named. */
      readonly namesAdmins: boolean;
      /** What was entered before, when the plan comes back with a refusal. */
      readonly plan: RosterPlan | null;
    }
  /** Change of the roster: what changes. Everybody agrees before the first share. */
  | {
      readonly screen: 'roster-facts';
      readonly serial: number;
      readonly changes: readonly RosterChange[];
      readonly people: readonly { readonly name: string; readonly roles: readonly Role[] }[];
      /** `words`: eight, over the key of their identity. Empty when no admins are named. */
      readonly admins: readonly {
        readonly name: string;
        readonly userId: number;
        readonly roles: readonly AdminRole[];
        readonly words: string;
      }[];
    }
  /** Change of the roster: k shares were given; sign, then its words for the witness. */
  | {
      readonly screen: 'roster-ready';
      readonly serial: number;
      readonly progress: Progress;
      readonly signed: {
        readonly digest: string;
        readonly words: string;
        readonly witnessPage: WitnessPageView;
      } | null;
    }
  | {
      readonly screen: 'environment';
      readonly findings: readonly Finding[];
      readonly stops: boolean;
    }
  /** Compare with the operator's watch. `now` is the laptop's time when the screen was made. */
  | { readonly screen: 'clock'; readonly now: string; readonly packageExpiresAt: string }
  /** Look away, change seats. `leaving` is null for the first. */
  | {
      readonly screen: 'handover';
      readonly arriving: Turn;
      readonly leaving: string | null;
      readonly purpose: SeatPurpose;
      /** What their share lies on, or is going to; empty: no share of theirs is in question. */
      readonly media: readonly MediumKind[];
      /** As far as is known, a YubiKey makes their identity. */
      readonly identityOnKey: boolean;
      readonly progress: Progress | null;
    }
  /** Recover: who sits down next? Those who have not given a share yet. */
  | {
      readonly screen: 'who';
      readonly waiting: readonly { readonly index: number; readonly name: string }[];
      readonly progress: Progress;
      /** Who was to come, by the plan that was loaded. */
      readonly expected?: readonly ExpectedPerson[];
    }
  /** Make a new personal identity, or use the one from before. */
  | {
      readonly screen: 'identity';
      readonly purpose: SeatPurpose;
      readonly maySkip: boolean;
      /** What this person saw of others as a witness, and signs for. */
      readonly watched: readonly string[];
      /** It may be on a YubiKey; `prefersKey`: as far as is known it is, or is going to be. */
      readonly mayUseKey: boolean;
      readonly prefersKey: boolean;
      /** Nothing was given yet: whoever sits there may come again. */
      readonly mayGetUp?: boolean;
      /** Where a new one may be made: the roster in force lists one of this person. */
      readonly isListed?: boolean;
    }
  /** Six words are about to be shown in the entry window. */
  | { readonly screen: 'words'; readonly protects: readonly string[] }
  /** Choose the stick (query `volumes`) or the printer (query `printers`). */
  | {
      readonly screen: 'write';
      readonly medium: MediumKind;
      /** `share 2 of 4`, `personal identity`. */
      readonly writes: readonly string[];
      readonly page: 'A4' | 'Letter';
      /** Other copies were read back: this one may be left. */
      readonly mayLeave: boolean;
      /** The words may be made anew. */
      readonly newWords: boolean;
    }
  /** Pull the stick out and plug it in again; detected by itself. */
  | { readonly screen: 'replug'; readonly medium: MediumKind; readonly volumeLabel: string }
  /** Read it again from its own medium. */
  | {
      readonly screen: 'read-back';
      readonly medium: MediumKind;
      /** It was printed; else it lies on a stick. */
      readonly onSheet: boolean;
      readonly reads: readonly string[];
      readonly written: readonly MediumRecord[];
      readonly newWords: boolean;
    }
  /** Read back and right. Another copy for the safe, or go on. */
  | {
      readonly screen: 'copy';
      readonly written: readonly MediumRecord[];
      /** An identity that a YubiKey makes: there is no copy of it. */
      readonly onKey: boolean;
    }
  | {
      readonly screen: 'attest';
      readonly statement: string;
      readonly words: string;
      /** The YubiKey signs, with PIN and touch. */
      readonly onKey: boolean;
      /** If it does not: another identity can be made, or the signature left out. */
      readonly mayBeNew: boolean;
      readonly maySkip: boolean;
    }
  | { readonly screen: 'make-key'; readonly count: number; readonly threshold: number }
  | { readonly screen: 'prove'; readonly threshold: number; readonly count: number }
  /** Manifest signed: its words for the witness. */
  | {
      readonly screen: 'set-ready';
      readonly label: string;
      readonly words: string;
      readonly digest: string;
      readonly witnessPage: WitnessPageView;
    }
  /** Recover, adopt, new shares: choose the stick with the ticket's private key. */
  | { readonly screen: 'ticket-key'; readonly ticketId: string }
  | AdoptScreen
  | RotateScreen
  | RefreshScreen
  /** Recover: what will be opened. Everybody agrees before the first share. */
  | {
      readonly screen: 'facts';
      readonly facts: RecoverFacts;
      /** Of a survey key that an organisation keeps. */
      readonly organisation?: OrganisationWay;
      readonly vaultPath: string;
      /** Null: of CheckTick's own kind. */
      readonly escrow: PackagedStored | null;
      /** The escrow keeps an e-mail address, which will be compared. */
      readonly keepsEmail: boolean;
      readonly requestedFrom: string;
    }
  /** Recover: how does this custodian bring the share? */
  | {
      readonly screen: 'share-in';
      readonly purpose: SeatPurpose;
      readonly index: number;
      readonly media: readonly MediumKind[];
      /** Where the envelope of a YubiKey lies. */
      readonly keyOn: readonly KeyCarrier[];
      readonly spare: Spare;
      /** Shares of the set. */
      readonly count: number;
      /** Other custodians who got up without giving: they come again only with another key or copy. */
      readonly gotUp: number;
      /** Who may be there when an envelope that is over is used all the same. */
      readonly witnesses: readonly string[];
      /** There are logs of this set here: an envelope of an OTP key that is over is recognised. */
      readonly remembers: boolean;
      readonly progress: Progress;
    }
  /** Recover: the share was accepted from the stick of an OTP key, and not locked anew. */
  | {
      readonly screen: 'renew-stick';
      readonly index: number;
      readonly count: number;
      /** What the stick held when it was looked at afterwards. */
      readonly holds: RenewalFailed['holds'];
      readonly happened: string;
    }
  /** Recover: such a stick goes out and in again; detected by itself. */
  | { readonly screen: 'renew-replug'; readonly index: number; readonly count: number }
  /**
   * Recover: the share was accepted from the sheet of an OTP key, and is locked anew onto a new sheet.
   * `good` is the sheet that counts, on all three screens.
   */
  | {
      readonly screen: 'renew-print';
      readonly index: number;
      readonly count: number;
      readonly good: number;
      /** The number of the sheet that is printed now; null: there is none left. */
      readonly next: number | null;
      /** Sheets that were printed here and not read back. */
      readonly notReadBack: readonly number[];
    }
  | {
      readonly screen: 'renew-read';
      readonly index: number;
      readonly count: number;
      readonly good: number;
      /** The one that was printed last. */
      readonly sheet: number;
    }
  /** Every other sheet is destroyed; the custodian and a witness say so. */
  | {
      readonly screen: 'renew-destroy';
      readonly index: number;
      readonly count: number;
      readonly good: number;
      /** The good one was printed here; else it is the one that was given. */
      readonly isNew: boolean;
      readonly sheets: readonly number[];
      readonly witnesses: readonly string[];
    }
  | { readonly screen: 'recover'; readonly facts: RecoverFacts; readonly progress: Progress }
  /** Recover: the owner of the organisation comes and types its passphrase. */
  | {
      readonly screen: 'owner';
      readonly facts: RecoverFacts;
      readonly organisation: OrganisationWay;
      readonly progress: Progress;
    }
  /** Recover: everybody compares the escrowed address before there is a bundle. */
  | {
      readonly screen: 'escrowed-email';
      readonly facts: RecoverFacts;
      readonly outcome: EmailOutcome;
      /** Null where none was opened. */
      readonly addresses: {
        readonly escrowed: string;
        readonly account: ComparedAddress;
        /** The one that the person gave at the identity check. */
        readonly stated: ComparedAddress;
      } | null;
    }
  /** Choose the stick that goes to sync. */
  | { readonly screen: 'save-bundle'; readonly goesTo: string }
  | {
      readonly screen: 'waiting';
      readonly bundleDigest: string;
      readonly words: string;
      readonly syncName: string;
      readonly savedOn: readonly string[];
      /** Null where the page was offered earlier. */
      readonly witnessPage: WitnessPageView | null;
    }
  | {
      readonly screen: 'closed';
      readonly outcome: 'committed' | 'refused' | 'expired' | 'objected';
      readonly statement: string;
      /** What may be destroyed now, or what people take home. */
      readonly media: readonly string[];
      readonly words: string;
    }
  | { readonly screen: 'void'; readonly reason: string; readonly media: readonly string[] }
  | DrillScreen
  | VersionChangeScreen
  | MoveScreen
  | OrganisationScreen
  | DestroyScreen;

/** Why somebody sits down. */
export type SeatPurpose = 'enrol' | 'share' | 'give-share' | 'refresh' | 'destroy' | 'sign';

export type View = Frame & Screen;
export type ScreenName = Screen['screen'];
export type ViewOf<Name extends ScreenName> = Frame & Extract<Screen, { screen: Name }>;
