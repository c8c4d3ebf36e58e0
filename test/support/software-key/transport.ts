/**
 * The HID stack of a machine that has these software keys in its sockets.
 * @module
 */
import {
  HidGone,
  type HidConnection,
  type HidInterface,
  type HidTransport,
} from '../../../electron/devices/hid/transport.ts';
import type { Machine, SoftwareKey } from './key.ts';

/** Yubico's USB vendor id. */
const VENDOR = 0x1050;

/** Where the system shows an interface; another path after each plugging in. */
function pathOf(key: SoftwareKey, machine: Machine): string {
  const usage = machine.usagePage.toString(16);
  return `software/${key.facts.serial}/${key.plug.times}/${usage}`;
}

function listed(key: SoftwareKey, machine: Machine): HidInterface {
  const { productId, product } = key.facts;
  const { usagePage, usage } = machine;
  return { path: pathOf(key, machine), vendorId: VENDOR, productId, usagePage, usage, product };
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
export function transportOf(keys: readonly SoftwareKey[]): HidTransport {
  const interfaces = () =>
    keys
      .filter(({ plug }) => plug.isIn)
      .flatMap((key) => key.machines.map((machine) => ({ key, machine })));
  return {
    list: async () => interfaces().map(({ key, machine }) => listed(key, machine)),
    async open(path) {
      const found = interfaces().find(({ key, machine }) => pathOf(key, machine) === path);
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
