/**
 * What can go wrong between sync and its database, in words for the person at the console.
 * @module
 */
import { refusals } from '../../shared/refusal.ts';
import type { Meanings } from '../meaning.ts';

const unspent = 'No bundle was spent; what was waiting still waits.';

export const refuseDatabase = refusals({
  'database-unreachable': (reason: string) => ({
    happened: `The database does not answer (${reason}).`,
    means: `Nothing was changed. ${unspent}`,
    next: 'Check that PostgreSQL runs and that DATABASE_URL names it, then try again.',
  }),
  'database-certificate': () => ({
    happened: 'The database showed a certificate that sync does not trust.',
    means: 'Sync did not send its password. Nothing was changed.',
    next: 'Set DATABASE_CA to the certificate authority of the database, or repair its certificate.',
  }),
  'database-no-tls': () => ({
    happened: 'The database does not speak TLS, and sync does not go there without it.',
    means: 'Sync did not send its password. Nothing was changed.',
    next: 'Switch TLS on in PostgreSQL (ssl = on), with a certificate that DATABASE_CA vouches for.',
  }),
  'database-login': () => ({
    happened: 'The database refused the name or password of sync.',
    means: 'Nothing was changed.',
    next: 'Correct user and password in DATABASE_URL.',
  }),
  'database-permission': () => ({
    happened: 'The database account of sync lacks a right it needs.',
    means: 'Nothing was changed.',
    next: 'Let the owner of the database run the output of: conclave-sync db grants.',
  }),
  'database-busy': () => ({
    happened: 'The database was too busy: other transactions were in the way every time.',
    means: `Nothing was changed. ${unspent}`,
    next: 'Try again in a minute.',
  }),
  'database-full': () => ({
    happened: 'The disk of the database is full.',
    means: `What was just to be saved was not saved, not even in part. ${unspent}`,
    next: 'Make room on the disk of PostgreSQL, then repeat the same command.',
  }),
  'database-outcome-unknown': () => ({
    happened: 'The connection to the database broke while it was saving.',
    means: 'The change is either made whole or not made at all; it cannot be half made.',
    next: 'Look at the state before you repeat it: conclave-sync bundle status.',
  }),
  'database-not-migrated': (missing: number) => ({
    happened: `The database lacks ${missing === 1 ? '1 step' : `${missing} steps`} that this version of sync needs.`,
    means: 'Sync did not start. Nothing was changed.',
    next: 'Run: conclave-sync db migrate.',
  }),
  'database-newer': () => ({
    happened: 'The database was prepared by a newer version of sync.',
    means: 'This older version could misread it, so it did not start.',
    next: 'Start the newer version of sync.',
  }),
  'database-no-checktick': () => ({
    happened: 'This database has no CheckTick tables.',
    means: 'Sync keeps its own tables beside CheckTick’s and found none. Nothing was changed.',
    next: 'Check that DATABASE_URL names the database of CheckTick.',
  }),
  'database-mode': (is: string, wanted: string) => ({
    happened: `This database belongs to ${is}, and sync was started for ${wanted}.`,
    means: 'The two never mix: a rehearsal must not touch real keys. Nothing was changed.',
    next: `Name another database, or start sync for ${is}.`,
  }),
  'database-folder-locked': (folder: string, process: string) => ({
    happened: `Another sync already uses the folder ${folder}${process}.`,
    means: 'Two at once would destroy its contents, so this one did not start.',
    next: 'Stop the other one first, or name another folder with CONCLAVE_DATA.',
    culprit: folder,
  }),
  'database-row': (table: string) => ({
    happened: `A row of ${table} does not have the form that sync expects.`,
    means: 'Sync does not guess what it means. Nothing was changed.',
    next: 'Check the version of CheckTick against docs/architecture.md and ask the maintainers.',
    culprit: table,
  }),
});

export const databaseMeanings: Meanings = {
  'database-unreachable': { status: 503, part: 'database' },
  'database-certificate': { status: 503, part: 'database' },
  'database-no-tls': { status: 503, part: 'database' },
  'database-login': { status: 503, part: 'database' },
  'database-permission': { status: 503 },
  'database-busy': { status: 503, part: 'database' },
  'database-full': { status: 503, part: 'database' },
  'database-outcome-unknown': { status: 503, part: 'database', changed: 'perhaps' },
  'database-not-migrated': { status: 503 },
  'database-newer': { status: 503 },
  'database-no-checktick': { status: 503 },
  'database-mode': { status: 503 },
  'database-folder-locked': { status: 503 },
  'database-row': { status: 500, part: 'database' },
};
