/**
 * One secret of a FIDO2 key (hmac-secret with PIN) by our driver, against the fewest reports with
 * which the protocol gives it, unchecked. The key is the software one, touched at once; each report
 * takes as long as on a real bus.
 * @module
 */
import { createHash, randomBytes } from 'node:crypto';
import { type CborItem, encodeCtap } from '../../electron/devices/ctap/cbor.ts';
import { COMMAND, reportsOf } from '../../electron/devices/ctap/frames.ts';
import {
  type KnownCredential,
  listFidoKeys,
  openFidoKey,
  RELYING_PARTY,
} from '../../electron/devices/ctap/index.ts';
import { authenticate, SharedSecret } from '../../electron/devices/ctap/pin-protocol.ts';
import { systemClock } from '../../electron/devices/yubikey-otp/hid/clock.ts';
import type {
  HidConnection,
  HidTransport,
} from '../../electron/devices/yubikey-otp/hid/transport.ts';
import { fromCbor, needed, type Fields } from '../support/software-key/fido-cbor.ts';
import { FIRMWARE_5_7 } from '../support/software-key/fido-profiles.ts';
import { FidoMachine } from '../support/software-key/fido.ts';
import { SoftwareKey } from '../support/software-key/key.ts';
import { transportOf } from '../support/software-key/transport.ts';
import { interleave, megabytes, ownPeak, timed, type Finding } from './measure.ts';

const ROUNDS = 51;
/** Milliseconds of one report: a full-speed key is asked every second frame. */
const TRANSFER = 2;
const PIN = new TextEncoder().encode('123456');

/** A bus that takes its time for each report. */
function slowBus(transport: HidTransport): HidTransport {
  return {
    ...transport,
    open: async (path) => {
      const connection = await transport.open(path);
      return {
        ...connection,
        write: async (report) => {
          await systemClock.sleep(TRANSFER);
          return connection.write(report);
        },
        read: async (milliseconds) => {
          await systemClock.sleep(TRANSFER);
          return connection.read(milliseconds);
        },
      };
    },
  };
}

/** A client that looks at nothing but what it needs for its next question. */
class BareClient {
  readonly #connection: HidConnection;
  #channel = 0xffffffff;

  constructor(connection: HidConnection) {
    this.#connection = connection;
  }

  async greet(): Promise<void> {
    const answer = Buffer.from(await this.#ask(COMMAND.init, new Uint8Array(randomBytes(8))));
    this.#channel = answer.readUInt32BE(8);
  }

  async secret({ credentialId }: KnownCredential, salt: Uint8Array): Promise<Uint8Array> {
    const agreed = await this.#command(6, [
      [1, 2],
      [2, 2],
    ]);
    const shared = new SharedSecret(2, agreed.get(1) as CborItem);
    const pinHash = createHash('sha256').update(PIN).digest().subarray(0, 16);
    const given = await this.#command(6, [
      [1, 2],
      [2, 9],
      [3, shared.keyAgreement],
      [6, shared.encrypt(pinHash)],
      [9, 2],
      [10, RELYING_PARTY],
    ]);
    const token = shared.decrypt(needed(given, 2, 'bytes'));
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

  async #command(number: number, entries: readonly [number, CborItem][]): Promise<Fields> {
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
    return new Uint8Array(Buffer.concat(parts).subarray(0, length));
  }
}

export async function measureFido(rounds = ROUNDS): Promise<Finding> {
  const device = new SoftwareKey({ clock: systemClock, firmware: FIRMWARE_5_7.firmware });
  device.add(new FidoMachine(device, FIRMWARE_5_7)).applet.pin.set('123456');
  device.finger.hesitates(0);
  const transport = transportOf([device]);
  const path = (await listFidoKeys(transport))[0]?.path ?? '';
  const bus = slowBus(transport);
  const counted = async (work: () => Promise<unknown>): Promise<number> => {
    const before = device.plug.reports;
    await work();
    return device.plug.reports - before;
  };

  const opening = await counted(async () => (await openFidoKey(bus, path)).close());
  const fido = await openFidoKey(bus, path);
  const bare = new BareClient(await bus.open(path));
  await bare.greet();
  const userId = Uint8Array.of(1);
  let made = await fido.makeCredential({ userId, pin: PIN });
  const making = await counted(async () => {
    made = await fido.makeCredential({ userId, pin: PIN });
  });
  const salt1 = new Uint8Array(32).fill(5);
  const ours = () => fido.hmacSecret({ credentials: [made], salt1, pin: PIN });
  const [expected] = (await ours()).secrets;
  if (Buffer.compare(await bare.secret(made, salt1), expected ?? salt1) !== 0) {
    throw new Error('The two sides do not get the same secret.');
  }
  const found = await counted(ours);
  const fewest = await counted(() => bare.secret(made, salt1));
  const sides = await interleave(rounds, {
    ours: () => timed(ours),
    bare: () => timed(() => bare.secret(made, salt1)),
  });
  return {
    title: 'Secret of a FIDO2 key (hmac-secret with PIN, touched at once)',
    ours: `hmacSecret of electron/devices/ctap, ${TRANSFER} ms a report`,
    bare: 'key agreement, token, assertion: the fewest reports, unchecked',
    target: 1.5,
    sides,
    memory: [`this process at its peak: ${megabytes(ownPeak())}`],
    notes: [
      `secret: ${found} reports; at least ${fewest}; the rest asks first whether it is the right key`,
      `a new credential: ${making} reports; opening a key: ${opening}`,
    ],
  };
}
