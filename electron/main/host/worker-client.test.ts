import { expect, test } from 'vitest';
import type { FromWorker, ToWorker } from '../../worker/protocol.ts';
import type { Platform } from './ports.ts';
import { EntryCancelled, startWorkerClient } from './worker-client.ts';

/** A worker of which the test decides what it answers and when it dies. */
async function start() {
  const asked: ToWorker[] = [];
  const windows: string[] = [];
  let answer: (message: FromWorker) => void = () => undefined;
  let die: () => void = () => undefined;
  let gone = 0;
  const platform: Pick<Platform, 'startWorker' | 'openEntryWindow'> = {
    startWorker: () =>
      Promise.resolve({
        post: (message) => void asked.push(message),
        onMessage: (listener) => void (answer = listener),
        onExit: (listener) => void (die = listener),
        kill: () => die(),
      }),
    openEntryWindow(title) {
      windows.push(`${title} opened`);
      return Promise.resolve({
        workerPort: 'port',
        destroy: () => windows.push(`${title} closed`),
      });
    },
  };
  const client = await startWorkerClient(platform, () => (gone += 1));
  return {
    client,
    asked,
    windows,
    answer: (message: FromWorker) => answer(message),
    die: () => die(),
    gone: () => gone,
  };
}

test('answers go to who asked, whatever their order', async () => {
  const { client, asked, answer } = await start();
  const [first, second] = [
    client.ask('end-seat', {}),
    client.ask('prove-quorum', { threshold: 2 }),
  ];
  expect(asked.map(({ id }) => id)).toEqual([1, 2]);
  answer({ id: 2, ok: true, output: { indexes: [1, 3] } });
  answer({ id: 1, ok: true, output: null });
  answer({ id: 9, ok: true, output: 'nobody asked' });
  expect(await second).toEqual({ indexes: [1, 3] });
  expect(await first).toBeNull();
});

test('a refusal keeps its three sentences; a closed window is no refusal', async () => {
  const { client, answer, windows } = await start();
  const refused = client.ask('end-seat', {});
  const note = { code: 'some-code', happened: 'a', means: 'b', next: 'c', culprit: 'line 2' };
  answer({ id: 1, ok: false, note });
  await expect(refused).rejects.toMatchObject({ code: 'some-code', culprit: 'line 2' });
  const closed = client.askInWindow('custodian 1', 'new-identity', {});
  await new Promise((resolve) => setImmediate(resolve));
  expect(windows).toEqual(['custodian 1 opened']);
  answer({ id: 2, ok: false, cancelled: true });
  await expect(closed).rejects.toBeInstanceOf(EntryCancelled);
  expect(windows).toEqual(['custodian 1 opened', 'custodian 1 closed']);
});

test.each(['dies', 'is killed'])(
  'a worker that %s leaves nobody waiting, and no window open',
  async (how) => {
    const { client, windows, die, gone } = await start();
    const waiting = client.askInWindow('custodian 1', 'new-identity', {});
    await new Promise((resolve) => setImmediate(resolve));
    if (how === 'dies') die();
    else client.kill();
    await expect(waiting).rejects.toMatchObject({ code: 'worker-gone' });
    expect(windows).toEqual(['custodian 1 opened', 'custodian 1 closed']);
    await expect(client.ask('end-seat', {})).rejects.toMatchObject({ code: 'worker-gone' });
    // Only a death that nobody asked for is news.
    expect(gone()).toBe(how === 'dies' ? 1 : 0);
  },
);

test('what a command is about to do is written down first, and it hears whether it was', async () => {
  const { client, answer, asked } = await start();
  const verifier = 'ab'.repeat(32);
  const facts = {
    serial: 12_345_678,
    model: 'YubiKey',
    slot: 2,
    found: 'empty',
    verifier,
  } as const;
  const kept: unknown[] = [];
  const notes = [
    async (about: unknown) => void kept.push(about),
    () => Promise.reject(new Error('a full disk')),
    undefined,
  ];
  for (const [at, note] of notes.entries()) {
    void client.askInWindow('custodian 1', 'new-identity', {}, note).catch(() => undefined);
    await new Promise((resolve) => setImmediate(resolve));
    answer({ id: at + 1, about: 'slot-programming', facts });
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(kept).toEqual([{ about: 'slot-programming', facts }]);
  expect(asked.filter(({ command }) => command === 'noted')).toEqual([
    { id: 1, command: 'noted', kept: true },
    { id: 2, command: 'noted', kept: false },
    { id: 3, command: 'noted', kept: false },
  ]);
  client.kill();
});
