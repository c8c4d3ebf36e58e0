/**
 * What the real window may not do, and where the secrets of a real ceremony are not.
 * @module
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright';
import type { App } from './app.ts';
import {
  byteForms,
  type Canary,
  canariesOf,
  filesBelow,
  singing,
  singingText,
} from './canaries.ts';
import { type Needle, searchMemory } from './memory.ts';
import { entryProcessesSeen, type Person } from './people.ts';
import type { Report } from './report.ts';
import { nowhereOnLaptop } from './search.ts';

/** Everything that V8 holds for the window: objects and strings. */
async function heapOf(page: Page): Promise<string> {
  const session = await page.context().newCDPSession(page);
  const chunks: string[] = [];
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => void chunks.push(chunk));
  await session.send('HeapProfiler.enable');
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  await session.detach();
  return chunks.join('');
}

/**
 * Run when everybody has sat down: all secrets of the ceremony have been through the app.
 * @param own the folder of this test, where sticks, sheets and servers lie
 * @param platform the platform's own secrets of this ceremony
 */
export async function secretsStayAway(
  app: App,
  report: Report,
  people: readonly Person[],
  own: string,
  platform: readonly Canary[],
): Promise<void> {
  const canaries = [...(await canariesOf(people)), ...platform];
  const names = platform.map(({ what }) => what).join(', ');
  await report.check(`canaries are there to sing: words, shares, keys, ${names}`, async () => {
    const sticks = people.filter(({ stick }) => stick !== null);
    const shares = people.filter(({ name }) => name.startsWith('custodian'));
    assert.equal(canaries.length, people.length + sticks.length + shares.length + platform.length);
    for (const { what, texts, bytes } of canaries) {
      for (const text of texts) {
        assert(singingText(canaries, `"…${text}"`).includes(what));
        assert(singing(canaries, Buffer.from(`0${text}`, 'utf16le').subarray(1)).includes(what));
      }
      if (bytes !== null) assert(singing(canaries, Buffer.concat([bytes])).includes(what));
    }
    await Promise.resolve();
  });
  await report.check('no secret is in an answer of main, or in what the app wrote', async () => {
    await app.collect();
    const said = app.seen.said.join('\n');
    assert(said.includes('custodian 2'), 'main was heard');
    assert.deepEqual(singingText(canaries, said), []);
    assert.deepEqual(singingText(canaries, app.seen.output.join('')), []);
  });
  await report.check('no secret is in a file of the laptop; planted ones are found', async () => {
    const logs = (await filesBelow(app.folders.data)).filter(({ file }) => file.endsWith('.jsonl'));
    assert(logs.some(({ bytes }) => bytes.includes('custodian 2')));
    await nowhereOnLaptop(app, canaries, own);
  });
  await report.check('no secret is in the heap of the window', async () => {
    const heap = await heapOf(app.window);
    assert(heap.includes('custodian 2'), 'the heap holds what the window shows');
    assert.deepEqual(singingText(canaries, heap), []);
  });
  await report.check('no secret is in the memory of main; a planted one is found', () =>
    notInMain(app, canaries),
  );
}

/**
 * Main's memory, freed parts included. Only secrets that are bytes, in every form: words are read
 * and typed by this test through Chromium's debugging protocol, and that runs in main.
 */
async function notInMain(app: App, canaries: readonly Canary[]): Promise<void> {
  const planted = randomBytes(24);
  // Made of its bytes in main, and kept there.
  await app.electron.evaluate((_electron, numbers) => {
    const kept = { bytes: Uint8Array.from(numbers), text: Buffer.from(numbers).toString('hex') };
    Object.assign(globalThis, { kept });
  }, Array.from(planted));
  const control = { what: 'planted', ...byteForms(planted) };
  const needles = [...canaries, control].flatMap(needlesOf);
  const pid = app.electron.process().pid;
  assert(pid !== undefined);
  const { found, searched } = await searchMemory(pid, needles);
  console.log(`        ${Math.round(searched / 1e6)} MB of main, ${needles.length} patterns`);
  assert(found.has('planted as bytes') && found.has('planted as text'), 'the search finds things');
  const leaked = [...found].filter((what) => !what.startsWith('planted'));
  assert.deepEqual(leaked, []);
}

function needlesOf({ what, texts, bytes, copied = [] }: Canary): Needle[] {
  if (bytes === null) return [];
  const untouched = texts.filter((text) => !copied.includes(text));
  const written = untouched.flatMap((text) =>
    (['latin1', 'utf16le'] as const).map((encoding) => Buffer.from(text, encoding)),
  );
  return [
    { what: `${what} as bytes`, bytes },
    ...written.map((one) => ({ what: `${what} as text`, bytes: one })),
  ];
}

/** After a hand-over no process of an entry window is left. */
export async function entryProcessesAreGone(): Promise<void> {
  assert(entryProcessesSeen.size > 0);
  const alive = () =>
    [...entryProcessesSeen].filter((id) => {
      const file = `/proc/${id}/cmdline`;
      return existsSync(file) && readFileSync(file, 'latin1').includes('--type=renderer');
    });
  for (let tries = 0; alive().length > 0; tries += 1) {
    if (tries === 100) throw new Error(`entry windows' processes ${alive().join(', ')} live on`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Whether the process that holds the secrets is there. */
export async function workers(app: App): Promise<number> {
  const metrics = await app.electron.evaluate(({ app: electron }) => electron.getAppMetrics());
  return metrics.filter(({ name, serviceName }) =>
    `${name} ${serviceName}`.includes('Conclave secrets'),
  ).length;
}

/** Navigation, windows, network, permissions: tried from inside the page, as an attacker would. */
export async function lockedDown(app: App, page: Page, where: 'main' | 'entry'): Promise<void> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.setHeader('access-control-allow-origin', '*');
    response.end('reached');
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const before = page.url();
  const windows = app.electron.windows().length;
  try {
    const tried = await page.evaluate(async (base) => {
      const nameOf = (error: unknown) => (error instanceof Error ? error.name : 'refused');
      const of = (work: Promise<unknown>) => work.then(() => 'allowed', nameOf);
      const media = (wanted: MediaStreamConstraints) =>
        of(navigator.mediaDevices.getUserMedia(wanted));
      const picture = new Promise<string>((resolve) => {
        const image = new Image();
        image.addEventListener('load', () => resolve('allowed'));
        image.addEventListener('error', () => resolve('refused'));
        image.src = `${base}/image`;
      });
      const socket = new Promise<string>((resolve) => {
        try {
          const open = new WebSocket(base.replace('http', 'ws'));
          open.addEventListener('open', () => resolve('allowed'));
          open.addEventListener('error', () => resolve('refused'));
        } catch (error) {
          resolve(nameOf(error));
        }
      });
      navigator.sendBeacon(`${base}/beacon`, 'x');
      const results = {
        fetch: await of(fetch(`${base}/fetch`)),
        image: await picture,
        socket: await socket,
        code: await of(import(/* @vite-ignore */ `${base}/code.js`)),
        window: window.open(`${base}/window`) === null ? 'refused' : 'allowed',
        microphone: await media({ audio: true }),
        place: await of(
          new Promise((resolve, reject) => {
            navigator.geolocation.getCurrentPosition(resolve, () => reject(new Error('refused')));
          }),
        ),
        clipboard: await of(navigator.clipboard.readText()),
        node: typeof Reflect.get(globalThis, 'require'),
        electron: typeof Reflect.get(globalThis, 'process'),
      };
      location.href = `${base}/navigation`;
      return results;
    }, `http://127.0.0.1:${port}`);
    const { node, electron, ...rest } = tried;
    assert.deepEqual([node, electron], ['undefined', 'undefined']);
    for (const [what, result] of Object.entries(rest)) {
      assert.notEqual(result, 'allowed', `${where}: ${what}`);
    }
    const camera = await page.evaluate(() =>
      navigator.mediaDevices.getUserMedia({ video: true }).then(
        (stream) => {
          for (const track of stream.getTracks()) track.stop();
          return 'allowed';
        },
        () => 'refused',
      ),
    );
    assert.equal(camera, where === 'entry' ? 'allowed' : 'refused');
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(page.url(), before);
    assert.equal(app.electron.windows().length, windows);
    assert.deepEqual(asked, [], 'something reached the network');
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => void server.close(resolve));
  }
}

/** The bridge knows the contract's channels and what they take; production is refused here. */
export async function bridgeIsNarrow({ window: page }: App): Promise<void> {
  const answers = await page.evaluate(async () => {
    const bridge = window.conclave as unknown as {
      call(channel: string, input: unknown): Promise<unknown>;
    };
    const call = (channel: string, input: unknown) => bridge.call(channel, input);
    const code = async (channel: string, input: unknown) => {
      const answer = (await call(channel, input)) as { ok: boolean; note?: { code: string } };
      return answer.ok ? 'ok' : answer.note?.code;
    };
    return {
      foreign: await call('shell:open', '/etc').then(
        () => 'answered',
        () => 'refused',
      ),
      inherited: await call('constructor', undefined).then(
        () => 'answered',
        () => 'refused',
      ),
      malformed: await code('ceremony:dispatch', { type: 'continue', more: 1 }),
      path: await code('ceremony:resume', { ceremonyId: '../../etc/passwd' }),
      production: await code('ceremony:start', { ceremony: 'split', mode: 'production' }),
      keys: Object.keys(window.conclave).sort(),
    };
  });
  assert.deepEqual(answers, {
    foreign: 'refused',
    inherited: 'refused',
    malformed: 'call-malformed',
    path: 'call-malformed',
    production: 'production-refused',
    keys: ['call', 'onView'],
  });
}
