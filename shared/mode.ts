/**
 * The two worlds that never accept anything of each other: the mode is in every label,
 * payload type, HPKE info and audience.
 * @module
 */
export const MODES = ['production', 'rehearsal'] as const;
export type Mode = (typeof MODES)[number];

/** One byte on the wire: production 0x50 (`P`), rehearsal 0x52 (`R`). */
export function modeByte(mode: Mode): number {
  return mode === 'production' ? 0x50 : 0x52;
}
