import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../sync/cli/program.ts';
import { flowCommands } from '../../sync/cli/commands/flows.ts';
import { loadConfig } from '../../sync/config/config.ts';
import { routeSets } from '../../sync/route-sets.ts';
import { createService } from '../../sync/server.ts';
import { createRehearsalKv } from '../../sync/vault/rehearsal-kv.ts';
import { DATABASES, type TestDatabase } from '../support/sync-databases.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const HEADING = '## What the page calls, as commands';

/** One thing that is done; by more than one route where a key signs on the page. */
interface Row {
  /** `POST /v1/bundles/{digest}/commit` */
  readonly routes: readonly string[];
  readonly commands: readonly string[];
  /** Why there is no command. */
  readonly reason: string;
}

async function tableInDocs(): Promise<Row[]> {
  const text = await readFile(path.join(root, 'docs/sync/commands.md'), 'utf8');
  const after = text.split(`${HEADING}\n`)[1]?.split(/^#/m)[0] ?? '';
  const rows = after.split('\n').filter((line) => line.startsWith('| `'));
  return rows.map((line) => {
    const [, routes = '', , commands = ''] = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
    const named = [...routes.matchAll(/`([^`]+)`/g)].map(([, route = '']) => route);
    const reason = /^none: (.+)$/.exec(commands)?.[1] ?? '';
    const found = [...commands.matchAll(/`([^`]+)`/g)].map(([, command = '']) => command);
    return { routes: named, commands: reason === '' ? found : [], reason };
  });
}

/** What `conclave-sync COMMAND --help` prints. */
async function help(command: string): Promise<string> {
  let said = '';
  await runCli(
    [...command.split(' '), '--help'],
    {
      environment: {},
      out: (text) => (said += text),
      err: (text) => (said += text),
      outIsTerminal: false,
      ask: undefined,
      askOpenly: undefined,
      stopped: () => Promise.resolve(),
      onHangUp: () => {},
    },
    [flowCommands],
  );
  return said;
}

/** The addresses in the command line's own code, `*` for what is put in, without their query. */
async function addressesOfCommands(): Promise<string[]> {
  const folder = path.join(root, 'sync/cli');
  const files = await readdir(folder, { recursive: true });
  const texts = await Promise.all(
    files
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .map((name) => readFile(path.join(folder, name), 'utf8')),
  );
  return texts
    .flatMap((text) => [...text.matchAll(/'([^'\n]+)'|`([^`]+)`/g)])
    .map(([, plain, template]) => plain ?? (template ?? '').replaceAll(/\$\{[^}]+\}/g, '*'))
    .map((address) => address.replace(/(\?.*|(?<!\/)\*)$/, ''))
    .filter((address) => /^(\/v1\/|\*\/)\S+$/.test(address));
}

describe('everything on the page can be done on the command line', () => {
  let test: TestDatabase;
  let app: Awaited<ReturnType<typeof createService>>;
  let routes: string[];
  let rows: Row[];

  beforeAll(async () => {
    const [, open] = DATABASES[1] ?? [];
    if (open === undefined) throw new Error('no database');
    test = await open('rehearsal');
    app = await createService({
      config: loadConfig({ CONCLAVE_MODE: 'rehearsal' }),
      database: test.database,
      kv: await createRehearsalKv(test.database),
      routes: routeSets(),
      writeLog: () => {},
    });
    await app.ready();
    const { paths } = (await app.inject('/v1/openapi.json')).json<{
      paths: Record<string, object>;
    }>();
    routes = Object.entries(paths).flatMap(([address, methods]) =>
      Object.keys(methods)
        .filter(() => address.startsWith('/v1/'))
        .map((method) => `${method.toUpperCase()} ${address}`),
    );
    rows = await tableInDocs();
  });
  afterAll(async () => {
    await app?.close();
    await test?.stop();
  });

  it('names every route of the service once, and none that is gone', () => {
    expect(routes.length).toBeGreaterThan(40);
    expect(rows.flatMap((row) => row.routes).sort()).toEqual(routes.sort());
  });

  it('gives each route a command that there is, or says why it has none', async () => {
    for (const {
      routes: [route],
      commands,
      reason,
    } of rows) {
      if (reason === '') expect(commands, route).not.toEqual([]);
      else expect(reason.split(' ').length, route).toBeGreaterThan(3);
    }
    for (const command of new Set(rows.flatMap(({ commands }) => commands))) {
      expect(await help(command), command).toContain(`Usage: conclave-sync ${command} `);
    }
    expect(await help('bundle nothing')).not.toContain('Usage: conclave-sync bundle nothing');
  });

  it('calls a route of each row in the code of the commands', async () => {
    const known = (await addressesOfCommands()).map(
      (address) =>
        new RegExp(
          `^${address
            .replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`)
            .replace(/^\*/, '.+')
            .replaceAll('*', '[^/]+')}$`,
        ),
    );
    const isCalled = (route: string): boolean =>
      known.some((pattern) => pattern.test(route.split(' ')[1] ?? ''));
    const missing = rows.filter((row) => row.reason === '' && !row.routes.some(isCalled));
    expect(missing).toEqual([]);
    expect(isCalled('GET /v1/me/nothing')).toBe(false);
  });
});
