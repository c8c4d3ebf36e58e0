/**
 * `conclave-sync admin first|list|disable|machine …` on the server's console, on the database
 * itself: the first two before anybody can sign in, machines, and stopping somebody at once.
 * @module
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { addAdmin } from '../../people/add-admin.ts';
import {
  type AdminEntry,
  adminByName,
  disableAdmin,
  listAdmins,
  type Role,
  ROLES,
} from '../../admins/admins.ts';
import { loadDatabaseConfig } from '../../config/config.ts';
import type { Database } from '../../database/database.ts';
import { errorCode } from '../../database/errors.ts';
import { ensureRehearsalSchema, migrate, requireMigrated } from '../../database/migrate.ts';
import { openDatabase } from '../../database/open.ts';
import { enrolmentLink } from '../../people/enrolments.ts';
import { type Founder, makeFounders, renewFounderLink } from '../../people/founders.ts';
import { addCertificate, addMachine, readCertificate } from '../../people/machines.ts';
import { refusePeople } from '../../people/refusals.ts';
import { type Cli, refuseUse } from '../cli.ts';

interface Common {
  readonly rehearsal: boolean;
}

async function withDatabase<T>(
  cli: Cli,
  options: Common,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const config = loadDatabaseConfig(cli.world.environment, options);
  const database = await openDatabase(config.database);
  try {
    if (database.kind === 'pglite') {
      await ensureRehearsalSchema(database);
      await migrate(database, config.mode);
    } else {
      await requireMigrated(database, config.mode);
    }
    return await work(database);
  } finally {
    await database.close();
  }
}

export async function adminAdd(
  cli: Cli,
  name: string,
  options: Common & {
    readonly user: string;
    readonly role: readonly string[];
    readonly tokenFile?: string;
  },
): Promise<void> {
  // SECURITY: in production nobody becomes an admin from the console alone.
  if (loadDatabaseConfig(cli.world.environment, options).mode === 'production') {
    throw refuseUse(
      'used-wrongly',
      'Admins are added at once in a rehearsal only: see admin first and admin invite.',
    );
  }
  const { userId, roles } = entryOf(name, options);
  // SECURITY: a token in a pipe ends in a log; only a person's own screen or a private file gets it.
  const { tokenFile } = options;
  if (tokenFile === undefined && (!cli.world.outIsTerminal || cli.json())) {
    throw refuseUse(
      'used-wrongly',
      'The token is shown on a terminal only; use --token-file FILE.',
    );
  }
  await withDatabase(cli, options, async (database) => {
    if (tokenFile !== undefined) await reserve(tokenFile);
    const { admin, token } = await addAdmin(database, { name, userId, roles }).catch(
      async (cause: unknown) => {
        if (tokenFile !== undefined) await rm(tokenFile, { force: true });
        throw cause;
      },
    );
    const about = `${admin.name} (CheckTick user ${admin.userId}): ${admin.roles.join(', ')}.`;
    if (tokenFile === undefined) {
      cli.world.out(`${about}\nThis token is shown once:\n\n  ${token}\n\n`);
      return;
    }
    await writeFile(tokenFile, `${token}\n`, { mode: 0o600 });
    cli.result({ id: admin.id, name: admin.name, tokenFile }, `${about}\nToken in ${tokenFile}.`);
  });
}

function entryOf(
  name: string,
  options: { readonly user: string; readonly role: readonly string[] },
): AdminEntry {
  const userId = Number(options.user);
  if (!Number.isSafeInteger(userId) || userId < 1) {
    throw refuseUse('used-wrongly', '--user is the number of a CheckTick user.');
  }
  const roles = options.role.filter((role): role is Role =>
    (ROLES as readonly string[]).includes(role),
  );
  if (roles.length === 0 || roles.length !== options.role.length) {
    throw refuseUse('used-wrongly', `--role is one of ${ROLES.join(', ')}.`);
  }
  return { name, userId, roles };
}

/** `12:operator,approver:Name`: CheckTick's number, the roles, the name. */
function parseEntry(text: string): AdminEntry {
  const [user = '', roles = '', ...name] = text.split(':');
  if (name.join(':').trim() === '') {
    throw refuseUse('used-wrongly', 'Say each as "12:operator,approver:Name".');
  }
  return entryOf(name.join(':').trim(), { user, role: roles.split(',') });
}

export async function adminFirst(
  cli: Cli,
  options: Common & { readonly admin: readonly string[]; readonly folder?: string },
): Promise<void> {
  const [one, two, ...more] = options.admin.map(parseEntry);
  if (one === undefined || two === undefined || more.length > 0) {
    throw refuseUse('used-wrongly', 'The first two are made together: give --admin twice.');
  }
  requireTerminal(cli, options.folder);
  await withDatabase(cli, options, async (database) => {
    const made = await database.transaction((tx) => makeFounders(tx, [one, two]));
    await handOver(cli, options, made);
  });
}

export async function adminFirstLink(
  cli: Cli,
  name: string,
  options: Common & { readonly folder?: string },
): Promise<void> {
  requireTerminal(cli, options.folder);
  await withDatabase(cli, options, async (database) => {
    const made = await database.transaction((tx) => renewFounderLink(tx, name));
    await handOver(cli, options, [made]);
  });
}

/** SECURITY: a link in a pipe ends in a log. */
function requireTerminal(cli: Cli, folder: string | undefined): void {
  if (folder === undefined && (!cli.world.outIsTerminal || cli.json())) {
    throw refuseUse('used-wrongly', 'Links are shown on a terminal only; use --folder FOLDER.');
  }
}

/** A link for each of the first two: on the screen, or a private file each. */
async function handOver(
  cli: Cli,
  options: Common & { readonly folder?: string },
  made: readonly Founder[],
): Promise<void> {
  const { site } = loadDatabaseConfig(cli.world.environment, options);
  const files: string[] = [];
  const lines: string[] = [];
  for (const { admin, enrolment } of made) {
    const text = site === undefined ? enrolment.code : enrolmentLink(site, enrolment.code);
    const until = enrolment.expiresAt.toISOString();
    if (options.folder === undefined) {
      lines.push(`${admin.name}, once and until ${until}:\n\n  ${text}\n`);
    } else {
      const file = path.join(options.folder, `enrol-${admin.userId}.txt`);
      await rm(file, { force: true });
      await writeFile(file, `${text}\n`, { mode: 0o600, flag: 'wx' }).catch(() => {
        throw refuseUse('secret-file', file, 'cannot be written');
      });
      files.push(file);
      lines.push(`${admin.name}, once and until ${until}: ${file}`);
    }
  }
  lines.push('Neither can do anything before both have registered a key.');
  const names = made.map(({ admin }) => admin.name);
  cli.result({ admins: names, files }, lines.join('\n'));
}

export async function machineAdd(
  cli: Cli,
  name: string,
  options: Common & {
    readonly user: string;
    readonly role: readonly string[];
    readonly certificate: string;
  },
): Promise<void> {
  const entry = entryOf(name, options);
  const certificate = await certificateFrom(options.certificate);
  await withDatabase(cli, options, async (database) => {
    const made = await database.transaction((tx) => addMachine(tx, entry, certificate));
    cli.result(
      { id: made.id, name: made.name },
      `${made.name} signs in with this certificate until ${certificate.validTo}.`,
    );
  });
}

export async function machineRenew(
  cli: Cli,
  name: string,
  options: Common & { readonly certificate: string },
): Promise<void> {
  const certificate = await certificateFrom(options.certificate);
  await withDatabase(cli, options, async (database) => {
    const machine = await database.transaction(async (tx) => {
      const found = await adminByName(tx, name);
      if (found.kind !== 'machine') throw refusePeople('certificate-unfit', 'this is a person');
      await addCertificate(tx, found, certificate);
      return found;
    });
    cli.result(
      { id: machine.id, name: machine.name },
      `${machine.name} also signs in with this certificate until ${certificate.validTo}.`,
    );
  });
}

async function certificateFrom(file: string) {
  let pem: string;
  try {
    pem = await readFile(file, 'utf8');
  } catch {
    throw refuseUse('used-wrongly', `The certificate file ${file} cannot be read.`);
  }
  return readCertificate(pem);
}

/** Makes the file before the admin, so that no token is made that cannot be kept. */
async function reserve(file: string): Promise<void> {
  try {
    await writeFile(file, '', { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    const problem = errorCode(cause) === 'EEXIST' ? 'exists already' : 'cannot be written';
    throw refuseUse('secret-file', file, problem);
  }
}

export async function adminList(cli: Cli, options: Common): Promise<void> {
  await withDatabase(cli, options, async (database) => {
    const admins = await listAdmins(database);
    const lines = admins.map(
      (admin) =>
        `${admin.name}: ${admin.roles.join(', ')}; CheckTick user ${admin.userId}; ` +
        (admin.kind === 'machine' ? 'machine, ' : '') +
        (admin.disabledAt === null ? admin.state : `disabled ${admin.disabledAt.toISOString()}`),
    );
    cli.result({ admins }, lines.length === 0 ? 'There are no admins yet.' : lines.join('\n'));
  });
}

export async function adminDisable(cli: Cli, name: string, options: Common): Promise<void> {
  await withDatabase(cli, options, async (database) => {
    const admin = await disableAdmin(database, name);
    cli.result({ id: admin.id, name: admin.name }, `${admin.name} can no longer sign in.`);
  });
}
