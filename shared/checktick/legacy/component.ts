/**
 * A component that legacy shares or an old file gave, and how sure it is. The type keeps a result
 * that nobody proved from being used as one that was: what needs a proved component takes
 * {@link ProvedComponent}, and only `proof.ts` makes one.
 * @module
 */
import { Secret } from '../../secret/secret.ts';
import { trimLegacySecret } from './combine.ts';

/**
 * What speaks for an unproved component.
 * - `alone`: nothing. Exactly as many shares as are needed, or an unsplit component.
 * - `agreed`: more shares than are needed, and they agree. No digit is wrong, but nothing says that
 *   it belongs to the vault component of this key version.
 */
export type Standing = 'alone' | 'agreed';

/** Nothing may be built on it but the attempt to prove it. */
export class UnprovedComponent {
  readonly proved = false;
  readonly standing: Standing;
  readonly #secret: Secret;

  /** Takes ownership of `bytes`: 64 of legacy shares, or an unsplit component of 32 or 64. */
  constructor(bytes: Uint8Array, standing: Standing) {
    this.#secret = new Secret(bytes);
    this.standing = standing;
  }

  /**
   * The component in the length of the other half of its key.
   * @returns `length` bytes, still unproved; the caller wipes them.
   * @throws Refusal `legacy-padding`, `component-length`.
   */
  unprovedBytes(length: number): Uint8Array {
    return this.#secret.use((bytes) => trimLegacySecret(bytes, length));
  }

  /** Another one with the same bytes; each is wiped for itself. */
  copy(): UnprovedComponent {
    return new UnprovedComponent(
      this.#secret.use((bytes) => bytes.slice()),
      this.standing,
    );
  }

  wipe(): void {
    this.#secret.wipe();
  }
}
