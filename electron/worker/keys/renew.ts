/**
 * Locking a share anew, after a reveal, to the very key that opened it. Then what was read back is
 * opened with another answer of the key.
 *
 * SECURITY: the new envelope takes the old one's place, so the wrong key here would lose the share.
 * A number names the key; where it is hidden, its answer to the old challenge does.
 * @module
 */
import { equalBytes } from '../../../shared/encoding/bytes.ts';
import type { RandomSource } from '../../../shared/secret/random.ts';
import { wipingAfter, type Secret } from '../../../shared/secret/secret.ts';
import { Refusal } from '../../../shared/refusal.ts';
import { requireResponse } from '../../../shared/sharing/key-envelope-seal.ts';
import type { KeyEnvelope } from '../../../shared/sharing/key-envelope.ts';
import { shareName } from '../../../shared/sharing/refusals.ts';
import type { KeyTouch } from '../../../shared/ipc/entry.ts';
import { keyTitle, type PluggedKey } from '../../media/yubikey/keys.ts';
import {
  askSlotOf,
  lockToSlot,
  openWithPassphrase,
  withSlot,
  type OtpEnvelope,
} from '../../media/yubikey/otp.ts';
import { refuseKey } from '../../media/yubikey/refusals.ts';
import type { KeyHolder } from './holder.ts';

/** What opened the envelope that is made anew. */
export interface Opener {
  readonly passphrase: Secret;
  readonly key: PluggedKey;
}

export interface LockAnewOptions {
  readonly random: RandomSource;
  /** log2 of scrypt's N; only tests lower it. */
  readonly workFactor?: number;
}

/**
 * Locks the share to the same slot, under a challenge that nobody has seen.
 * @param wire the share; the caller wipes it
 */
export function lockAnew(
  holder: KeyHolder,
  old: OtpEnvelope,
  ceremonyId: string,
  opener: Opener,
  wire: Uint8Array,
  options: LockAnewOptions,
): Promise<OtpEnvelope> {
  return lockWith(new OwnKey(holder, old, opener.key), old, ceremonyId, opener, wire, options);
}

/**
 * One touch, and the new envelope, as it was read back in a later window, gives the share.
 * @throws Refusal `key-unsteady`
 */
export function requireOpens(
  holder: KeyHolder,
  old: OtpEnvelope,
  readBack: KeyEnvelope,
  opener: Opener,
  wire: Uint8Array,
): Promise<void> {
  return proveWith(new OwnKey(holder, old, opener.key), readBack, opener, wire);
}

/**
 * Both in one window. The old envelope stays until `replace` took the new one.
 * @param replace see media/yubikey/envelope-file.ts
 */
export async function renew(
  holder: KeyHolder,
  old: OtpEnvelope,
  ceremonyId: string,
  opener: Opener,
  wire: Uint8Array,
  options: LockAnewOptions,
  replace: (fresh: KeyEnvelope, opens: (readBack: KeyEnvelope) => Promise<void>) => Promise<void>,
): Promise<KeyEnvelope> {
  const own = new OwnKey(holder, old, opener.key);
  const fresh = await lockWith(own, old, ceremonyId, opener, wire, options);
  await replace(fresh, (readBack) => proveWith(own, readBack, opener, wire));
  return fresh;
}

async function lockWith(
  own: OwnKey,
  { mode, setId, generation, index, count, keys: [{ slot, touch }] }: OtpEnvelope,
  ceremonyId: string,
  { key: { serial }, passphrase }: Opener,
  wire: Uint8Array,
  options: LockAnewOptions,
): Promise<OtpEnvelope> {
  const facts = { mode, setId, generation, index, count, ceremonyId };
  return passphrase.use((words) =>
    lockToSlot(
      facts,
      wire,
      { serial, slot, touch },
      options.random(32),
      words,
      (challenge) => own.answer(challenge),
      options,
    ),
  );
}

async function proveWith(
  own: OwnKey,
  readBack: KeyEnvelope,
  { passphrase }: Opener,
  wire: Uint8Array,
): Promise<void> {
  if (readBack.method !== 'otp-hmac') throw refuseKey('key-unsteady');
  const response = await own.prove(readBack);
  await wipingAfter([response], async () => {
    const opened = await passphrase.use((words) => openAgain(readBack, response, words));
    const same = equalBytes(opened, wire);
    opened.fill(0);
    if (!same) throw refuseKey('key-unsteady');
  });
}

/** The key that opened the old envelope, found again among those that are plugged in. */
class OwnKey {
  readonly #holder: KeyHolder;
  readonly #old: OtpEnvelope;
  readonly #own: PluggedKey;
  /** Where it was last: a guess that its answer must confirm, tried once. */
  #path: string | null;

  constructor(holder: KeyHolder, old: OtpEnvelope, own: PluggedKey) {
    this.#holder = holder;
    this.#old = old;
    this.#own = own;
    this.#path = own.path;
  }

  /** Its answer to a new challenge. @returns 20 bytes, secret; the caller wipes them */
  answer(challenge: Uint8Array): Promise<Uint8Array> {
    const [{ slot }] = this.#old.keys;
    return this.#withKeys(async (keys) => {
      const named = this.#named(keys);
      if (named !== undefined) {
        return this.#touched([named], 'renew', challenge, () => undefined);
      }
      const one = await this.#pick(keys);
      // Both questions in one opening: no other key can come into this socket in between.
      return withSlot(this.#holder.sockets, one, slot, async (ask) => {
        const { challenge: known } = this.#old.keys[0];
        const before = await this.#holder.touch([one], 'otp-hmac', 'open', (waiting) =>
          ask(known, waiting),
        );
        await this.#orSwapped([one], () => wipeAfterCheck(before, this.#isRight));
        const response = await this.#holder.touch([one], 'otp-hmac', 'renew', (waiting) =>
          ask(challenge, waiting),
        );
        this.#path = one.path;
        return response;
      });
    });
  }

  /**
   * What opens the new envelope, as it was read back.
   * @returns 20 bytes, secret; the caller wipes them
   * @throws Refusal `key-answers-otherwise` where no other key can be meant
   */
  prove(readBack: OtpEnvelope): Promise<Uint8Array> {
    const { challenge } = readBack.keys[0];
    return this.#withKeys(async (keys) => {
      const one = this.#named(keys) ?? this.#guessed(keys);
      const asked = one === undefined ? keys : ([one] as const);
      return this.#orSwapped(asked, () =>
        this.#touched(asked, 'prove', challenge, (answer) => requireResponse(readBack, 0, answer)),
      );
    });
  }

  readonly #isRight = (response: Uint8Array): void => {
    requireResponse(this.#old, 0, response);
  };

  #withKeys<T>(work: (keys: readonly [PluggedKey, ...PluggedKey[]]) => Promise<T>): Promise<T> {
    const title = shareName(this.#old.index, this.#old.count);
    const wanted = [{ serial: this.#own.serial, isBackup: false }];
    return this.#holder.withKeys({ method: 'otp-hmac', purpose: 'open', title, wanted }, work);
  }

  #named(keys: readonly PluggedKey[]): PluggedKey | undefined {
    return keys.find(({ serial }) => serial !== null && serial === this.#own.serial);
  }

  #guessed(keys: readonly PluggedKey[]): PluggedKey | undefined {
    const path = this.#path;
    this.#path = null;
    return keys.find((key) => key.path === path);
  }

  /**
   * A wrong answer here never means that the share is lost: it was opened a moment ago. Which key is
   * in and which is wanted is said instead.
   * @throws Refusal `key-answers-otherwise`, `key-swapped`
   */
  async #orSwapped<T>(keys: readonly PluggedKey[], work: () => T | Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'key-response-differs') throw error;
      const title = shareName(this.#old.index, this.#old.count);
      const own = this.#named(keys);
      if (own !== undefined) throw refuseKey('key-answers-otherwise', keyTitle(own), title);
      const found = keys.map(shownTitle).join(', ');
      throw refuseKey('key-swapped', found, shownTitle(this.#own), title);
    }
  }

  /** Without its number: where it was, the only one, or the one whose touch opens the old envelope. */
  async #pick(keys: readonly [PluggedKey, ...PluggedKey[]]): Promise<PluggedKey> {
    const guessed = this.#guessed(keys) ?? (keys.length === 1 ? keys[0] : undefined);
    if (guessed !== undefined) return guessed;
    const [{ slot, challenge }] = this.#old.keys;
    const { response, key } = await this.#orSwapped(keys, () =>
      this.#holder.touch(keys, 'otp-hmac', 'open', (waiting) =>
        askSlotOf(this.#holder.sockets, keys, slot, challenge, waiting, this.#isRight),
      ),
    );
    response.fill(0);
    return key;
  }

  async #touched(
    keys: readonly PluggedKey[],
    does: KeyTouch,
    challenge: Uint8Array,
    check: (response: Uint8Array) => void,
  ): Promise<Uint8Array> {
    const [{ slot }] = this.#old.keys;
    const { sockets } = this.#holder;
    const { response } = await this.#holder.touch(keys, 'otp-hmac', does, (waiting) =>
      askSlotOf(sockets, keys, slot, challenge, waiting, check),
    );
    return response;
  }
}

/** `YubiKey 5C NFC 12345678`, `YubiKey 5C NFC (number hidden)` */
function shownTitle(key: PluggedKey): string {
  return key.serial === null ? `${keyTitle(key)} (number hidden)` : keyTitle(key);
}

function wipeAfterCheck(response: Uint8Array, check: (response: Uint8Array) => void): void {
  try {
    check(response);
  } finally {
    response.fill(0);
  }
}

async function openAgain(
  envelope: OtpEnvelope,
  response: Uint8Array,
  words: Uint8Array,
): Promise<Uint8Array> {
  try {
    return await openWithPassphrase(envelope, response, words);
  } catch (error) {
    // The same key, asked the same: nothing that a person can mend.
    if (error instanceof Refusal) throw refuseKey('key-unsteady');
    throw error;
  }
}
