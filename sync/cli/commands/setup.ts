/**
 * `conclave-sync vault setup`, `secret-id rotate`, `db migrate`, `db grants`: what is done once, by other accounts
 * than sync's own.
 * @module
 */
import { readFile } from 'node:fs/promises';
import { loadDatabaseConfig } from '../../config/config.ts';
import { loadVaultRole, loadVaultTarget } from '../../config/vault.ts';
import { ensureRehearsalSchema, migrate } from '../../database/migrate.ts';
import { openDatabase } from '../../database/open.ts';
import type { Hidden } from '../../hidden.ts';
import { rotateSecretId, type RotateResult } from '../../vault/rotate.ts';
import { roleOf } from '../../vault/secret-id.ts';
import { setUpVault, type VaultSetupResult } from '../../vault/setup.ts';
import { shipped } from '../../shipped.ts';
import { type Cli, readSecret, refuseUse } from '../cli.ts';
import { withRootToken } from './unseal-keys.ts';

export async function vaultSetup(
  cli: Cli,
  options: {
    readonly tokenFile?: string;
    /** With a root token that the holders of the unseal keys make, and that is revoked after it. */
    readonly byUnsealKeys?: boolean;
    /** Nonce of another attempt to make one, which is ended first. */
    readonly endAttempt?: string;
    readonly secretIdFile: string;
    readonly name?: string;
  },
): Promise<void> {
  const target = loadVaultTarget(cli.world.environment, options.name);
  const setUp = (operatorToken: Hidden): Promise<VaultSetupResult> =>
    setUpVault({
      ...target,
      operatorToken,
      secretIdFile: options.secretIdFile,
      progress: cli.progress,
    });
  const done =
    options.byUnsealKeys === true
      ? await withRootToken(cli, target, options.endAttempt, setUp)
      : await setUp(
          await readSecret(cli.world, {
            file: options.tokenFile,
            message: 'Vault token of an operator (it is not shown and not kept):',
            option: '--operator-token-file',
          }),
        );
  cli.result(
    done,
    [
      ...(target.name === undefined ? [] : [`CONCLAVE_DEPLOYMENT=${target.name}`]),
      `VAULT_ROLE_ID=${done.roleId}`,
      `VAULT_SECRET_ID_FILE=${done.secretIdFile}`,
      `The secret id ends on ${done.secretIdExpires}; run "conclave-sync secret-id rotate" before then.`,
      done.masterKeyExists
        ? 'A platform master key exists; it was not touched.'
        : 'There is no platform master key yet.',
    ].join('\n'),
  );
}

export async function rotate(
  cli: Cli,
  options: {
    readonly tokenFile?: string;
    readonly secretIdFile?: string;
    readonly name?: string;
    readonly keepOld: boolean;
  },
): Promise<void> {
  const role = loadVaultRole(cli.world.environment, options.secretIdFile, options.name);
  const operatorToken = await readSecret(cli.world, {
    file: options.tokenFile,
    message: `Vault token with the policy ${roleOf(role.name)}-rotate (it is not shown and not kept):`,
    option: '--operator-token-file',
  });
  const done = await rotateSecretId({
    ...role,
    operatorToken,
    keepOld: options.keepOld,
    progress: cli.progress,
  });
  const ends = done.endsAt === null ? 'never ends' : `ends on ${done.endsAt}`;
  cli.result(
    done,
    `The new secret id ${ends}; rotate it again before then. Sync takes it at its next sign-in.\n${ofTheOld(done)}`,
  );
  if (done.old === 'left') cli.endWith(1);
}

function ofTheOld({ old, oldEndsAt }: RotateResult): string {
  const until = oldEndsAt === null ? 'until somebody destroys it' : `until ${oldEndsAt}`;
  switch (old) {
    case 'destroyed':
      return 'The old one was destroyed.';
    case 'kept':
      return `The old one was kept, as asked; it is good ${until}.`;
    case 'left':
      return `The old one could NOT be destroyed; it is good ${until}. Let a Vault operator destroy it.`;
    case 'none':
      return 'There was no old one that still worked.';
  }
}

export async function dbMigrate(cli: Cli, options: { readonly rehearsal: boolean }): Promise<void> {
  const config = loadDatabaseConfig(cli.world.environment, options);
  const database = await openDatabase(config.database);
  try {
    if (database.kind === 'pglite') await ensureRehearsalSchema(database);
    cli.progress('Preparing the schema conclave …');
    const run = await migrate(database, config.mode);
    cli.result(
      { migrations: run, mode: config.mode },
      run.length === 0 ? 'Already up to date.' : `Done: ${run.join(', ')} (${config.mode}).`,
    );
  } finally {
    await database.close();
  }
}

/** Prints SQL for the database's owner; runs nothing. */
export async function dbGrants(cli: Cli, options: { readonly role: string }): Promise<void> {
  // SECURITY: the name goes into SQL that an owner runs.
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(options.role)) {
    throw refuseUse('used-wrongly', 'A role is small letters, digits and _.');
  }
  const sql = (await readFile(shipped.grants, 'utf8')).replaceAll('conclave_sync', options.role);
  cli.result({ sql }, sql.trimEnd());
}
