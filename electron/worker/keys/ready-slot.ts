/**
 * Making a slot of a YubiKey ready to lock one share, over as many tries as it takes: a key that is
 * pulled out, or touched too late, keeps what was put into it.
 * @module
 */
import type { KeyRecord } from '../../../shared/ceremony/types.ts';
import { equalBytes } from '../../../shared/encoding/bytes.ts';
import type { LiveSlot } from '../../../shared/ledger/live-slots.ts';
import type { RandomSource } from '../../../shared/secret/random.ts';
import type { Slot, SlotState } from '../../devices/yubikey-otp/index.ts';
import { requireStill, socketsInUse, type PluggedKey } from '../../media/yubikey/keys.ts';
import { askSlotOf, DEFAULT_SLOT, programSlot, slotsOf } from '../../media/yubikey/otp.ts';
import { refuseKey } from '../../media/yubikey/refusals.ts';
import type { Context } from '../context.ts';
import { shown, type KeyHolder } from './holder.ts';
import type { SlotTries } from './slot-tries.ts';

/** A slot that answers challenges. */
export type ReadySlot = NonNullable<KeyRecord['slot']>;

/** With what an envelope is locked. */
interface SlotAnswer {
  /** 32 bytes, of this envelope only. */
  readonly challenge: Uint8Array;
  /** 20 bytes, secret; the caller wipes them. */
  readonly response: Uint8Array;
  readonly slot: ReadySlot;
}

interface SlotMakerOptions {
  readonly random: RandomSource;
  /** Slots that open shares: never overwritten, whatever is typed. */
  readonly live: readonly LiveSlot[];
  readonly note: Context['note'];
}

export class SlotMaker {
  readonly #holder: KeyHolder;
  readonly #tries: SlotTries;
  readonly #options: SlotMakerOptions;
  /** Paths that were in use before anybody was asked for a key. */
  readonly #leftIn: ReadonlySet<string>;

  private constructor(
    holder: KeyHolder,
    tries: SlotTries,
    options: SlotMakerOptions,
    leftIn: ReadonlySet<string>,
  ) {
    this.#holder = holder;
    this.#tries = tries;
    this.#options = options;
    this.#leftIn = leftIn;
  }

  static async start(
    holder: KeyHolder,
    tries: SlotTries,
    options: SlotMakerOptions,
  ): Promise<SlotMaker> {
    const leftIn = new Set(await socketsInUse(holder.sockets, 'otp-hmac'));
    return new SlotMaker(holder, tries, options, leftIn);
  }

  /**
   * An empty second slot of a key that was put in when the page asked for it is programmed at once:
   * nothing is lost. Where a key was in already, somebody says yes first. A slot in use is used as
   * it is, or programmed anew after its key's number was typed, unless it opens a share that may
   * still be needed.
   */
  async ready(key: PluggedKey): Promise<ReadySlot> {
    const slots = await slotsOf(this.#holder.sockets, key);
    const mine = this.#tries.sent.find(
      ({ serial, slot, wasEmpty }) =>
        wasEmpty && serial !== null && serial === key.serial && slots[slot - 1]?.isConfigured,
    );
    if (mine !== undefined) return { slot: mine.slot, touch: true, programmed: true };
    const isEmpty = slots[DEFAULT_SLOT - 1]?.isConfigured === false;
    if (isEmpty && !this.#leftIn.has(key.path)) return this.#program(key, DEFAULT_SLOT, null);
    return this.#chosen(key, slots);
  }

  /**
   * What the slot answers to a challenge that is asked this once, and whether its secret was drawn
   * here: its answer says that, also where the key was pulled out before it said that it had taken it.
   * @throws Refusal `key-unsteady`
   */
  async answer(key: PluggedKey, { slot, touch, programmed }: ReadySlot): Promise<SlotAnswer> {
    const [challenge] = this.#tries.challenges;
    const { response } = await this.#holder.touch([key], 'otp-hmac', 'lock', (waiting) =>
      askSlotOf(this.#holder.sockets, [key], slot, challenge, waiting),
    );
    const ours = this.#tries.sent.find(
      ({ answers: [expected] }) => expected !== undefined && equalBytes(expected, response),
    );
    this.#tries.spend();
    if (ours !== undefined) {
      const { verifier } = ours;
      return { challenge, response, slot: { slot, touch: true, programmed: true, verifier } };
    }
    if (!programmed) return { challenge, response, slot: { slot, touch, programmed } };
    response.fill(0);
    // What was put into it is not there any more: at the next try its slot is one in use.
    this.#tries.forget(key.serial, slot);
    throw refuseKey('key-unsteady');
  }

  async #program(key: PluggedKey, slot: Slot, typedSerial: number | null): Promise<ReadySlot> {
    const { serial, model } = key;
    const { random, note } = this.#options;
    const wasEmpty = typedSerial === null;
    const found = wasEmpty ? 'empty' : 'configured';
    const answers = await programSlot(
      this.#holder.sockets,
      key,
      { slot, typedSerial },
      this.#tries.challenges,
      random,
      async (drawn) => {
        const { verifier } = drawn;
        await note({
          about: 'slot-programming',
          facts: { serial, model, slot, found, verifier },
        });
        // Of its own: what is returned is wiped.
        const kept = drawn.answers.map((answer) => answer.slice());
        this.#tries.add({ serial, slot, wasEmpty, answers: kept, verifier });
      },
    );
    for (const answer of answers) answer.fill(0);
    return { slot, touch: true, programmed: true };
  }

  /** The share that a slot opens, as far as this laptop knows: `share 2 of 4 of the set 2026 A`. */
  #opens(serial: number | null, slot: Slot): string | null {
    const found = this.#options.live.find(
      (one) => one.serial === serial && (one.slot ?? slot) === slot,
    );
    return found?.opens ?? null;
  }

  /**
   * SECURITY: the number that was typed is what the driver overwrites by, so that is looked up as
   * well: another key may have come into this socket since.
   */
  #requireFree({ serial }: PluggedKey, slot: Slot, typedSerial: number | null): void {
    if (serial === null) throw refuseKey('key-slot-unknown', slot);
    const opens = this.#opens(serial, slot) ?? this.#opens(typedSerial, slot);
    if (opens !== null) throw refuseKey('key-slot-live', slot, opens);
    if (typedSerial === null) throw refuseKey('key-slot-choice', slot);
  }

  #chosen(key: PluggedKey, slots: readonly SlotState[]): Promise<ReadySlot> {
    const { entry, person, sockets } = this.#holder;
    return entry.ask(
      {
        task: 'key-slot',
        person,
        key: shown(key),
        slots: slots.map((one) => ({ ...one, opens: this.#opens(key.serial, one.slot) })),
      },
      async (input) => {
        if (input.type !== 'slot') return undefined;
        const { slot, use, typedSerial } = input;
        const found = slots[slot - 1];
        const isConfigured = found?.isConfigured === true;
        if (use === 'program') {
          if (isConfigured) this.#requireFree(key, slot, typedSerial);
          await requireStill(sockets, key);
          return this.#program(key, slot, isConfigured ? typedSerial : null);
        }
        if (!isConfigured) throw refuseKey('key-slot-empty', slot);
        await requireStill(sockets, key);
        return { slot, touch: found.touch === true, programmed: false };
      },
      // A number that was typed wrongly is typed again; a key that is gone is asked for anew.
      ({ code }) => !/^otp-(serial-differs|refused)$|^key-slot-/.test(code),
    );
  }
}
