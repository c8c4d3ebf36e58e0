/**
 * Every secret of one ceremony, each with its lifetime. Nothing here leaves the process but what a
 * handler seals, signs or writes to a medium.
 * @module
 */
import type { OpenedStored } from '../../shared/bundle/sealed-escrow.ts';
import type { Checks, PublicShare, RenewedKey, Turn } from '../../shared/ceremony/types.ts';
import type { FoundEmail } from '../../shared/ceremony/recover/found-email.ts';
import { type Identity, identitySigner } from '../../shared/identity/identity.ts';
import type { IdentityCredential, KeyIdentity } from '../../shared/identity/key-identity.ts';
import { isNamed } from '../../shared/identity/roster-change.ts';
import type { LiveSlot } from '../../shared/ledger/live-slots.ts';
import type { Mode } from '../../shared/mode.ts';
import type { RandomSource } from '../../shared/secret/random.ts';
import { Secret } from '../../shared/secret/secret.ts';
import { wipeAdoption, type OpenAdoption } from './adoption.ts';
import { knownCredential } from '../media/yubikey/identity.ts';
import type { OthersCredential } from './keys/others.ts';
import { SlotTries } from './keys/slot-tries.ts';
import { wipeRefresh, type OpenRefresh } from './refresh-state.ts';
import { refuseWorker } from './refusals.ts';
import type {
  OpenPackage,
  OpenOrganisation,
  OpenDrill,
  OpenRotation,
  OpenMove,
  WrappedSurveys,
} from './opened.ts';
import type { OtpGiven, HeldBack } from './otp-given.ts';
import { type NewLegacy, wipeNewLegacy } from './new-legacy-state.ts';

/** A personal identity that is open. */
export interface OpenIdentity {
  readonly name: string;
  readonly publicKey: string;
  /** 32 bytes; null: it lives on a YubiKey, which makes it anew for each signature. */
  readonly seed: Secret | null;
  /** Of an identity on a YubiKey; else null. */
  readonly credential: IdentityCredential | null;
}

/** Who sits at the laptop, with what dies when they get up. */
export interface Seat {
  readonly turn: Turn;
  identity: OpenIdentity | null;
  /** The age file of an identity that was made here: can be written any number of times. */
  lockedIdentity: Uint8Array | null;
  /** UTF-8. Of a new identity: until the share is written; else what was typed here. */
  passphrase: Secret | null;
}

/** The set that is being made: public. */
export interface SplitSet {
  readonly setId: string;
  readonly generation: number;
  readonly threshold: number;
  readonly count: number;
  readonly componentBytes: number;
  readonly shares: readonly PublicShare[];
}

/** Public facts of a key that was made here, or whose custodian component is split once more. */
export interface NewKey {
  readonly componentId: string;
  readonly checks: Checks;
  readonly keyVersion: string;
  /** X-Wing, base64. Null: of a key in use whose manifest names none. */
  readonly escrowKey: string | null;
}

/** One whose platform key was here, so that it has an escrow key. */
export interface MadeKey extends NewKey {
  readonly escrowKey: string;
}

export class WorkerState {
  readonly mode: Mode;
  /** Split, adopt and rotation. */
  key: NewKey | null = null;
  /** Split: from make-key to seal-setup. Adopt: from restore-legacy. Rotation: from renew-key or make-next-key. */
  vaultComponent: Secret | null = null;
  /** Split, adopt and rotation: until it is split. Another set: from restore-component. */
  custodianComponent: Secret | null = null;
  set: SplitSet | null = null;
  /** Wire bytes by index: from split to the end of the seat in which they were read back. */
  readonly generated = new Map<number, Secret>();
  /** Wire bytes by index, from media only: until the quorum is proved, then k of them. */
  readonly readBack = new Map<number, Secret>();
  quorumProved = false;
  /** Split: which share each YubiKey opens, by the number printed on it, and whose. Public. */
  readonly lockedTo = new Map<number, { readonly index: number; readonly custodian: string }>();
  /** New shares: whose share of the set before each YubiKey opened. Public. */
  readonly gaveWith = new Map<number, string>();
  /** Split: slots that open shares which were written here. Public. */
  readonly liveSlots: LiveSlot[] = [];
  /** Split: credentials of shares that were locked here, and whose. Public. */
  readonly lockedWith: OthersCredential[] = [];
  /** Identities on YubiKeys that were made here. Public. */
  readonly keyIdentities: KeyIdentity[] = [];
  seat: Seat | null = null;
  #slotTries: SlotTries | null = null;
  /** Recover: from open-package to open-kek. */
  package: OpenPackage | null = null;
  /** Recover: wire bytes by index, from the media; they sign to the end. Drill: one at most. */
  readonly accepted = new Map<number, Secret>();
  /** Drill, refresh: a share is wiped when its custodian gets up. */
  #oneAtATime = false;
  otpGiven: OtpGiven | null = null;
  /** Recover: an OTP envelope that was read and refused, because it is over. Public. */
  heldBack: HeldBack | null = null;
  /** Recover: from open-kek to seal-recover. 32 bytes. */
  kek: Secret | null = null;
  /** Recover: what opened it, so that main may ask again when it could not write the answer down. */
  kekOpened: {
    readonly nonce: string;
    readonly indexes: readonly number[];
    readonly email: FoundEmail;
    readonly escrow: OpenedStored | null;
  } | null = null;

  /** Survey keys of an organisation: from open-package to wrap-surveys. */
  organisation: OpenOrganisation | null = null;
  /** From wrap-surveys on; no secret. */
  wrapped: WrappedSurveys | null = null;
  /** Survey keys that move: from open-package to end-move. */
  move: OpenMove | null = null;
  /** Rotation: from open-rotate-package to renew-key or make-next-key. */
  rotation: OpenRotation | null = null;
  /** Rotation: what renew-key, make-next-key or restore-component answered, so that main may ask again. Public. */
  renewed: { readonly nonce: string; readonly answer: RenewedKey } | null = null;

  /** Full drill: from open-drill-package to open-test-escrow, or until somebody sits down to sign. */
  drill: OpenDrill | null = null;
  /** Full drill: what open-test-escrow answered, so that main may ask again. Public. */
  testOpened: {
    readonly nonce: string;
    readonly answer: { readonly indexes: readonly number[]; readonly signature: string };
  } | null = null;

  /** Adopt: from open-adopt-package to restore-legacy. */
  adoption: OpenAdoption | null = null;
  /** Adopt: what restore-legacy answered, so that main may ask again. Public. */
  restored: (Omit<MadeKey, 'keyVersion'> & { readonly componentBytes: number }) | null = null;

  /** Adopt: the component as new legacy shares, until they were read back or left. */
  newLegacy: NewLegacy | null = null;

  /** Refresh: from draw-refresh on. */
  refresh: OpenRefresh | null = null;

  constructor(mode: Mode) {
    this.mode = mode;
  }

  needSeat(): Seat {
    if (this.seat === null) throw refuseWorker('worker-out-of-order', 'somebody at the laptop');
    return this.seat;
  }

  needIdentity(): OpenIdentity {
    const { identity } = this.needSeat();
    if (identity === null) throw refuseWorker('worker-out-of-order', 'an open personal identity');
    return identity;
  }

  /** Whose each key is, for naming one that is in the wrong hands. */
  keyOwners(): ReadonlyMap<number, string> {
    return new Map([
      ...this.gaveWith,
      ...identityOwners(this.keyIdentities),
      ...[...this.lockedTo].map(([serial, { custodian }]) => [serial, custodian] as const),
    ]);
  }

  /** Numbers of the keys that hold something of somebody else: two people on one key are one hand. */
  keysOfOthers(name: string): ReadonlySet<number> {
    const others = [...this.keyOwners()].filter(([, owner]) => !isNamed(name)({ name: owner }));
    return new Set(others.map(([serial]) => serial));
  }

  needAdoption(): OpenAdoption {
    if (this.adoption === null) throw refuseWorker('package-not-open');
    return this.adoption;
  }

  /** What other people's shares and identities of this ceremony hang on. */
  credentialsOfOthers(name: string): OthersCredential[] {
    const identities = this.keyIdentities.map((identity) => ({
      credential: knownCredential(identity),
      owner: identity.name,
    }));
    return [...this.lockedWith, ...identities].filter(
      ({ owner }) => !isNamed(name)({ name: owner }),
    );
  }

  needSet(): SplitSet {
    if (this.set === null) throw refuseWorker('worker-out-of-order', 'a share set');
    return this.set;
  }

  /** The seat's share of the new set that is still to be read back; null when it has none. */
  seatShare(): { readonly facts: PublicShare; readonly wire: Secret } | null {
    const index = this.seat?.turn.index ?? null;
    const facts = this.set?.shares.find((share) => share.index === index);
    const wire = index === null ? undefined : this.generated.get(index);
    return facts === undefined || wire === undefined ? null : { facts, wire };
  }

  /** Of this seat: outlives the command, because the key keeps what was put into it. */
  slotTries(random: RandomSource): SlotTries {
    this.#slotTries ??= new SlotTries(random);
    return this.#slotTries;
  }

  /** Replaces the seat's passphrase; takes ownership. */
  keepPassphrase(passphrase: Secret): void {
    const seat = this.needSeat();
    seat.passphrase?.wipe();
    seat.passphrase = passphrase;
  }

  /** Replaces the seat's open identity; takes ownership of its seed. */
  keepIdentity(identity: Identity): OpenIdentity {
    const seat = this.needSeat();
    const { keyid } = identitySigner(identity);
    seat.identity?.seed?.wipe();
    const seed = new Secret(identity.seed);
    seat.identity = { name: identity.name, publicKey: keyid, seed, credential: null };
    return seat.identity;
  }

  /** Replaces the seat's open identity by one that its YubiKey makes. */
  keepKeyIdentity({ name, publicKey, credential }: KeyIdentity): void {
    const seat = this.needSeat();
    seat.identity?.seed?.wipe();
    // Words of an identity that is not used any more lock nothing.
    seat.passphrase?.wipe();
    seat.passphrase = null;
    seat.lockedIdentity = null;
    seat.identity = { name, publicKey, seed: null, credential };
  }

  /** Replaces what was given before; takes ownership of the passphrase. */
  keepOtpGiven(given: OtpGiven | null): void {
    this.otpGiven?.passphrase.wipe();
    this.otpGiven = given;
  }

  /**
   * From here on a share is there alone, and goes with its custodian.
   * @throws Refusal `worker-out-of-order` while another one is there
   */
  takeOneAtATime(index: number): void {
    this.#oneAtATime = true;
    const isOther = [...this.accepted.keys()].some((other) => other !== index);
    // Of a refresh: the share that was made of the one before.
    if (isOther || this.generated.size > 0 || this.readBack.size > 0) {
      throw refuseWorker('worker-out-of-order', 'a laptop without another share');
    }
  }

  /** Everybody gets up: what belonged to the person is gone, and the share that was read back. */
  endSeat(): void {
    const { seat } = this;
    if (seat === null) return;
    const { index } = seat.turn;
    if (index !== null && this.readBack.has(index)) {
      this.generated.get(index)?.wipe();
      this.generated.delete(index);
    }
    this.forgetPerson();
  }

  forgetPerson(): void {
    if (this.#oneAtATime) this.#wipeShares();
    this.seat?.identity?.seed?.wipe();
    this.seat?.passphrase?.wipe();
    this.#slotTries?.wipe();
    this.#slotTries = null;
    this.keepOtpGiven(null);
    this.heldBack = null;
    this.seat = null;
  }

  #wipeShares(): void {
    for (const shares of [this.generated, this.readBack, this.accepted]) {
      for (const wire of shares.values()) wire.wipe();
      shares.clear();
    }
  }

  /** Full drill: neither shares nor sync's half are needed any more. */
  endDrill(): void {
    this.drill?.vaultComponent.wipe();
    this.drill = null;
    this.#wipeShares();
  }

  /** Nothing opens a file of survey keys any more, nor the platform key. */
  endMove(): void {
    this.move?.vaultComponent.wipe();
    this.move?.ticketKey.wipe();
    this.move = null;
  }

  /** The process ends, or main is gone. */
  wipeAll(): void {
    this.forgetPerson();
    for (const secret of [this.vaultComponent, this.custodianComponent, this.kek]) secret?.wipe();
    this.package?.vaultComponent.wipe();
    this.organisation?.vaultComponent.wipe();
    this.rotation?.vaultComponent.wipe();
    this.rotation = null;
    this.endDrill();
    this.endMove();
    if (this.adoption !== null) wipeAdoption(this.adoption);
    this.adoption = null;
    if (this.newLegacy !== null) wipeNewLegacy(this.newLegacy);
    this.newLegacy = null;
    this.#wipeShares();
    if (this.refresh !== null) wipeRefresh(this.refresh);
    this.refresh = null;
    this.vaultComponent = null;
    this.custodianComponent = null;
    this.kek = null;
    this.kekOpened = null;
    this.package = null;
    this.organisation = null;
    this.wrapped = null;
  }
}

/** Whose identity each key makes, by the number printed on it. */
export function identityOwners(identities: readonly KeyIdentity[]): ReadonlyMap<number, string> {
  return new Map(
    identities.flatMap(({ name, credential: { serial } }) =>
      serial === null ? [] : [[serial, name] as const],
    ),
  );
}
