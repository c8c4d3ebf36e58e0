/**
 * `conclave-sync admin …`: the commands of the console, and those that talk to a running sync.
 * @module
 */
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import {
  adminAdd,
  adminDisable,
  adminFirst,
  adminFirstLink,
  adminList,
  machineAdd,
  machineRenew,
} from './admin.ts';
import { registerLost } from './admins-lost.ts';
import { registerPeople } from './people.ts';
import { registerOwnKeys } from './own-keys.ts';
import { registerPeopleLooks } from './people-look.ts';

export function registerAdmins(
  program: Command,
  cli: Cli,
  mode: () => { readonly rehearsal: boolean },
): void {
  const admin = program.command('admin').description('the people who run sync');
  const collect = (value: string, before: string[]): string[] => [...before, value];
  admin
    .command('first')
    .description('make the first two together, on the server; each gets a one-time link')
    .requiredOption('--admin <who>', 'twice: "12:operator,approver:Name"', collect, [])
    .option('--folder <folder>', 'write each link to a file there (mode 600)')
    .action((options: { admin: string[]; folder?: string }) =>
      adminFirst(cli, { ...options, ...mode() }),
    );
  admin
    .command('first-link <name>')
    .description('a new link for one of the first two whose own has ended')
    .option('--folder <folder>', 'write the link to a file there (mode 600)')
    .action((name: string, options: { folder?: string }) =>
      adminFirstLink(cli, name, { ...options, ...mode() }),
    );
  admin
    .command('add <name>')
    .description('in a rehearsal: make an admin at once; the token is shown once')
    .requiredOption('--user <number>', 'number of this person in CheckTick')
    .requiredOption('--role <roles...>', 'operator, approver, auditor')
    .option('--token-file <file>', 'write the token there (mode 600) instead of showing it')
    .action((name: string, options: { user: string; role: string[]; tokenFile?: string }) =>
      adminAdd(cli, name, { ...options, ...mode() }),
    );
  admin
    .command('list')
    .description('all admins, on the server')
    .action(() => adminList(cli, mode()));
  admin
    .command('disable <name>')
    .description('end an admin’s access at once, on the server')
    .action((name: string) => adminDisable(cli, name, mode()));

  const machine = admin.command('machine').description('machines that sign in with a certificate');
  machine
    .command('add <name>')
    .description('register a machine, on the server; it never approves')
    .requiredOption('--user <number>', 'number of its user in CheckTick')
    .requiredOption('--role <roles...>', 'operator, auditor')
    .requiredOption('--certificate <file>', 'its certificate (PEM)')
    .action((name: string, options: { user: string; role: string[]; certificate: string }) =>
      machineAdd(cli, name, { ...options, ...mode() }),
    );
  machine
    .command('renew <name>')
    .description('register one more certificate of a machine, before the old one ends')
    .requiredOption('--certificate <file>', 'the new certificate (PEM)')
    .action((name: string, options: { certificate: string }) =>
      machineRenew(cli, name, { ...options, ...mode() }),
    );
  registerLost(admin, cli, mode);
  registerPeople(admin, cli);
  registerPeopleLooks(admin, cli);
  registerOwnKeys(admin, cli);
}
