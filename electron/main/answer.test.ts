import { describe, expect, it, vi } from 'vitest';
import { refusals } from '../../shared/refusal.ts';
import { answer } from './answer.ts';

const ID = 'ab'.repeat(16);
const refuse = refusals({
  'stick-full': () => ({ happened: 'It is full.', means: 'Nothing.', next: 'Take another.' }),
});

describe('a call from the window', () => {
  it('reaches the handler as the contract parses it', async () => {
    const handler = vi.fn(() => Promise.resolve({ description: 'on the stick' }));
    const input = { ceremonyId: ID, volumeId: 'sdb1' };
    expect(await answer('log:export', handler, input)).toEqual({
      ok: true,
      value: { description: 'on the stick' },
    });
    expect(handler).toHaveBeenCalledWith(input);
  });

  it.each([
    undefined,
    null,
    'sdb1',
    { ceremonyId: ID },
    { ceremonyId: '../../etc/passwd', volumeId: 'sdb1' },
    { ceremonyId: ID, volumeId: 'x'.repeat(401) },
    { ceremonyId: ID, volumeId: 'sdb1', also: 'this' },
  ])('is refused before the handler when it is malformed: %j', async (input) => {
    const handler = vi.fn(() => Promise.resolve({ description: '' }));
    const refused = await answer('log:export', handler, input);
    expect(refused).toMatchObject({ ok: false, note: { code: 'call-malformed' } });
    expect(handler).not.toHaveBeenCalled();
  });

  it('hands out nothing that the contract does not name', async () => {
    const silent = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const leaky = { description: 'on the stick', passphrase: 'canary' };
    const answered = await answer('log:export', () => Promise.resolve(leaky), {
      ceremonyId: ID,
      volumeId: 'sdb1',
    });
    expect(answered).toMatchObject({ ok: false, note: { code: 'app-fault' } });
    expect(JSON.stringify(answered)).not.toContain('canary');
    silent.mockRestore();
  });

  it('writes a fault down without what the window gave and without what looks like a secret', async () => {
    const written = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const input = { ceremonyId: ID, volumeId: 'uuid:PLANTED-STICK' };
    const words = 'anchor velvet copper morning orbit lizard';
    await answer(
      'log:export',
      () => {
        const fault = new Error(`cannot write "${words}" to uuid:PLANTED-STICK`);
        return Promise.reject(Object.assign(fault, { code: 'EROFS', secret: words }));
      },
      input,
    );
    const text = written.mock.calls.flat().map(String).join('\n');
    expect(text).toContain('conclave: fault in log:export: Error [EROFS]: cannot');
    expect(text).toMatch(/answer\.test\.ts:\d+:\d+/);
    expect(text).not.toMatch(/PLANTED|velvet|orbit/);
    expect(written.mock.calls.flat().every((part) => typeof part === 'string')).toBe(true);
    written.mockRestore();
  });

  it('carries a refusal, and hides a fault behind one', async () => {
    const silent = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const no = await answer(
      'ceremony:leave',
      () => Promise.reject(refuse('stick-full')),
      undefined,
    );
    expect(no).toMatchObject({ ok: false, note: { code: 'stick-full', next: 'Take another.' } });
    const fault = await answer(
      'ceremony:leave',
      () => Promise.reject(new Error('/home/somebody/file')),
      undefined,
    );
    expect(fault).toMatchObject({ ok: false, note: { code: 'app-fault' } });
    expect(JSON.stringify(fault)).not.toContain('somebody');
    silent.mockRestore();
  });
});
