/**
 * What was put into slots in one seat: it outlives the window that was closed at the touch.
 * @module
 */
import type { RandomSource } from '../../../shared/secret/random.ts';
import type { Slot } from '../../devices/yubikey-otp/index.ts';

/** A secret that was sent to a slot, which took it or not. */
interface Sent {
  readonly serial: number | null;
  readonly slot: Slot;
  readonly wasEmpty: boolean;
  /** What the slot answers to the challenge if it took the secret. Secret. */
  readonly answer: Uint8Array;
  /** Public: see slot-verifier.ts. */
  readonly verifier: string;
}

/** What a seat tried with slots: whoever closes the window at the touch and comes back is known by it. */
export class SlotTries {
  /** 32 bytes: what the slot is asked at each try, so that its answer says whose secret it holds. */
  readonly challenge: Uint8Array;
  sent: readonly Sent[] = [];

  constructor(random: RandomSource) {
    this.challenge = random(32);
  }

  add(sent: Sent): void {
    this.sent = [...this.sent, sent];
  }

  forget(serial: number | null, slot: Slot): void {
    this.#drop((sent) => sent.serial === serial && sent.slot === slot);
  }

  wipe(): void {
    this.#drop(() => true);
  }

  #drop(which: (sent: Sent) => boolean): void {
    for (const sent of this.sent.filter(which)) sent.answer.fill(0);
    this.sent = this.sent.filter((sent) => !which(sent));
  }
}
