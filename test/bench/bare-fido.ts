/**
 * A FIDO2 client that looks at nothing but what it needs for its next question, and writes down how
 * many bytes went each way.
 * @module
 */
import { createHash, randomBytes } from 'node:crypto';
import { type CborItem, encodeCtap } from '../../electron/devices/ctap/cbor.ts';
import { COMMAND, reportsOf } from '../../electron/devices/ctap/frames.ts';
import { RELYING_PARTY } from '../../electron/devices/ctap/index.ts';
import { authenticate, SharedSecret } from '../../electron/devices/ctap/pin-protocol.ts';
import type { HidConnection } from '../../electron/devices/yubikey-otp/hid/transport.ts';
import { fromCbor, needed, type Fields } from '../support/software-key/fido-cbor.ts';
import type { Exchange } from './key-minimum.ts';

type Entries = readonly (readonly [number, CborItem])[];

export class BareFido {
  readonly exchanges: Exchange[] = [];
  readonly #connection: HidConnection;
  readonly #pin: Uint8Array;
  #channel = 0xffffffff;

  constructor(connection: HidConnection, pin: Uint8Array) {
    this.#connection = connection;
    this.#pin = pin;
  }

  /** Takes a channel, and asks what the key is. */
  async greet(): Promise<void> {
    this.#channel = 0xffffffff;
    const answer = Buffer.from(await this.#ask(COMMAND.init, new Uint8Array(randomBytes(8))));
    this.#channel = answer.readUInt32BE(8);
    await this.#ask(COMMAND.cbor, Uint8Array.of(4));
  }

  /** @param permission 1 makes credentials, 2 asks them */
  async token(permission: 1 | 2): Promise<{ shared: SharedSecret; token: Uint8Array }> {
    const agreed = await this.#command(6, [
      [1, 2],
      [2, 2],
    ]);
    const shared = new SharedSecret(2, agreed.get(1) as CborItem);
    const pinHash = createHash('sha256').update(this.#pin).digest().subarray(0, 16);
    const given = await this.#command(6, [
      [1, 2],
      [2, 9],
      [3, shared.keyAgreement],
      [6, shared.encrypt(pinHash)],
      [9, permission],
      [10, RELYING_PARTY],
    ]);
    return { shared, token: shared.decrypt(needed(given, 2, 'bytes')) };
  }

  /** @returns its id: 64 bytes, where they stand in what a YubiKey answers */
  async credential(): Promise<Uint8Array> {
    const { token } = await this.token(1);
    const hash = new Uint8Array(32);
    const name = 'Conclave';
    const answer = await this.#command(1, [
      [1, hash],
      [
        2,
        new Map([
          ['id', RELYING_PARTY],
          ['name', name],
        ]),
      ],
      [
        3,
        new Map<string, CborItem>([
          ['id', Uint8Array.of(1)],
          ['name', name],
          ['displayName', name],
        ]),
      ],
      [
        4,
        [
          new Map<string, CborItem>([
            ['alg', -7],
            ['type', 'public-key'],
          ]),
        ],
      ],
      [6, new Map([['hmac-secret', true]])],
      [8, authenticate(2, token, hash)],
      [9, 2],
    ]);
    return needed(answer, 2, 'bytes').slice(55, 119);
  }

  async secret(credentialId: Uint8Array, salt: Uint8Array): Promise<Uint8Array> {
    const { shared, token } = await this.token(2);
    const hash = new Uint8Array(32);
    const sealed = shared.encrypt(salt);
    const extension = new Map<number, CborItem>([
      [1, shared.keyAgreement],
      [2, sealed],
      [3, shared.authenticate(sealed)],
      [4, 2],
    ]);
    const described = new Map<string, CborItem>([
      ['id', credentialId],
      ['type', 'public-key'],
    ]);
    const answer = await this.#command(2, [
      [1, RELYING_PARTY],
      [2, hash],
      [3, [described]],
      [4, new Map([['hmac-secret', extension]])],
      [6, authenticate(2, token, hash)],
      [7, 2],
    ]);
    const extensions = fromCbor(needed(answer, 2, 'bytes').subarray(37));
    return shared.decrypt(needed(extensions, 'hmac-secret', 'bytes'));
  }

  async selection(): Promise<void> {
    await this.#ask(COMMAND.cbor, Uint8Array.of(0x0b));
  }

  async #command(number: number, entries: Entries): Promise<Fields> {
    const request = encodeCtap(new Map(entries));
    const answer = await this.#ask(COMMAND.cbor, Uint8Array.of(number, ...request));
    if (answer[0] !== 0) throw new Error(`Status ${answer[0]}.`);
    return fromCbor(answer.subarray(1));
  }

  async #ask(command: number, message: Uint8Array): Promise<Uint8Array> {
    for (const report of reportsOf(this.#channel, command, message)) {
      await this.#connection.write(report);
    }
    const first = Buffer.from((await this.#connection.read(1000)) ?? []);
    const parts = [first.subarray(7)];
    const length = first.readUInt16BE(5);
    for (let have = 57; have < length; have += 59) {
      parts.push(Buffer.from((await this.#connection.read(1000)) ?? []).subarray(5));
    }
    this.exchanges.push({ sent: message.length, received: length });
    return new Uint8Array(Buffer.concat(parts).subarray(0, length));
  }
}
