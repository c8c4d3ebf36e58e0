/**
 * What can be wrong with a key version, and how it is told: one closed table, for the page, the
 * command line and the alerts.
 * @module
 */
import type { Sentences } from '../../shared/refusal.ts';
import { refuseFlow } from '../trust/refusals.ts';

/** `bad`: somebody acts now. `warn`: somebody plans something, or cannot be sure yet. */
export type Severity = 'bad' | 'warn';

const RESTORE =
  'Change nothing by hand. Two people find out who wrote there and when, and restore the right value from a backup.';
const NO_PACKAGE = 'Sync releases no package of a recovery for this key version.';

type Of = Sentences & { readonly severity: Severity };

const TABLE = {
  'row-missing': (version: string): Of => ({
    severity: 'bad',
    happened: `The database has no row of key version ${version}, and sync trusts a share set of it.`,
    means: `The row was deleted, or an older database was restored. ${NO_PACKAGE}`,
    next: RESTORE,
  }),
  'kv-missing': (version: string): Of => ({
    severity: 'bad',
    happened: `Vault holds no vault component (platform/master-key), and key version ${version} has one.`,
    means: `It was deleted or destroyed, or this is another Vault or mount. CheckTick cannot make organisation keys. ${NO_PACKAGE}`,
    next: 'Check VAULT_ADDR and VAULT_MOUNT. If they are right, two people restore Vault from a backup; write nothing there by hand.',
  }),
  'kv-unreadable': (version: string, why: string): Of => ({
    severity: 'bad',
    happened: `What Vault holds at platform/master-key cannot be read. ${why}`,
    means: `It was damaged or typed over, so it is not known to be that of key version ${version}. ${NO_PACKAGE}`,
    next: 'Older versions of the entry may still be in Vault. Two people restore the right one; the check value in the manifest tells which it is.',
  }),
  'kv-row-differ': (version: string, fits: 'vault' | 'row' | 'neither' | 'unknown'): Of => ({
    severity: 'bad',
    happened: `Vault and the database hold different vault components for key version ${version}.`,
    means: `${WHICH[fits]} ${NO_PACKAGE}`,
    next: RESTORE,
  }),
  'check-value-differs': (version: string): Of => ({
    severity: 'bad',
    happened: `The vault component of key version ${version} does not fit the check value in its manifest.`,
    means: `Vault and the database agree on a value that the custodians' shares cannot complete. ${NO_PACKAGE}`,
    next: RESTORE,
  }),
  'kv-other-version': (version: string, other: string): Of => ({
    severity: 'warn',
    happened: `Vault holds the vault component of key version ${other}, not of ${version}.`,
    means: `Vault has room for one; that of ${version} is in the database alone. ${NO_PACKAGE}`,
    next: `Nothing is lost. Before a survey of ${version} is recovered, ask the maintainers.`,
  }),
  'component-unproved': (version: string): Of => ({
    severity: 'warn',
    happened: `Vault and the database hold the same vault component for key version ${version}; nothing proves that it is the right one.`,
    means: 'Without a share set that sync trusts there is no check value to compare it with.',
    next: 'Nothing is wrong by that alone. It is proved once a share set of this key version is trusted.',
  }),
  'commit-open': (version: string): Of => ({
    severity: 'warn',
    happened: `A commit that changes key version ${version} has begun and is not finished.`,
    means: 'Vault and the database may differ until it is. They are compared after that.',
    next: 'Wait a minute. If it stays, run "conclave-sync commit" for that bundle; it goes on where it stopped.',
  }),
  'set-none': (version: string, escrows: number): Of => ({
    severity: 'warn',
    happened: `Sync trusts no share set of key version ${version}.`,
    means:
      escrows === 0
        ? 'No stored survey key needs it now.'
        : `The ${counted(escrows, 'stored survey key')} under it cannot be recovered through Conclave.`,
    next: 'If its shares are still held, keep them: they are the only way to these keys.',
  }),
  'set-unreadable': (version: string): Of => ({
    severity: 'bad',
    happened: `The share set of key version ${version} that sync trusts is not in the database as it was signed.`,
    means: `Its manifest or the roster was removed or changed beside sync. ${NO_PACKAGE}`,
    next: 'Stop, keep the database as it is and call the auditor. The chain and the sticks hold both documents.',
  }),
  'escrow-key-differs': (version: string): Of => ({
    severity: 'bad',
    ...refuseFlow('escrow-key-differs', version).sentences,
  }),
  'shares-due-soon': (version: string, days: number): Of => ({
    severity: 'warn',
    happened: `The shares of key version ${version} are to be renewed ${days === 0 ? 'today' : `within ${counted(days, 'day')}`}.`,
    means: 'They are nearly two years old. They open the key as before.',
    next: 'Ask each custodian whether the share is at hand and readable, and fix a day for the ceremony.',
  }),
  'shares-overdue': (version: string, days: number): Of => ({
    severity: 'bad',
    happened: `The shares of key version ${version} have been due ${days === 0 ? 'since today' : `for ${counted(days, 'day')}`}.`,
    means: 'Nobody has renewed them for more than two years; media age and people leave.',
    next: 'Ask each custodian today whether the share is at hand and readable, and hold the ceremony soon.',
  }),
  'no-active': (): Of => ({
    severity: 'bad',
    happened: 'No key version is active.',
    means: 'CheckTick has no key under which it could store the keys of new surveys.',
    next: 'Find out who retired the last one. Activate it again in CheckTick with its retired date cleared.',
  }),
  'several-active': (versions: readonly string[]): Of => ({
    severity: 'bad',
    happened: `More than one key version is active: ${versions.join(', ')}.`,
    means: 'It is not certain under which of them CheckTick stores the keys of new surveys.',
    next: 'Find out which one is meant, and retire the others in CheckTick.',
  }),
  'kv-alone': (): Of => ({
    severity: 'warn',
    happened:
      'Vault holds a vault component (platform/master-key), and the database has no row of any key version.',
    means: 'A key from before Conclave, or the database was restored from before the setup.',
    next: 'Nothing is lost. Do not set up a new key; ask the maintainers.',
  }),
  'trust-epoch-mismatch': (vault: number, database: number): Of => ({
    severity: 'bad',
    ...refuseFlow('trust-epoch-mismatch', vault, database).sentences,
  }),
} as const;

const WHICH = {
  vault: 'The one in Vault fits the manifest; the row was changed or restored.',
  row: 'The one in the row fits the manifest; Vault was changed or restored.',
  neither: 'Neither fits the check value in the manifest.',
  unknown: 'Without a trusted share set nothing tells which one is right.',
} as const;

export type FindingCode = keyof typeof TABLE;

export interface Finding extends Sentences {
  readonly code: FindingCode;
  readonly severity: Severity;
}

/** Words one finding. */
export function finding<Code extends FindingCode>(
  code: Code,
  ...facts: Parameters<(typeof TABLE)[Code]>
): Finding {
  const word = TABLE[code] as (...all: typeof facts) => Of;
  return { code, ...word(...facts) };
}

/** `1 day`, `2 days`. */
export function counted(many: number, what: string): string {
  return `${many} ${what}${many === 1 ? '' : 's'}`;
}
