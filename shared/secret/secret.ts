/**
 * A secret that redacts itself and can be wiped.
 *
 * Zeroing is best effort: the JavaScript engine may have copied the bytes before. Strings and
 * bigints cannot be wiped at all, so a secret never becomes one.
 * @module
 */
export class Secret {
  #bytes: Uint8Array | null;

  /** Takes ownership of `bytes`: the caller must not keep or change them. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** How many bytes, 0 once wiped. */
  get length(): number {
    return this.#bytes?.length ?? 0;
  }

  get wiped(): boolean {
    return this.#bytes === null;
  }

  /** Lends the bytes for the call. They must not outlive it. Throws when already wiped. */
  use<T>(borrow: (bytes: Uint8Array) => T): T {
    if (this.#bytes === null) throw new Error('This secret was wiped.');
    return borrow(this.#bytes);
  }

  wipe(): void {
    this.#bytes?.fill(0);
    this.#bytes = null;
  }

  toJSON(): string {
    return '[redacted]';
  }

  toString(): string {
    return '[redacted]';
  }

  // SECURITY: util.inspect and console print a class's fields; this answers them.
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[redacted]';
  }
}

/** Runs `work` and wipes every given array afterwards, whatever happened. */
export async function wipingAfter<T>(
  secrets: readonly Uint8Array[],
  work: () => Promise<T> | T,
): Promise<T> {
  try {
    return await work();
  } finally {
    for (const secret of secrets) secret.fill(0);
  }
}
