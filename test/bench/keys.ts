/**
 * One HMAC-SHA1 response of a YubiKey by our driver, against the fewest reports with which the
 * protocol allows it, sent without a check; the same, as counts, for the other operations. The key
 * is the software one, which answers at once and needs no touch; each report takes as long as on a
 * real bus.
 * @module
 */
import type {
  HidConnection,
  HidTransport,
} from '../../electron/devices/yubikey-otp/hid/transport.ts';
import { systemClock } from '../../electron/devices/yubikey-otp/hid/clock.ts';
import { openKey, type OtpKey } from '../../electron/devices/yubikey-otp/index.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { SoftwareKey } from '../support/software-key/key.ts';
import { otpKey } from '../support/software-key/otp.ts';
import { checksum, sealed } from '../support/software-key/otp-slots.ts';
import { transportOf } from '../support/software-key/transport.ts';
import { interleave, megabytes, ownPeak, timed, type Finding } from './measure.ts';

const ROUNDS = 101;
/** Milliseconds of one report: a control transfer on a full-speed bus takes one to three frames. */
const TRANSFER = 2;

/** A bus that takes its time for each report. */
function slowBus(transport: HidTransport): HidTransport {
  return {
    ...transport,
    open: async (path) => {
      const connection = await transport.open(path);
      return {
        ...connection,
        getFeature: async () => {
          await systemClock.sleep(TRANSFER);
          return connection.getFeature();
        },
        sendFeature: async (report) => {
          await systemClock.sleep(TRANSFER);
          return connection.sendFeature(report);
        },
      };
    },
  };
}

/** A command and its answer in as few reports as there can be; nothing is looked at. */
async function bareCommand(
  connection: HidConnection,
  command: number,
  content: Uint8Array,
): Promise<void> {
  const payload = new Uint8Array(64);
  payload.set(content);
  const crc = checksum(payload);
  const frame = Uint8Array.of(...payload, command, crc & 0xff, crc >> 8, 0, 0, 0);
  for (let place = 0; place < 10; place += 1) {
    const data = frame.subarray(place * 7, place * 7 + 7);
    if (place % 9 > 0 && data.every((byte) => byte === 0)) continue;
    await connection.getFeature();
    await connection.sendFeature(Uint8Array.of(...data, 0x80 | place));
  }
  let flags = (await connection.getFeature())[7] ?? 0;
  if (flags === 0) return;
  do flags = (await connection.getFeature())[7] ?? 0;
  while (flags !== 0x40);
  await connection.sendFeature(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0xff));
}

/** What to write into slot 2: a secret, variable length, no touch; or nothing at all. */
function config(secret: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(50);
  bytes.set(secret.subarray(0, 16), 22);
  bytes.set(secret.subarray(16), 16);
  bytes.set([0x04, 0x40, 0x26], 45);
  return sealed(bytes);
}

interface Operation {
  readonly name: string;
  readonly ours: (key: OtpKey) => Promise<unknown>;
  readonly bare: readonly [command: number, payload: Uint8Array];
}

function operations(serial: number): readonly Operation[] {
  const secret = new Uint8Array(20).fill(0x5a);
  const challenge = new Uint8Array(32).fill(0xa5);
  const overwrite = { typedSerial: serial };
  return [
    { name: 'serial number', ours: (key) => key.serial(), bare: [0x10, new Uint8Array()] },
    { name: 'device info', ours: (key) => key.info(), bare: [0x13, new Uint8Array()] },
    {
      name: 'writing a slot in use',
      ours: (key) => key.program(2, secret, { touch: false, overwrite }),
      bare: [0x03, config(secret)],
    },
    {
      name: 'response to 32 bytes',
      ours: (key) => key.challengeResponse(2, challenge),
      bare: [0x38, challenge],
    },
    {
      name: 'erasing a slot',
      ours: (key) => key.erase(2, { typedSerial: serial }),
      bare: [0x03, new Uint8Array(52)],
    },
  ];
}

export async function measureKeys(rounds = ROUNDS): Promise<Finding> {
  const device = new SoftwareKey({ clock: systemClock });
  otpKey(device);
  const { plug, facts } = device;
  const transport = slowBus(transportOf([device]));
  const key = await openKey(transport);
  const [place] = await transport.list();
  const connection = await transport.open(place?.path ?? '');
  const counted = async (work: () => Promise<unknown>): Promise<number> => {
    const before = plug.reports;
    await work();
    return plug.reports - before;
  };

  const notes: string[] = [];
  const secret = new Uint8Array(20).fill(1);
  for (const { name, ours, bare } of operations(facts.serial)) {
    const fewest = await counted(() => bareCommand(connection, ...bare));
    // The bare side has just erased what is to be erased here.
    if (name.startsWith('erasing')) await key.program(2, secret, { touch: false });
    const found = await counted(() => ours(key));
    notes.push(`${name}: ${found} reports; at least ${fewest}`);
  }
  await key.program(2, secret, { touch: false });
  const sides = await interleave(rounds, {
    ours: () => timed(() => key.challengeResponse(2, randomBytes(32))),
    bare: () => timed(() => bareCommand(connection, 0x38, randomBytes(32))),
  });
  return {
    title: 'HMAC-SHA1 response of a key (OTP interface, without touch)',
    ours: `challengeResponse of electron/devices/yubikey-otp, ${TRANSFER} ms a report`,
    bare: 'the fewest reports that the protocol allows, unchecked',
    target: 1.1,
    sides,
    memory: [`this process at its peak: ${megabytes(ownPeak())}`],
    notes,
  };
}
