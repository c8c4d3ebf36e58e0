/**
 * The HID stack of this computer, by node-hid. It is native code and needs a system library, so it
 * is loaded when the first key is wanted and not before: without it everything else works.
 * @module
 */
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Device, HIDAsync } from 'node-hid';
import { systemClock } from './clock.ts';
import {
  HidGone,
  HidNoPermission,
  HidUnavailable,
  type HidConnection,
  type HidInterface,
  type HidTransport,
} from './transport.ts';

/** What is used of node-hid. */
export interface NodeHid {
  devicesAsync(): Promise<Device[]>;
  readonly HIDAsync: {
    open(path: string, options?: { readonly nonExclusive?: boolean }): Promise<Opened>;
  };
}
type Opened = Pick<HIDAsync, 'close' | 'read' | 'write' | 'sendFeatureReport' | 'getFeatureReport'>;

/** YubiKeys number no reports: their id is 0, and goes before each one. */
const REPORT_ID = 0;
const FEATURE = 8;
/** Milliseconds after which a system has noticed that a key was pulled. */
const NOTICED = 200;

/** @param load tests bring another node-hid, or none */
export function nodeHidTransport(load: () => NodeHid = requireNodeHid): HidTransport {
  async function list(): Promise<readonly HidInterface[]> {
    const devices = await stack(load)
      .then((hid) => hid.devicesAsync())
      .catch((cause: unknown) => {
        throw missing(cause);
      });
    return devices.flatMap(listed);
  }

  async function isListed(path: string): Promise<boolean> {
    return (await list()).some((place) => place.path === path);
  }

  /** Tells a key that is gone from one that fails. */
  async function named(path: string, cause: unknown): Promise<unknown> {
    if (await isListed(path)) await systemClock.sleep(NOTICED);
    return (await isListed(path)) ? cause : new HidGone(path, { cause });
  }

  return {
    list,
    async open(path) {
      const hid = await stack(load);
      try {
        // On a Mac an exclusive keyboard could not be opened beside the system's own driver.
        return connection(await hid.HIDAsync.open(path, { nonExclusive: true }), (cause) =>
          named(path, cause),
        );
      } catch (cause) {
        if (!(await isListed(path))) throw new HidGone(path, { cause });
        // Elsewhere than on Linux a path is no file; what is there and does not open is not ours.
        const mayOpen = await access(path, constants.R_OK | constants.W_OK).then(
          () => true,
          () => false,
        );
        throw mayOpen ? cause : new HidNoPermission(path, { cause });
      }
    },
  };
}

function requireNodeHid(): NodeHid {
  return createRequire(import.meta.url)('node-hid') as NodeHid;
}

async function stack(load: () => NodeHid): Promise<NodeHid> {
  try {
    return load();
  } catch (cause) {
    throw missing(cause);
  }
}

/** node-hid is there but its native part loads only when it is used; either may be missing. */
function missing(cause: unknown): HidUnavailable {
  if (cause instanceof HidUnavailable) return cause;
  const text = cause instanceof Error ? cause.message : '';
  if (/libusb/.test(text)) {
    return new HidUnavailable('The system library libusb-1.0 is not installed.', { cause });
  }
  if (/libudev/.test(text)) {
    return new HidUnavailable('The system library libudev is not installed.', { cause });
  }
  return new HidUnavailable('The part node-hid of this installation is missing or damaged.', {
    cause,
  });
}

function listed(device: Device): HidInterface[] {
  const { path, vendorId, productId, usagePage, usage, product = '' } = device;
  if (path === undefined || usagePage === undefined || usage === undefined) return [];
  return [{ path, vendorId, productId, usagePage, usage, product }];
}

function connection(device: Opened, named: (cause: unknown) => Promise<unknown>): HidConnection {
  let isOpen = true;

  async function move<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      throw await named(cause);
    }
  }

  /** A report behind its id, in a buffer that does not outlive the sending. */
  async function send(report: Uint8Array, how: 'write' | 'sendFeatureReport'): Promise<void> {
    const numbered = Buffer.alloc(1 + report.length, REPORT_ID);
    numbered.set(report, 1);
    try {
      await move(() => device[how](numbered));
    } finally {
      numbered.fill(0);
    }
  }

  return {
    write: (report) => send(report, 'write'),
    async read(milliseconds) {
      const report = await move(() => device.read(milliseconds));
      return report === undefined || report.length === 0 ? null : new Uint8Array(report);
    },
    sendFeature: (report) => send(report, 'sendFeatureReport'),
    async getFeature() {
      const numbered = await move(() => device.getFeatureReport(REPORT_ID, 1 + FEATURE));
      try {
        return new Uint8Array(numbered.subarray(1));
      } finally {
        numbered.fill(0);
      }
    },
    async close() {
      if (!isOpen) return;
      isOpen = false;
      await device.close().catch(() => undefined);
    },
  };
}
