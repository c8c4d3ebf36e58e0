import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Volume } from '../../media/usb/volumes.ts';
import { keyMedia, readinessFindings } from './readiness.ts';
import { openSticks } from './sticks.ts';

const stick: Volume = {
  id: 'uuid:1',
  path: '/media/stick',
  label: 'HOME-1',
  device: '/dev/sdb1',
  filesystem: 'vfat',
  sizeBytes: 1e9,
  freeBytes: 1e9,
  readOnly: false,
  removable: 'yes',
  system: false,
  folder: false,
  deviceNumber: 1,
};
const printer = { id: 'office', label: 'office', page: 'A4' as const };

function standing(...facts: Parameters<typeof readinessFindings>) {
  return Object.fromEntries(readinessFindings(...facts).map(({ id, status }) => [id, status]));
}

test('a plan with paper needs a printer, and every ceremony a stick', () => {
  const paper = new Set(['paper'] as const);
  expect(standing(paper, [printer], [stick])).toEqual({ printer: 'pass', stick: 'pass' });
  expect(standing(paper, [], [])).toEqual({ printer: 'fail', stick: 'fail' });
});

test('a plan without paper asks for no printer', () => {
  expect(standing(new Set(['usb'] as const), [], [stick])).toEqual({ stick: 'pass' });
});

test('a write-protected stick and the system disk are no stick', () => {
  expect(standing(new Set(), [], [{ ...stick, readOnly: true }])).toEqual({ stick: 'fail' });
  expect(standing(new Set(), [], [{ ...stick, system: true }])).toEqual({ stick: 'fail' });
});

test('in a rehearsal the practice sticks count, and are called what they are', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'conclave-readiness-'));
  try {
    const sticks = openSticks(folder);
    const practice = (await sticks.list('rehearsal')).filter((one) => one.folder);
    expect(practice).toHaveLength(6);
    const [finding] = readinessFindings(new Set(), [], practice);
    expect(finding).toMatchObject({ id: 'stick', status: 'pass' });
    expect(finding?.headline).toBe('Practice sticks are there');
    expect(finding?.detail).toMatch(/^practice stick A, .*practice stick F can be written to\.$/);
    const [real] = readinessFindings(new Set(), [], [...practice, stick]);
    expect(real).toMatchObject({ headline: 'A stick is plugged in', status: 'pass' });
    expect(real?.detail).toBe('HOME-1 can be written to.');
    const production = (await sticks.list('production')).filter((one) => one.folder);
    expect(readinessFindings(new Set(), [], production)[0]).toMatchObject({ status: 'fail' });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('without a printer a real ceremony with paper does not start', () => {
  const [finding] = readinessFindings(new Set(['paper'] as const), [], []);
  expect(finding).toMatchObject({ id: 'printer', stopsProduction: true });
});

test('what is there stops nothing and has nothing to be mended', () => {
  for (const finding of readinessFindings(new Set(['paper'] as const), [printer], [stick])) {
    expect(finding).toMatchObject({ status: 'pass', stopsProduction: false, fix: '' });
  }
});

test('keys are looked for when the plan has them, and for nobody else', () => {
  expect(keyMedia(new Set(['paper', 'usb'] as const), null)).toEqual([]);
  const planned = new Set(['yubikey-fido2', 'paper', 'yubikey-otp'] as const);
  expect(keyMedia(planned, null)).toEqual(['yubikey-fido2', 'yubikey-otp']);
});
