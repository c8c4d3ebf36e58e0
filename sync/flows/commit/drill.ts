/**
 * Committing a drill: what came of each share is written down in sync's own table, and of a full drill
 * what came of the test escrow. Vault, trust and CheckTick's tables are left alone.
 * @module
 */
import { z } from 'zod';
import type { DrillBundle } from '../../../shared/bundle/bundle.ts';
import { hexToBytes } from '../../../shared/encoding/bytes.ts';
import { columns } from '../../database/columns.ts';
import type { Queryable } from '../../database/database.ts';
import type { CommitKind, CommitWork } from '../bundles/commit-kind.ts';
import { drillStatement } from '../../words/drill.ts';
import { assertKeyReleasedByTwo, mustFind } from '../package-rows/approved.ts';
import { refuseFlow } from '../../trust/refusals.ts';
import { assertSetTrusted } from './trust-change.ts';

const PLACE = 'database, results of the drill';

function bodyOf(work: Pick<CommitWork, 'document'>): DrillBundle {
  const { body } = work.document;
  if (body.kind !== 'drill') throw new Error('not a drill');
  return body;
}

/** One row for each share of which the bundle says something. */
function rowsOf({ proofs, failed }: DrillBundle) {
  return [
    ...proofs.map(({ index, medium }) => ({ index, result: 'proved', medium })),
    ...failed.map(({ index, why }) => ({ index, result: why, medium: null })),
  ];
}

const resultRow = z.object({
  index: columns.integer,
  result: columns.text,
  medium: columns.text.nullable(),
});

const fullRow = z.object({
  result: columns.text,
  restoreMs: columns.integer.nullable(),
  wholeMs: columns.integer,
});

/** Undefined: of a drill that is not a full one. */
function fullRowOf({ full }: DrillBundle): z.infer<typeof fullRow> | undefined {
  if (full === undefined) return undefined;
  const { wholeMs } = full;
  return full.opened
    ? { result: 'opened', restoreMs: full.restoreMs, wholeMs }
    : { result: full.why, restoreMs: null, wholeMs };
}

async function isFullWrittenDown(
  on: Queryable,
  digest: string,
  body: DrillBundle,
): Promise<boolean> {
  const found = await on.maybe(
    fullRow,
    `SELECT result, restore_ms AS "restoreMs", whole_ms AS "wholeMs" FROM conclave.full_drills
      WHERE bundle_digest = $1 AND manifest_digest = $2`,
    [hexToBytes(digest), hexToBytes(body.manifestDigest)],
  );
  const wanted = fullRowOf(body);
  return (
    found?.result === wanted?.result &&
    found?.restoreMs === wanted?.restoreMs &&
    found?.wholeMs === wanted?.wholeMs
  );
}

async function isWrittenDown(on: Queryable, digest: string, body: DrillBundle): Promise<boolean> {
  const found = await on.rows(
    resultRow,
    `SELECT share_index AS index, result, medium FROM conclave.drill_results
      WHERE bundle_digest = $1 AND manifest_digest = $2 ORDER BY share_index`,
    [hexToBytes(digest), hexToBytes(body.manifestDigest)],
  );
  const wanted = rowsOf(body).sort((a, b) => a.index - b.index);
  return (
    found.length === wanted.length &&
    found.every((one, at) => {
      const other = wanted[at];
      return (
        one.index === other?.index && one.result === other.result && one.medium === other.medium
      );
    })
  );
}

export const drillCommit: CommitKind = {
  start: () => ({ forget() {} }),

  async check(on, work) {
    const body = bodyOf(work);
    const { trust } = work.situation;
    // The proofs were verified by the keys of this set.
    assertSetTrusted(trust, body);
    // SECURITY: half of the key left by two approvals; a package that left otherwise ends here.
    if (body.full !== undefined) {
      await assertKeyReleasedByTwo(on, work, await mustFind(on, body.nonce));
    }
  },

  async begun() {
    return false;
  },

  provenSecret: async () => undefined,

  async prepare() {},

  async write(tx, work) {
    const body = bodyOf(work);
    for (const { index, result, medium } of rowsOf(body)) {
      await tx.run(
        `INSERT INTO conclave.drill_results
           (bundle_digest, share_index, manifest_digest, result, medium, received_at)
         SELECT digest, $2, $3, $4, $5, received_at FROM conclave.bundles WHERE digest = $1`,
        [hexToBytes(work.document.digest), index, hexToBytes(body.manifestDigest), result, medium],
      );
    }
    const full = fullRowOf(body);
    if (full !== undefined) {
      await tx.run(
        `INSERT INTO conclave.full_drills
           (bundle_digest, manifest_digest, result, restore_ms, whole_ms, received_at)
         SELECT digest, $2, $3, $4, $5, received_at FROM conclave.bundles WHERE digest = $1`,
        [
          hexToBytes(work.document.digest),
          hexToBytes(body.manifestDigest),
          full.result,
          full.restoreMs,
          full.wholeMs,
        ],
      );
    }
    await work.context.onStep?.('rows');
  },

  async finish() {},

  async readBack(work, on) {
    const { digest } = work.document;
    const body = bodyOf(work);
    const isThere =
      (await isWrittenDown(on, digest, body)) && (await isFullWrittenDown(on, digest, body));
    if (!isThere) {
      throw refuseFlow('read-back-differs', PLACE);
    }
    return { read: [PLACE], differs: [] };
  },

  ending(work) {
    const body = bodyOf(work);
    return { epoch: body.epoch, statement: drillStatement(body) };
  },
};
