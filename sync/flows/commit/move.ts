/**
 * Committing survey keys that move: intent, one line in CheckTick's audit log, then file by file and
 * entry by entry. From the line on it only goes forward; any process goes on where another stopped,
 * because each entry says by itself whether it was done.
 *
 * Source: docs/decisions/0035-survey-keys-move-to-another-version.md.
 * @module
 */
import { z } from 'zod';
import type { MoveBundle } from '../../../shared/bundle/bundle.ts';
import { hexToBytes } from '../../../shared/encoding/bytes.ts';
import { columns } from '../../database/columns.ts';
import type { Queryable } from '../../database/database.ts';
import { inLanes } from '../../escrows/places.ts';
import { writeAuditLog } from '../../checktick/audit-log.ts';
import {
  actorOf,
  type CheckWork,
  type CommitKind,
  Ended,
  type Started,
} from '../bundles/commit-kind.ts';
import type { FlowContext } from '../../trust/context.ts';
import { assertKeyReleasedByTwo, mustFind } from '../package-rows/approved.ts';
import { refuseFlow } from '../../trust/refusals.ts';
import { assertStillInForce } from './trust-change.ts';
import { refuseVersion } from '../../versions/refusals.ts';
import { assertActive, versionRows } from '../../versions/rows.ts';
import { type Entry, type Moved, moveEntry, rowVersion, standingOf } from './move-entry.ts';
import { assertAllAsTaken, movedInFile } from '../bundles/files-back.ts';
import { countOutcomes, keysOfFile, type MoveOutcome, outcomesOf } from '../../moves/rows.ts';
import { readStoredKey } from '../../checktick/stored-key.ts';
import { moveStatement, type Tally } from '../../moves/words.ts';

/** Entries at the same time: each takes a connection for a moment. */
const ENTRIES_AT_ONCE = 4;
/** Left ones that the receipt can name at most; it says how many there are besides. */
const NAMED = 40;

/** What was found when it was read back, for the receipt. */
class Reading implements Started {
  tally: Tally = { moved: 0, left: 0, named: [], since: 0 };

  forget(): void {
    this.tally = { moved: 0, left: 0, named: [], since: 0 };
  }
}

function readingOf(started: Started): Reading {
  if (!(started instanceof Reading)) throw new Error('of another kind of commit');
  return started;
}

function bodyOf({ document }: Pick<CheckWork, 'document'>): MoveBundle {
  const { body } = document;
  if (body.kind !== 'migrate-escrows') throw new Error('not of survey keys that move');
  return body;
}

/** Those of a file that move, each with what went out of it. @param key null: it is gone */
async function movingIn(on: Queryable, body: MoveBundle, file: number, key: Uint8Array | null) {
  const keys = await movedInFile(on, body, file, key);
  const rows = await keysOfFile(on, body.nonce, file);
  return keys.flatMap((moving, which): Entry[] => {
    const row = rows[which];
    const name = `${file + 1}.${which + 1}`;
    return row === undefined || 'stays' in moving ? [] : [{ row, moving, name }];
  });
}

/** Whether the first file has an entry that lies in Vault as this commit writes it. */
async function hasBegun(
  { database, kv }: FlowContext,
  body: MoveBundle,
  key: Uint8Array,
): Promise<boolean> {
  // Of one that hands over a half alone nothing is written in Vault.
  if (body.files.length === 0) return false;
  const first = await movingIn(database, body, 0, key);
  const standings = await inLanes(first, async ({ row, moving }) =>
    standingOf(await readStoredKey(kv, moving), row.digest, moving),
  );
  return standings.includes('after');
}

async function moveAll(context: FlowContext, moved: Moved, key: Uint8Array | null): Promise<void> {
  const { database } = context;
  for (const file of moved.body.files.keys()) {
    const entries = await movingIn(database, moved.body, file, key);
    await inLanes(entries, (entry) => moveEntry(context, moved, entry), ENTRIES_AT_ONCE);
  }
}

const since = z.object({ n: columns.integer });

/** Rows that are not as the commit wrote them. @throws Refusal `read-back-differs` */
async function assertRows(on: Queryable, digest: string, body: MoveBundle): Promise<void> {
  const { n } = await on.one(
    since,
    `SELECT count(*) AS n FROM conclave.moved_escrows m
       JOIN public.surveys_usersurveykekescrow e USING (user_id, survey_id)
      WHERE m.bundle_digest = $1 AND e.platform_key_version_id = $2`,
    [hexToBytes(digest), body.keyVersion],
  );
  if (n > 0) throw refuseFlow('read-back-differs', `${n} rows of survey keys`);
}

/**
 * Vault's entries, one file at a time.
 * @returns how many hold something newer by now
 * @throws Refusal `read-back-differs` where one holds what was there before, or nothing
 */
async function readEntries(
  context: Pick<FlowContext, 'database' | 'kv'>,
  on: Queryable,
  body: MoveBundle,
  key: Uint8Array | null,
): Promise<number> {
  let newer = 0;
  for (const file of body.files.keys()) {
    const entries = (await movingIn(on, body, file, key)).filter(
      ({ row }) => row.outcome === 'moved',
    );
    const found = await inLanes(entries, ({ moving }) => readStoredKey(context.kv, moving));
    for (const [which, { row, moving }] of entries.entries()) {
      const there = found[which];
      if (there === undefined) throw new Error('an answer is missing');
      const standing = standingOf(there, row.digest, moving);
      if (standing === 'after') continue;
      const place = `Vault users/${moving.userId}/surveys/${moving.surveyId}/recovery-kek`;
      if (standing === 'before') throw refuseFlow('read-back-differs', place);
      if (there.is === 'nothing' && (await rowVersion(on, moving)) !== undefined) {
        throw refuseFlow('read-back-differs', place);
      }
      newer += 1;
    }
  }
  return newer;
}

export const moveCommit: CommitKind = {
  start: () => new Reading(),

  async check(tx, work) {
    const body = bodyOf(work);
    const { situation } = work;
    await assertStillInForce(tx, situation, body.keyVersion, body);
    // Put right in CheckTick, it may hold again: the bundle waits.
    assertActive(await versionRows(tx), body.movesTo);
    if (situation.trust?.versions[body.movesTo] === undefined) {
      throw new Ended('refused', refuseVersion('version-unknown', body.movesTo));
    }
    // SECURITY: half of the key left by two approvals; a package that left otherwise ends here.
    await assertKeyReleasedByTwo(tx, work, await mustFind(tx, body.nonce));
    await assertAllAsTaken(tx, body);
  },

  begun: (work) => hasBegun(work.context, bodyOf(work), work.secret),

  provenSecret: async () => undefined,

  /** Every file opens. */
  async prepare({ context, document, secret }) {
    const body = bodyOf({ document });
    for (const file of body.files.keys()) {
      await movedInFile(context.database, body, file, secret);
    }
  },

  async write(tx, work) {
    const { intent, document, context } = work;
    const { keyVersion, movesTo, counts, organisationHalf } = bodyOf(work);
    await writeAuditLog(tx, {
      actorId: actorOf(intent),
      scope: 'security',
      action: 'update',
      severity: 'critical',
      at: intent.at,
      message: `${counts.moved} stored survey keys are moved from platform key version ${keyVersion} to ${movesTo}${organisationHalf === undefined ? '' : '; its half for organisations is handed over'}.`,
      metadata: { key_version: keyVersion, moves_to: movesTo, bundle: document.digest },
    });
    await tx.run('SET CONSTRAINTS ALL IMMEDIATE');
    await context.onStep?.('rows');
  },

  async finish({ context, document, intent, secret }) {
    const moved = { body: bodyOf({ document }), digest: document.digest, at: intent.at };
    await moveAll(context, moved, secret);
    await context.onStep?.('moved');
  },

  async readBack({ context, document, secret, started }, on) {
    const body = bodyOf({ document });
    await assertRows(on, document.digest, body);
    const newer = await readEntries(context, on, body, secret);
    const named: MoveOutcome[] = await outcomesOf(on, body.nonce, 'left', NAMED);
    const tally: Tally = {
      moved: await countOutcomes(on, body.nonce, 'moved'),
      left: await countOutcomes(on, body.nonce, 'left'),
      named,
      since: newer,
    };
    readingOf(started).tally = tally;
    return {
      read: [`Vault and database rows of ${tally.moved - newer} survey keys`],
      differs: [],
    };
  },

  ending(work) {
    const body = bodyOf(work);
    const { tally } = readingOf(work.started);
    return { epoch: work.situation.installation.epoch, statement: moveStatement(body, tally) };
  },
};
