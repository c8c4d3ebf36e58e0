/**
 * Which of several keys somebody has in hand.
 * @module
 */
import type { FidoKey } from './fido-key.ts';

export interface TouchOptions {
  readonly signal?: AbortSignal;
  /** They blink now; called once. */
  readonly onTouch?: () => void;
}

/**
 * Asks all of them for a touch at once and returns the one that was touched; the others are told
 * to stop blinking. For keys that look alike, or hide their serial numbers.
 * @throws Refusal what the first one said that failed: fido-not-touched, fido-cancelled, fido-gone, …
 */
export async function touchedFirst(
  keys: readonly FidoKey[],
  { signal, onTouch }: TouchOptions = {},
): Promise<FidoKey> {
  if (keys.length === 0) throw new RangeError('No key to ask.');
  const stop = new AbortController();
  const cancel = (): void => stop.abort();
  if (signal?.aborted === true) cancel();
  signal?.addEventListener('abort', cancel);
  let isBlinking = false;
  const blinks = (): void => {
    if (!isBlinking) onTouch?.();
    isBlinking = true;
  };
  const asked = keys.map((key) =>
    key.select({ signal: stop.signal, onTouch: blinks }).then(() => key),
  );
  try {
    return await Promise.race(asked);
  } finally {
    cancel();
    signal?.removeEventListener('abort', cancel);
    // A key that still blinks would take a later touch for its own.
    await Promise.allSettled(asked);
  }
}
