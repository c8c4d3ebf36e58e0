/**
 * The command line as a whole. Areas add their commands through {@link CommandSet}.
 * @module
 */
import { Command, CommanderError, Option } from 'commander';
import type { Meanings } from '../meaning.ts';
import { platformMeanings } from '../server.ts';
import { type Cli, type ExitCode, explain, type World } from './cli.ts';
import { clientMeanings } from './client.ts';
import { registerAdmins } from './commands/admins.ts';
import { check } from './commands/check.ts';
import { registerCompletion } from './commands/completion.ts';
import { serve } from './commands/serve.ts';
import { dbGrants, dbMigrate, rotate, vaultSetup } from './commands/setup.ts';
import { addExamples } from './examples.ts';
import { forTerminal, jsonForTerminal } from './terminal.ts';

/** Commands of one area, and what its refusals mean for the exit code. */
export interface CommandSet {
  readonly meanings: Meanings;
  register(program: Command, cli: Cli): void;
}

interface Globals {
  readonly json?: boolean;
  readonly rehearsal?: boolean;
}

/** Runs one command line (without node and script). Never throws, never ends the process. */
export async function runCli(
  argv: readonly string[],
  outside: World,
  sets: readonly CommandSet[] = [],
): Promise<ExitCode> {
  const program = new Command('conclave-sync');
  // SECURITY: whatever a command writes, and commander with what was typed, goes through here.
  const world: World = {
    ...outside,
    out: (text) => outside.out(forTerminal(text)),
    err: (text) => outside.err(forTerminal(text)),
  };
  let code: ExitCode = 0;
  const json = (): boolean => program.opts<Globals>().json === true;
  const cli: Cli = {
    world,
    meanings: sets.reduce<Meanings>((all, set) => ({ ...all, ...set.meanings }), {
      ...platformMeanings,
      ...clientMeanings,
    }),
    json,
    progress: (line) => {
      if (!json()) world.err(`${line}\n`);
    },
    result: (value, text) => world.out(json() ? `${jsonForTerminal(value)}\n` : `${text}\n`),
    endWith: (ended) => {
      code = ended;
    },
  };
  program
    .description('The service beside Vault and the database, and its commands.')
    .option('--json', 'results as JSON on stdout, refusals as JSON on stderr')
    .option('--rehearsal', 'rehearse: own database, nothing real is touched')
    .exitOverride()
    .configureOutput({ writeOut: world.out, writeErr: world.err })
    .showHelpAfterError()
    .addHelpText('after', EXAMPLES);
  registerPlatform(program, cli);
  for (const set of sets) set.register(program, cli);
  registerCompletion(program, cli);
  addExamples(program);
  inherit(program);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (cause) {
    if (cause instanceof CommanderError) return cause.exitCode === 0 ? 0 : 2;
    return explain(cause, cli);
  }
}

/** Sub-commands end and write as the program does; commander copies this only to later ones. */
function inherit(command: Command): void {
  for (const sub of command.commands) {
    sub.copyInheritedSettings(command);
    inherit(sub);
  }
}

function registerPlatform(program: Command, cli: Cli): void {
  const mode = (): { rehearsal: boolean } => ({
    rehearsal: program.opts<Globals>().rehearsal === true,
  });
  program
    .command('serve')
    .description('run the service until it is told to stop')
    .action(() => serve(cli, mode()));
  program
    .command('check')
    .description('look at settings, database and Vault; changes nothing')
    .action(() => check(cli, mode()));

  const vault = program.command('vault').description('prepare Vault for sync');
  vault
    .command('setup')
    .description('mount, policy, role and secret id; may be run again; leaves a master key alone')
    .addOption(
      new Option(
        '--operator-token-file <file>',
        'Vault token of an operator; asked for otherwise',
      ).conflicts('byUnsealKeys'),
    )
    .option(
      '--by-unseal-keys',
      'where no such token is left: holders of unseal keys make one, here, revoked at the end',
    )
    .option('--end-attempt <nonce>', 'with --by-unseal-keys: ends this other attempt first')
    .requiredOption('--secret-id-file <file>', 'where the secret id goes (mode 600)')
    .option(
      '--name <name>',
      'of this deployment, where several use one Vault; default CONCLAVE_DEPLOYMENT',
    )
    .action(
      ({
        operatorTokenFile: tokenFile,
        ...options
      }: {
        operatorTokenFile?: string;
        byUnsealKeys?: boolean;
        endAttempt?: string;
        secretIdFile: string;
        name?: string;
      }) => vaultSetup(cli, { ...options, ...(tokenFile === undefined ? {} : { tokenFile }) }),
    );

  program
    .command('secret-id')
    .description('the secret with which sync signs in at Vault')
    .command('rotate')
    .description('a new one in its file, proved, then the old one destroyed; sync may run')
    .option('--operator-token-file <file>', 'token with conclave-sync-rotate; asked for otherwise')
    .option('--secret-id-file <file>', 'instead of the setting VAULT_SECRET_ID_FILE')
    .option('--name <name>', 'of this deployment; default CONCLAVE_DEPLOYMENT')
    .option('--keep-old', 'do not destroy the old one: other replicas hold copies of it')
    .action(
      (given: {
        operatorTokenFile?: string;
        secretIdFile?: string;
        name?: string;
        keepOld?: true;
      }) =>
        rotate(cli, {
          keepOld: given.keepOld === true,
          ...(given.name === undefined ? {} : { name: given.name }),
          ...(given.operatorTokenFile === undefined ? {} : { tokenFile: given.operatorTokenFile }),
          ...(given.secretIdFile === undefined ? {} : { secretIdFile: given.secretIdFile }),
        }),
    );

  const db = program.command('db').description('prepare the database for sync');
  db.command('migrate')
    .description('bring the schema conclave up to date; needs an account that may create it')
    .action(() => dbMigrate(cli, mode()));
  db.command('grants')
    .description('print the SQL that gives sync’s own account its rights')
    .option('--role <name>', 'database account of sync', 'conclave_sync')
    .action((options: { role: string }) => dbGrants(cli, options));

  registerAdmins(program, cli, mode);
}

const EXAMPLES = `
Examples:
  conclave-sync check
  conclave-sync vault setup --secret-id-file /etc/conclave/secret-id
  conclave-sync db migrate
  conclave-sync db grants --role conclave_sync | psql --set ON_ERROR_STOP=1 checktick
  conclave-sync admin first --admin "12:operator,approver:Name" --admin "13:approver:Name"
  conclave-sync admin token --identity-file conclave-identity-approver.age --out mine.token
  conclave-sync --rehearsal serve
  conclave-sync package setup --key-version v1 --out /media/stick
  conclave-sync bundle import /media/stick/conclave-bundle-1a2b3c4d.json
  conclave-sync bundle approve 1a2b3c4d --reason "seen on the witness’s paper" \\
    --identity-file conclave-identity-approver.age
  conclave-sync commit 1a2b3c4d
  conclave-sync receipt 1a2b3c4d --out /media/stick
  conclave-sync request create --user 7 --survey 31 --reason "phrase lost" \\
    --photo-id --video --reference "file 17"

Ends with 0 done, 1 refused for a stated reason, 2 used wrongly, 3 a part is unreachable.
Settings come from the environment, or from the JSON file that CONCLAVE_CONFIG names.
`;
