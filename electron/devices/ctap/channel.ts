/**
 * One CTAPHID channel to one key: a message out, the answer back, with everything between bounded
 * in time and in reports. Reports of other programs' channels are passed over.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { equalBytes } from '../../../shared/encoding/bytes.ts';
import type { Clock } from '../yubikey-otp/hid/clock.ts';
import type { HidConnection } from '../yubikey-otp/hid/transport.ts';
import { Assembly, BROADCAST, channelOf, COMMAND, reportsOf } from './frames.ts';
import { nonsense, refuseFido } from './refusals.ts';
import { LIMITS, Wait } from './wait.ts';

const KEEPALIVE_TOUCH = 2;
const ERROR_COMMAND = 0x01;
const ERROR_BUSY = 0x06;
const ERROR_CHANNEL = 0x0b;
const GREETING = 17;

export interface CallOptions {
  /** Cancels a command that waits for a touch. */
  readonly signal?: AbortSignal | undefined;
  /** The key blinks now: called once, when it first says that it waits for a touch. */
  readonly onTouch?: (() => void) | undefined;
  /** Never sent a second time, not even to a key that was busy and says that it took nothing. */
  readonly once?: boolean;
}

/** What a key says when a channel is opened. */
export interface Greeting {
  readonly channel: number;
  /** Major, minor, build. */
  readonly firmware: readonly [number, number, number];
  /** 0x01 winks, 0x04 CBOR, 0x08 no U2F messages. */
  readonly capabilities: number;
}

/** The CTAPHID error that a key answered with. */
export class ChannelError extends Error {
  override readonly name = 'ChannelError';
  readonly code: number;

  constructor(code: number) {
    super(`CTAPHID error ${code.toString(16)}`);
    this.code = code;
  }

  /** The key lost track of what was said, or of the channel. */
  get isAboutTheChannel(): boolean {
    return this.code !== ERROR_BUSY && this.code !== ERROR_COMMAND;
  }

  /** The key has no such command. */
  get isUnknownCommand(): boolean {
    return this.code === ERROR_COMMAND;
  }
}

export class Channel {
  readonly #connection: HidConnection;
  readonly #clock: Clock;
  #greeting: Greeting;
  /** An answer may still be on its way: the next command begins by clearing the channel. */
  #isStale = false;

  private constructor(connection: HidConnection, clock: Clock, greeting: Greeting) {
    this.#connection = connection;
    this.#clock = clock;
    this.#greeting = greeting;
  }

  /** Asks the key for a channel. @throws Refusal @throws ChannelError @throws HidGone */
  static async open(connection: HidConnection, clock: Clock): Promise<Channel> {
    const greeting = await patiently(clock, {}, () => greet(connection, clock, BROADCAST));
    return new Channel(connection, clock, greeting);
  }

  get greeting(): Greeting {
    return this.#greeting;
  }

  /**
   * Sends one message and returns the answer's bytes. A key that another program keeps busy took
   * nothing, and is asked again for five seconds.
   * @throws Refusal @throws ChannelError @throws HidGone
   */
  async call(command: number, message: Uint8Array, options: CallOptions = {}): Promise<Uint8Array> {
    return patiently(this.#clock, options, async () => {
      if (this.#isStale) await this.#clear();
      this.#isStale = true;
      const answer = await this.#exchange(command, message, options);
      const error = answer.command === command ? null : new ChannelError(answer.message[0] ?? 0);
      this.#isStale = error?.isAboutTheChannel === true;
      if (error !== null) throw error;
      return answer.message;
    });
  }

  async #clear(): Promise<void> {
    const again = (on: number) => greet(this.#connection, this.#clock, on);
    try {
      this.#greeting = await again(this.#greeting.channel);
    } catch (error) {
      if (!(error instanceof ChannelError) || error.code !== ERROR_CHANNEL) throw error;
      this.#greeting = await again(BROADCAST);
    }
    this.#isStale = false;
  }

  async #exchange(
    command: number,
    message: Uint8Array,
    { signal, onTouch }: CallOptions,
  ): Promise<Answer> {
    const { channel } = this.#greeting;
    const wait = new Wait(this.#clock);
    await send(this.#connection, channel, command, message);
    // CANCEL has no answer of its own: the command that waits answers that it was cancelled.
    const cancel = () =>
      send(this.#connection, channel, COMMAND.cancel, new Uint8Array(0)).then(() => null);
    let assembly: Assembly | null = null;
    for (;;) {
      if (signal?.aborted === true && wait.cancels()) await cancel();
      if (wait.isOver()) break;
      const report = await this.#connection.read(LIMITS.slice);
      if (report === null || channelOf(report) !== channel) continue;
      wait.heard();
      if (assembly === null) assembly = new Assembly(report);
      else assembly.add(report);
      if (assembly.message === null) continue;
      const answer = { command: assembly.command, message: assembly.message };
      assembly = null;
      if (answer.command === command) return answer;
      if (answer.message.length !== 1) throw nonsense('an answer to something else');
      if (answer.command === COMMAND.error) return answer;
      if (answer.command !== COMMAND.keepalive) throw nonsense('an answer to something else');
      if (answer.message[0] === KEEPALIVE_TOUCH && wait.blinks()) onTouch?.();
    }
    if (wait.wasCancelled) throw refuseFido('fido-cancelled');
    if (command === COMMAND.cbor) await cancel();
    throw refuseFido(wait.blinked ? 'fido-not-touched' : 'fido-silent');
  }
}

interface Answer {
  readonly command: number;
  readonly message: Uint8Array;
}

async function send(
  connection: HidConnection,
  channel: number,
  command: number,
  message: Uint8Array,
): Promise<void> {
  for (const report of reportsOf(channel, command, message)) await connection.write(report);
}

/** Repeats what a busy key did not take. */
async function patiently<T>(
  clock: Clock,
  { signal, once }: CallOptions,
  work: () => Promise<T>,
): Promise<T> {
  const until = clock.now() + LIMITS.busy;
  for (;;) {
    if (signal?.aborted === true) throw refuseFido('fido-cancelled');
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ChannelError) || error.code !== ERROR_BUSY) throw error;
      if (once === true || clock.now() >= until) throw refuseFido('fido-busy');
      await clock.sleep(LIMITS.pause, signal);
    }
  }
}

/**
 * INIT: on everybody's channel it gives a new one; on one's own it clears away what was left of a
 * command and of an answer that nobody waited for. Whatever else comes first is passed over.
 */
async function greet(connection: HidConnection, clock: Clock, on: number): Promise<Greeting> {
  const nonce = new Uint8Array(randomBytes(8));
  await send(connection, on, COMMAND.init, nonce);
  const wait = new Wait(clock);
  while (!wait.isOver()) {
    const report = await connection.read(LIMITS.slice);
    if (report === null || channelOf(report) !== on || ((report[4] ?? 0) & 0x80) === 0) continue;
    const { command, message } = new Assembly(report);
    if (command === COMMAND.error && message !== null) throw new ChannelError(message[0] ?? 0);
    if (command !== COMMAND.init || message === null) continue;
    if (!equalBytes(message.subarray(0, 8), nonce)) continue;
    return readGreeting(message);
  }
  throw refuseFido('fido-silent');
}

function readGreeting(message: Uint8Array): Greeting {
  if (message.length !== GREETING) throw nonsense(`a greeting of ${message.length} bytes`);
  const channel = new DataView(message.buffer, message.byteOffset).getUint32(8);
  if (channel === 0 || channel === BROADCAST) throw nonsense('a channel that cannot be');
  const [major = 0, minor = 0, build = 0, capabilities = 0] = message.subarray(13);
  return { channel, firmware: [major, minor, build], capabilities };
}
