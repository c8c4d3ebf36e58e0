import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  pluggedOtp,
  toHex,
  VECTORS,
  fromHex,
} from '../../../../test/support/software-key/plugged-otp.ts';
import { nodeHidOf } from '../../../../test/support/software-key/as-node-hid.ts';
import { list as listKeys, open as openKey } from '../index.ts';
import { nodeHidTransport, type NodeHid } from './node-hid.ts';
import { HidGone, HidNoPermission, HidUnavailable } from './transport.ts';

const require = createRequire(import.meta.url);
const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

/** A folder with node-hid as installed, whose native part asks for a libusb that is nowhere. */
async function withoutLibusb(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'conclave-node-hid-'));
  folders.push(folder);
  const modules = path.join(folder, 'node_modules');
  for (const name of ['node-hid', 'pkg-prebuilds']) {
    const from = path.dirname(require.resolve(`${name}/package.json`));
    await cp(from, path.join(modules, name), { recursive: true });
  }
  const binding = path.join(
    modules,
    'node-hid/prebuilds',
    `HID_hidraw-linux-${process.arch}`,
    'node-napi-v4.node',
  );
  const bytes = await readFile(binding);
  const at = bytes.indexOf('libusb-1.0.so.0');
  expect(at).toBeGreaterThan(0);
  bytes.write('libusb-1.0.so.X', at);
  await writeFile(binding, bytes);
  return folder;
}

describe('without what it needs', () => {
  it('a missing libusb is named, and nothing else is harmed', async () => {
    const folder = await withoutLibusb();
    const load = () => createRequire(path.join(folder, 'x.cjs'))('node-hid') as NodeHid;
    const error = await nodeHidTransport(load)
      .list()
      .catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(HidUnavailable);
    expect((error as Error).message).toBe('The system library libusb-1.0 is not installed.');
    await expect(listKeys(nodeHidTransport(load))).rejects.toMatchObject({
      code: 'otp-unavailable',
    });
  });

  it('a missing node-hid is named when the first key is wanted, not before', async () => {
    const load = () => createRequire(path.join(tmpdir(), 'x.cjs'))('node-hid') as NodeHid;
    const transport = nodeHidTransport(load);
    for (const attempt of [() => transport.list(), () => transport.open('/dev/hidraw0')]) {
      const error = await attempt().catch((cause: unknown) => cause);
      expect(error).toBeInstanceOf(HidUnavailable);
      expect((error as Error).message).toContain('node-hid');
    }
  });
});

describe('the real node-hid', () => {
  it('lists what this computer has', async () => {
    const found = await nodeHidTransport().list();
    expect(Array.isArray(found)).toBe(true);
    for (const place of found) expect(place.path).not.toBe('');
  });

  it('says that a key is gone when there is none at this path', async () => {
    await expect(nodeHidTransport().open('/dev/hidraw99')).rejects.toBeInstanceOf(HidGone);
  });
});

describe('reports', () => {
  it('go through with their id, both ways', async () => {
    const { clock, transport } = pluggedOtp();
    const hid = nodeHidTransport(() => nodeHidOf(transport));
    const key = await openKey(hid, undefined, clock);
    const [[secret, challenge, response]] = VECTORS;
    await key.program(2, fromHex(secret), { touch: false });
    const given = await key.challengeResponse(2, new TextEncoder().encode(challenge));
    expect(toHex(given)).toBe(response);
    await key.close();
    await key.close();
  });

  it('of a key that was pulled end as gone', async () => {
    const { clock, key: device, transport } = pluggedOtp();
    const hid = nodeHidTransport(() => nodeHidOf(transport));
    const key = await openKey(hid, undefined, clock);
    device.plug.comeOutAfter(3);
    await expect(key.serial()).rejects.toMatchObject({ code: 'otp-gone' });
  });

  it('that fail while the key is there are nonsense, not gone', async () => {
    const { clock, transport } = pluggedOtp();
    const broken = nodeHidOf(transport);
    const hid = nodeHidTransport(() => ({
      ...broken,
      HIDAsync: {
        open: async (where) => ({
          ...(await broken.HIDAsync.open(where)),
          getFeatureReport: async () => {
            throw new TypeError('could not get feature report from device');
          },
        }),
      },
    }));
    const key = await openKey(hid, undefined, clock);
    await expect(key.slots()).rejects.toMatchObject({ code: 'otp-protocol' });
  });

  it('are not for accounts that may not open the key', async () => {
    const { transport } = pluggedOtp();
    const hid = nodeHidTransport(() => nodeHidOf(transport, false));
    const [place] = await hid.list();
    await expect(hid.open(place?.path ?? '')).rejects.toBeInstanceOf(HidNoPermission);
    await expect(openKey(hid)).rejects.toMatchObject({ code: 'otp-no-permission' });
  });
});
