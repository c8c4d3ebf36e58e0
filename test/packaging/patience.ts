/**
 * Nothing of these checks waits for ever: every wait has an end, and says what it waited for.
 * @module
 */

/** Milliseconds that a step may take which is done at once on an ordinary machine. */
export const PATIENCE = 60_000;

/** @throws Error `Waited 60 s for …` */
export async function within<T>(
  milliseconds: number,
  what: string,
  work: Promise<T>,
  more: () => string = () => '',
): Promise<T> {
  let clock: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    clock = setTimeout(
      () => reject(new Error(`Waited ${milliseconds / 1000} s for ${what}.${more()}`)),
      milliseconds,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(clock);
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
