/**
 * The YubiKeys of a test, in software, with a hand that puts them in and takes them out as the
 * entry window asks.
 * @module
 */
import { systemClock } from '../../electron/devices/yubikey-otp/hid/clock.ts';
import type { FromEntry, KeyTask } from '../../shared/ipc/entry.ts';
import type { FidoApplet } from './software-key/fido-applet.ts';
import { FIRMWARE_5_7 } from './software-key/fido-profiles.ts';
import { FidoMachine } from './software-key/fido.ts';
import { SoftwareKey } from './software-key/key.ts';
import { otpKey, type OtpMachine } from './software-key/otp.ts';
import type { HidTransport } from '../../electron/devices/yubikey-otp/hid/transport.ts';
import { HidrawNames, transportOf } from './software-key/transport.ts';
import { serveKeys } from './remote-keys.ts';

/** One key of a custodian, with both interfaces and a PIN. */
export interface RackedKey {
  readonly key: SoftwareKey;
  readonly otp: OtpMachine;
  readonly fido: FidoApplet;
  /** Both interfaces keep the serial number to themselves. */
  readonly hideSerial: () => void;
}

export class KeyRack {
  readonly #keys: SoftwareKey[] = [];
  readonly #names = new HidrawNames();
  #afterLook: (() => void) | null = null;
  /** Of the keys that are plugged in. */
  readonly transport: HidTransport = this.#noticed(transportOf(this.#keys, this.#names));
  readonly #served = serveKeys(this.transport);

  /** For `workerData`. */
  get channel(): string {
    return this.#served.name;
  }

  /** A new key, not plugged in. `pin` null leaves it as it came from the factory. */
  add(serial: number, pin: string | null = '123456', profile = FIRMWARE_5_7): RackedKey {
    const { firmware } = profile;
    const key = new SoftwareKey({ clock: systemClock, serial, firmware });
    const otp = otpKey(key);
    const machine = key.add(new FidoMachine(key, profile));
    const { applet } = machine;
    if (pin !== null) applet.pin.set(pin);
    key.finger.hesitates(0);
    key.plug.out();
    this.#keys.push(key);
    const hideSerial = () => {
      otp.hidesSerial = true;
      machine.hidesSerial = true;
    };
    return { key, otp, fido: applet, hideSerial };
  }

  /** It is put in, then all others come out. */
  only({ key }: RackedKey): void {
    this.#afterLook = null;
    key.plug.in();
    this.#names.notice(this.#keys);
    for (const other of this.#keys) if (other !== key) other.plug.out();
  }

  allOut(): void {
    this.#afterLook = null;
    for (const key of this.#keys) key.plug.out();
  }

  /** All come out, and this one goes in again once somebody has looked: no hand is faster. */
  replug(key: RackedKey, then: () => void = () => undefined): void {
    this.allOut();
    this.#afterLook = () => {
      this.only(key);
      then();
    };
  }

  /** The next test begins without any. */
  empty(): void {
    this.#keys.length = 0;
  }

  close(): void {
    this.#served.close();
  }

  #noticed(transport: HidTransport): HidTransport {
    return {
      open: (path) => transport.open(path),
      list: async () => {
        const seen = await transport.list();
        this.#afterLook?.();
        return seen;
      },
    };
  }
}

/** How a person with keys answers the window. */
export interface KeyHands {
  readonly rack: KeyRack;
  readonly own: RackedKey;
  readonly backup?: RackedKey;
  /** Typed one after the other, the last one again and again. */
  readonly pins?: readonly string[];
  /** A slot that is in use. */
  readonly slot?: Extract<FromEntry, { type: 'slot' }>;
  /** Instead of the ordinary: what is done at a task. */
  readonly instead?: (task: KeyTask) => FromEntry | null | undefined;
}

/** Does what the task asks; null where the window sees by itself. */
export function handle(task: KeyTask, hands: KeyHands, typedPins: number): FromEntry | null {
  const special = hands.instead?.(task);
  if (special !== undefined) return special;
  const { rack, own, backup } = hands;
  switch (task.task) {
    case 'key-in': {
      const backupOnly = task.wanted.length === 1 && task.wanted[0]?.isBackup === true;
      rack.only((task.purpose === 'backup' || backupOnly) && backup !== undefined ? backup : own);
      return null;
    }
    case 'key-replug':
      if (backup === undefined) rack.replug(own);
      else rack.allOut();
      return null;
    case 'pin':
    case 'new-pin': {
      const pin = hands.pins?.[typedPins] ?? hands.pins?.at(-1) ?? '123456';
      return { type: 'pin', bytes: new TextEncoder().encode(pin) };
    }
    case 'key-slot':
      return (
        hands.slot ?? {
          type: 'slot',
          slot: 2,
          use: task.slots[1]?.isConfigured === true ? 'as-it-is' : 'program',
          typedSerial: null,
        }
      );
    case 'key-erase':
      return { type: 'erase', typedSerial: own.key.facts.serial };
    case 'backup-key':
      return { type: 'backup-key', wanted: backup !== undefined };
    case 'touch':
      return null;
  }
}

export function isKeyTask(task: { readonly task: string }): task is KeyTask {
  return (
    task.task.startsWith('key-') || ['pin', 'new-pin', 'touch', 'backup-key'].includes(task.task)
  );
}
