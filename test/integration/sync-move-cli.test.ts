/** Survey keys move as admins type it: the package with its folder, the files back, the commit. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { batchFileName, batchFolder } from '../../shared/bundle/move-batch.ts';
import { ticketType } from '../../shared/bundle/ticket.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import { makeTicket, type TestTicket } from '../support/documents.ts';
import { runSync } from '../support/sync-cli.ts';
import { PASSPHRASE } from '../support/sync-identities.ts';
import {
  askedMove,
  type AskedMove,
  type MadeMove,
  moveBundle,
  movePackage,
  moveWorld,
  type MoveWorld,
} from '../support/sync-move.ts';
import { startServers, stopServers, type Servers } from '../support/sync-service.ts';

describe('survey keys that move, on the command line', { retry: 0 }, () => {
  let servers: Servers;
  let world: MoveWorld;
  let ticket: TestTicket;
  let asked: AskedMove;
  let made: MadeMove;
  const file = (name: string): string => path.join(world.deployment.folder, name);

  async function run(who: string, ...args: string[]) {
    const env = { CONCLAVE_URL: world.service.address, CONCLAVE_TOKEN_FILE: file(who) };
    if (args[1] !== 'approve') return runSync(args, env);
    const identity = ['--identity-file', file(`${who}.age`), '--passphrase-fd', '3'];
    return runSync([...args, ...identity], env, PASSPHRASE);
  }
  async function done(who: string, ...args: string[]): Promise<string> {
    const end = await run(who, ...args);
    expect(end.code, `${args.join(' ')}: ${end.err}`).toBe(0);
    return end.out;
  }

  beforeAll(async () => {
    servers = await startServers();
    world = await moveWorld(servers, { own: 2, sealed: 2 });
  });
  afterAll(async () => {
    await world?.deployment.stop();
    await stopServers(servers);
  });

  it('asks for the package with the ticket and its words', async () => {
    ticket = await makeTicket(world.first, undefined, 'migrate-escrows');
    await writeFile(file('ticket.json'), ticketType.toBytes(ticket.document));
    const words = eightWords(hexToBytes(ticket.document.digest));
    const ask = ['--key-version', 'v1', '--ticket', file('ticket.json'), '--words', words];
    const said = await done('operator', 'package', 'migrate-escrows', ...ask);
    expect(said).toContain('Survey keys of key version v1, to the active one');
  });

  it('writes the package and, beside it, the folder of its files', async () => {
    const { deployment, first, service } = world;
    asked = await askedMove(deployment, first, 2);
    const opened = await movePackage(service.admins, first, asked);
    made = await moveBundle(world, opened);
    const stick = file('stick');
    await mkdir(stick);
    const said = await done('operator', 'package', 'get', asked.nonce, '--out', stick);
    const folder = path.join(stick, batchFolder('move', asked));
    expect(said).toContain(`Written: ${folder} with all 2 files.`);
    expect((await readdir(stick)).sort()).toEqual([
      batchFolder('move', asked),
      expect.stringMatching(/^conclave-package-[0-9a-f]{8}\.json$/),
    ]);
    const names = await readdir(folder);
    expect(names.sort()).toEqual(
      [0, 1].map((at) => batchFileName('move', { nonce: asked.nonce, at, of: 2 })),
    );
    for (const [at, name] of names.entries()) {
      expect(new Uint8Array(await readFile(path.join(folder, name)))).toEqual(opened.files[at]);
    }
    const end = await run('operator', 'package', 'get', asked.nonce, '--out', file('one.json'));
    expect(end.code).toBe(2);
    expect(end.err).toContain('is no folder; this package has many files');
  });

  it('brings the files back from their folder, as many as are there, and commits', async () => {
    await writeFile(file('bundle.json'), made.bytes);
    const imported = await done('operator', 'bundle', 'import', file('bundle.json'));
    expect(imported).toContain('waits for its files: 0 of 2 have come');
    const folder = file(batchFolder('moved', made));
    await mkdir(folder);
    const none = await run('operator', 'bundle', 'import-files', made.digest, folder);
    expect(none.code).toBe(2);
    const write = (at: number) =>
      writeFile(
        path.join(folder, batchFileName('moved', { nonce: made.nonce, at, of: 2 })),
        made.files[at] ?? new Uint8Array(),
      );
    await write(1);
    const bring = ['bundle', 'import-files', made.digest, folder];
    expect(await done('operator', ...bring)).toContain('1 of 2 files have come');
    const early = await run('approver1', 'bundle', 'approve', made.digest, '--reason', 'as agreed');
    expect(early.err).toContain(
      '1 of the 2 files that came back with this bundle are still missing',
    );
    await write(0);
    expect(await done('operator', ...bring)).toContain('2 of 2 files have come');
    for (const who of ['approver1', 'approver2']) {
      await done(who, 'bundle', 'approve', made.digest, '--reason', 'as agreed');
    }
    expect(await done('operator', 'commit', made.digest)).toContain('committed');
    const rows = await world.deployment.sql(
      `SELECT platform_key_version_id AS version, count(*)::int AS n
         FROM surveys_usersurveykekescrow GROUP BY 1 ORDER BY 1`,
    );
    expect(rows).toEqual([
      { version: 'v1', n: 1 },
      { version: 'v2', n: 3 },
    ]);
  });
});
