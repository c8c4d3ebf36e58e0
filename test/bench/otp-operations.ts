/**
 * Every operation of the OTP interface, and what Conclave does of it with a share.
 * @module
 */
import { askSlotOf, withSlot } from '../../electron/media/yubikey/otp.ts';
import { pluggedKeys, requireStill } from '../../electron/media/yubikey/keys.ts';
import { systemClock } from '../../electron/devices/yubikey-otp/hid/clock.ts';
import { list as listKeys, open as openKey } from '../../electron/devices/yubikey-otp/index.ts';
import { SoftwareKey } from '../support/software-key/key.ts';
import { otpKey } from '../support/software-key/otp.ts';
import { transportOf } from '../support/software-key/transport.ts';
import { bareConfig, bareOtp } from './bare-otp.ts';
import { slowBus, type KeyOperation } from './key-operations.ts';
import { FEWEST_STATUS, fewestOtp } from './key-minimum.ts';

const SLOT = 2;
/** Command codes: number, device info, slot 2 configured, slot 2 asked. */
const COMMAND = { serial: 0x10, info: 0x13, configure: 0x03, respond: 0x38 } as const;
const NOTHING = new Uint8Array();
const RESPONSE = 20;

/** A key whose second slot answers without a touch, its operations, and the count of its reports. */
export async function otpOperations(milliseconds?: number) {
  const device = new SoftwareKey({ clock: systemClock });
  otpKey(device);
  const { plug, facts } = device;
  const transport = slowBus(transportOf([device]), milliseconds);
  const key = await openKey(transport);
  const [place] = await transport.list();
  if (place === undefined) throw new Error('The key is plugged in.');
  const connection = await transport.open(place.path);
  const secret = new Uint8Array(20).fill(0x5a);
  const challenge = new Uint8Array(32).fill(0xa5);
  /** For the envelope that takes the old one's place; asked once more when that was read back. */
  const fresh = new Uint8Array(32).fill(0x3c);
  const overwrite = { typedSerial: facts.serial };
  const bare = (command: number, payload: Uint8Array) => bareOtp(connection, command, payload);
  const program = () => key.program(SLOT, secret, { touch: false, overwrite });
  const ask = () => bare(COMMAND.respond, challenge);
  const [sockets, waiting] = [{ hid: transport }, {}];
  const [plugged] = await pluggedKeys(sockets, 'otp-hmac');
  if (plugged === undefined) throw new Error('The key is plugged in.');
  const info = (await bare(COMMAND.info, NOTHING))?.[0] ?? 0;
  const fewestResponse = fewestOtp(challenge, RESPONSE);
  const fewestInfo = fewestOtp(NOTHING, 1 + info);
  const fewestWrite = fewestOtp(bareConfig(secret), null);
  const numberFirst = fewestOtp(NOTHING, 4);
  await program();

  const operations: readonly KeyOperation[] = [
    {
      name: 'list',
      ours: () => listKeys(transport),
      bare: () => transport.list(),
      fewest: 0,
      more: 0,
    },
    {
      name: 'open and close',
      ours: async () => (await openKey(transport)).close(),
      bare: async () => (await transport.open(place.path)).close(),
      fewest: 0,
      more: 0,
    },
    {
      name: 'serial',
      ours: () => key.serial(),
      bare: () => bare(COMMAND.serial, NOTHING),
      fewest: fewestOtp(NOTHING, 4),
      more: 0,
    },
    {
      name: 'info',
      ours: () => key.info(),
      bare: () => bare(COMMAND.info, NOTHING),
      fewest: fewestInfo,
      more: 1,
      because: 'the status, which has the firmware',
    },
    {
      name: 'slots',
      ours: () => key.slots(),
      bare: () => connection.getFeature(),
      fewest: FEWEST_STATUS,
      more: 0,
    },
    {
      name: 'challengeResponse, 32 bytes',
      ours: () => key.challengeResponse(SLOT, challenge),
      bare: ask,
      fewest: fewestResponse,
      more: 0,
    },
    {
      name: 'program a slot in use',
      ours: program,
      bare: () => bare(COMMAND.configure, bareConfig(secret)),
      fewest: fewestWrite,
      more: 2 + numberFirst,
      because: 'the status before, the number that was typed, the slot read back',
    },
    {
      name: 'program an empty slot',
      ours: () => key.program(SLOT, secret, { touch: false }),
      bare: () => bare(COMMAND.configure, bareConfig(secret)),
      before: () => bare(COMMAND.configure, new Uint8Array(52)),
      fewest: fewestWrite,
      more: 2,
      because: 'the status before, the slot read back',
    },
    {
      name: 'erase',
      ours: () => key.erase(SLOT, { typedSerial: facts.serial }),
      bare: () => bare(COMMAND.configure, new Uint8Array(52)),
      before: program,
      fewest: fewestOtp(new Uint8Array(52), null),
      more: 2 + numberFirst,
      because: 'the status before, the number that was typed, the slot read back',
    },
    {
      name: 'Conclave: which keys are there',
      ours: () => pluggedKeys(sockets, 'otp-hmac'),
      bare: () => bare(COMMAND.info, NOTHING),
      before: program,
      fewest: fewestInfo,
      more: 1,
      because: 'the status, which has the firmware',
    },
    {
      name: 'Conclave: still the key of the page',
      ours: () => requireStill(sockets, plugged),
      bare: () => bare(COMMAND.info, NOTHING),
      fewest: fewestInfo,
      more: 1,
      because: 'the status, which has the firmware',
    },
    ...['lock a share', 'read back, open'].map((what) => ({
      name: `Conclave: ${what}, key in`,
      ours: () => askSlotOf(sockets, [plugged], SLOT, challenge, waiting),
      bare: ask,
      fewest: fewestResponse,
      more: 0,
    })),
    {
      name: 'Conclave: open and renew, key in',
      ours: () =>
        withSlot(sockets, plugged, SLOT, async (respond) => {
          for (const one of [challenge, fresh, fresh]) await respond(one, waiting);
        }),
      bare: async () => {
        for (let touches = 0; touches < 3; touches += 1) await ask();
      },
      fewest: 3 * fewestResponse,
      more: 0,
    },
  ];
  return { operations, plug };
}
