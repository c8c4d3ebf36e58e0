/**
 * CTAP2 commands over a channel: a number and a map of CBOR out, a status and a map back.
 * @module
 */
import { concatBytes } from '../../../shared/encoding/bytes.ts';
import { asMap, type CborItem, type CborMap, decodeCtap, encodeCtap } from './cbor.ts';
import type { CallOptions, Channel } from './channel.ts';
import { COMMAND, LONGEST } from './frames.ts';
import { type FidoInfo, readInfo } from './info.ts';
import { nonsense } from './refusals.ts';
import { refuseStatus, STATUS, StatusError } from './status.ts';

export const CTAP = {
  makeCredential: { number: 0x01, name: 'making a credential' },
  getAssertion: { number: 0x02, name: 'asking for a signature' },
  getInfo: { number: 0x04, name: 'asking what it is' },
  clientPin: { number: 0x06, name: 'speaking about its PIN' },
  selection: { number: 0x0b, name: 'asking for a touch' },
} as const;
export type CtapCommand = (typeof CTAP)[keyof typeof CTAP];

/** A map without the fields that are undefined; their order does not matter. */
export function fields(
  ...entries: readonly (readonly [number | string, CborItem | undefined])[]
): CborMap {
  return new Map(
    entries.filter((entry): entry is [number | string, CborItem] => entry[1] !== undefined),
  );
}

export class Authenticator {
  readonly channel: Channel;
  readonly info: FidoInfo;

  private constructor(channel: Channel, info: FidoInfo) {
    this.channel = channel;
    this.info = info;
  }

  /** @throws Refusal @throws ChannelError @throws HidGone */
  static async greet(channel: Channel): Promise<Authenticator> {
    const answer = await exchange(channel, CTAP.getInfo, null, {});
    return new Authenticator(channel, readInfo(answer));
  }

  /** The same channel, with what the key says of itself now: a PIN may have been set. */
  async again(): Promise<Authenticator> {
    return Authenticator.greet(this.channel);
  }

  /**
   * @throws StatusError when the key says no; {@link worded} has the words
   * @throws Refusal @throws ChannelError @throws HidGone
   */
  command(
    command: CtapCommand,
    request: CborMap | null,
    options: CallOptions = {},
  ): Promise<CborMap> {
    return exchange(this.channel, command, request, options, this.info.maxMessage);
  }

  /** The same, with every status in words. */
  async worded(
    command: CtapCommand,
    request: CborMap | null,
    options: CallOptions = {},
  ): Promise<CborMap> {
    try {
      return await this.command(command, request, options);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      throw refuseStatus(error.status, command.name, this.info.shortestPin);
    }
  }
}

async function exchange(
  channel: Channel,
  command: CtapCommand,
  request: CborMap | null,
  options: CallOptions,
  longest = LONGEST,
): Promise<CborMap> {
  const head = Uint8Array.of(command.number);
  const message = request === null ? head : concatBytes(head, encodeCtap(request));
  if (message.length > longest) {
    throw new RangeError(`${message.length} bytes for a key that takes ${longest}.`);
  }
  const answer = await channel.call(COMMAND.cbor, message, options);
  const status = answer[0];
  if (status === undefined) throw nonsense('an answer without a status');
  if (status !== STATUS.ok) throw new StatusError(status);
  if (answer.length === 1) return new Map();
  return asMap(decodeCtap(answer.subarray(1), 'the answer'), 'the answer');
}
