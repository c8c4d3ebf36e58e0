/**
 * A YubiKey in software: one plug, one finger, one clock, one serial number, and one machine for
 * each HID interface. What a machine is asked and answers are reports, byte for byte.
 * @module
 */
import type { Clock } from '../../../electron/devices/yubikey-otp/hid/clock.ts';
import { Finger } from './finger.ts';
import { Plug } from './plug.ts';

/** One HID interface from the inside. A machine without a method stalls when it is called. */
export interface Machine {
  /** HID usage page and usage, 16 bits each. */
  readonly usagePage: number;
  readonly usage: number;
  /** An output report of 64 bytes came. */
  write?(report: Uint8Array): void;
  /** The next input report of 64 bytes; null when there is none within so many milliseconds. */
  read?(milliseconds: number): Promise<Uint8Array | null>;
  /** A feature report of 8 bytes came. */
  sendFeature?(report: Uint8Array): void;
  /** The feature report of this moment, 8 bytes. */
  getFeature?(): Uint8Array;
  /** The key lost its power: what it does not keep in its memory is gone. */
  reset(): void;
}

export interface SoftwareKeyFacts {
  readonly clock: Clock;
  /** 1 to 2^32 - 1, printed on the key. */
  readonly serial: number;
  /** Major, minor, build. */
  readonly firmware: readonly [number, number, number];
  /** USB product id; 0x0407 has OTP, FIDO and smart card. */
  readonly productId: number;
  readonly product: string;
}

const FACTS = {
  serial: 12_345_678,
  firmware: [5, 4, 3],
  productId: 0x0407,
  product: 'YubiKey OTP+FIDO+CCID',
} as const;

export class SoftwareKey {
  readonly facts: SoftwareKeyFacts;
  readonly plug = new Plug();
  readonly finger = new Finger();
  readonly machines: Machine[] = [];

  constructor(facts: Pick<SoftwareKeyFacts, 'clock'> & Partial<SoftwareKeyFacts>) {
    this.facts = { ...FACTS, ...facts };
    this.plug.onLoss(() => {
      for (const machine of this.machines) machine.reset();
    });
  }

  /** Gives the key one more interface, and returns its machine. */
  add<M extends Machine>(machine: M): M {
    this.machines.push(machine);
    return machine;
  }
}
