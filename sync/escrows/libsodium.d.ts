/** What suite.ts uses of it. The package has no types of its own. */
declare module 'libsodium' {
  /** libsodium as WebAssembly, with C's names behind an underscore; numbers are addresses in its memory. */
  export interface Libsodium {
    /** Its memory. It is another array after the memory has grown. */
    readonly HEAPU8: Uint8Array;
    _malloc(this: void, bytes: number): number;
    /** `crypto_kem_xwing_enc_deterministic`: 0, or -1 where the public key is refused. */
    _crypto_kem_xwing_enc_deterministic(
      this: void,
      ciphertext: number,
      sharedSecret: number,
      publicKey: number,
      seed: number,
    ): number;
    _sodium_init(this: void): number;
  }
  /** @param settings `getRandomValue`: where its random numbers of 32 bits come from */
  export default function libsodium(settings: { getRandomValue(): number }): Promise<Libsodium>;
}
