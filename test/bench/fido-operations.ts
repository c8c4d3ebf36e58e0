/**
 * Every operation of the FIDO2 interface, and what Conclave does of it with a share.
 * @module
 */
import { Authenticator } from '../../electron/devices/ctap/authenticator.ts';
import { Channel } from '../../electron/devices/ctap/channel.ts';
import { agree, PERMISSION, pinToken } from '../../electron/devices/ctap/client-pin.ts';
import {
  type FidoCredential,
  listFidoKeys,
  openFidoKey,
  RELYING_PARTY,
} from '../../electron/devices/ctap/index.ts';
import { systemClock } from '../../electron/devices/yubikey-otp/hid/clock.ts';
import { askCredential, newCredential } from '../../electron/media/yubikey/fido.ts';
import { requireStill } from '../../electron/media/yubikey/keys.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { FIRMWARE_5_7 } from '../support/software-key/fido-profiles.ts';
import { FidoMachine } from '../support/software-key/fido.ts';
import { SoftwareKey } from '../support/software-key/key.ts';
import { transportOf } from '../support/software-key/transport.ts';
import { BareFido } from './bare-fido.ts';
import { slowBus, type KeyOperation } from './key-operations.ts';
import { fewestFido } from './key-minimum.ts';

const PIN = new TextEncoder().encode('123456');
const SALT = new Uint8Array(32).fill(5);

/** A key of firmware 5.7 that is touched at once, its operations, and the count of its reports. */
export async function fidoOperations(milliseconds?: number) {
  const device = new SoftwareKey({ clock: systemClock, firmware: FIRMWARE_5_7.firmware });
  device.add(new FidoMachine(device, FIRMWARE_5_7)).applet.pin.set('123456');
  device.finger.hesitates(0);
  const transport = slowBus(transportOf([device]), milliseconds);
  const path = (await listFidoKeys(transport))[0]?.path ?? '';
  const fido = await openFidoKey(transport, path);
  const low = await Authenticator.greet(
    await Channel.open(await transport.open(path), systemClock),
  );
  const bare = new BareFido(await transport.open(path), PIN);
  await bare.greet();
  const made: FidoCredential = await fido.makeCredential({ userId: Uint8Array.of(1), pin: PIN });
  const id = made.credentialId;
  const [expected] = (await fido.hmacSecret({ credentials: [made], salt1: SALT, pin: PIN }))
    .secrets;
  if (Buffer.compare(await bare.secret(id, SALT), expected ?? SALT) !== 0) {
    throw new Error('The two sides do not get the same secret.');
  }
  const [sockets, waiting] = [{ hid: transport }, {}];
  const key = { path, place: null, serial: null, model: '', firmware: '' };
  const asked = { credential: made, challenge: SALT };
  /** The bare side's messages of its last run. */
  const fewest = () => fewestFido(bare.exchanges);
  const anew = (work: () => Promise<unknown>) => async () => {
    bare.exchanges.length = 0;
    await work();
  };
  const isItHere = 'whether this is the right key, before the PIN is sent';

  const operations: readonly KeyOperation[] = [
    {
      name: 'list',
      ours: () => listFidoKeys(transport),
      bare: () => transport.list(),
      fewest: 0,
      more: 0,
    },
    {
      name: 'open, with getInfo',
      ours: async () => (await openFidoKey(transport, path)).close(),
      bare: anew(() => bare.greet()),
      fewest,
      more: 0,
    },
    {
      name: 'PIN token',
      ours: async () => {
        const shared = await agree(low);
        (await pinToken(low, shared, PIN, PERMISSION.getAssertion, RELYING_PARTY)).wipe();
        shared.wipe();
      },
      bare: anew(() => bare.token(2)),
      fewest,
      more: 0,
    },
    {
      name: 'makeCredential with PIN',
      ours: () => fido.makeCredential({ userId: Uint8Array.of(1), pin: PIN }),
      bare: anew(() => bare.credential()),
      fewest,
      more: 0,
    },
    {
      name: 'getAssertion: hmac-secret with PIN',
      ours: () => fido.hmacSecret({ credentials: [made], salt1: SALT, pin: PIN }),
      bare: anew(() => bare.secret(id, SALT)),
      fewest,
      more: 7,
      because: isItHere,
    },
    {
      name: 'selection',
      ours: () => fido.select(),
      bare: anew(() => bare.selection()),
      fewest,
      more: 0,
    },
    {
      name: 'Conclave: still the key of the page',
      ours: () => requireStill(sockets, { ...key, serial: device.facts.serial }),
      bare: anew(() => bare.greet()),
      fewest,
      more: 2,
      because: 'its number, by a command of Yubico’s',
    },
    {
      name: 'Conclave: lock a share, key in',
      ours: async () => {
        const hash = randomBytes(32);
        const credential = await newCredential(sockets, key, PIN, randomBytes, waiting, hash);
        await askCredential(sockets, key, { credential, challenge: SALT }, PIN, waiting);
      },
      bare: anew(async () => {
        await bare.greet();
        await bare.secret(await bare.credential(), SALT);
      }),
      fewest,
      more: 14,
      because: `the key opened once more, and ${isItHere}`,
    },
    {
      name: 'Conclave: read back, open, key in',
      ours: () => askCredential(sockets, key, asked, PIN, waiting),
      bare: anew(async () => {
        await bare.greet();
        await bare.secret(id, SALT);
      }),
      fewest,
      more: 7,
      because: isItHere,
    },
  ];
  return { operations, plug: device.plug };
}
