/**
 * Whether Vault and the database agree about the trust epoch, for whoever watches: judged so that a
 * commit between two reads is not taken for a restored backup.
 * @module
 */
import { z } from 'zod';
import { CHANGES_TRUST } from '../../shared/bundle/bundle.ts';
import { PRESENT } from '../database/clock.ts';
import { columns } from '../database/columns.ts';
import type { FlowContext } from './context.ts';
import { refuseFlow } from './refusals.ts';
import { readTrust } from './trust.ts';

/** For so long a commit of what changes trust may stand between its two writes. Minutes. */
const COMMIT_MINUTES = 15;
/** Commits may follow each other; each look waits for one of them at most. */
const LOOKS = 5;

const side = z.object({ epoch: columns.integer, underWay: columns.boolean });

/** One statement, so one moment; $1: {@link CHANGES_TRUST}. Only what changes trust writes an epoch. */
const SIDE = `SELECT s.epoch, EXISTS (
    SELECT FROM conclave.intents i JOIN conclave.bundles b ON b.digest = i.bundle_digest
     WHERE i.step = 'commit' AND i.finished_at IS NULL AND b.kind = ANY ($1)
       AND i.started_at > ${PRESENT} - interval '${COMMIT_MINUTES} minutes') AS "underWay"
  FROM conclave.settings s`;

/**
 * Reads the database, Vault, and the database again. In Vault the epoch is raised first; a commit
 * that has done that and not yet its end goes on by itself.
 * @throws Refusal `trust-epoch-mismatch`; of Vault or the database where one cannot be asked
 */
export async function requireSameEpochs({
  database,
  kv,
}: Pick<FlowContext, 'database' | 'kv'>): Promise<void> {
  let before = await database.one(side, SIDE, [CHANGES_TRUST]);
  for (let look = 1; look <= LOOKS; look += 1) {
    const { trust } = await readTrust(kv);
    const inVault = trust?.epoch ?? 0;
    const after = await database.one(side, SIDE, [CHANGES_TRUST]);
    if (inVault === before.epoch || inVault === after.epoch) return;
    const unmoved = before.epoch === after.epoch;
    const isCommit = after.underWay && inVault === after.epoch + 1;
    if (isCommit) return;
    if (unmoved) throw refuseFlow('trust-epoch-mismatch', inVault, after.epoch);
    before = after;
  }
}
