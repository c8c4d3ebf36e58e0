/**
 * One survey key at the commit: Vault first, with check-and-set on what was packaged, then CheckTick's
 * row and sync's own in one transaction. Nothing is written over what nobody looked at.
 * @module
 */
import { z } from 'zod';
import type { MoveBundle } from '../../../shared/bundle/bundle.ts';
import { vaultPaths } from '../../../shared/checktick/index.ts';
import { hexToBytes } from '../../../shared/encoding/bytes.ts';
import { movedDocument } from '../../../shared/escrow/document.ts';
import { columns } from '../../database/columns.ts';
import type { Queryable } from '../../database/database.ts';
import type { FlowContext } from '../../trust/context.ts';
import { noteProof } from '../../checktick/escrow-proof.ts';
import { CasRefusal } from '../../vault/refusals.ts';
import type { Moving } from '../bundles/files-back.ts';
import type { Left } from '../../moves/left.ts';
import { type MoveRow, noteOutcomes } from '../../moves/rows.ts';
import { readStoredKey, type StoredThere } from '../../checktick/stored-key.ts';

/** The bundle that moves them, and when its commit began. */
export interface Moved {
  readonly body: MoveBundle;
  readonly digest: string;
  readonly at: Date;
}

/** What lies there, seen from this move. */
export function standingOf(
  there: StoredThere,
  packaged: string | null,
  { escrow }: Pick<Moving, 'escrow'>,
): 'before' | 'after' | 'other' {
  if (there.is !== 'key') return 'other';
  if (there.digest === escrow) return 'after';
  return there.digest === packaged ? 'before' : 'other';
}

const versionRow = z.object({ version: columns.text });

/** The version that CheckTick's row names; undefined: it has none. */
export async function rowVersion(
  on: Queryable,
  { userId, surveyId }: Pick<Moving, 'userId' | 'surveyId'>,
): Promise<string | undefined> {
  const found = await on.maybe(
    versionRow,
    `SELECT platform_key_version_id AS version FROM public.surveys_usersurveykekescrow
      WHERE user_id = $1 AND survey_id = $2`,
    [userId, surveyId],
  );
  return found?.version;
}

/** How often it is looked at again because somebody else wrote there meanwhile. */
const ROUNDS = 3;

/** One survey key of a file, and what went out of it. */
export interface Entry {
  readonly moving: Moving;
  readonly row: Pick<MoveRow, 'digest' | 'outcome'>;
  /** `2.17`: the seventeenth of the second file, for {@link FlowContext.onStep}. */
  readonly name: string;
}

/**
 * Moves one, or finds that it was moved or left before. A Vault that was put back to before is written
 * again: it only goes forward.
 */
export async function moveEntry(context: FlowContext, moved: Moved, entry: Entry): Promise<void> {
  const { row, moving } = entry;
  if (row.outcome === 'left') return;
  const left = await writeVault(context, moved, entry);
  // What was stored anew since it moved is found when it is read back.
  if (row.outcome === 'moved') return;
  if (left === null) {
    await writeRows(context, moved, moving);
    await context.onStep?.(`entry ${entry.name} row`);
    return;
  }
  await context.database.transaction((tx) =>
    noteOutcomes(tx, moved.body.nonce, 'left', [{ ...moving, reason: left }]),
  );
}

async function writeVault(
  { database, kv, onStep }: FlowContext,
  { body }: Moved,
  { moving, row: { digest: packaged }, name }: Entry,
): Promise<Left | null> {
  const { userId, surveyId, sealed } = moving;
  const { keyVersion: from, movesTo: to } = body;
  for (let round = 1; ; round += 1) {
    const there = await readStoredKey(kv, moving);
    if (there.is === 'nothing') return 'nothing-there';
    const standing = standingOf(there, packaged, moving);
    if (standing === 'after') return null;
    if (standing === 'other' || there.is !== 'key') return 'stored-anew';
    if (sealed === null) return 'key-gone';
    const version = await rowVersion(database, moving);
    if (version !== undefined && version !== from && version !== to)
      return 'row-of-another-version';
    try {
      const path = vaultPaths.userSurveyRecoveryKek(userId, surveyId);
      const document = movedDocument(there.document, { sealed, keyVersion: to });
      await kv.put(path, document, { cas: there.version });
      await onStep?.(`entry ${name} vault`);
      return null;
    } catch (cause) {
      // Somebody else wrote there between the reading and the writing: what is there now counts.
      if (!(cause instanceof CasRefusal) || round === ROUNDS) throw cause;
    }
  }
}

/** CheckTick's row says the other version, and no other column of it changes; then sync's own row. */
async function writeRows(
  { database }: FlowContext,
  { body, digest, at }: Moved,
  moving: Moving,
): Promise<void> {
  const { userId, surveyId, surveyKey } = moving;
  const { keyVersion: from, movesTo: to, nonce } = body;
  await database.transaction(async (tx) => {
    const touched = await tx.run(
      `UPDATE public.surveys_usersurveykekescrow SET platform_key_version_id = $4
        WHERE user_id = $1 AND survey_id = $2 AND platform_key_version_id = $3`,
      [userId, surveyId, from, to],
    );
    const version = touched === 1 ? to : await rowVersion(tx, moving);
    if (version !== undefined && version !== to) {
      await noteOutcomes(tx, nonce, 'left', [{ ...moving, reason: 'row-of-another-version' }]);
      return;
    }
    const escrow = hexToBytes(moving.escrow);
    await tx.run(
      `INSERT INTO conclave.moved_escrows
         (user_id, survey_id, key_version, digest, bundle_digest, moved_at)
       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
      [userId, surveyId, to, escrow, hexToBytes(digest), at],
    );
    // Opened on a laptop, and the survey's by CheckTick's hash: that is known of the new one, too.
    if (surveyKey === 'fits')
      await noteProof(tx, { userId, surveyId, digest: escrow }, { digest, at });
    await noteOutcomes(tx, nonce, 'moved', [{ ...moving, reason: null }]);
  });
}
