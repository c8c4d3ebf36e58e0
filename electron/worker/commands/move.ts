/**
 * How survey keys move to another key version, a file at a time.
 * @module
 */
import type { Sealed } from '../../../shared/sealing/hpke.ts';
import type { MovedFile } from '../../../shared/bundle/moved-file.ts';
import type { HalfPlace } from '../../../shared/bundle/organisation-half.ts';
import type { MovePackage } from '../../../shared/bundle/package.ts';
import type { MovePace, StayingKey } from '../../../shared/ceremony/types.ts';
import type { Move } from '../../../shared/escrow/move.ts';
import type { Manifest } from '../../../shared/sharing/manifest.ts';

export interface MoveCommands {
  /** For about so many seconds, on every core, with keys that were made for it and open nothing. */
  'measure-move': { in: { seconds: number }; out: MovePace };
  /**
   * Restores the platform key from the shares that were accepted, proves it, and wipes it. With `half`
   * its half for organisations is sealed to that escrow key.
   */
  'prove-move': {
    in: {
      nonce: string;
      manifest: Manifest;
      half: { place: HalfPlace; escrowKey: string } | null;
    };
    out: { indexes: readonly number[]; organisationHalf: Sealed | null };
  };
  /**
   * One file of survey keys, which must be the one that the package names: opened with the ticket's
   * key, its survey keys with the platform key, which is restored for it and wiped; what comes back is
   * sealed to sync, written beside it and read from the stick.
   */
  'move-file': {
    in: {
      body: MovePackage;
      manifest: Manifest;
      move: Move;
      /** From 0 on. */
      at: number;
      /** Below the volume's folder. */
      path: string;
      volumeId: string;
      rehearsalFolder: string | null;
    };
    out: { file: MovedFile; staying: readonly StayingKey[]; ms: number };
  };
  /** Wipes what opens files and survey keys; the shares stay, and sign. */
  'end-move': { in: { nonce: string }; out: null };
}
