import { expect, test } from 'vitest';
import type { Finding } from '../../../shared/ceremony/types.ts';
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
      operator: 'operator',
      volumeId: 'uuid:1',
      identity: 'usb',
      identityVolumeId: 'uuid:1',
    },
    { platform, knowledge, sticks: {} } as unknown as Parameters<typeof makeTicket>[1],
  );
  await expect(making).rejects.toMatchObject({ code });
});
