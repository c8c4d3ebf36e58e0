import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadConfig } from '../../sync/config/config.ts';
import type { Database } from '../../sync/database/database.ts';
import { openDatabase } from '../../sync/database/open.ts';
import { startPostgres, type TestPostgres } from '../servers/postgres.ts';
import { issueCertificate, makeAuthority } from '../support/certificates.ts';

const used = z.object({ ssl: z.boolean() });
const OF_THIS_CONNECTION = 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()';

/** Debian's PostgreSQL; sync is told of it by its own settings, as an operator would tell it. */
describe('PostgreSQL over TLS', () => {
  let folder: string;
  let own: string;
  let stranger: string;
  const running: TestPostgres[] = [];
  let byAddress: TestPostgres;
  let byName: TestPostgres;
  let elsewhere: TestPostgres;
  let plain: TestPostgres;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'conclave-tls-'));
    own = await makeAuthority(folder, 'own');
    stranger = await makeAuthority(folder, 'stranger');
    const start = async (name?: string, hosts?: string): Promise<TestPostgres> => {
      const tls =
        name === undefined || hosts === undefined
          ? {}
          : { tls: await issueCertificate(folder, 'own', name, hosts) };
      const server = await startPostgres(tls);
      running.push(server);
      return server;
    };
    byAddress = await start('address', 'IP:127.0.0.1');
    byName = await start('name', 'DNS:localhost');
    elsewhere = await start('elsewhere', 'DNS:database.hospital.example,IP:127.0.0.9');
    plain = await start();
  });
  afterAll(async () => {
    await Promise.all(running.map((server) => server.stop()));
    await rm(folder, { recursive: true, force: true });
  });

  /** One question over a connection of its own. `host`: instead of 127.0.0.1. */
  async function ask(
    server: TestPostgres,
    settings: { readonly ca?: string; readonly host?: string; readonly sslmode?: string },
  ): Promise<boolean> {
    const { ca, host = '127.0.0.1', sslmode = 'verify-full' } = settings;
    const url = new URL(server.url);
    url.hostname = host;
    url.searchParams.set('sslmode', sslmode);
    const config = loadConfig({
      CONCLAVE_MODE: 'rehearsal',
      DATABASE_URL: url.href,
      ...(ca === undefined ? {} : { DATABASE_CA: ca }),
    });
    const database: Database = await openDatabase(config.database);
    try {
      return (await database.one(used, OF_THIS_CONNECTION)).ssl;
    } finally {
      await database.close();
    }
  }

  it('takes the certificate that its own authority vouches for, by address and by name', async () => {
    expect(await ask(byAddress, { ca: own })).toBe(true);
    expect(await ask(byName, { ca: own, host: 'localhost' })).toBe(true);
    expect(await ask(byAddress, { ca: own, sslmode: 'require' })).toBe(true);
  });

  it.each([
    ['a stranger’s authority', () => ask(byAddress, { ca: stranger })],
    ['no authority of its own', () => ask(byAddress, {})],
    ['another host name', () => ask(elsewhere, { ca: own, host: 'localhost' })],
    ['another address', () => ask(elsewhere, { ca: own })],
    ['a name where an address was asked for', () => ask(byName, { ca: own })],
    ['an address where a name was asked for', () => ask(byAddress, { ca: own, host: 'localhost' })],
    // The weaker modes of other programs do not weaken this one.
    ['another address, sslmode=require', () => ask(elsewhere, { ca: own, sslmode: 'require' })],
    ['another address, sslmode=verify-ca', () => ask(elsewhere, { ca: own, sslmode: 'verify-ca' })],
  ])('refuses %s, in words', async (_, asking) => {
    await expect(asking()).rejects.toMatchObject({
      code: 'database-certificate',
      sentences: { happened: 'The database showed a certificate that sync does not trust.' },
    });
  });

  it('goes nowhere without TLS when the server offers none', async () => {
    await expect(ask(plain, { ca: own })).rejects.toMatchObject({
      code: 'database-no-tls',
      sentences: { means: 'Sync did not send its password. Nothing was changed.' },
    });
  });
});
