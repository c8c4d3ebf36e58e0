/**
 * One example, or two, for each command: what `--help` shows below its options.
 * @module
 */
import type { Command } from 'commander';

const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  serve: ['serve', '--rehearsal serve'],
  check: ['check', '--json check'],
  'vault setup': [
    'vault setup --operator-token-file operator-token --secret-id-file /etc/conclave/secret-id',
    'vault setup --by-unseal-keys --secret-id-file /etc/conclave/secret-id',
  ],
  'secret-id rotate': [
    'secret-id rotate --operator-token-file rotate-token',
    'secret-id rotate --operator-token-file rotate-token --keep-old',
  ],
  'db migrate': ['db migrate'],
  'db grants': ['db grants --role conclave_sync | psql --set ON_ERROR_STOP=1 checktick'],
  'admin first': ['admin first --admin "12:operator,approver:Name" --admin "13:approver:Name"'],
  'admin first-link': ['admin first-link "Name"'],
  'admin add': [
    '--rehearsal admin add "Operator" --user 12 --role operator --token-file operator.token',
  ],
  'admin invite': [
    'admin invite "Name" --user 14 --role approver --reason "new colleague" --identity-file identity.age',
  ],
  'admin confirm': ['admin confirm "Name" --reason "spoken with her" --identity-file identity.age'],
  'admin dismiss': ['admin dismiss "Name" --reason "has left" --identity-file identity.age'],
  'admin code': ['admin code "Name"'],
  'admin link': ['admin link "Name"'],
  'admin enrol': ['admin enrol --identity-file identity.age --invite-code 7K2M-PQ4X-9T0B'],
  'admin token': ['admin token --identity-file identity.age --out mine.token'],
  'admin people': ['admin people', '--json admin people'],
  'admin find': ['admin find "Name"'],
  'admin me': ['admin me'],
  'admin on-call': ['admin on-call on'],
  'admin keys': ['admin keys'],
  'admin key-link': ['admin key-link --identity-file identity.age'],
  'admin revoke-key': ['admin revoke-key 1a2b3c4d --identity-file identity.age'],
  'admin tokens': ['admin tokens'],
  'admin revoke-token': ['admin revoke-token 1a2b3c4d'],
  'admin machine add': [
    'admin machine add "Monitor" --user 30 --role auditor --certificate monitor.pem',
  ],
  'admin machine renew': ['admin machine renew "Monitor" --certificate monitor-new.pem'],
  'admin list': ['admin list'],
  'admin disable': ['admin disable "Operator"'],
  'admin lost package': ['admin lost package --out /media/stick'],
  'admin lost import': ['admin lost import /media/stick/conclave-bundle-1a2b3c4d.json'],
  'admin lost status': ['admin lost status'],
  'admin lost commit': ['admin lost commit 1a2b3c4d'],
  'admin lost receipt': ['admin lost receipt 1a2b3c4d --out /media/stick'],
  queue: ['queue', '--json queue'],
  'request find': ['request find 7', 'request find "Clinic follow-up"'],
  'alert list': ['alert list'],
  'request create': [
    'request create --user 7 --survey 31 --reason "phrase lost" --photo-id --video --reference "file 17"',
  ],
  'request verify': [
    'request verify ABC-123-XYZ --photo-id --video --reference "file 17" --email user@example.org',
  ],
  'request approve': [
    'request approve ABC-123-XYZ --reason "identity checked" --identity-file identity.age',
  ],
  'request reject': ['request reject ABC-123-XYZ --reason "the caller was somebody else"'],
  'request cancel': ['request cancel ABC-123-XYZ --reason "the phrase was found"'],
  'request show': ['request show ABC-123-XYZ'],
  'request list': ['request list', '--json request list'],
  descriptor: ['descriptor --out /media/stick'],
  chain: ['chain --out /media/stick'],
  'package setup': ['package setup --key-version v1 --out /media/stick'],
  'package roster': ['package roster --key-version v1 --out /media/stick'],
  'package drill': ['package drill --key-version v1 --out /media/stick'],
  'drill list': ['drill list', '--json drill list'],
  'drill calendar': ['drill calendar --out drills.ics'],
  'package rotate-shares': [
    'package rotate-shares --key-version v1 --ticket /media/stick/ticket.json',
  ],
  'package full-drill': ['package full-drill --key-version v1 --ticket /media/stick/ticket.json'],
  'package migrate-escrows': [
    'package migrate-escrows --key-version v1 --ticket /media/stick/ticket.json',
  ],
  'package new-version': ['package new-version --ticket /media/stick/ticket.json'],
  'package activate': ['package activate --key-version v2 --out /media/stick'],
  'package refresh': ['package refresh --key-version v1 --out /media/stick'],
  'package add-set': ['package add-set --key-version v1 --out /media/stick'],
  'package retire': ['package retire --key-version v1 --out /media/stick'],
  'package migrate-organisation': [
    'package migrate-organisation --moves --organisation 4 --owner "Name 1" --organisation-checked "register, file 12" --owner-checked "photo id, file 12" --ticket /media/stick/ticket.json',
    'package migrate-organisation --organisation 4 --owner "Name 1" --organisation-checked "register, file 12" --owner-checked "photo id, file 12" --ticket /media/stick/ticket.json',
  ],
  'package adopt': [
    'package adopt --key-version v1 --ticket /media/stick/ticket.json',
    'package adopt --key-version v1 --ticket /media/stick/ticket.json --organisation-keys 31:4:9,32:5',
  ],
  'package recover': ['package recover --request ABC-123-XYZ --ticket /media/stick/ticket.json'],
  'package approve': [
    'package approve 9a1b683c --reason "as requested" --identity-file identity.age',
  ],
  'package get': ['package get 9a1b683c --out /media/stick'],
  'package receipt': ['package receipt 9a1b683c --out /media/stick'],
  'package list': ['package list'],
  'transcript import': ['transcript import /media/stick/conclave-log-1a2b3c4d.jsonl'],
  'bundle import': ['bundle import /media/stick/conclave-bundle-1a2b3c4d.json'],
  'bundle import-files': ['bundle import-files 1a2b3c4d /media/stick/conclave-moved-9a1b683c'],
  'bundle preview': ['bundle preview /media/stick/conclave-bundle-1a2b3c4d.json'],
  'bundle show': ['bundle show 1a2b3c4d'],
  'bundle status': ['bundle status 1a2b3c4d'],
  'bundle list': ['bundle list'],
  'bundle approve': [
    'bundle approve 1a2b3c4d --reason "seen on the witness’s paper" --identity-file identity.age',
  ],
  'bundle accept-difference': [
    'bundle accept-difference 1a2b3c4d --reason "the user set a password" --identity-file identity.age',
  ],
  'bundle refuse': ['bundle refuse 1a2b3c4d --reason "the ceremony was stopped"'],
  'bundle object': ['bundle object 1a2b3c4d --reason "my key is here"'],
  commit: ['commit 1a2b3c4d'],
  receipt: ['receipt 1a2b3c4d --out /media/stick'],
  'escrow list': ['escrow list', 'escrow list --state none'],
  'version list': ['version list', '--json version list'],
  'version show': ['version show v1'],
  'audit list': [
    'audit list --subject ABC-123-XYZ',
    'audit list --from 2026-11-01 --to 2026-11-30 --type sign-in-failed,admin-disabled',
  ],
  'audit export': ['audit export --format csv --from 2026-01-01 --out audit.csv'],
  'audit types': ['audit types'],
  'identity show': ['identity show identity.age'],
  'passphrase show': ['passphrase show 1a2b3c4d'],
  'passphrase acknowledge': ['passphrase acknowledge 1a2b3c4d'],
  'claim status': ['claim status 1a2b3c4d'],
  'claim code': ['claim code 1a2b3c4d'],
  'claim renew-link': ['claim renew-link 1a2b3c4d'],
  'claim end': ['claim end 1a2b3c4d --reason "the user did not ask for this"'],
};

/** Adds to each command below `command` its example. */
export function addExamples(command: Command, path = ''): void {
  for (const child of command.commands) {
    const name = `${path} ${child.name()}`.trim();
    const lines = EXAMPLES[name]?.map((line) => `  conclave-sync ${line}\n`);
    if (lines !== undefined) child.addHelpText('after', `\nExamples:\n${lines.join('')}`);
    addExamples(child, name);
  }
}
