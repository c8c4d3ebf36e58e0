/**
 * The alerts, one closed table: how grave each is, and what it says to whoever is on call. A subject
 * names rows (a code, a number, a version), never what strangers wrote.
 * @module
 */
import type { Sentences } from '../../shared/refusal.ts';

export const ALERT_KINDS = [
  'recoveries-many',
  'refusals-of-user',
  'refusals-by-admin',
  'sign-ins-failed',
  'approval-waiting',
  'trust-epoch-mismatch',
  'secret-id-due',
  'key-version-differs',
  'share-set-due',
  'drill-due',
  'share-not-proved',
  'test-escrow-shut',
] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

/** From how many on, and within how long, by the database's clock. */
export const LIMITS = {
  /** Recoveries committed in 24 hours: more than this many. */
  recoveriesADay: 5,
  /** Requests of one user, or refusals by one admin, in 7 days: this many. */
  refusalsAWeek: 3,
  /** Failed sign-ins within any minute of the last 15: more than this many. */
  failedSignInsAMinute: 5,
} as const;

interface AlertMeaning {
  /** `critical`: a recovery cannot go on safely, or somebody may be attacking now. */
  readonly severity: 'critical' | 'warning';
  readonly says: (subject: string) => Sentences;
}

export const ALERTS: Readonly<Record<AlertKind, AlertMeaning>> = {
  'recoveries-many': {
    severity: 'critical',
    says: () => ({
      happened: `More than ${LIMITS.recoveriesADay} surveys were recovered within 24 hours.`,
      means: 'That is unusual: somebody may be opening what nobody asked for.',
      next: 'Look at each of them in the audit list, and call the people whose surveys they are.',
    }),
  },
  'refusals-of-user': {
    severity: 'warning',
    says: (user) => ({
      happened: `Recoveries for ${user} were stopped ${LIMITS.refusalsAWeek} times or more within 7 days.`,
      means: 'Somebody may be asking in this person’s name.',
      next: 'Call the person at a number you know, not at one from a request.',
    }),
  },
  'refusals-by-admin': {
    severity: 'warning',
    says: (admin) => ({
      happened: `${capital(admin)} has stopped recoveries or bundles ${LIMITS.refusalsAWeek} times or more within 7 days.`,
      means: 'Either many requests are wrong, or somebody keeps people from their surveys.',
      next: 'Read the reasons in the audit list, and speak with this admin.',
    }),
  },
  'sign-ins-failed': {
    severity: 'critical',
    says: () => ({
      happened: `More than ${LIMITS.failedSignInsAMinute} sign-ins failed within a minute.`,
      means: 'Somebody may be trying keys or tokens. None of these let anybody in.',
      next: 'Look at the audit list for where they came from, and close that way at the firewall.',
    }),
  },
  'approval-waiting': {
    severity: 'warning',
    says: (subject) => ({
      happened: `An approval is waiting: ${subject}.`,
      means: 'Nothing goes on without it. Waiting is safe.',
      next: 'Open sync’s page, read what would be done, and approve or stop it.',
    }),
  },
  'trust-epoch-mismatch': {
    severity: 'critical',
    says: () => ({
      happened: 'Vault and the database have different trust epochs.',
      means:
        'One of them was restored from a backup, or the commit of a setup or roster has stopped halfway. Sync only answers status until they agree.',
      next: 'Change neither by hand. Commit what is unfinished; else follow “restore” in docs/operations.md, two people together.',
    }),
  },
  'secret-id-due': {
    severity: 'critical',
    says: (end) => ({
      happened: `The secret id with which sync signs in at Vault ${end}.`,
      means: 'After its end sync cannot use Vault, and nothing is committed. Nothing is lost.',
      next: 'Run "conclave-sync secret-id rotate" on the server; sync need not be restarted.',
    }),
  },
  'key-version-differs': {
    severity: 'critical',
    says: (version) => ({
      happened: `Vault, the database and the manifest do not agree on ${version}.`,
      means:
        'Somebody wrote beside sync, or one side was restored. No package of a recovery is released for it.',
      next: 'Change nothing by hand. “conclave-sync version list” says which side differs.',
    }),
  },
  'share-set-due': {
    severity: 'warning',
    says: (version) => ({
      happened: `The shares of ${version} are due to be renewed, or soon will be.`,
      means: 'They still open the key; media age and people leave.',
      next: 'Ask each custodian whether the share is at hand, and fix a day for the ceremony.',
    }),
  },
  'drill-due': {
    severity: 'warning',
    says: (version) => ({
      happened: `Shares of ${version} are due to be proved, or soon will be.`,
      means: 'Nobody has read them for long. Nothing is known to be wrong with them.',
      next: 'Open the page’s list of drills, ask for a package, and fix a day with the custodians.',
    }),
  },
  'share-not-proved': {
    severity: 'critical',
    says: (version) => ({
      happened: `A share of ${version} was not proved in its last drill.`,
      means: 'It may be lost. Each share that is lost brings the key nearer to its end.',
      next: 'Open the page’s list of drills: it says how many are left. Look for the share, or make new ones while enough are there.',
    }),
  },
  'test-escrow-shut': {
    severity: 'critical',
    says: (version) => ({
      happened: `In the newest full drill of ${version} the shares and the vault component did not open the test escrow.`,
      means:
        'A recovery would stop at the same place: shares, vault component and manifest do not fit each other, or the laptop is not what it should be.',
      next: 'Change nothing and destroy no old share. Open the page’s list of drills: it says where it stopped. Verify the laptop’s image, and hold the full drill again.',
    }),
  },
};

/** One alert as it is shown and told. Times are ISO 8601, UTC. */
export interface Alert extends Sentences {
  readonly id: number;
  readonly kind: AlertKind;
  readonly severity: 'critical' | 'warning';
  readonly subject: string;
  readonly openedAt: string;
  readonly closedAt: string | null;
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

export const isAlertKind = (kind: string): kind is AlertKind =>
  (ALERT_KINDS as readonly string[]).includes(kind);
