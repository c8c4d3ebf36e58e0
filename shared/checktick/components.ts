/**
 * The platform master key (PMK) is `vault component XOR custodian component`.
 * @module
 */
import { refuse } from './refusals.ts';

/** The lengths, in bytes, that a component or a PMK can have (CheckTick: 32 or 64). */
const COMPONENT_BYTES = { least: 16, most: 64 } as const;

/** @throws Refusal `component-length`. */
export function checkComponentLength(what: string, bytes: Uint8Array): void {
  if (bytes.length < COMPONENT_BYTES.least || bytes.length > COMPONENT_BYTES.most) {
    throw refuse('component-length', what, bytes.length);
  }
}

/**
 * `a XOR b`: two components give the PMK; the PMK and one component give the other.
 *
 * @param a 16 to 64 bytes.
 * @param b As many bytes as `a`.
 * @returns As many bytes, new; the caller wipes them.
 * @throws Refusal `components-differ` or `component-length`.
 */
export function xorComponents(a: Uint8Array, b: Uint8Array): Uint8Array {
  // SECURITY: CheckTick zips the two and would silently cut the key to the shorter one.
  if (a.length !== b.length) throw refuse('components-differ', a.length, b.length);
  checkComponentLength('component', a);
  return Uint8Array.from(a, (byte, at) => byte ^ (b[at] ?? 0));
}
