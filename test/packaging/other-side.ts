/**
 * Sync as it is shipped, rehearsing, and its admins; then the auditor, with the shipped verifier.
 * @module
 */
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import {
  createCheckTickTables,
  seedCheckTick,
  type SeededCheckTick,
} from '../../sync/rehearsal/seed.ts';
import { type Child, startChild } from '../servers/child.ts';
import type { TestPostgres } from '../servers/postgres.ts';
import { giveIdentities, PASSPHRASE } from '../support/sync-identities.ts';
import { PATIENCE, within } from './patience.ts';
import { run } from './shipped.ts';

const ADMINS = ['operator', 'approver-1', 'approver-2'] as const;
type Admin = (typeof ADMINS)[number];

interface Rehearsed {
  readonly url: string;
  readonly people: SeededCheckTick['people'];
}

/** A CheckTick of a rehearsal's own, with a few people. */
export async function seeded(server: TestPostgres): Promise<Rehearsed> {
  const url = await server.createDatabase();
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await createCheckTickTables(client);
    return { url, people: (await seedCheckTick(client)).people };
  } finally {
    await client.end();
  }
}

export class ShippedSync {
  readonly #program: string;
  readonly #folder: string;
  readonly #child: Child;
  readonly #address: string;

  private constructor(program: string, folder: string, child: Child, address: string) {
    this.#program = program;
    this.#folder = folder;
    this.#child = child;
    this.#address = address;
  }

  /**
   * @param program `bin/conclave-sync.mjs` of the unpacked and installed archive
   * @param rehearsed a PostgreSQL with CheckTick's tables and people
   */
  static async start(program: string, top: string, rehearsed: Rehearsed): Promise<ShippedSync> {
    const { url, people } = rehearsed;
    const folder = path.join(top, 'sync');
    await mkdir(folder, { mode: 0o700 });
    const { PATH = '' } = process.env;
    const env = { PATH, DATABASE_URL: url, CONCLAVE_LISTEN_PORT: '0' };
    const base = [program, '--rehearsal', '--json'];
    const once = (...args: string[]) =>
      run(process.execPath, [...base, ...args], { cwd: folder, env });
    once('db', 'migrate');
    for (const name of ADMINS) {
      const role = name === 'operator' ? 'operator' : 'approver';
      const given = ['--user', String(people[name].id), '--role', role];
      once('admin', 'add', name, ...given, '--token-file', path.join(folder, name));
    }
    await giveIdentities(url, 'rehearsal', ADMINS, folder);
    const child = startChild(process.execPath, [...base, 'serve'], { cwd: folder, env });
    try {
      const [, address = ''] = await child.line(/"address":"([^"]+)"/, PATIENCE);
      return new ShippedSync(program, folder, child, address);
    } catch (error) {
      await child.end('SIGKILL');
      throw error;
    }
  }

  /** One command of an admin; its answer. */
  as(admin: Admin, ...args: string[]): Readonly<Record<string, unknown>> {
    const { PATH = '' } = process.env;
    const token = path.join(this.#folder, admin);
    const env = { PATH, CONCLAVE_URL: this.#address, CONCLAVE_TOKEN_FILE: token };
    const identity = ['--identity-file', `${admin}.age`, '--passphrase-fd', '0'];
    const given = args[1] === 'approve' ? [...args, ...identity] : args;
    const answer = run(process.execPath, [this.#program, '--json', ...given], {
      cwd: this.#folder,
      env,
      stdio: 'pipe',
      input: `${PASSPHRASE}\n`,
    });
    return JSON.parse(answer) as Readonly<Record<string, unknown>>;
  }

  /** Approved by two, who type the witness's words, and committed. @returns the receipt's path */
  commit(bundle: string, manifestWords: string, stick: string): string {
    const { digest } = this.as('operator', 'bundle', 'import', bundle);
    assert(typeof digest === 'string');
    const given = ['--words', manifestWords, '--reason', 'compared with the paper of the witness'];
    for (const who of ['approver-1', 'approver-2'] as const) {
      this.as(who, 'bundle', 'approve', digest, ...given);
    }
    assert.equal(this.as('operator', 'commit', digest)['state'], 'committed');
    const { file } = this.as('operator', 'receipt', digest, '--out', stick);
    assert(typeof file === 'string');
    return file;
  }

  async stop(): Promise<void> {
    await within(PATIENCE, 'sync to end after SIGTERM', this.#child.end('SIGTERM')).catch(
      async (error: unknown) => {
        await this.#child.end('SIGKILL');
        throw error;
      },
    );
  }
}

/** The auditor, with nothing but Node and the shipped file. */
export function audit(dist: string, log: string, manifestWords: string): void {
  const said = run(
    process.execPath,
    [path.join(dist, 'conclave-verify.mjs'), log, '--words', manifestWords],
    { cwd: path.dirname(log), env: {} },
  );
  assert.match(said, /^Ceremony log: AUTHENTICATED/);
  assert.equal(said.match(/share key \d of 4, set/g)?.length, 3);
}
