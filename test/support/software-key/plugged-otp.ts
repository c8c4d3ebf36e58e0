/**
 * A software key with an OTP interface in the socket of a test, and the driver on it.
 * @module
 */
import { open as openKey, type OtpKey } from '../../../electron/devices/yubikey-otp/index.ts';
import type { HidTransport } from '../../../electron/devices/yubikey-otp/hid/transport.ts';
import { JumpingClock } from './clock.ts';
import { SoftwareKey, type SoftwareKeyFacts } from './key.ts';
import { otpKey, type OtpMachine } from './otp.ts';
import { transportOf } from './transport.ts';

/** The secrets and responses of the reference: RFC 2202, FIPS 198 and yubikit's own tests. */
export const VECTORS = [
  ['0b'.repeat(20), 'Hi There', 'b617318655057264e28bc0b6fb378c8ef146be00'],
  [
    '303132333435363738393a3b3c3d3e3f40414243',
    'Sample #2',
    '0922d3405faa3d194f82a45830737d5cc6c75d24',
  ],
  [
    '1ce30fd78d20dcfa40b50c18779afb0f02288db7',
    'UnitTest',
    '5e92434f99d3254620392e45da46f77b4661e09b',
  ],
] as const;

export const fromHex = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));
export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

export interface Plugged {
  readonly clock: JumpingClock;
  readonly key: SoftwareKey;
  readonly otp: OtpMachine;
  readonly transport: HidTransport;
  /** Opens it; `through` stands between driver and key. */
  readonly open: (through?: (transport: HidTransport) => HidTransport) => Promise<OtpKey>;
}

export function pluggedOtp(facts: Partial<SoftwareKeyFacts> = {}): Plugged {
  const clock = new JumpingClock();
  const key = new SoftwareKey({ clock, ...facts });
  const otp = otpKey(key);
  const transport = transportOf([key]);
  const open: Plugged['open'] = (through = (same) => same) =>
    openKey(through(transport), undefined, clock);
  return { clock, key, otp, transport, open };
}

/** The code and sentences of what `work` is refused with. */
export async function refusalOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'nothing was refused',
    (error: unknown) => error,
  );
}
