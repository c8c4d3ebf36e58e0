/**
 * Reading back what a recovery wrote: the survey's key columns, the request, the one-time passphrase
 * and the escrow's audit trail in Vault. CheckTick writes to most of these places itself and knows
 * nothing of a commit under way, so what differs is listed and not merely refused (bundles/differences.ts).
 * @module
 */
import { z } from 'zod';
import type { RecoveryBundle } from '../../../shared/bundle/bundle.ts';
import { openSurveyColumn, type RecoveryKekDocument } from '../../../shared/checktick/index.ts';
import { Refusal } from '../../../shared/refusal.ts';
import { columns } from '../../database/columns.ts';
import type { Queryable } from '../../database/database.ts';
import { readPassphrase } from '../claims/claims.ts';
import { nodeScrypt } from '../../checktick/node-scrypt.ts';
import { columnOf } from './column.ts';
import {
  actorOf,
  type Difference,
  type ReadBack,
  type ReadBackWork,
} from '../bundles/commit-kind.ts';
import {
  digestOf,
  findEscrow,
  findKeyColumns,
  readEscrow,
  surveyColumns,
} from '../../checktick/escrow.ts';

/** Whether Vault's audit trail has the entry of exactly this commit. */
export function isRecorded(
  document: RecoveryKekDocument,
  { intent }: Pick<ReadBackWork, 'intent'>,
): boolean {
  const { accessed_by: by = [], access_timestamps: at = [] } = document.audit_trail ?? {};
  const time = `${intent.at.toISOString().slice(0, -1)}000+00:00`;
  return at.some((one, index) => one === time && by[index] === actorOf(intent));
}

const requestRow = z.object({ status: columns.text });

/** @param found a state or what is missing, for people; `seen`: the same in full, to be hashed */
function difference(
  place: string,
  found: string,
  ...seen: (Uint8Array | string | null)[]
): Difference {
  return { place, why: 'changed', found, digest: digestOf(found, ...seen) };
}

/** All that a recovery wrote, read again. @throws Refusal where a part does not answer */
export async function readBackRecovery(
  on: Queryable,
  work: ReadBackWork,
  { facts, kind }: Pick<RecoveryBundle, 'facts' | 'kind'>,
): Promise<ReadBack> {
  const place = `database request ${facts.requestCode}`;
  // First, beside the proof of the columns, which takes a scrypt and may be running.
  const request = { place, other: await readRequest(on, place, facts.requestId) };
  // Vault's entry of an organisation's survey has no audit trail.
  const trail = kind === 'recover' ? [await readTrail(on, work, facts)] : [];
  const all = [...(await readColumns(on, work, facts)), request, ...trail];
  return {
    read: all.flatMap((one) => (one.other === undefined ? [one.place] : [])),
    differs: all.flatMap(({ other }) => other ?? []),
  };
}

interface Judged {
  readonly place: string;
  readonly other: Difference | undefined;
}

async function readColumns(
  on: Queryable,
  work: ReadBackWork,
  { surveyId }: RecoveryBundle['facts'],
): Promise<Judged[]> {
  const { context, document } = work;
  const has = await surveyColumns(on);
  const survey = await findKeyColumns(on, surveyId, has);
  const words = `Vault conclave/claims/${document.digest}`;
  const passphrase = await readPassphrase(context.kv, document.digest);
  try {
    const all: Judged[] = [];
    if (passphrase === undefined) {
      all.push({ place: words, other: difference(words, 'the one-time passphrase is gone') });
    }
    for (const [name, column] of [
      ['encrypted_kek_password', survey?.password],
      ['encrypted_kek_recovery', survey?.recovery],
    ] as const) {
      if (!has.has(name)) continue;
      const place = `database survey ${surveyId}, ${name}`;
      all.push({ place, other: await readColumn(work, place, passphrase, column) });
    }
    return all;
  } finally {
    passphrase?.fill(0);
  }
}

/** @param column null: empty; undefined: the survey itself is gone */
async function readColumn(
  work: ReadBackWork,
  place: string,
  passphrase: Uint8Array | undefined,
  column: Uint8Array | null | undefined,
): Promise<Difference | undefined> {
  if (column === undefined) return difference(place, 'the survey is gone');
  if (column === null) return difference(place, 'it is empty');
  const { secret } = work;
  const stands = (how: string): string =>
    `${column.length} bytes that the one-time passphrase ${how}, SHA-256 ${digestOf(column).slice(0, 16)}`;
  if (secret !== null) {
    const proved =
      passphrase !== undefined && (await columnOf(work).proved({ secret }, passphrase, column));
    if (proved) return undefined;
    return difference(place, stands('does not open to the recovered key'), column);
  }
  if (passphrase === undefined || !(await opensToAKey(passphrase, column))) {
    return difference(place, stands('does not open'), column);
  }
  const found = stands(
    'opens, but to which key cannot be shown, because the package’s one-time key is gone',
  );
  return { ...difference(place, found, column), why: 'unproven' };
}

/** Whether these words open the column to a key, whichever it is. Its tag says that nobody without the words made it. */
async function opensToAKey(passphrase: Uint8Array, column: Uint8Array): Promise<boolean> {
  try {
    const opened = await openSurveyColumn('passphrase', passphrase, column, { scrypt: nodeScrypt });
    const { length } = opened;
    opened.fill(0);
    return length === 32;
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause;
    return false;
  }
}

async function readRequest(
  on: Queryable,
  place: string,
  requestId: string,
): Promise<Difference | undefined> {
  const request = await on.maybe(
    requestRow,
    'SELECT status FROM surveys_recoveryrequest WHERE id = $1',
    [requestId],
  );
  if (request === undefined) return difference(place, 'the request is gone');
  if (request.status === 'completed') return undefined;
  return difference(place, `its state is ${request.status.slice(0, 50)}, and not completed`);
}

async function readTrail(
  on: Queryable,
  work: ReadBackWork,
  facts: RecoveryBundle['facts'],
): Promise<Judged> {
  const { userId, surveyId } = facts;
  try {
    const escrow = await findEscrow(on, facts);
    const place = `Vault ${escrow.path}`;
    const { document } = await readEscrow(work.context.kv, escrow);
    if (isRecorded(document, work)) return { place, other: undefined };
    const found = 'its audit trail has no entry of this recovery';
    return { place, other: difference(place, found, JSON.stringify(document.audit_trail ?? null)) };
  } catch (cause) {
    if (!(cause instanceof Refusal) || cause.code !== 'escrow-missing') throw cause;
    const place = `the stored key of survey ${surveyId} for user ${userId}`;
    return { place, other: difference(place, 'it is gone', cause.culprit ?? '') };
  }
}
