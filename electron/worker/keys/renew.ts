/**
 * Locking a share anew, after a reveal, to the very key that opened it.
 *
 * SECURITY: the new envelope takes the old one's place, so the wrong key here would lose the share.
 * A number names the key; where it is hidden, its answer to the old challenge does.
 * @module
 */
import type { RandomSource } from '../../../shared/secret/random.ts';
import { wipingAfter } from '../../../shared/secret/secret.ts';
import { Refusal } from '../../../shared/refusal.ts';
import { requireResponse } from '../../../shared/sharing/key-envelope-seal.ts';
import type { KeyEnvelope } from '../../../shared/sharing/key-envelope.ts';
import { shareName } from '../../../shared/sharing/refusals.ts';
import type { KeyTouch } from '../../../shared/ipc/entry.ts';
import type { PluggedKey } from '../../media/yubikey/keys.ts';
import {
  askSlotOf,
  lockToSlot,
  openWithPassphrase,
  withSlot,
  type OtpEnvelope,
} from '../../media/yubikey/otp.ts';
import { refuseKey } from '../../media/yubikey/refusals.ts';
import type { KeyHolder } from './holder.ts';
import type { OpenedSlot } from './open.ts';

/**
 * Locks the share anew to the same slot, under a challenge that nobody has seen. The old envelope
 * stays until `replace` took the new one: it opens what was read back with another answer of the key.
 * @param replace see media/yubikey/envelope-file.ts
 */
export async function renew(
  holder: KeyHolder,
  old: OtpEnvelope,
  ceremonyId: string,
  { key, passphrase }: OpenedSlot<unknown>,
  wire: Uint8Array,
  options: { readonly random: RandomSource; readonly workFactor?: number },
  replace: (fresh: KeyEnvelope, opens: (readBack: KeyEnvelope) => Promise<void>) => Promise<void>,
): Promise<KeyEnvelope> {
  const [{ slot, touch }] = old.keys;
  const { mode, setId, generation, index, count } = old;
  const facts = { mode, setId, generation, index, count, ceremonyId };
  const own = new OwnKey(holder, old, key);
  const fresh = await passphrase.use((words) =>
    lockToSlot(
      facts,
      wire,
      { serial: key.serial, slot, touch },
      options.random(32),
      words,
      (challenge) => own.answer(challenge),
      options,
    ),
  );
  await replace(fresh, async (readBack) => {
    if (readBack.method !== 'otp-hmac') throw refuseKey('key-unsteady');
    const response = await own.prove(readBack);
    await wipingAfter([response], async () => {
      const opened = await passphrase.use((words) => openAgain(readBack, response, words));
      const same = opened.length === wire.length && opened.every((byte, at) => byte === wire[at]);
      opened.fill(0);
      if (!same) throw refuseKey('key-unsteady');
    });
  });
  return fresh;
}

/** The key that opened the old envelope, found again among those that are plugged in. */
class OwnKey {
  readonly #holder: KeyHolder;
  readonly #old: OtpEnvelope;
  readonly #serial: number | null;
  /** Where it was last: a guess that its answer must confirm, tried once. */
  #path: string | null;

  constructor(holder: KeyHolder, old: OtpEnvelope, { serial, path }: PluggedKey) {
    this.#holder = holder;
    this.#old = old;
    this.#serial = serial;
    this.#path = path;
  }

  /** Its answer to a new challenge. @returns 20 bytes, secret; the caller wipes them */
  answer(challenge: Uint8Array): Promise<Uint8Array> {
    const [{ slot }] = this.#old.keys;
    return this.#withKeys(async (keys) => {
      const named = this.#named(keys);
      if (named !== undefined) return this.#touched([named], 'renew', challenge, () => undefined);
      const one = await this.#pick(keys);
      // Both questions in one opening: no other key can come into this socket in between.
      return withSlot(this.#holder.sockets, one, slot, async (ask) => {
        const { challenge: known } = this.#old.keys[0];
        const before = await this.#holder.touch([one], 'otp-hmac', 'open', (waiting) =>
          ask(known, waiting),
        );
        wipeAfterCheck(before, this.#isRight);
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
   * @throws Refusal `key-unsteady` where no other key can be meant
   */
  prove(readBack: OtpEnvelope): Promise<Uint8Array> {
    const { challenge } = readBack.keys[0];
    return this.#withKeys(async (keys) => {
      const one = this.#named(keys) ?? this.#guessed(keys);
      try {
        return await this.#touched(one === undefined ? keys : [one], 'prove', challenge, (answer) =>
          requireResponse(readBack, 0, answer),
        );
      } catch (error) {
        const differs = error instanceof Refusal && error.code === 'key-response-differs';
        throw differs && keys.length === 1 ? refuseKey('key-unsteady') : error;
      }
    });
  }

  readonly #isRight = (response: Uint8Array): void => {
    requireResponse(this.#old, 0, response);
  };

  #withKeys<T>(work: (keys: readonly [PluggedKey, ...PluggedKey[]]) => Promise<T>): Promise<T> {
    const title = shareName(this.#old.index, this.#old.count);
    const wanted = [{ serial: this.#serial, isBackup: false }];
    return this.#holder.withKeys({ method: 'otp-hmac', purpose: 'open', title, wanted }, work);
  }

  #named(keys: readonly PluggedKey[]): PluggedKey | undefined {
    return keys.find(({ serial }) => serial !== null && serial === this.#serial);
  }

  #guessed(keys: readonly PluggedKey[]): PluggedKey | undefined {
    const path = this.#path;
    this.#path = null;
    return keys.find((key) => key.path === path);
  }

  /** Without its number: where it was, the only one, or the one whose touch opens the old envelope. */
  async #pick(keys: readonly [PluggedKey, ...PluggedKey[]]): Promise<PluggedKey> {
    const guessed = this.#guessed(keys) ?? (keys.length === 1 ? keys[0] : undefined);
    if (guessed !== undefined) return guessed;
    const [{ slot, challenge }] = this.#old.keys;
    const { response, key } = await this.#holder.touch(keys, 'otp-hmac', 'open', (waiting) =>
      askSlotOf(this.#holder.sockets, keys, slot, challenge, waiting, this.#isRight),
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
