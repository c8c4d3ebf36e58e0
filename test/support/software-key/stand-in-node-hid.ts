/**
 * Stands in for the package node-hid in a folder of a test: one software key, whose second slot
 * answers to a touch, and a finger that touches it 200 ms after it begins to blink.
 * @module
 */
import { systemClock } from '../../../electron/devices/yubikey-otp/hid/clock.ts';
import { hmacConfig, writePayload } from '../../../electron/devices/yubikey-otp/slot-config.ts';
import { nodeHidOf } from './as-node-hid.ts';
import { SoftwareKey } from './key.ts';
import { otpKey } from './otp.ts';
import { transportOf } from './transport.ts';

const key = new SoftwareKey({ clock: systemClock });
// Slots count from 0 inside the key.
const { memory } = otpKey(key);
memory.write(1, writePayload(hmacConfig(new Uint8Array(20).fill(0x0b), true)))?.();

const hid = nodeHidOf(transportOf([key]));
export const devicesAsync = () => hid.devicesAsync();
export const HIDAsync = hid.HIDAsync;
