/**
 * What the YubiKey drivers need of an HID stack: list, open, and move single reports. node-hid is
 * one implementation, the software key of the tests another. Reports are whole and carry no report
 * id (YubiKeys use id 0): 8 bytes for feature reports of the OTP interface, 64 bytes for the input
 * and output reports of the FIDO interface.
 *
 * Every method of a connection that meets a key that is not there any more rejects with
 * {@link HidGone}; drivers turn that into their own error.
 * @module
 */

/** One HID interface as the system lists it, without opening it. */
export interface HidInterface {
  /** Names the interface until it is unplugged: a device file, or what the system uses instead. */
  readonly path: string;
  /** USB ids, 16 bits each. Yubico's vendor id is 0x1050. */
  readonly vendorId: number;
  readonly productId: number;
  /** HID usage, 16 bits each: 0x0001/0x0006 is the OTP interface, 0xf1d0/0x0001 FIDO. */
  readonly usagePage: number;
  readonly usage: number;
  /** The product string of the key, e.g. `YubiKey OTP+FIDO+CCID`; may be empty. */
  readonly product: string;
}

export interface HidTransport {
  /** All interfaces that the system shows now. @throws HidUnavailable @throws HidNoPermission */
  list(): Promise<readonly HidInterface[]>;
  /** Opens one of them. @throws HidGone @throws HidNoPermission @throws HidUnavailable */
  open(path: string): Promise<HidConnection>;
}

/** One open interface. Calls are made one after the other, never two at once. */
export interface HidConnection {
  /** Sends one output report of 64 bytes. */
  write(report: Uint8Array): Promise<void>;
  /** The next input report of 64 bytes, or null when none came within `milliseconds`. */
  read(milliseconds: number): Promise<Uint8Array | null>;
  /** Sends one feature report of 8 bytes. */
  sendFeature(report: Uint8Array): Promise<void>;
  /** The current feature report, 8 bytes. */
  getFeature(): Promise<Uint8Array>;
  /** Frees the interface; safe to call twice, and after the key is gone. */
  close(): Promise<void>;
}

/** The key was taken out, or the system lost it. */
export class HidGone extends Error {
  override readonly name = 'HidGone';
}

/** The key is there, but this account may not open it (on Linux: no udev rule). */
export class HidNoPermission extends Error {
  override readonly name = 'HidNoPermission';
}

/** There is no HID stack: node-hid or the system's libusb is missing. `message` says which. */
export class HidUnavailable extends Error {
  override readonly name = 'HidUnavailable';
}
