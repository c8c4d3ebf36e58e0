import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Lock, lockOf } from '../../scripts/sync/lock.ts';
import { makeCertificate } from '../support/certificates.ts';
import { builtSync } from '../support/sync-built.ts';

const call = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

describe('the built sync, run by plain Node in an empty folder', () => {
  let folder: string;
  let program: string;
  let empty: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'conclave-built-'));
    const made = path.join(folder, 'package');
    program = await builtSync(made);
    empty = path.join(folder, 'empty');
    await mkdir(empty);
  });
  afterAll(() => rm(folder, { recursive: true }));

  function start(args: string[], env: Record<string, string> = {}): ChildProcess {
    return spawn(process.execPath, [program, ...args], {
      cwd: empty,
      env: { PATH: process.env['PATH'] ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  async function run(args: string[], env?: Record<string, string>) {
    const child = start(args, env);
    let [out, err] = ['', ''];
    child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
    const code = await new Promise((resolve) => child.once('close', resolve));
    return { code, out, err };
  }

  it('runs nothing in production that leaves custodians no day to object', async () => {
    const env = {
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none?sslmode=disable',
      VAULT_ADDR: 'http://127.0.0.1:1',
      VAULT_ROLE_ID: 'role',
      VAULT_SECRET_ID: 'secret',
      CONCLAVE_DELAY_HOURS: '0',
    };
    for (const args of [['serve'], ['check'], ['admin', 'lost', 'commit', 'ab'.repeat(32)]]) {
      const { code, err } = await run(args, env);
      expect([args[0], code]).toEqual([args[0], 2]);
      expect(err).toContain('CONCLAVE_DELAY_HOURS: leaves less than 24 hours to object');
    }
  });

  it('explains itself, and refuses with its exit codes', async () => {
    const help = await run(['--help']);
    expect(help).toMatchObject({ code: 0, err: '' });
    expect(help.out).toContain('bundle import');
    const missing = await run(['check']);
    expect(missing.code).toBe(2);
    expect(missing.err).toContain('DATABASE_URL: is missing');
    const unreachable = await run(['--json', 'check'], {
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none?sslmode=disable',
      VAULT_ADDR: 'http://127.0.0.1:1',
      VAULT_ROLE_ID: 'role',
      VAULT_SECRET_ID: 'secret',
    });
    expect([unreachable.code, unreachable.out]).toMatchObject([
      3,
      expect.stringContaining('vault-unreachable'),
    ]);
  });

  it('has a unit that systemd accepts, and calls well shut in', async () => {
    const unit = path.join(folder, 'package/dist/resources/conclave-sync.service');
    const text = await readFile(unit, 'utf8');
    // Where the package lies here; everything else as it is shipped.
    const placed = path.join(folder, 'conclave-sync.service');
    await writeFile(placed, text.replaceAll('/opt/conclave-sync', path.join(folder, 'package')));
    const verified = await call('systemd-analyze', ['verify', placed]);
    expect(`${verified.stdout}${verified.stderr}`).not.toMatch(/conclave-sync\.service/);
    const threshold = ['security', '--offline=true', '--threshold=15', placed];
    expect((await call('systemd-analyze', threshold)).stdout).toContain('Overall exposure level');
  });

  it('does what its Containerfile says, under the account and the rights named there', async () => {
    const made = path.join(folder, 'package');
    const lines = (await readFile(path.join(made, 'dist/resources/Containerfile'), 'utf8')).split(
      '\n',
    );
    const all = (word: string): string[] =>
      lines
        .filter((line) => line.startsWith(`${word} `))
        .map((line) => line.slice(word.length + 1));
    for (const copied of all('COPY').filter((line) => !line.startsWith('--from'))) {
      for (const source of copied.split(' ').slice(0, -1)) await stat(path.join(made, source));
    }
    // Its lock file is whole: what would be installed, without installing it.
    const [install = ''] = all('RUN');
    expect(install).toMatch(/^npm ci --omit=dev /);
    await call('sh', ['-c', `${install} --dry-run --offline`], { cwd: made });
    const [user = ''] = all('USER');
    const [uid, gid] = user.split(':').map(Number);
    expect(uid).toBeGreaterThan(0);
    const command = [
      ...(JSON.parse(all('ENTRYPOINT')[0] ?? '') as string[]).map((part) =>
        part.replace('/opt/conclave-sync', made),
      ),
      '--help',
    ];
    // The package is root's: this account can write nothing in it.
    await chmod(folder, 0o755);
    const drop =
      process.getuid?.() === 0 ? [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'] : [];
    const ran = await call('setpriv', [...drop, '--no-new-privs', ...command], { cwd: '/' });
    expect(ran.stdout).toContain('conclave-sync');
  });

  /** The container's own question about its health, asked of whoever listens at this port. */
  async function isHealthy(port: string): Promise<boolean> {
    const file = path.join(folder, 'package/dist/resources/Containerfile');
    const [, asked = ''] =
      /^HEALTHCHECK [^\n]*\\\n\s+CMD (\[.*\])$/m.exec(await readFile(file, 'utf8')) ?? [];
    const [command = '', ...args] = JSON.parse(asked) as string[];
    expect(command).toBe('node');
    return call(process.execPath, args, { env: { CONCLAVE_LISTEN_PORT: port } }).then(
      () => true,
      () => false,
    );
  }

  /** What unit and container both set: `NAME=VALUE`. */
  async function expectSet(setting: string): Promise<Record<string, string>> {
    const resources = path.join(folder, 'package/dist/resources');
    expect(await readFile(path.join(resources, 'conclave-sync.service'), 'utf8')).toContain(
      `\nEnvironment=${setting}\n`,
    );
    expect(await readFile(path.join(resources, 'Containerfile'), 'utf8')).toContain(
      `\nENV ${setting}\n`,
    );
    const [name = ''] = setting.split('=', 1);
    return { [name]: setting.slice(name.length + 1) };
  }

  /** A number that `work` prints, run by Node with this environment. */
  async function printed(work: string, env: Record<string, string>): Promise<number> {
    const ended = await call(process.execPath, ['--input-type=module', '-e', work], { env });
    return Number(ended.stdout);
  }

  it('gives the memory of scrypt back, under systemd and in a container', async () => {
    const set = await expectSet('MALLOC_MMAP_THRESHOLD_=1048576');
    // Four threads derive at once, again and again; then the process is as small as before.
    const work = `
      import { scrypt } from 'node:crypto';
      import { promisify } from 'node:util';
      const derive = promisify(scrypt);
      const all = () => Promise.all([1, 2, 3, 4].map(() =>
        derive('words', 'salt', 32, { N: 16384, r: 8, p: 1 })));
      await derive('words', 'salt', 32, { N: 16, r: 8, p: 1 });
      const before = process.memoryUsage().rss;
      for (let round = 0; round < 4; round += 1) await all();
      console.log(Math.round((process.memoryUsage().rss - before) / 2 ** 20));`;
    // 16 MiB a thread are kept without it: the setting is what makes the difference.
    expect(await printed(work, {})).toBeGreaterThan(32);
    expect(await printed(work, set)).toBeLessThan(16);
  });

  it('keeps the space for new objects small, under systemd and in a container', async () => {
    const set = await expectSet('NODE_OPTIONS=--max-semi-space-size=4');
    // What survives is what makes it grow.
    const work = `
      import { getHeapSpaceStatistics } from 'node:v8';
      const young = () => getHeapSpaceStatistics().find((one) => one.space_name === 'new_space');
      let most = 0;
      let kept = [];
      for (let made = 0; made < 2e6; made += 1) {
        kept.push({ made, of: [made, made] });
        if (kept.length > 50_000) kept = [];
        if (made % 100_000 === 0) most = Math.max(most, young().space_size);
      }
      console.log(Math.round(most / 2 ** 20));`;
    expect(await printed(work, {})).toBe(32);
    expect(await printed(work, set)).toBe(8);
  });

  it('loads nothing of OpenTelemetry before a collector is configured', async () => {
    const built = await readFile(path.join(folder, 'package/dist/cli.mjs'), 'utf8');
    expect(built).toMatch(/import\(["']@opentelemetry\/sdk-trace-node["']\)/);
    expect(built).not.toMatch(/^import .*@opentelemetry/m);
  });

  it('finds its grants and its Vault policy beside itself', async () => {
    const grants = await run(['db', 'grants', '--role', 'of_the_package']);
    expect(grants.code).toBe(0);
    expect(grants.out).toContain('TO of_the_package');
    const policy = await readFile(path.join(folder, 'package/dist/resources/vault-policy.hcl'));
    expect(policy).toEqual(await readFile(path.join(root, 'resources/vault-policy.hcl')));
  });

  it('migrates and serves a rehearsal, and stops when it is told to', async () => {
    const env = { CONCLAVE_DATA: path.join(folder, 'data'), CONCLAVE_LISTEN_PORT: '0' };
    expect(await run(['--rehearsal', 'check'], env)).toMatchObject({ code: 1 });
    const done = await run(['--rehearsal', '--json', 'db', 'migrate'], env);
    expect(done).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(done.out)).toMatchObject({
      migrations: expect.arrayContaining(['0001_platform', '0002_flows']),
    });

    const service = start(['--rehearsal', '--json', 'serve'], env);
    const ended = new Promise((resolve) => service.once('close', resolve));
    try {
      const line = await new Promise<string>((resolve, reject) => {
        service.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString()));
        service.once('close', () => reject(new Error('it ended before it listened')));
      });
      const { address } = JSON.parse(line) as { address: string };
      const ready = await fetch(`${address}/readyz`);
      expect([ready.status, await ready.json()]).toMatchObject([200, { ready: true }]);
      expect((await fetch(`${address}/v1/bundles`)).status).toBe(401);
      expect(await (await fetch(address)).text()).toContain('<title>Conclave sync</title>');
      expect(await isHealthy(new URL(address).port)).toBe(true);
    } finally {
      service.kill('SIGTERM');
    }
    expect(await ended).toBe(0);
  });

  it('is healthy in its container with TLS too, and not when nothing answers', async () => {
    const { certificate, key } = await makeCertificate(folder, 'of-another-name');
    const env = {
      CONCLAVE_DATA: path.join(folder, 'data'),
      CONCLAVE_LISTEN_PORT: '0',
      CONCLAVE_TLS_CERT: certificate,
      CONCLAVE_TLS_KEY: key,
    };
    const service = start(['--rehearsal', '--json', 'serve'], env);
    const ended = once(service, 'close');
    const [line] = (await once(service.stdout ?? service, 'data')) as [Buffer];
    const { address } = JSON.parse(line.toString()) as { address: string };
    expect(address).toMatch(/^https:/);
    const { port } = new URL(address);
    expect(await isHealthy(port)).toBe(true);
    service.kill('SIGTERM');
    await ended;
    expect(await isHealthy(port)).toBe(false);
  });
});

describe('the lock file of sync alone', () => {
  const manifest = { name: 'one', version: '1.0.0', dependencies: { a: '1' } };
  const lock = (packages: Lock['packages']): Lock => ({ lockfileVersion: 3, packages });

  it('holds what is reached, from where Node would find it, and nothing else', () => {
    const made = lockOf(
      lock({
        'node_modules/a': { dependencies: { b: '2', '@c/d': '1' } },
        'node_modules/a/node_modules/b': { version: '2', dependencies: { e: '1' } },
        'node_modules/b': { version: '1' },
        'node_modules/@c/d': { dependencies: { b: '1' } },
        'node_modules/e': {},
        'node_modules/unused': {},
      }),
      manifest,
    );
    expect(Object.keys(made.packages)).toEqual([
      '',
      'node_modules/@c/d',
      'node_modules/a',
      'node_modules/a/node_modules/b',
      'node_modules/b',
      'node_modules/e',
    ]);
  });

  it('refuses a lock that lacks something', () => {
    expect(() =>
      lockOf(lock({ 'node_modules/a': { dependencies: { b: '1' } } }), manifest),
    ).toThrow('b, which node_modules/a needs');
  });
});
