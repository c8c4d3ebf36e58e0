import { chmod, copyFile, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Child, startChild } from '../servers/child.ts';
import { makeCertificate, replaceFile, type TestCertificate } from '../support/certificates.ts';
import { runSync } from '../support/sync-cli.ts';
import { PROGRAM } from '../support/sync-program.ts';

const PATIENCE = { timeout: 150_000, interval: 200 };

/** A running service with TLS on both listeners, whose files are changed under it. */
describe('a certificate that is replaced while sync runs', () => {
  let folder: string;
  let child: Child;
  let ports: { main: number; public: number };
  let metrics: string;
  const made: Record<string, TestCertificate> = {};
  const file = (name: string): string => path.join(folder, name);
  const of = (name: string): TestCertificate => made[name] ?? expect.fail(`no ${name}`);
  let env: Record<string, string>;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'conclave-tls-'));
    for (const name of ['one', 'two', 'three', 'four']) {
      made[name] = await makeCertificate(folder, name);
    }
    await mkdir(file('a'));
    await symlink('a', file('link'));
    await use('one');
    env = {
      PATH: process.env['PATH'] ?? '',
      CONCLAVE_MODE: 'rehearsal',
      CONCLAVE_DATA: file('data'),
      CONCLAVE_LISTEN_PORT: '0',
      CONCLAVE_METRICS_PORT: '0',
      CONCLAVE_TLS_CERT: file('link/use.pem'),
      CONCLAVE_TLS_KEY: file('link/use.key'),
      CONCLAVE_PUBLIC_TLS_CERT: file('link/use.pem'),
      CONCLAVE_PUBLIC_TLS_KEY: file('link/use.key'),
      CONCLAVE_PUBLIC_LISTEN_PORT: '0',
      CONCLAVE_PUBLIC_LINKS_URL: 'https://links.hospital.example',
      CONCLAVE_SMTP_URL: 'smtp://127.0.0.1:1',
      CONCLAVE_MAIL_FROM: 'sync@hospital.example',
    };
    child = startChild(process.execPath, [PROGRAM, 'serve'], { env });
    const port = async (pattern: RegExp): Promise<number> =>
      Number((await child.line(pattern, 150_000))[1]);
    ports = {
      main: await port(/Sync listens at https:\/\/127\.0\.0\.1:(\d+)/),
      public: await port(/answered at https:\/\/127\.0\.0\.1:(\d+)/),
    };
    [, metrics = ''] = await child.line(/Metrics at (\S+)\.$/, 150_000);
  });
  afterAll(async () => {
    await child.end('SIGTERM');
    await rm(folder, { recursive: true });
  });

  async function use(name: string): Promise<void> {
    await replaceFile(of(name).key, file('link/use.key'));
    await replaceFile(of(name).certificate, file('link/use.pem'));
  }
  async function open(port: number): Promise<TLSSocket> {
    // The fingerprint is compared by the test itself.
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    return socket;
  }
  async function shown(port: number): Promise<string> {
    const socket = await open(port);
    const { fingerprint256 } = socket.getPeerCertificate();
    socket.destroy();
    return fingerprint256;
  }
  async function ask(socket: TLSSocket, at: string): Promise<string> {
    socket.write(`GET ${at} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    const [first] = (await once(socket, 'data')) as [Buffer];
    return first.toString().split('\r\n')[0] ?? '';
  }
  const bothShow = (name: string): Promise<void> =>
    vi.waitFor(async () => {
      for (const port of Object.values(ports)) expect(await shown(port)).toBe(of(name).fingerprint);
    }, PATIENCE);
  const numbers = async (): Promise<string> => (await fetch(metrics)).text();

  it('is shown to new connections of both listeners, while old connections go on', async () => {
    await bothShow('one');
    const [main, links] = [await open(ports.main), await open(ports.public)];
    expect(await ask(main, '/livez')).toBe('HTTP/1.1 200 OK');
    await use('two');
    await bothShow('two');
    expect(await ask(main, '/livez')).toBe('HTTP/1.1 200 OK');
    expect(main.getPeerCertificate().fingerprint256).toBe(of('one').fingerprint);
    expect(await ask(links, '/')).toBe('HTTP/1.1 404 Not Found');
    main.destroy();
    links.destroy();
    expect(await numbers()).toMatch(
      /^conclave_tls_certificate_expiry_seconds\{listener="main"\} 2\d{6}/m,
    );
  });

  it.each([
    [
      'another’s key',
      () => replaceFile(of('four').key, file('link/use.key')),
      'does not belong to its key',
    ],
    ['no certificate', () => writeFile(file('link/use.pem'), 'half a fi'), 'is no certificate'],
    [
      'a key that others can read',
      () => chmod(file('link/use.key'), 0o644),
      'other accounts can read',
    ],
  ])('is not taken with %s: the old one stays, and that is said', async (_what, spoil, problem) => {
    await use('two');
    await bothShow('two');
    await vi.waitFor(
      async () => expect(await numbers()).toContain('certificate_refused{listener="main"} 0\n'),
      PATIENCE,
    );
    await spoil();
    for (const listener of ['main', 'public']) {
      await child.line(new RegExp(`"listener":"${listener}".*(?:${problem}).*not taken`), 150_000);
    }
    await vi.waitFor(
      async () => expect(await numbers()).toContain('certificate_refused{listener="main"} 1\n'),
      PATIENCE,
    );
    await bothShow('two');
  });

  it('is taken again once it is whole', async () => {
    await use('three');
    await bothShow('three');
    await vi.waitFor(
      async () => expect(await numbers()).toContain('certificate_refused{listener="public"} 0\n'),
      PATIENCE,
    );
  });

  it('is read at once on SIGHUP, also where the file system tells nothing', async () => {
    await mkdir(file('b'));
    await copyFile(of('four').key, file('b/use.key'));
    await copyFile(of('four').certificate, file('b/use.pem'));
    // The folder that is watched is still `a`, in which nothing changes.
    await symlink('b', file('next'));
    await rename(file('next'), file('link'));
    child.signal('SIGHUP');
    await bothShow('four');
    expect(child.hasEnded()).toBe(false);
  });

  it('is judged before sync starts, and by check', async () => {
    await replaceFile(of('one').key, file('link/use.key'));
    const refused = await runSync(['check'], env);
    expect([refused.code, refused.err]).toEqual([
      2,
      expect.stringContaining('CONCLAVE_TLS_CERT: does not belong to its key.'),
    ]);
    await use('four');
    await bothShow('four');
  });
});
