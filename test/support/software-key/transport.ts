/**
 * The HID stack of a machine that has these software keys in its sockets.
 * @module
 */
import {
  HidGone,
  type HidConnection,
  type HidInterface,
  type HidTransport,
} from '../../../electron/devices/yubikey-otp/hid/transport.ts';
import type { Machine, SoftwareKey } from './key.ts';

/** Yubico's USB vendor id. */
const VENDOR = 0x1050;

/**
 * The paths of interfaces as Linux gives them: the lowest number that is free. So whatever is put in
 * next may have the path of what was taken out.
 */
export class HidrawNames {
  readonly #names = new Map<Machine, { readonly path: string; readonly since: number }>();

  /** Sees what was taken out and put in since the last look, in this order. */
  notice(keys: readonly SoftwareKey[]): void {
    const here = keys.filter(({ plug }) => plug.isIn);
    const machines = here.flatMap((key) =>
      key.machines.map((machine) => ({ machine, since: key.plug.times })),
    );
    for (const [machine, { since }] of this.#names) {
      if (!machines.some((one) => one.machine === machine && one.since === since)) {
        this.#names.delete(machine);
      }
    }
    for (const { machine, since } of machines) {
      if (!this.#names.has(machine)) this.#names.set(machine, { path: this.#free(), since });
    }
  }

  of(machine: Machine): string {
    const name = this.#names.get(machine);
    if (name === undefined) throw new Error('This key was not noticed.');
    return name.path;
  }

  #free(): string {
    const taken = new Set([...this.#names.values()].map(({ path }) => path));
    let number = 0;
    while (taken.has(`/dev/hidraw${number}`)) number += 1;
    return `/dev/hidraw${number}`;
  }
}

function listed(key: SoftwareKey, machine: Machine, path: string): HidInterface {
  const { productId, product } = key.facts;
  const { usagePage, usage } = machine;
  return { path, vendorId: VENDOR, productId, usagePage, usage, product };
}

function sized(report: Uint8Array, bytes: number): Uint8Array {
  if (report.length !== bytes) throw new Error(`A report of ${report.length} bytes.`);
  return report.slice();
}

function opened({ plug }: SoftwareKey, machine: Machine): HidConnection {
  const since = plug.times;
  let isOpen = true;
  function pass(): void {
    if (!isOpen) throw new Error('This interface was closed.');
    plug.pass(since);
  }
  const stalled = (): never => {
    throw new Error('This interface has no such reports.');
  };
  return {
    async write(report) {
      pass();
      (machine.write?.bind(machine) ?? stalled)(sized(report, 64));
    },
    async read(milliseconds) {
      if (!isOpen) throw new Error('This interface was closed.');
      plug.check(since);
      const report = await (machine.read?.bind(machine) ?? stalled)(milliseconds);
      if (report === null) plug.check(since);
      else pass();
      return report;
    },
    async sendFeature(report) {
      pass();
      (machine.sendFeature?.bind(machine) ?? stalled)(sized(report, 8));
    },
    async getFeature() {
      pass();
      return (machine.getFeature?.bind(machine) ?? stalled)();
    },
    async close() {
      isOpen = false;
    },
  };
}

/** `keys` is read each time: a test may add and remove keys. */
export function transportOf(
  keys: readonly SoftwareKey[],
  names: HidrawNames = new HidrawNames(),
): HidTransport {
  function interfaces() {
    names.notice(keys);
    return keys
      .filter(({ plug }) => plug.isIn)
      .flatMap((key) => key.machines.map((machine) => ({ key, machine })));
  }
  return {
    list: async () =>
      interfaces().map(({ key, machine }) => listed(key, machine, names.of(machine))),
    async open(path) {
      const found = interfaces().find(({ machine }) => names.of(machine) === path);
      if (found === undefined) throw new HidGone(`There is no ${path}.`);
      return opened(found.key, found.machine);
    },
  };
}

/** A HID stack that fails the way it is told to: see the errors of transport.ts. */
export function failingTransport(error: Error): HidTransport {
  async function fail(): Promise<never> {
    throw error;
  }
  return { list: fail, open: fail };
}
