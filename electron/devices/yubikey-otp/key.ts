/**
 * A YubiKey whose OTP interface is open.
 * @module
 */
import { filledChallenge } from './challenge.ts';
import { isWhole } from './crc.ts';
import type { Answer, Command, Line, Waiting } from './line.ts';
import { hasSmartCard, isAtLeast, modelName, parseDeviceInfo, type Firmware } from './models.ts';
import { otpError, type OtpError } from './errors.ts';
import type { Status } from './reports.ts';
import { ACCESS_CODE, emptyConfig, hmacConfig, SECRET, writePayload } from './slot-config.ts';
import { hasChanged, isSame, slotState, type Slot, type SlotState } from './slots.ts';

const READ_SERIAL = 0x10;
const WRITE_SCAN_MAP = 0x12;
const READ_DEVICE_INFO = 0x13;
const HMAC = { 1: 0x30, 2: 0x38 } as const;
const CONFIGURE = { 1: 0x01, 2: 0x03 } as const;

/** Bytes of an HMAC-SHA1 response, and of a serial number. */
const RESPONSE = 20;
const SERIAL = 4;
const CHECKSUM = 2;

/** For some 3 s after its smart card was used a key refuses everything: 8 tries, 500 ms apart. */
const RECLAIM = { tries: 8, pause: 500 };

export interface KeyInfo {
  /** The number printed on the key; null when the key hides it. */
  readonly serial: number | null;
  readonly firmware: Firmware;
  /** E.g. `YubiKey 5C NFC`. */
  readonly model: string;
}

export interface ProgramOptions {
  /** Whether each use of the slot asks for a touch. */
  readonly touch: boolean;
  /** 6 bytes that whoever changes the slot later must know; without them anybody may. */
  readonly accessCode?: Uint8Array;
  /**
   * Only for a slot that is in use: what it holds is destroyed. The serial number is the one that
   * a person typed, and is compared with the key's own.
   */
  readonly overwrite?: {
    readonly typedSerial: number;
    /** 6 bytes, when the slot is protected by them. */
    readonly accessCode?: Uint8Array;
  };
  /** Heeded until the write begins. */
  readonly signal?: AbortSignal;
}

export interface EraseOptions {
  /** The serial number that a person typed; it is compared with the key's own. */
  readonly typedSerial: number;
  /** 6 bytes, when the slot is protected by them. */
  readonly accessCode?: Uint8Array;
  /** Heeded until the write begins. */
  readonly signal?: AbortSignal;
}

export class OtpKey {
  readonly #line: Line;
  readonly #productId: number;
  #turn: Promise<unknown> = Promise.resolve();

  /** Use `open` of index.ts. */
  constructor(line: Line, productId: number) {
    this.#line = line;
    this.#productId = productId;
  }

  /** Frees the interface; safe to call twice, and after the key is gone. */
  close(): Promise<void> {
    return this.#line.close();
  }

  /** The number printed on the key; null when the key hides it. @throws OtpError */
  serial(): Promise<number | null> {
    return this.#inTurn(() => this.#serial());
  }

  /** Which key this is. @throws OtpError */
  info(): Promise<KeyInfo> {
    return this.#inTurn(() => this.#info());
  }

  /** Both slots, as the key tells them now. @throws OtpError */
  slots(): Promise<readonly [SlotState, SlotState]> {
    return this.#inTurn(async () => {
      const status = await this.#status();
      return [slotState(status, 1), slotState(status, 2)];
    });
  }

  /**
   * HMAC-SHA1 of a challenge under the slot's secret. See challenge.ts for slots of fixed length.
   * @param challenge 1 to 63 bytes
   * @returns 20 bytes: a secret, to be wiped
   * @throws OtpError
   */
  challengeResponse(slot: Slot, challenge: Uint8Array, waiting: Waiting = {}): Promise<Uint8Array> {
    const payload = filledChallenge(challenge);
    return this.#inTurn(async () => {
      const answer = await this.#patiently({
        ...waiting,
        code: HMAC[slot],
        payload,
        guard: (status) => {
          this.#checkFirmware(status);
          if (!slotState(status, slot).isConfigured) throw otpError('otp-slot-empty', slot);
        },
      });
      if (answer.kind === 'status') throw await this.#refusal(slot, answer.after);
      return checked(answer.bytes, RESPONSE);
    });
  }

  /**
   * Puts an HMAC-SHA1 secret into a slot. A slot in use is refused unless `overwrite` says which
   * key was meant. When this returns, the key has counted a change and shows the slot as asked;
   * ask it for a response before relying on it.
   * @param secret 20 bytes; wiping them stays the caller's
   * @throws OtpError
   */
  program(slot: Slot, secret: Uint8Array, options: ProgramOptions): Promise<void> {
    const { touch, accessCode, overwrite, signal } = options;
    checkSize(secret, SECRET);
    checkSize(accessCode, ACCESS_CODE);
    checkSize(overwrite?.accessCode, ACCESS_CODE);
    return this.#inTurn(async () => {
      const seen = await this.#status();
      this.#checkFirmware(seen);
      if (overwrite !== undefined) await this.#checkSerial(overwrite.typedSerial);
      else if (slotState(seen, slot).isConfigured) throw otpError('otp-slot-configured', slot);
      const config = hmacConfig(secret, touch, accessCode);
      const payload = writePayload(config, overwrite?.accessCode);
      const after = await this.#write(slot, payload, seen, signal);
      const status = await this.#line.status();
      const now = slotState(status, slot);
      const isAsAsked = now.isConfigured && (now.touch === null || now.touch === touch);
      if (!isSame(status, after) || !isAsAsked) {
        throw otpError('otp-protocol', `It does not show slot ${slot} as it was written.`);
      }
    });
  }

  /**
   * Empties a slot: when this returns, the key was read again and shows it empty. A slot that is
   * empty already is left alone.
   * @throws OtpError
   */
  erase(slot: Slot, options: EraseOptions): Promise<void> {
    const { typedSerial, accessCode, signal } = options;
    checkSize(accessCode, ACCESS_CODE);
    return this.#inTurn(async () => {
      const seen = await this.#status();
      await this.#checkSerial(typedSerial);
      if (slotState(seen, slot).isConfigured) {
        await this.#write(slot, writePayload(emptyConfig(), accessCode), seen, signal);
      }
      if (slotState(await this.#line.status(), slot).isConfigured) {
        throw otpError('otp-protocol', `It still shows slot ${slot} as configured.`);
      }
    });
  }

  /** Calls come one after the other, also when they are made at once. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** Asks again for as long as a smart card that was just used may be in the way. */
  async #patiently(command: Command): Promise<Answer> {
    const { tries } = hasSmartCard(this.#productId) ? RECLAIM : { tries: 1 };
    for (let left = tries; ; left -= 1) {
      const answer = await this.#line.ask(command);
      if (answer.kind === 'response' || hasChanged(answer.before, answer.after)) return answer;
      if (left <= 1) return answer;
      await this.#line.sleep(RECLAIM.pause, command.signal);
    }
  }

  /**
   * Why the key did not do what it was asked. Its account of itself is refused to nobody, except while
   * its smart card is in use, which says nothing of the slot.
   */
  async #refusal(slot: Slot, { firmware }: Status): Promise<OtpError> {
    if (hasSmartCard(this.#productId) && isAtLeast(firmware, [4, 1])) {
      const account = await this.#line.ask({ code: READ_DEVICE_INFO, payload: new Uint8Array() });
      if (account.kind === 'status') return otpError('otp-busy');
    }
    return otpError('otp-refused', slot);
  }

  /** A NEO shows an old status until its OTP applet was spoken to: an invalid scan map does that. */
  async #status(): Promise<Status> {
    const status = await this.#line.status();
    if (status.firmware[0] !== 3) return status;
    await this.#line.ask({ code: WRITE_SCAN_MAP, payload: new Uint8Array(51).fill(0x63) });
    return this.#line.status();
  }

  async #serial(): Promise<number | null> {
    const answer = await this.#patiently({ code: READ_SERIAL, payload: new Uint8Array() });
    if (answer.kind === 'status') return null;
    const bytes = checked(answer.bytes, SERIAL);
    const serial = new DataView(bytes.buffer).getUint32(0);
    return serial === 0 ? null : serial;
  }

  async #info(): Promise<KeyInfo> {
    const { firmware } = await this.#line.status();
    const answer = isAtLeast(firmware, [4, 1])
      ? await this.#patiently({ code: READ_DEVICE_INFO, payload: new Uint8Array() })
      : undefined;
    if (answer?.kind !== 'response') {
      return { serial: await this.#serial(), firmware, model: modelName(firmware, null) };
    }
    const account = parseDeviceInfo(answer.bytes);
    if (account === null) throw otpError('otp-protocol', 'Its device info is damaged.');
    return { serial: account.serial, firmware, model: modelName(firmware, account) };
  }

  async #checkSerial(typed: number): Promise<void> {
    const serial = (await this.#serial()) ?? (await this.#info()).serial;
    if (serial === null) throw otpError('otp-serial-hidden');
    if (serial !== typed) throw otpError('otp-serial-differs', typed);
  }

  #checkFirmware({ firmware }: Status): void {
    if (!isAtLeast(firmware, [2, 2])) throw otpError('otp-too-old', firmware.join('.'));
  }

  /** Writes only if the slots are still as they were `seen`. Wipes `payload`. */
  async #write(
    slot: Slot,
    payload: Uint8Array,
    seen: Status,
    signal?: AbortSignal,
  ): Promise<Status> {
    try {
      if (signal?.aborted === true) throw otpError('otp-cancelled');
      const answer = await this.#patiently({
        code: CONFIGURE[slot],
        payload,
        guard: (before) => {
          if (!isSame(before, seen)) throw otpError('otp-changed', slot);
        },
      });
      if (answer.kind === 'response') throw otpError('otp-refused', slot);
      if (!hasChanged(answer.before, answer.after)) throw await this.#refusal(slot, answer.after);
      return answer.after;
    } finally {
      payload.fill(0);
    }
  }
}

function checkSize(bytes: Uint8Array | undefined, size: number): void {
  if (bytes === undefined || bytes.length === size) return;
  throw new RangeError(`${size} bytes are wanted, not ${bytes.length}.`);
}

/** The first bytes of a response, when the checksum behind them fits; the rest is wiped. */
function checked(response: Uint8Array, bytes: number): Uint8Array {
  try {
    const end = bytes + CHECKSUM;
    if (response.length < end || !isWhole(response.subarray(0, end))) {
      throw otpError('otp-protocol', 'The checksum of its response is wrong.');
    }
    return response.slice(0, bytes);
  } finally {
    response.fill(0);
  }
}
