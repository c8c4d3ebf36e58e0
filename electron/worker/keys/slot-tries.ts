/**
 * What was put into slots in one seat: it outlives the window that was closed at the touch.
 * @module
 */
import type { RandomSource } from '../../../shared/secret/random.ts';
import type { Slot } from '../../devices/yubikey-otp/index.ts';

/** Envelopes for which a slot that was programmed in this seat is known by its answer. */
export const CHALLENGES_AHEAD = 32;

/** A secret that was sent to a slot, which took it or not. */
interface Sent {
  readonly serial: number | null;
  readonly slot: Slot;
  readonly wasEmpty: boolean;
  /** What the slot answers to the challenges that are left, in their order, if it took the secret. Secret. */
  readonly answers: Uint8Array[];
  /** Public: see slot-verifier.ts. */
  readonly verifier: string;
}

/**
 * What a seat tried with slots: whoever closes the window at the touch and comes back is known by it.
 * SECURITY: each challenge is answered once. Two envelopes under one challenge open with one answer,
 * and a spoilt print that somebody kept would open with what the other one's reveal showed.
 */
export class SlotTries {
  readonly #random: RandomSource;
  #challenges: readonly Uint8Array[] = [];
  sent: readonly Sent[] = [];

  constructor(random: RandomSource) {
    this.#random = random;
    this.#draw();
  }

  /** 32 bytes each, that no slot has answered; the first one is asked next. */
  get challenges(): readonly [Uint8Array, ...Uint8Array[]] {
    const [next, ...later] = this.#challenges;
    if (next === undefined) throw new Error('Challenges are drawn before the last one is gone.');
    return [next, ...later];
  }

  /** The answer to the next challenge was given. Behind the last one nobody knows whose secret answers. */
  spend(): void {
    for (const { answers } of this.sent) answers.shift()?.fill(0);
    this.#challenges = this.#challenges.slice(1);
    if (this.#challenges.length > 0) return;
    this.wipe();
    this.#draw();
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

  #draw(): void {
    this.#challenges = Array.from({ length: CHALLENGES_AHEAD }, () => this.#random(32));
  }

  #drop(which: (sent: Sent) => boolean): void {
    for (const { answers } of this.sent.filter(which)) for (const answer of answers) answer.fill(0);
    this.sent = this.sent.filter((sent) => !which(sent));
  }
}
