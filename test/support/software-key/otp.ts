/**
 * The OTP interface of a software key, report by report: frames in, status and responses out.
 * Written from the protocol's description, with none of the driver's code.
 * @module
 */
import type { Machine, SoftwareKey } from './key.ts';
import { checksum, sealed, SlotMemory } from './otp-slots.ts';

const REPORT_DATA = 7;
const LAST = 9;
const COMMAND_AT = 64;
/** How long the key blinks, in milliseconds. */
const TOUCH = 15_000;

/** What the key is doing between two reports. Times are milliseconds of its clock. */
type Doing =
  | { readonly what: 'nothing' }
  | { readonly what: 'answering'; readonly bytes: Uint8Array; place: number }
  /** Nobody touches a key that was not yet seen to blink. */
  | {
      readonly what: 'blinking';
      readonly since: number;
      isSeen: boolean;
      readonly finish: () => Uint8Array;
    }
  | { readonly what: 'working'; readonly until: number; readonly finish: () => void };

export interface Pace {
  /** Milliseconds for which the busy flag stays after each report that is not the last. */
  readonly report: number;
  /** Milliseconds that a change of a slot takes; pulled out before, nothing is changed. */
  readonly write: number;
  /** Milliseconds that a response takes. */
  readonly response: number;
}

export class OtpMachine implements Machine {
  readonly usagePage = 0x0001;
  readonly usage = 0x0006;
  readonly memory = new SlotMemory();
  pace: Pace = { report: 0, write: 0, response: 0 };
  /** Whether slot 10 and the device info keep the serial number to themselves. */
  hidesSerial = false;
  readonly #key: SoftwareKey;
  readonly #frame = new Uint8Array(70);
  #next = 0;
  #busyUntil = 0;
  #smartCardUntil = 0;
  #doing: Doing = { what: 'nothing' };
  /** What a NEO shows: how its slots were when a command was last heard here. */
  #shown = { changes: 0, bits: 0 };

  constructor(key: SoftwareKey) {
    this.#key = key;
  }

  /** The smart card was used: for so many milliseconds every command is refused. */
  useSmartCard(milliseconds: number): void {
    this.#smartCardUntil = this.#now() + milliseconds;
  }

  reset(): void {
    this.#doing = { what: 'nothing' };
    this.#forgetFrame();
  }

  sendFeature(report: Uint8Array): void {
    this.#settle();
    const flags = report[REPORT_DATA] ?? 0;
    const place = flags & 0x1f;
    if ((flags & 0x80) === 0) return;
    if (place > LAST) {
      // A write that has begun is not taken back.
      if (this.#doing.what !== 'working') this.reset();
      return;
    }
    if (this.#doing.what === 'working' || this.#now() < this.#busyUntil) return;
    this.#doing = { what: 'nothing' };
    if (place === 0) this.#forgetFrame();
    else if (this.#next === 0 || place < this.#next) {
      this.#forgetFrame();
      return;
    }
    this.#frame.set(report.subarray(0, REPORT_DATA), place * REPORT_DATA);
    this.#next = place + 1;
    if (place < LAST) this.#busyUntil = this.#now() + this.pace.report;
    else this.#run();
  }

  getFeature(): Uint8Array {
    this.#settle();
    const doing = this.#doing;
    if (doing.what === 'answering') {
      const from = doing.place * REPORT_DATA;
      const data = new Uint8Array(8);
      if (from >= doing.bytes.length) {
        data[REPORT_DATA] = 0x40;
        return data;
      }
      data.set(doing.bytes.subarray(from, from + REPORT_DATA));
      data[REPORT_DATA] = 0x40 | doing.place;
      doing.place += 1;
      return data;
    }
    if (doing.what === 'blinking') {
      doing.isSeen = true;
      const left = Math.ceil((doing.since + TOUCH - this.#now()) / 1000);
      return this.#status(0x20 | Math.max(left, 1));
    }
    const isBusy = doing.what === 'working' || this.#now() < this.#busyUntil;
    return this.#status(isBusy ? 0x80 : 0);
  }

  #now(): number {
    return this.#key.facts.clock.now();
  }

  #status(flags: number): Uint8Array {
    const { changes, bits } = this.#key.facts.firmware[0] === 3 ? this.#shown : this.memory;
    return Uint8Array.of(0, ...this.#key.facts.firmware, changes, bits, 0, flags);
  }

  #forgetFrame(): void {
    this.#frame.fill(0);
    this.#next = 0;
    this.#busyUntil = 0;
  }

  /** Brings what the key does up to this moment. */
  #settle(): void {
    const doing = this.#doing;
    const now = this.#now();
    if (doing.what === 'working' && now >= doing.until) {
      this.#doing = { what: 'nothing' };
      doing.finish();
      this.#refresh();
    }
    if (doing.what !== 'blinking') return;
    if (doing.isSeen && this.#key.finger.touched(doing.since, now)) this.#answer(doing.finish());
    else if (now - doing.since >= TOUCH) this.#doing = { what: 'nothing' };
  }

  #refresh(): void {
    const { changes, bits } = this.memory;
    this.#shown = { changes, bits };
  }

  #answer(bytes: Uint8Array): void {
    this.#doing = { what: 'answering', bytes: sealed(bytes), place: 0 };
  }

  #work(milliseconds: number, finish: () => void): void {
    this.#doing = { what: 'working', until: this.#now() + milliseconds, finish };
    this.#settle();
  }

  /** A whole frame is there. What is refused changes nothing and leaves no trace. */
  #run(): void {
    const payload = this.#frame.slice(0, COMMAND_AT);
    const [command = 0, low = 0, high = 0] = this.#frame.subarray(COMMAND_AT);
    this.#forgetFrame();
    this.#refresh();
    if (checksum(payload) !== (low | (high << 8)) || this.#now() < this.#smartCardUntil) return;
    switch (command) {
      case 0x01:
      case 0x03:
        return this.#change(this.memory.write(command === 0x01 ? 0 : 1, payload));
      case 0x04:
      case 0x05:
        return this.#change(this.memory.update(command === 0x04 ? 0 : 1, payload));
      case 0x10:
        if (this.memory.showsSerial && !this.hidesSerial) this.#answer(this.#serial());
        return undefined;
      case 0x13:
        return this.#answer(payload[0] === 0 ? this.#deviceInfo() : Uint8Array.of(0));
      case 0x30:
      case 0x38:
        return this.#hmac(command === 0x30 ? 0 : 1, payload);
      default:
        return undefined;
    }
  }

  #change(change: (() => void) | null): void {
    if (change !== null) this.#work(this.pace.write, change);
  }

  #hmac(place: 0 | 1, challenge: Uint8Array): void {
    const slot = this.memory.hmac(place);
    if (slot === null) return;
    const respond = () => slot.respond(challenge);
    if (slot.touch)
      this.#doing = { what: 'blinking', since: this.#now(), isSeen: false, finish: respond };
    else this.#work(this.pace.response, () => this.#answer(respond()));
  }

  #serial(): Uint8Array {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, this.#key.facts.serial);
    return bytes;
  }

  /** Tag, length, value: USB applications, serial, shape (USB-A, NFC), firmware, NFC. */
  #deviceInfo(): Uint8Array {
    const serial = this.hidesSerial ? [] : [0x02, 4, ...this.#serial()];
    const shape = [0x04, 1, 0x01, 0x05, 3, ...this.#key.facts.firmware];
    const applications = [0x02, 0x3f] as const;
    const usb = [0x01, 2, ...applications, 0x03, 2, ...applications];
    const nfc = [0x0d, 2, ...applications, 0x0e, 2, ...applications];
    const all = [...usb, ...serial, ...shape, ...nfc, 0x0a, 1, 0x00];
    return Uint8Array.of(all.length, ...all);
  }
}

/** A key with an OTP interface. */
export function otpKey(key: SoftwareKey): OtpMachine {
  return key.add(new OtpMachine(key));
}
