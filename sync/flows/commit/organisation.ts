/**
 * Committing survey keys that were wrapped anew, under another passphrase or another key version: each entry into Vault with
 * check-and-set on the one that was packaged, then the note of the organisation. A survey that somebody
 * else has written since is left as it is, and the receipt names it.
 *
 * Source: docs/decisions/0029-organisations.md.
 * @module
 */
import { z } from 'zod';
import type { OrganisationBundle } from '../../../shared/bundle/bundle.ts';
import { ENTRY_BYTES, type MovedSurvey } from '../../../shared/bundle/organisation.ts';
import { hexToBytes } from '../../../shared/encoding/bytes.ts';
import { columns } from '../../database/columns.ts';
import type { Queryable } from '../../database/database.ts';
import { writeAuditLog } from '../../checktick/audit-log.ts';
import {
  actorOf,
  type CheckWork,
  type CommitKind,
  Ended,
  type ReadBackWork,
  type WrittenWork,
} from '../bundles/commit-kind.ts';
import { noteProof } from '../../checktick/escrow-proof.ts';
import {
  entryIn,
  isNoted,
  notePlace,
  type Packaged,
  packagedOf,
  standingOf,
  writeEntry,
  writeNote,
  writtenEntries,
} from './organisation-entries.ts';
import { refuseOrganisation } from '../../checktick/organisation-refusals.ts';
import { organisationStatement } from '../../words/organisation.ts';
import { assertWrapsUnder } from './organisation-version.ts';
import { assertKeyReleasedByTwo, mustFind } from '../package-rows/approved.ts';
import { organisationRow, type OrganisationRow } from '../package-rows/rows.ts';
import { packed } from '../../approvals/packed.ts';
import { refuseFlow } from '../../trust/refusals.ts';
import { assertStillInForce } from './trust-change.ts';

function bodyOf(work: Pick<CheckWork, 'document'>): OrganisationBundle {
  const { body } = work.document;
  if (body.kind !== 'migrate-organisation') throw new Error('not of an organisation');
  return body;
}

/** What the package's row remembers: its approvers have signed it, and the commit has verified that. */
async function rowOf(on: Queryable, { nonce }: OrganisationBundle): Promise<OrganisationRow> {
  return organisationRow.parse((await mustFind(on, nonce)).facts);
}

/** The surveys' rows, so that no recovery changes their keys meanwhile. */
async function lockSurveys(tx: Queryable, { moved }: OrganisationBundle): Promise<void> {
  await tx.rows(
    z.object({ id: columns.integer }),
    'SELECT id FROM surveys_survey WHERE id = ANY ($1::bigint[]) ORDER BY id FOR UPDATE',
    [moved.map(({ surveyId }) => String(surveyId))],
  );
}

/**
 * Writes every entry that lies as it was packaged; what is written stays.
 * @param onEach after each survey, in the order of the bundle
 */
async function writeEntries(
  on: Queryable,
  {
    context,
    document,
    intent,
    secret,
  }: Pick<WrittenWork, 'context' | 'document' | 'intent'> & {
    readonly secret: Uint8Array;
  },
  packaged: Packaged,
): Promise<void> {
  const { kv, onStep } = context;
  const body = bodyOf({ document });
  for (const [at, survey] of body.moved.entries()) {
    const standing = await standingOf(on, kv, survey, packaged);
    if (standing.is !== 'before') continue;
    const { surveyId } = survey;
    const wrapped = { bytes: entryIn(secret, at), keyVersion: body.facts.keyVersion };
    await writeEntry(kv, surveyId, standing.entry, wrapped, intent.at);
    await onStep?.(`survey ${at + 1}`);
  }
}

/** Those whose entry is not the bundle's. */
async function changedOf(
  on: Queryable,
  { context, document }: Pick<ReadBackWork, 'context' | 'document'>,
): Promise<MovedSurvey[]> {
  const body = bodyOf({ document });
  const packaged = packagedOf(await rowOf(on, body));
  const changed: MovedSurvey[] = [];
  for (const survey of body.moved) {
    const { is } = await standingOf(on, context.kv, survey, packaged);
    // Put back since, and the next try writes it: no end before that.
    if (is === 'before') throw refuseFlow('read-back-differs', placeOf(survey));
    if (is === 'other') changed.push(survey);
  }
  return changed;
}

/** Whether nothing of the organisation is left where it was, but what is lost with a forgotten passphrase. */
function isWhole({ whole, further, left }: OrganisationRow, body: OrganisationBundle): boolean {
  if (whole !== true || further > 0) return false;
  return body.passphrase !== 'kept' || (left.length === 0 && body.unopened.length === 0);
}

/** Behind which keys it were, for CheckTick's log. */
const doneInLog = ({ movedFrom, facts }: OrganisationBundle): string =>
  movedFrom === undefined
    ? 'wrapped under another passphrase'
    : `moved from platform key version ${movedFrom} to ${facts.keyVersion}`;

const placeOf = ({ surveyId }: MovedSurvey): string => `Vault surveys/${surveyId}/kek`;

/** Characters of numbers in one line of a receipt, which has 20 lines of 200 at most. */
const NUMBERS = 170;
const PLACES = 'Vault surveys/…/kek: ';

/** As many surveys in one line as go into it. */
const placesOf = (surveys: readonly MovedSurvey[]): string[] =>
  packed(
    PLACES,
    surveys.map(({ surveyId }) => String(surveyId)),
    NUMBERS,
  ).map(([label, numbers]) => `${label}${numbers}`);

/** Those of the bundle that such lines do not name. */
function notAmong({ moved }: OrganisationBundle, read: readonly string[]): MovedSurvey[] {
  const numbers = new Set(
    read.flatMap((line) => (line.startsWith(PLACES) ? line.slice(PLACES.length).split(', ') : [])),
  );
  return moved.filter(({ surveyId }) => !numbers.has(String(surveyId)));
}

export const organisationCommit: CommitKind = {
  start: () => ({ forget() {} }),

  async check(tx, work) {
    const body = bodyOf(work);
    const { situation, context } = work;
    const { keyVersion } = body.facts;
    await assertStillInForce(tx, situation, keyVersion, body);
    // SECURITY: half of the key left by two approvals; a package that left otherwise ends here.
    await assertKeyReleasedByTwo(tx, work, await mustFind(tx, body.nonce));
    const row = await rowOf(tx, body);
    await assertWrapsUnder(context, tx, row, keyVersion);
    await lockSurveys(tx, body);
    const packaged = packagedOf(row);
    for (const survey of body.moved) {
      const { is } = await standingOf(tx, context.kv, survey, packaged);
      if (is === 'before') return;
    }
    throw refuseOrganisation('organisation-all-changed');
  },

  async begun(work) {
    const { database, kv } = work.context;
    const body = bodyOf(work);
    const packaged = packagedOf(await rowOf(database, body));
    for (const survey of body.moved) {
      if ((await standingOf(database, kv, survey, packaged)).is === 'after') return true;
    }
    return false;
  },

  provenSecret: async (work) => writtenEntries(work.context.kv, bodyOf(work)),

  async prepare(work) {
    if (work.secret.length !== bodyOf(work).moved.length * ENTRY_BYTES) {
      throw new Ended('refused', refuseFlow('kek-form'));
    }
  },

  async write(tx, work) {
    const { context, intent, document } = work;
    const body = bodyOf(work);
    const row = await rowOf(tx, body);
    await lockSurveys(tx, body);
    const { organisationId, owner, requestCode } = body.facts;
    const count = body.moved.length;
    await writeAuditLog(tx, {
      actorId: actorOf(intent),
      scope: 'security',
      organisationId,
      action: 'key_recovery',
      severity: 'critical',
      at: intent.at,
      message: `Request ${requestCode} was executed: ${count} survey ${count === 1 ? 'key' : 'keys'} of organisation ${organisationId} ${doneInLog(body)}.`,
      metadata: {
        bundle: document.digest,
        owner,
        surveys: body.moved.map(({ surveyId }) => surveyId),
        not_opened: body.unopened.map(({ surveyId }) => surveyId),
      },
    });
    for (const { surveyId, userId, surveyKey } of body.moved) {
      const escrow = row.surveys.find((one) => one.surveyId === surveyId)?.escrow;
      // One of CheckTick's own kind opens only to whoever made it with the platform key.
      if (escrow === undefined || userId === null) continue;
      if (escrow.kind === 'sealed' && surveyKey !== 'fits') continue;
      const of = { userId, surveyId, digest: hexToBytes(escrow.digest) };
      await noteProof(tx, of, { digest: document.digest, at: intent.at });
    }
    // A bad reference shows now, before anything is in Vault, and not at COMMIT.
    await tx.run('SET CONSTRAINTS ALL IMMEDIATE');
    await context.onStep?.('rows');
    await writeEntries(tx, work, packagedOf(row));
  },

  async finish(work) {
    const { context, document, intent, secret } = work;
    const { database, kv, onStep } = context;
    const body = bodyOf(work);
    // A Vault that was put back to before the commit: it only goes forward.
    if (secret !== null) {
      const packaged = packagedOf(await rowOf(database, body));
      await writeEntries(database, { context, document, intent, secret }, packaged);
    }
    const row = await rowOf(database, body);
    const changed = await changedOf(database, work);
    await writeNote(kv, body, document.digest, {
      at: intent.at,
      whole: isWhole(row, body) && changed.length === 0,
    });
    await onStep?.('note');
  },

  async readBack(work, on) {
    const { context, document } = work;
    const body = bodyOf(work);
    const changed = await changedOf(on, work);
    const place = notePlace(body.facts.organisationId);
    if (!(await isNoted(context.kv, body, document.digest))) {
      throw refuseFlow('read-back-differs', place);
    }
    const read = body.moved.filter((one) => !changed.includes(one));
    return { read: [...placesOf(read), place], differs: [] };
  },

  ending: (work, { read }) => {
    const body = bodyOf(work);
    return { epoch: body.epoch, statement: organisationStatement(body, notAmong(body, read)) };
  },
};
