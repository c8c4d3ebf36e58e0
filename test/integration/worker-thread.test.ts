/**
 * The worker thread as the headless rehearsal starts it: the product's own entry file, age files at
 * full strength, windows that vanish, and faults that tell nothing.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { entryChannel, startNodeWorker } from '../../electron/worker/node-client.ts';
import type { FromWorker, ToWorker, WorkerProcess } from '../../electron/worker/protocol.ts';
import { ScriptedPerson } from '../support/entry-script.ts';

let root: string;
let worker: WorkerProcess;
let ask: (message: ToWorker, port?: unknown) => Promise<FromWorker>;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'conclave-worker-'));
  worker = startNodeWorker();
  const waiting = new Map<number, (reply: FromWorker) => void>();
  worker.onMessage((reply) => waiting.get(reply.id)?.(reply));
  ask = (message, port) =>
    new Promise((resolve) => {
      waiting.set(message.id, resolve);
      worker.post(message, port);
    });
});
afterEach(() => {
  worker.kill();
  rmSync(root, { recursive: true, force: true });
});

const SEATED = [
  { id: 1, command: 'open', input: { mode: 'rehearsal' } },
  {
    id: 2,
    command: 'begin-seat',
    input: { turn: { name: 'operator', role: 'operator', index: null } },
  },
] as const;

describe("the product's worker thread", () => {
  it('starts, and locks files with the work factor that age itself uses', async () => {
    for (const message of SEATED) expect(await ask(message)).toMatchObject({ ok: true });
    const { workerPort, window } = entryChannel();
    const person = new ScriptedPerson('operator');
    person.attend(window, {});
    expect(await ask({ id: 3, command: 'new-identity', input: {} }, workerPort)).toMatchObject({
      ok: true,
    });
    const path = join(root, 'STICK');
    mkdirSync(path);
    const input = {
      volumeId: `at:${path}`,
      rehearsalFolder: root,
      withIdentity: true,
      sheet: null,
    };
    expect(await ask({ id: 4, command: 'write-usb', input })).toMatchObject({ ok: true });
    const [name = ''] = readdirSync(path);
    const [version, stanza] = readFileSync(join(path, name), 'latin1').split('\n');
    expect(version).toBe('age-encryption.org/v1');
    expect(stanza).toMatch(/^-> scrypt \S+ 18$/);
  });

  it('takes a window that vanishes for a person who closed it', async () => {
    for (const message of SEATED) await ask(message);
    const { workerPort, window } = entryChannel();
    window.onMessage((message) => {
      if (message.type === 'words') window.close();
    });
    window.post({ type: 'ready' });
    const reply = await ask({ id: 3, command: 'new-identity', input: {} }, workerPort);
    expect(reply).toEqual({ id: 3, ok: false, cancelled: true });
    const sign = { id: 4, command: 'sign-identity', input: { messages: [] } } as const;
    expect(await ask(sign)).toMatchObject({ ok: false, note: { code: 'worker-out-of-order' } });
  });

  it('shrugs off what no window would say, and says nothing of what went wrong inside', async () => {
    for (const message of SEATED) await ask(message);
    const { workerPort, window } = entryChannel();
    const person = new ScriptedPerson('operator');
    const strange = { type: 'words-written-down', and: 'more' } as never;
    for (const message of [strange, null as never, 'ready' as never]) window.post(message);
    person.attend(window, {});
    expect(await ask({ id: 3, command: 'new-identity', input: {} }, workerPort)).toMatchObject({
      ok: true,
    });
    const reply = await ask({
      id: 4,
      command: 'make-key',
      input: { componentBytes: -1, keyVersion: 'v1' },
    });
    expect(reply).toMatchObject({ ok: false, note: { code: 'worker-fault' } });
    expect(JSON.stringify(reply)).not.toMatch(/RangeError|length|-1|node:/);
    expect(await ask({ id: 5, command: 'open', input: { mode: 'production' } })).toMatchObject({
      note: { code: 'worker-out-of-order' },
    });
  });

  it('tells main when it ended by itself', async () => {
    const ended = new Promise<void>((resolve) => {
      const broken = startNodeWorker(new URL('./no-such-file.ts', import.meta.url));
      broken.onExit(resolve);
    });
    await ended;
  });
});
