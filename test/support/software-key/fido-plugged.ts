/**
 * A laptop with one software key whose FIDO interface is in use.
 * @module
 */
import { type FidoKey, listFidoKeys, openFidoKey } from '../../../electron/devices/ctap/index.ts';
import type { HidTransport } from '../../../electron/devices/yubikey-otp/hid/transport.ts';
import { JumpingClock } from './clock.ts';
import type { FidoApplet } from './fido-applet.ts';
import { FIRMWARE_5_7, type FidoProfile } from './fido-profiles.ts';
import { FidoMachine } from './fido.ts';
import { SoftwareKey } from './key.ts';
import { transportOf } from './transport.ts';

export interface PluggedFido {
  readonly clock: JumpingClock;
  readonly key: SoftwareKey;
  readonly applet: FidoApplet;
  readonly transport: HidTransport;
  /** Opens the key by the driver, as it is plugged in now. */
  readonly open: () => Promise<FidoKey>;
}

/** `pin` is set on it already; null leaves it as it came from the factory. */
export function pluggedFido(
  profile: FidoProfile = FIRMWARE_5_7,
  pin: string | null = '123456',
): PluggedFido {
  const clock = new JumpingClock();
  const key = new SoftwareKey({ clock, firmware: profile.firmware });
  const { applet } = key.add(new FidoMachine(key, profile));
  if (pin !== null) applet.pin.set(pin);
  const transport = transportOf([key]);
  return { clock, key, applet, transport, open: () => openOnly(transport, clock) };
}

async function openOnly(transport: HidTransport, clock: JumpingClock): Promise<FidoKey> {
  const [found] = await listFidoKeys(transport);
  if (found === undefined) throw new Error('No FIDO key is plugged in.');
  return openFidoKey(transport, found.path, clock);
}
