/**
 * Taking survey keys in: sealed, in Vault, in CheckTick's table, read back. Without custodians and
 * without the platform key.
 *
 * One transaction for each ten of a request: rows first, their references checked, then Vault with
 * check-and-set 0, then COMMIT. Whatever breaks off leaves at most sealed bytes in Vault without a
 * row; sealing the same key again gives the same bytes, so the same request finishes it. Nothing is
 * ever written over.
 * @module
 */
import { equalBytes } from '../../shared/encoding/bytes.ts';
import { escrowDocument } from '../../shared/escrow/document.ts';
import { Refusal } from '../../shared/refusal.ts';
import type { Admin } from '../admins/admins.ts';
import { databaseTime } from '../database/clock.ts';
import type { Queryable } from '../database/database.ts';
import { appendEvent } from '../database/documents.ts';
import { errorCode } from '../database/errors.ts';
import type { FlowContext } from '../trust/context.ts';
import type { EscrowOf } from '../checktick/escrow.ts';
import { judge, pathOf, type Plan, type SentEscrow } from './judge.ts';
import { inLanes, readPlace, writePlace } from './places.ts';
import { refuseStoring } from './refusals.ts';
import { addRows, findPlaces, noteSealedAgain, noteStored } from './rows.ts';
import { type TrustedKeys, trustedKeys } from './trusted-keys.ts';

/** A second, different key, or one in another's place: for the auditor. */
const NOTABLE: ReadonlySet<string> = new Set([
  'escrow-other-key',
  'escrow-other-place',
  'escrow-other-mode',
  'escrow-place-used',
  'escrow-not-read-back',
]);
/** Survey keys in one transaction. */
const GROUP = 10;
/** Groups of one request at the same time: while one waits for Vault, the next is sealed. */
const GROUPS_AT_ONCE = 2;
/** How often a request looks again when others store the same at the same time. */
const ROUNDS = 3;

/** What became of one survey key. */
export type TakenEscrow = EscrowOf &
  (
    | { readonly status: 'refused'; readonly refusal: Refusal }
    | {
        /** `proved`: it is also known to be the right key, see docs/decisions/0026. */
        readonly status: 'stored' | 'proved';
        readonly keyVersion: string;
        /** SHA-256 of the sealed escrow, in hex. */
        readonly digest: string;
        readonly storedAt: Date;
        readonly provedAt: Date | null;
      }
  );

/** Somebody else stored one of them meanwhile: nothing of this round is kept but what Vault has. */
class Moved extends Error {}

interface Item {
  readonly sent: SentEscrow;
  refusal?: Refusal;
  plan?: Plan;
}

/**
 * Stores what is new, verifies what is stored. The same request again gives the same answers.
 * @param unlock names the occasion on which CheckTick had the keys: the same key from another one
 *   is the verification
 * @returns in the order of `sent`. The caller wipes the keys.
 * @throws Refusal where nothing can be stored now: `no-trust`, `trust-epoch-mismatch`,
 *   `escrow-key-differs`, `escrow-key-none`, `escrow-no-active-version`; a part that is down
 */
export async function takeEscrows(
  context: FlowContext,
  admin: Pick<Admin, 'id'>,
  unlock: string,
  sent: readonly SentEscrow[],
): Promise<TakenEscrow[]> {
  const keys = await trustedKeys(context);
  const items = sent.map((one): Item => ({ sent: one }));
  refuseTwins(items);
  const groups = Array.from({ length: Math.ceil(items.length / GROUP) }, (_, at) =>
    items.slice(at * GROUP, (at + 1) * GROUP),
  );
  const taken = await inLanes(
    groups,
    (group) => takeGroup(context, admin, keys, unlock, group),
    GROUPS_AT_ONCE,
  );
  await noteRefused(context, admin, taken.flat());
  return taken.flat();
}

async function takeGroup(
  context: FlowContext,
  admin: Pick<Admin, 'id'>,
  keys: TrustedKeys,
  unlock: string,
  items: readonly Item[],
): Promise<TakenEscrow[]> {
  for (let round = 1; open(items).length > 0; round += 1) {
    if (round > ROUNDS) {
      for (const item of open(items)) item.refusal = refuseStoring('escrow-moved');
      break;
    }
    await plan(context, keys, unlock, items, round > 1);
    if (await stored(context, admin, unlock, items)) break;
  }
  return readBack(context, items);
}

const open = (items: readonly Item[]): Item[] =>
  items.filter(({ refusal }) => refusal === undefined);
const plansOf = (items: readonly Item[]): Plan[] =>
  open(items).flatMap(({ plan: one }) => one ?? []);

function refuseTwins(items: readonly Item[]): void {
  const first = new Map<string, Item>();
  for (const item of items) {
    const path = pathOf(item.sent);
    const twin = first.get(path);
    if (twin === undefined) first.set(path, item);
    else for (const one of [twin, item]) one.refusal = refuseStoring('escrow-twice');
  }
}

/**
 * @param look whether Vault is asked first also where no row is: else the write shows what is there
 */
async function plan(
  { database, kv }: FlowContext,
  keys: TrustedKeys,
  unlock: string,
  items: readonly Item[],
  look: boolean,
): Promise<void> {
  const asked = open(items);
  const places = await findPlaces(
    database,
    asked.map(({ sent }) => sent),
  );
  await inLanes([...asked.entries()], async ([at, item]) => {
    const place = places[at];
    if (place === undefined) throw new Error('a place is missing');
    try {
      const inVault =
        place.row === null && !look
          ? ({ is: 'empty' } as const)
          : await readPlace(kv, pathOf(item.sent));
      item.plan = await judge(keys, unlock, item.sent, place, inVault);
    } catch (cause) {
      if (!isAboutOne(cause)) throw cause;
      item.refusal = cause;
    }
  });
}

/** Refusals that leave the others of the same request alone. */
function isAboutOne(cause: unknown): cause is Refusal {
  if (!(cause instanceof Refusal)) return false;
  if (cause.code === 'vault-document') return true;
  return (
    cause.code.startsWith('escrow-') &&
    !['escrow-key-differs', 'escrow-key-none'].includes(cause.code)
  );
}

/** @returns false when it has to be looked at again */
async function stored(
  context: FlowContext,
  admin: Pick<Admin, 'id'>,
  unlock: string,
  items: readonly Item[],
): Promise<boolean> {
  const plans = [...plansOf(items)].sort(
    // One order for all: two requests that wait for each other's rows would wait for ever.
    (a, b) => a.userId - b.userId || a.surveyId - b.surveyId,
  );
  const isNews = plans.some(
    (one) => !one.isNoted || !one.hasRow || !one.isInVault || one.isVerified,
  );
  if (!isNews) return true;
  try {
    await context.database.transaction((tx) => store(tx, context, admin, unlock, plans));
    return true;
  } catch (cause) {
    // 23503: a user or a survey was deleted meanwhile.
    if (cause instanceof Moved || errorCode(cause) === '23503') return false;
    throw cause;
  }
}

async function store(
  tx: Queryable,
  { kv, onStep }: FlowContext,
  admin: Pick<Admin, 'id'>,
  unlock: string,
  plans: readonly Plan[],
): Promise<void> {
  const { now: at } = await databaseTime(tx);
  const rows = plans.filter(({ hasRow }) => !hasRow);
  if (rows.length > 0 && (await addRows(tx, rows, at)) < rows.length) throw new Moved();
  // A bad reference shows now, before anything is in Vault, and not at COMMIT.
  await tx.run('SET CONSTRAINTS ALL IMMEDIATE');
  await onStep?.('escrow-rows');
  await inLanes(
    plans.filter(({ isInVault }) => !isInVault),
    async ({ path, sealed, keyVersion }) => {
      if (await writePlace(kv, path, escrowDocument({ sealed, keyVersion, at }))) return;
      const there = await readPlace(kv, path);
      if (there.is !== 'sealed' || !equalBytes(there.sealed, sealed)) throw new Moved();
    },
  );
  await onStep?.('escrow-vault');
  const by = { unlock, adminId: admin.id, at };
  const added = await noteStored(
    tx,
    plans.filter(({ isNoted }) => !isNoted),
    by,
  );
  const proved = await noteSealedAgain(
    tx,
    plans.filter(({ isVerified }) => isVerified),
    by,
  );
  if (added + proved === 0) return;
  await appendEvent(tx, {
    type: 'escrows-taken',
    adminId: admin.id,
    facts: { stored: added, proved },
  });
}

/** Nothing counts until it has been read back: from the table, and from Vault what was written. */
async function readBack({ database, kv }: FlowContext, items: readonly Item[]) {
  const places = await findPlaces(
    database,
    items.map(({ sent }) => sent),
  );
  return inLanes([...items.entries()], async ([at, { sent, refusal, plan: done }]) => {
    const { userId, surveyId } = sent;
    const refused = (why: Refusal): TakenEscrow => ({
      userId,
      surveyId,
      status: 'refused',
      refusal: why,
    });
    if (refusal !== undefined) return refused(refusal);
    const place = places[at];
    if (done === undefined || place === undefined) throw new Error('an item was not planned');
    const { keyVersion, digest, path } = done;
    const { row, stored: noted } = place;
    if (row?.path !== path || row.keyVersion !== keyVersion || noted?.digest !== digest) {
      return refused(refuseStoring('escrow-not-read-back', 'the database'));
    }
    if (!done.isInVault) {
      const there = await readPlace(kv, path);
      if (there.is !== 'sealed' || !equalBytes(there.sealed, done.sealed)) {
        return refused(refuseStoring('escrow-not-read-back', `Vault ${path}`));
      }
    }
    const { at: storedAt, provedAt } = noted;
    const status = provedAt === null ? 'stored' : 'proved';
    return { userId, surveyId, status, keyVersion, digest, storedAt, provedAt } as const;
  });
}

async function noteRefused(
  { database }: FlowContext,
  admin: Pick<Admin, 'id'>,
  taken: readonly TakenEscrow[],
): Promise<void> {
  for (const one of taken) {
    if (one.status !== 'refused' || !NOTABLE.has(one.refusal.code)) continue;
    const { userId, surveyId, refusal } = one;
    await appendEvent(database, {
      type: 'escrow-refused',
      adminId: admin.id,
      facts: { userId, surveyId, code: refusal.code },
    });
  }
}
