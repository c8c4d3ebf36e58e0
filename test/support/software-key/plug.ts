/**
 * The plug of a software key: in or out, and how many reports went through it. Told to, it comes
 * out in the middle of any operation.
 * @module
 */
import { HidGone } from '../../../electron/devices/yubikey-otp/hid/transport.ts';

export class Plug {
  #in = true;
  #reports = 0;
  #outAt: number | null = null;
  #times = 1;
  readonly #losses: (() => void)[] = [];

  get isIn(): boolean {
    return this.#in;
  }

  /** How many times it was plugged in; what was opened before the last time is gone. */
  get times(): number {
    return this.#times;
  }

  /** Reports that went through since it was made, of both interfaces and both directions. */
  get reports(): number {
    return this.#reports;
  }

  /** Lets `more` reports through and comes out instead of the next one. */
  comeOutAfter(more: number): void {
    this.#outAt = this.#reports + more;
  }

  out(): void {
    if (!this.#in) return;
    this.#in = false;
    this.#outAt = null;
    for (const lost of this.#losses) lost();
  }

  /** Puts it (back) in; what was asked by {@link comeOutAfter} is forgotten. */
  in(): void {
    this.#outAt = null;
    if (this.#in) return;
    this.#in = true;
    this.#times += 1;
  }

  /** Runs whenever the key loses its power. */
  onLoss(lost: () => void): void {
    this.#losses.push(lost);
  }

  /** One report goes through. `since` is what {@link times} was when the interface was opened. */
  pass(since: number): void {
    if (this.#outAt !== null && this.#reports >= this.#outAt) this.out();
    this.check(since);
    this.#reports += 1;
  }

  check(since: number): void {
    if (!this.#in || this.#times !== since) throw new HidGone('The software key was pulled.');
  }
}
