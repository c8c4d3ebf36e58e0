/**
 * `conclave-sync admin add|list|disable`: on the database itself, so that the first admin can be
 * made before anybody can sign in.
 * @module
 */
import { rm, writeFile } from 'node:fs/promises';
import { addAdmin } from '../../admins/add-admin.ts';
import { disableAdmin, listAdmins, type Role, ROLES } from '../../admins/admins.ts';
import { loadDatabaseConfig } from '../../config/config.ts';
import type { Database } from '../../database/database.ts';
import { errorCode } from '../../database/errors.ts';
import { ensureRehearsalSchema, migrate, requireMigrated } from '../../database/migrate.ts';
import { openDatabase } from '../../database/open.ts';
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
        `${admin.name}: ${admin.roles.join(', ')}; CheckTick user ${admin.userId}` +
        (admin.disabledAt === null ? '' : `; disabled ${admin.disabledAt.toISOString()}`),
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
