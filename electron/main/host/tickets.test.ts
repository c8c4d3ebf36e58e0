import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Finding } from '../../../shared/ceremony/types.ts';
import { createHost } from './host.ts';
import type { Platform } from './ports.ts';
import { makeTicket } from './tickets.ts';

const SWAP: Finding = {
  id: 'swap',
  status: 'unknown',
  headline: 'Swap cannot be judged',
  detail: '',
  stopsProduction: true,
  fix: '',
};

test.each([
  ['this Electron gets no updates', [], 'production-refused'],
  [null, [SWAP], 'laptop-not-ready'],
  // A check that looked at nothing has found nothing, and proves nothing.
  [null, [], 'laptop-not-ready'],
] as const)('a real ticket is not made where %s, with findings %j', async (why, findings, code) => {
  const asked = () => Promise.reject(new Error('Nothing may be started.'));
  const platform = {
    productionRefused: why,
    checkEnvironment: () => Promise.resolve(findings),
    startWorker: asked,
    openEntryWindow: asked,
  } as unknown as Platform;
  const knowledge = { trusted: () => Promise.reject(new Error('Judged too late.')) };
  const making = makeTicket(
    {
      mode: 'production',
      kind: 'recover',
      operator: 'operator',
      volumeId: 'uuid:1',
      identity: 'usb',
      identityVolumeId: 'uuid:1',
    },
    { platform, knowledge, sticks: {} } as unknown as Parameters<typeof makeTicket>[1],
  );
  await expect(making).rejects.toMatchObject({ code });
});

const WANTED = {
  mode: 'production',
  kind: 'recover',
  operator: 'operator',
  volumeId: 'uuid:1',
  identity: 'usb',
  identityVolumeId: 'uuid:1',
} as const;

test('while a ticket is made there is no second one and no ceremony; afterwards there is', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'conclave-ticket-'));
  let judged: (findings: Finding[]) => void = () => undefined;
  const platform: Platform = {
    productionRefused: null,
    // The first ticket waits here for as long as the test likes.
    checkEnvironment: () => new Promise((resolve) => (judged = resolve)),
    startWorker: () => Promise.reject(new Error('Nothing may be started.')),
    openEntryWindow: () => Promise.reject(new Error('Nothing may be opened.')),
    application: 'test',
    dataFolder: folder,
    rehearsalFolder: null,
    clearClipboard: () => undefined,
    now: () => new Date('2026-05-03T09:30:00Z'),
  };
  const host = createHost(platform);
  try {
    const first = host.makeTicket(WANTED);
    const busy = { code: 'ticket-being-made' };
    await expect(host.makeTicket(WANTED)).rejects.toMatchObject(busy);
    await expect(host.start('split', 'rehearsal')).rejects.toMatchObject(busy);
    await expect(host.resume('ab'.repeat(16))).rejects.toMatchObject(busy);
    judged([SWAP]);
    await expect(first).rejects.toMatchObject({ code: 'laptop-not-ready' });
    // A ceremony that is about to begin keeps tickets out as one that runs does.
    const starting = host.start('split', 'rehearsal');
    await expect(host.makeTicket(WANTED)).rejects.toMatchObject({ code: 'ceremony-running' });
    await starting;
    expect(host.view()).not.toBeNull();
  } finally {
    await host.shutdown();
    await rm(folder, { recursive: true, force: true });
  }
});
