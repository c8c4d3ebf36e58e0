/**
 * The finger of whoever holds a software key. A key asks it again and again while it blinks; both
 * interfaces of one key ask the same finger.
 * @module
 */

export class Finger {
  #hesitation: number | null = 200;
  #pressed = -1;

  /** Touches so many milliseconds after the key began to blink, every time. */
  hesitates(milliseconds: number): void {
    this.#hesitation = milliseconds;
  }

  /** Touches only when told to by {@link press}. */
  waits(): void {
    this.#hesitation = null;
  }

  /** Touches once, at this moment of the key's clock (milliseconds). */
  press(at: number): void {
    this.#pressed = at;
  }

  /**
   * Whether a key that has blinked since `since` was touched by `now`, both milliseconds of its
   * clock. A touch from before it blinked does not count, and each press counts once.
   */
  touched(since: number, now: number): boolean {
    if (this.#hesitation !== null && now - since >= this.#hesitation) return true;
    if (this.#pressed < since || this.#pressed > now) return false;
    this.#pressed = -1;
    return true;
  }
}
