/**
 * The packages of `npm run dist`, looked at and started. By hand, after it, where there is no
 * display behind `xvfb-run -a`: `node --experimental-websocket --import tsx test/packaging/run.ts`.
 *
 * The sums must be right and both packages must hold the same app. Then the app of the tar.gz is
 * started: home, a rehearsal, and the first person's six words, which come out of the worker into an
 * entry window. The fuses of the packaged binary forbid Playwright's own way of starting it.
 * @module
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '../../scripts/lib/cache.mjs';
import { descriptorType } from '../../shared/bundle/descriptor.ts';
import { packageType } from '../../shared/bundle/package.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import { startReport } from '../e2e/report.ts';
import { makePackage, makeShareSet } from '../support/documents.ts';

const dist = path.resolve(process.argv[2] ?? path.join(root, 'dist'));
const PATIENCE = 60_000;
/** The heading of a laptop that knows nothing yet. */
const HOME = 'Choose how to begin';

async function only(folder: string, ending: RegExp): Promise<string> {
  const names = (await readdir(folder)).filter((name) => ending.test(name));
  assert.equal(names.length, 1, `one file ${ending} in ${folder}`);
  return path.join(folder, names[0] ?? '');
}

/** Names of files below a folder, with the sum of each. */
function contents(folder: string): string[] {
  const list = 'find . -type f -print0 | sort -z | xargs -0 sha256sum; find . -type l | sort';
  return execFileSync('sh', ['-c', list], { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 24 })
    .split('\n')
    .filter((line) => line !== '');
}

/** Both packages unpacked. @returns the folder of the app */
async function unpack(top: string): Promise<string> {
  execFileSync('sha256sum', ['--check', '--quiet', 'SHA256SUMS'], { cwd: dist });
  const archive = await only(dist, /-linux-x64.*\.tar\.gz$/);
  execFileSync('tar', ['-xzf', archive, '-C', top]);
  const app = path.join(top, path.basename(archive, '.tar.gz'));
  const installed = path.join(top, 'installed');
  execFileSync('dpkg-deb', ['--extract', await only(dist, /\.deb$/), installed]);
  assert.deepEqual(contents(path.join(installed, 'opt', 'conclave')), contents(app));
  const share = path.join(installed, 'usr', 'share');
  const menu = await readFile(path.join(share, 'applications', 'conclave.desktop'), 'utf8');
  const [, exec = ''] = /^Exec=(.+)$/m.exec(menu) ?? [];
  const [, icon = ''] = /^Icon=(.+)$/m.exec(menu) ?? [];
  await readFile(path.join(installed, exec));
  await readFile(path.join(share, 'icons', 'hicolor', '256x256', 'apps', `${icon}.png`));
  return app;
}

interface Started {
  /** The value of an expression in the window of that kind, once it is there and true. */
  in(page: 'main' | 'entry', expression: string): Promise<unknown>;
  readonly output: () => string;
  end(): Promise<void>;
}

interface Target {
  readonly url: string;
  readonly webSocketDebuggerUrl: string;
}

/** Raw DevTools: Playwright wants parts of it that Electron does not have. */
async function evaluate(target: Target, expression: string): Promise<unknown> {
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  const params = { expression, awaitPromise: true, returnByValue: true };
  return new Promise((resolve, reject) => {
    socket.addEventListener('error', () => reject(new Error('DevTools did not answer.')));
    socket.addEventListener('open', () =>
      socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params })),
    );
    socket.addEventListener('message', ({ data }) => {
      socket.close();
      const { result } = JSON.parse(String(data)) as {
        readonly result?: { readonly result?: { readonly value?: unknown } };
      };
      resolve(result?.result?.value);
    });
  });
}

async function start(app: string, env: Record<string, string>): Promise<Started> {
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox', '--disable-gpu'] : [];
  const child = spawn(path.join(app, 'conclave'), ['--remote-debugging-port=0', ...asRoot], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const port = await new Promise<string>((resolve, reject) => {
    const clock = setTimeout(() => reject(new Error(`No window came:\n${output}`)), PATIENCE);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        const found = /DevTools listening on ws:\/\/[^:]+:(\d+)/.exec(output)?.[1];
        if (found === undefined) return;
        clearTimeout(clock);
        resolve(found);
      });
    }
    child.once('exit', (code) => reject(new Error(`It ended (${code}):\n${output}`)));
  });
  const ended = once(child, 'exit');
  return {
    async in(page, expression) {
      const deadline = Date.now() + PATIENCE;
      for (;;) {
        const answer = await fetch(`http://127.0.0.1:${port}/json/list`);
        const targets = (await answer.json()) as readonly Target[];
        const target = targets.find(({ url }) => url.startsWith(`app://${page}/`));
        const value = target === undefined ? null : await evaluate(target, expression);
        if (value !== null && value !== undefined && value !== false) return value;
        if (Date.now() > deadline) throw new Error(`Never true in ${page}: ${expression}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    output: () => output,
    async end() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** A descriptor and a package of a sync, on a practice stick. @returns the descriptor's words */
async function bringDocuments(practice: string): Promise<string> {
  const set = await makeShareSet({ mode: 'rehearsal', threshold: 2, count: 2 });
  const stick = path.join(practice, 'practice stick A');
  await mkdir(stick, { recursive: true });
  const { descriptor } = set.sync;
  const { document } = await makePackage(set, 'setup');
  const put = (kind: string, digest: string, bytes: Uint8Array) =>
    writeFile(path.join(stick, `conclave-${kind}-${digest.slice(0, 8)}.json`), bytes);
  await put('descriptor', descriptor.digest, descriptorType.toBytes(descriptor));
  await put('package', document.digest, packageType.toBytes(document));
  return eightWords(hexToBytes(descriptor.digest));
}

const PLAN = {
  label: '2026 A',
  threshold: 2,
  custodians: [1, 2].map((n) => ({ name: `custodian ${n}`, medium: 'usb' })),
  operator: { name: 'operator', medium: 'usb' },
  witness: { name: 'witness', medium: 'usb' },
  page: 'A4',
};

/** To the first person's six words, which come from the worker into an entry window. */
async function rehearse(app: Started, practice: string): Promise<void> {
  const call = (channel: string, input: unknown) =>
    `conclave.call(${JSON.stringify(channel)}, ${JSON.stringify(input)})`;
  const at = (screen: string) =>
    app.in(
      'main',
      `conclave.call('ceremony:view').then(({ value }) => value?.busy === null && value.screen === '${screen}')`,
    );
  const say = (event: unknown) =>
    app.in('main', `${call('ceremony:dispatch', event)}.then(({ ok }) => ok)`);
  const choose = async (kind: 'descriptor' | 'package') => {
    await at(kind);
    const found = call('documents:find', { kind, mode: 'rehearsal' });
    const id = await app.in(
      'main',
      `${found}.then(({ value }) => value.find(({ volumeLabel }) => volumeLabel === 'practice stick A').id)`,
    );
    await say({ type: 'choose-document', id });
  };
  await app.in('main', call('documents:find', { kind: 'chain', mode: 'rehearsal' }));
  const words = await bringDocuments(practice);
  const begin = { ceremony: 'split', mode: 'rehearsal' };
  await app.in('main', `${call('ceremony:start', begin)}.then(({ ok }) => ok)`);
  await choose('descriptor');
  await at('descriptor-words');
  await say({ type: 'words', words });
  await choose('package');
  for (const [screen, event] of [
    ['plan', { type: 'plan', plan: PLAN }],
    ['environment', { type: 'continue' }],
    ['clock', { type: 'clock', agrees: true }],
    ['handover', { type: 'seated' }],
    ['identity', { type: 'identity', how: 'new' }],
    ['words', { type: 'continue' }],
  ] as const) {
    await at(screen);
    await say(event);
  }
  await app.in('entry', `document.querySelectorAll('li').length === 6`);
}

const top = await mkdtemp(path.join(tmpdir(), 'conclave-packaging-'));
const report = startReport({ onFailure: () => Promise.resolve() });
try {
  const app = await report.show('sums, and the same app in both packages', () => unpack(top));
  const practice = path.join(top, 'practice');
  await mkdir(practice);
  const env = { CONCLAVE_DATA: path.join(top, 'data'), CONCLAVE_REHEARSAL_FOLDER: practice };
  const started = await start(app, env);
  try {
    await report.check('home opens', async () => {
      await started.in('main', `document.querySelector('h1')?.textContent === '${HOME}'`);
    });
    await report.check('a rehearsal goes as far as the first six words', () =>
      rehearse(started, practice),
    );
    await report.check('it wrote no error', () => {
      assert.doesNotMatch(started.output(), /conclave: |Uncaught|Cannot find|ENOENT/);
      return Promise.resolve();
    });
  } finally {
    await started.end();
  }
} finally {
  await rm(top, { recursive: true, force: true });
}
console.log(report.closing());
process.exit(report.failed === 0 ? 0 : 1);
