import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runSync, startCli } from '../support/sync-cli.ts';
import { PROGRAM } from '../support/sync-program.ts';

/** Not `spawnSync`: the server that it asks is in this process. */
async function ended(child: ChildProcessWithoutNullStreams) {
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

// Each command is a process of its own.
describe('what every command of conclave-sync does alike', () => {
  let folder: string;
  let server: Server;
  let address: string;
  /** Headers of the requests that came. */
  const seen: (string | undefined)[] = [];
  /** Set: the server takes a request and never answers it. */
  let silent = false;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'conclave-manners-'));
    server = createServer((request, response) => {
      seen.push(request.headers.authorization);
      server.emit('came');
      if (silent) return;
      response.setHeader('content-type', 'application/json');
      response.end('{"bundles":[],"more":false}');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  });

  async function token(mode: number): Promise<string> {
    const file = path.join(folder, `token-${mode.toString(8)}`);
    await writeFile(file, 'ccs_of-a-test\n');
    await chmod(file, mode);
    return file;
  }

  it('takes a token from a file that only its owner reads, or from a file descriptor', async () => {
    const list = ['bundle', 'list', '--url', address, '--token-file'];
    for (const mode of [0o600, 0o400]) {
      expect((await runSync([...list, await token(mode)], {})).code).toBe(0);
    }
    const before = seen.length;
    const refused = await Promise.all(
      [0o640, 0o604, 0o666, 0o620].map(async (mode) => runSync([...list, await token(mode)], {})),
    );
    for (const { code, err } of refused) {
      expect([code, err]).toEqual([2, expect.stringContaining('chmod 600')]);
    }
    expect(seen).toHaveLength(before);
    const line = `"$@" 3< <(printf %s ccs_of-a-descriptor)`;
    const command = [process.execPath, PROGRAM, ...list, '/dev/fd/3'];
    const given = await ended(spawn('bash', ['-c', line, 'bash', ...command]));
    expect([given.code, given.err]).toEqual([0, '']);
    expect(seen.at(-1)).toBe('Bearer ccs_of-a-descriptor');
  });

  it('asks nobody where nobody can answer, and has no option for the token itself', async () => {
    const asked = await runSync(['bundle', 'list', '--url', address], {});
    expect([asked.code, asked.err]).toEqual([2, expect.stringContaining('Nobody can be asked')]);
    const given = await runSync(['bundle', 'list', '--url', address, '--token', 'ccs_x'], {});
    expect([given.code, given.err]).toEqual([2, expect.stringContaining('unknown option')]);
  });

  it('asks on a terminal without an echo', async () => {
    // `script` gives the command a terminal of its own, and keeps what the terminal showed.
    const command = `${process.execPath} ${PROGRAM} bundle list --url ${address}`;
    const terminal = spawn('script', ['-qec', command, '/dev/null']);
    // A person answers when asked; before, the terminal itself would echo.
    terminal.stdout.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('Your token')) terminal.stdin.end('ccs_typed-by-hand\r');
    });
    const shown = await ended(terminal);
    expect(seen.at(-1)).toBe('Bearer ccs_typed-by-hand');
    expect(shown.out).toContain('Your token');
    expect(shown.out).not.toContain('typed-by-hand');
  });

  it('uses no colour where there is no terminal', async () => {
    const ends = await Promise.all([
      runSync(['--help'], {}),
      runSync(['no-such-command'], {}),
      runSync(['check'], {}),
      runSync(['--json', 'check'], { FORCE_COLOR: '0', NO_COLOR: '1' }),
    ]);
    expect(ends.map(({ code }) => code)).toEqual([0, 2, 2, 2]);
    for (const { out, err } of ends) expect(out + err).not.toContain('\u001b');
  });

  it('gives results on stdout and progress on stderr', async () => {
    const list = ['bundle', 'list', '--url', address, '--token-file', await token(0o600)];
    expect(await runSync(list, {})).toMatchObject({ out: 'There are no bundles yet.\n', err: '' });
    const json = await runSync(['--json', ...list], {});
    expect([JSON.parse(json.out), json.err]).toEqual([{ bundles: [] }, '']);
  });

  it('says at Ctrl-C what is known of what it began', async () => {
    silent = true;
    try {
      const came = once(server, 'came');
      const running = startCli(
        ['commit', '1a2b3c4d', '--url', address, '--token-file', await token(0o600)],
        {},
      );
      await came;
      running.kill('SIGINT');
      const { code, err } = await running.ended;
      expect(code).toBe(130);
      expect(err).toContain('Writing to Vault and the database');
      expect(err).toContain('either done whole or not at all');
    } finally {
      silent = false;
    }
  });

  it('calls nothing safe to repeat when the line breaks: much would be made twice', async () => {
    silent = true;
    try {
      const came = once(server, 'came');
      const order = ['request', 'create', '--user', '7', '--survey', '31', '--reason', 'forgotten'];
      const own = ['--url', address, '--token-file', await token(0o600)];
      const running = startCli([...order, ...own], {});
      await came;
      server.closeAllConnections();
      const { code, err } = await running.ended;
      expect([code, err]).toEqual([3, expect.stringContaining('before you ask again')]);
      expect(err).toContain('would be made twice');
    } finally {
      silent = false;
    }
  });

  it('does not mind a reader that stops early', async () => {
    const child = spawn(process.execPath, [PROGRAM, '--help'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let err = '';
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.stdout.destroy();
    const [code] = (await once(child, 'close')) as [number | null];
    expect([code, err]).toEqual([0, '']);
  });
});
