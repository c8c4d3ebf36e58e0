/**
 * The FIDO interface of a software key: CTAPHID, report by report.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { CANCELLED, FidoApplet, type Outcome, TOUCH_TIMEOUT } from './fido-applet.ts';
import type { FidoProfile } from './fido-profiles.ts';
import type { Machine, SoftwareKey } from './key.ts';

const BROADCAST = 0xffffffff;
const LONGEST = 7609;
/** Milliseconds: between two signs of life, for a touch, between two reports of one message. */
const KEEPALIVE = 100;
const TOUCH = 30_000;
const MESSAGE = 500;
/** One step of waiting for somebody's finger. */
const STEP = 25;
const COMMAND = {
  ping: 0x01,
  init: 0x06,
  wink: 0x08,
  cbor: 0x10,
  cancel: 0x11,
  keepalive: 0x3b,
  error: 0x3f,
  deviceInfo: 0x42,
} as const;
const ERROR = { command: 1, length: 3, sequence: 4, timeout: 5, busy: 6, channel: 0x0b } as const;
const TOUCH_NEEDED = 2;

interface Incoming {
  readonly channel: number;
  readonly command: number;
  readonly length: number;
  readonly since: number;
  parts: Buffer;
  sequence: number;
}

interface Waiting {
  readonly channel: number;
  readonly since: number;
  readonly touched: () => Uint8Array;
  lastSign: number;
}

export class FidoMachine implements Machine {
  readonly usagePage = 0xf1d0;
  readonly usage = 0x0001;
  readonly applet: FidoApplet;
  /** Its facts then have no serial number. */
  hidesSerial = false;
  readonly #key: SoftwareKey;
  readonly #channels = new Set<number>();
  #out: Uint8Array[] = [];
  #incoming: Incoming | null = null;
  #waiting: Waiting | null = null;

  constructor(key: SoftwareKey, profile: FidoProfile) {
    this.#key = key;
    this.applet = new FidoApplet(profile);
  }

  reset(): void {
    this.#channels.clear();
    this.#out = [];
    this.#incoming = null;
    this.#waiting = null;
    this.applet.pin.powerLost();
  }

  write(bytes: Uint8Array): void {
    const report = Buffer.from(bytes);
    const channel = report.readUInt32BE();
    const kind = report.readUInt8(4);
    this.#dropSlowMessage();
    if (kind < 0x80) this.#continue(channel, kind, report.subarray(5));
    else this.#begin(channel, kind & 0x7f, report.readUInt16BE(5), report.subarray(7));
  }

  async read(milliseconds: number): Promise<Uint8Array | null> {
    const { clock } = this.#key.facts;
    const until = clock.now() + milliseconds;
    for (;;) {
      this.#dropSlowMessage();
      this.#blink();
      const next = this.#out.shift();
      if (next !== undefined) return next;
      const left = until - clock.now();
      if (left <= 0) return null;
      await clock.sleep(Math.min(left, STEP));
    }
  }

  #begin(channel: number, command: number, length: number, data: Buffer): void {
    if (command === COMMAND.init) {
      this.#greet(channel, length, data);
    } else if (!this.#channels.has(channel)) {
      this.#error(channel, ERROR.channel);
    } else if (command === COMMAND.cancel) {
      if (this.#waiting?.channel === channel) this.#finish(CANCELLED);
    } else if (this.#incoming?.channel === channel) {
      this.#incoming = null;
      this.#error(channel, ERROR.sequence);
    } else if (this.#waiting !== null || this.#incoming !== null) {
      this.#error(channel, ERROR.busy);
    } else if (length > LONGEST) {
      this.#error(channel, ERROR.length);
    } else {
      const since = this.#key.facts.clock.now();
      this.#incoming = { channel, command, length, since, parts: Buffer.alloc(0), sequence: 0 };
      this.#add(data);
    }
  }

  #continue(channel: number, sequence: number, data: Buffer): void {
    if (this.#incoming?.channel !== channel) return;
    if (this.#incoming.sequence !== sequence) {
      this.#incoming = null;
      this.#error(channel, ERROR.sequence);
      return;
    }
    this.#incoming.sequence += 1;
    this.#add(data);
  }

  #add(data: Buffer): void {
    const incoming = this.#incoming;
    if (incoming === null) return;
    incoming.parts = Buffer.concat([incoming.parts, data]).subarray(0, incoming.length);
    if (incoming.parts.length < incoming.length) return;
    this.#incoming = null;
    this.#do(incoming.channel, incoming.command, incoming.parts);
  }

  #greet(channel: number, length: number, nonce: Buffer): void {
    if (channel !== BROADCAST && !this.#channels.has(channel)) {
      return this.#error(channel, ERROR.channel);
    }
    if (length !== 8) return this.#error(channel, ERROR.length);
    if (this.#incoming?.channel === channel) this.#incoming = null;
    if (this.#waiting?.channel === channel) this.#waiting = null;
    const given = channel === BROADCAST ? randomBytes(4) : Buffer.alloc(4);
    if (channel === BROADCAST) {
      given[0] = 0x01;
      this.#channels.add(given.readUInt32BE());
    } else {
      given.writeUInt32BE(channel);
    }
    const facts = Buffer.from([2, ...this.#key.facts.firmware, 0x05]);
    this.#send(channel, COMMAND.init, Buffer.concat([nonce.subarray(0, 8), given, facts]));
  }

  #do(channel: number, command: number, message: Buffer): void {
    switch (command) {
      case COMMAND.ping:
        return this.#send(channel, command, message);
      case COMMAND.wink:
        return this.#send(channel, command, new Uint8Array(0));
      case COMMAND.deviceInfo:
        return this.#send(channel, command, this.#deviceInfo());
      case COMMAND.cbor:
        if (message.length === 0) return this.#error(channel, ERROR.length);
        return this.#outcome(channel, this.applet.command(new Uint8Array(message)));
      default:
        return this.#error(channel, ERROR.command);
    }
  }

  /** Serial number and firmware, as TLVs after their length. */
  #deviceInfo(): Uint8Array {
    const { serial, firmware } = this.#key.facts;
    const number = Buffer.alloc(4);
    number.writeUInt32BE(serial);
    const body = Buffer.concat([
      Buffer.from([0x01, 2, 0x02, 0x3f]),
      ...(this.hidesSerial ? [] : [Buffer.from([0x02, 4]), number]),
      Buffer.from([0x04, 1, 0x01, 0x05, 3, ...firmware]),
    ]);
    return Buffer.concat([Buffer.from([body.length]), body]);
  }

  #outcome(channel: number, outcome: Outcome): void {
    if ('answer' in outcome) return this.#send(channel, COMMAND.cbor, outcome.answer);
    const since = this.#key.facts.clock.now();
    this.#waiting = { channel, since, touched: outcome.touched, lastSign: since - KEEPALIVE };
  }

  /** While it blinks: signs of life, the finger, and giving up. */
  #blink(): void {
    const waiting = this.#waiting;
    if (waiting === null) return;
    const now = this.#key.facts.clock.now();
    if (this.#key.finger.touched(waiting.since, now)) return this.#finish(waiting.touched());
    if (now - waiting.since >= TOUCH) return this.#finish(TOUCH_TIMEOUT);
    if (now - waiting.lastSign < KEEPALIVE) return;
    waiting.lastSign = now;
    this.#send(waiting.channel, COMMAND.keepalive, Uint8Array.of(TOUCH_NEEDED));
  }

  #finish(answer: Uint8Array): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting !== null) this.#send(waiting.channel, COMMAND.cbor, answer);
  }

  #dropSlowMessage(): void {
    const incoming = this.#incoming;
    if (incoming === null || this.#key.facts.clock.now() - incoming.since < MESSAGE) return;
    this.#incoming = null;
    this.#error(incoming.channel, ERROR.timeout);
  }

  #error(channel: number, code: number): void {
    this.#send(channel, COMMAND.error, Uint8Array.of(code));
  }

  #send(channel: number, command: number, message: Uint8Array): void {
    const first = Buffer.alloc(64);
    first.writeUInt32BE(channel);
    first.writeUInt8(0x80 | command, 4);
    first.writeUInt16BE(message.length, 5);
    first.set(message.subarray(0, 57), 7);
    this.#out.push(new Uint8Array(first));
    for (let at = 57, sequence = 0; at < message.length; at += 59, sequence += 1) {
      const next = Buffer.alloc(64);
      next.writeUInt32BE(channel);
      next.writeUInt8(sequence, 4);
      next.set(message.subarray(at, at + 59), 5);
      this.#out.push(new Uint8Array(next));
    }
  }
}
