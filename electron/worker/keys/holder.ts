/**
 * Whoever holds a YubiKey at an entry window: which key is plugged in, which is asked for, when it
 * is touched. Everything that can be seen is seen and not asked; what the key will do stands on the
 * screen before it blinks.
 * @module
 */
import type { KeyShown, KeyTask, KeyTouch, KeyWanted } from '../../../shared/ipc/entry.ts';
import { Refusal } from '../../../shared/refusal.ts';
import type { KeyMethod } from '../../../shared/sharing/key-envelope.ts';
import { withFidoKey } from '../../media/yubikey/keys.ts';
import {
  keyTitle,
  pluggedKeys,
  socketsInUse,
  type KeySockets,
  type PluggedKey,
} from '../../media/yubikey/keys.ts';
import { refuseKey } from '../../media/yubikey/refusals.ts';
import type { Waiting } from '../../devices/yubikey-otp/index.ts';
import { Cancelled, type EntrySession } from '../entry.ts';
import type { KeyOwners } from './owners.ts';

/** Seconds that a key waits for a finger. */
const PATIENCE = { 'otp-hmac': 15, fido2: 30 } as const satisfies Record<KeyMethod, number>;

/** After these the person does the same again: nothing was lost, and no PIN was spent. */
const ONCE_MORE =
  /^(otp|fido)-(not-touched|gone|busy|silent|denied)$|^otp-(changed|not-plugged-in)$|^key-(exchanged|response-differs|swapped|taken)$|^fido-(wrong-key|pin-replug)$/;

/** What the window says between an answer and the next task. */
export const KEY_ANSWERED = 'The YubiKey has answered';

type KeyInState = Extract<KeyTask, { task: 'key-in' }>['state'];

/** For what a key is asked. */
export interface KeyAsked {
  readonly method: KeyMethod;
  readonly purpose: Extract<KeyTask, { task: 'key-in' }>['purpose'];
  /** `share 2 of 4` */
  readonly title: string;
  /** The keys that will do; empty: any. A key that hides its number may be any of them. */
  readonly wanted: readonly KeyWanted[];
  /** Keys that will not do, by their numbers: two shares on one key are in one hand. */
  readonly not?: ReadonlySet<number>;
}

export function shown({ model, serial, firmware }: PluggedKey): KeyShown {
  return { model, serial, firmware };
}

export class KeyHolder {
  readonly entry: EntrySession;
  readonly sockets: KeySockets;
  readonly person: string;
  readonly owners: KeyOwners;

  /** @param owners for naming a wrong key: whose it is, as far as that is known */
  constructor(entry: EntrySession, sockets: KeySockets, person: string, owners: KeyOwners) {
    this.entry = entry;
    this.sockets = sockets;
    this.person = person;
    this.owners = owners;
  }

  /**
   * Does something with the key that is asked for. What a person can mend (another key, no touch,
   * pulled out) is said in the window and tried again; everything else ends the command.
   * @param work gets more than one key only where their numbers are hidden and a touch will tell
   */
  async withKeys<T>(
    asked: KeyAsked,
    work: (keys: readonly [PluggedKey, ...PluggedKey[]]) => Promise<T>,
  ): Promise<T> {
    for (;;) {
      try {
        return await work(await this.#find(asked));
      } catch (error) {
        if (this.entry.signal.aborted) throw new Cancelled('the entry window is gone');
        if (!(error instanceof Refusal) || !ONCE_MORE.test(error.code)) throw error;
        // A key that was in already may be refused before there is a page to try again from.
        if (!this.entry.hasShown) await this.#askFor(asked, [], 'none');
        await this.entry.again(error);
      }
    }
  }

  /** Says what the touch does, then lets the key blink. */
  async touch<T>(
    keys: readonly PluggedKey[],
    method: KeyMethod,
    does: KeyTouch,
    work: (waiting: Waiting) => Promise<T>,
  ): Promise<T> {
    await this.entry.show({
      task: 'touch',
      person: this.person,
      keys: keys.map(shown),
      does,
      seconds: PATIENCE[method],
    });
    const answer = await work({
      onTouch: () => this.entry.blinking(),
      signal: this.entry.signal,
    });
    this.entry.busy(KEY_ANSWERED);
    return answer;
  }

  /** Waits until every key of this method was taken out; the next look finds it put in again. */
  async replugged(method: KeyMethod, title: string): Promise<void> {
    const before = new Set(await socketsInUse(this.sockets, method));
    let state: Extract<KeyTask, { task: 'key-replug' }>['state'] | null = null;
    await this.entry.watch(async () => {
      const now = await socketsInUse(this.sockets, method);
      // A key that came back before this look may have its path again, and is asked for once more.
      if (!now.some((path) => before.has(path))) return { out: true };
      if (state === null) {
        state = 'still-in';
        await this.entry.show({ task: 'key-replug', person: this.person, title, state });
      }
      return undefined;
    });
  }

  /** `YubiKey 5C NFC 12345678 of custodian 2` */
  #named(key: PluggedKey): string {
    const owner = key.serial === null ? undefined : this.owners.get(key.serial);
    return owner === undefined ? keyTitle(key) : `${keyTitle(key)} of ${owner}`;
  }

  #askFor(
    { method, purpose, title, wanted }: KeyAsked,
    found: readonly KeyShown[],
    state: KeyInState,
  ): Promise<void> {
    const { person } = this;
    const task = 'key-in';
    return this.entry.show({ task, person, method, purpose, title, wanted, found, state });
  }

  /** Shows what is missing until the right key is there. */
  async #find(asked: KeyAsked): Promise<readonly [PluggedKey, ...PluggedKey[]]> {
    let sockets: string | null = null;
    let page = '';
    let choosable: readonly PluggedKey[] = [];
    return this.entry.watch(
      async () => {
        const paths = await socketsInUse(this.sockets, asked.method);
        if (paths.join('\n') === sockets) return undefined;
        const keys = await pluggedKeys(this.sockets, asked.method);
        // One that was busy, or pulled out and put in again, is looked at again.
        sockets = keys.length === paths.length ? paths.join('\n') : null;
        choosable = [];
        const free = keys.filter(
          ({ serial }) => serial === null || asked.not?.has(serial) !== true,
        );
        const [first, ...others] = candidates(free, asked.wanted);
        if (first !== undefined && others.length === 0) return [first] as const;
        const several = [first, ...others].flatMap((key) => key ?? []);
        // Where numbers are hidden, the slot that is touched answers, and answers rightly.
        if (first !== undefined && asked.method === 'otp-hmac' && asked.purpose === 'open') {
          return [first, ...others] as const;
        }
        const state = stateOf(keys, several, asked);
        if (state === 'choose') choosable = several;
        const found = (state === 'choose' ? several : keys).map(shown);
        const now = JSON.stringify([state, found]);
        if (now === page) return undefined;
        page = now;
        await this.#askFor(asked, found, state);
        if (state === 'other') {
          const { wanted } = asked;
          const titles = keys.map((key) => this.#named(key)).join(' and the ');
          this.entry.refused(
            wanted.length === 0
              ? refuseKey('key-taken', titles)
              : refuseKey('key-other', titles, wantedTitle(wanted)),
          );
        }
        return state === 'touch' ? [await this.#touched(several)] : undefined;
      },
      (input) => {
        if (input.type !== 'choose-key') return undefined;
        const chosen = choosable.find(({ serial }) => serial === input.serial);
        return chosen === undefined ? undefined : ([chosen] as const);
      },
    );
  }

  /** Of several FIDO keys the one that is touched; the others stop blinking. */
  async #touched(keys: readonly PluggedKey[]): Promise<PluggedKey> {
    return this.touch(keys, 'fido2', 'select', async ({ onTouch, signal }) => {
      const others = new AbortController();
      const stop = () => others.abort();
      signal?.addEventListener('abort', stop);
      const asked = keys.map((key) =>
        withFidoKey(this.sockets, key.path, async (open) => {
          await open.select({ onTouch, signal: others.signal });
          return key;
        }),
      );
      try {
        const first = await Promise.any(asked);
        stop();
        await Promise.allSettled(asked);
        return first;
      } catch (error) {
        if (error instanceof AggregateError) throw error.errors[0];
        throw error;
      } finally {
        signal?.removeEventListener('abort', stop);
      }
    });
  }
}

/** Which of the plugged keys may be the one: by number, or because it hides it. */
function candidates(
  keys: readonly PluggedKey[],
  wanted: readonly KeyWanted[],
): readonly PluggedKey[] {
  if (wanted.length === 0) return keys;
  const named = keys.filter(
    ({ serial }) => serial !== null && wanted.some((one) => one.serial === serial),
  );
  if (named.length > 0) return named;
  // Locked when its number was hidden: any key may be it, and the answer decides.
  if (wanted.some(({ serial }) => serial === null)) return keys;
  return keys.filter(({ serial }) => serial === null);
}

function stateOf(
  keys: readonly PluggedKey[],
  several: readonly PluggedKey[],
  { method }: KeyAsked,
): KeyInState {
  if (keys.length === 0) return 'none';
  if (several.length === 0) return 'other';
  if (method === 'fido2') return 'touch';
  return several.every(({ serial }) => serial !== null) ? 'choose' : 'leave-one';
}

function wantedTitle(wanted: readonly KeyWanted[]): string {
  return wanted
    .map(({ serial, isBackup }) => `${isBackup ? 'backup key' : 'YubiKey'} ${serial ?? ''}`.trim())
    .join(' or the ');
}
