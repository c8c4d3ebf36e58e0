/**
 * A sync in this process, beside those that run as processes of their own.
 * @module
 */
import { type Admin, listAdmins } from '../../sync/admins/admins.ts';
import type { FlowContext } from '../../sync/trust/context.ts';
import { openPlatform } from '../../sync/platform.ts';
import type { KvStore } from '../../sync/vault/kv.ts';
import type { MadeBundle } from './sync-ceremony.ts';
import { testConfig } from './sync-config.ts';
import type { Deployment } from './sync-service.ts';

/**
 * A second sync on the same Vault and database, in this process: it stops at one moment, once, until
 * `meanwhile` is over. Moments: `step NAME` of a commit; `before CALL PATH` and `after CALL PATH` of
 * a call to Vault, such as `before read conclave/packages`; `A > B`: the first B after the first A.
 */
export async function openReplica(deployment: Deployment) {
  const platform = await openPlatform(testConfig(deployment.env));
  const admins = await listAdmins(platform.database);
  const operator = admins.find(({ name }) => name === 'operator') as Admin;
  let moments: string[] = [];
  let meanwhile: () => Promise<unknown> = async () => {};
  const pass = async (now: string): Promise<void> => {
    const [next] = moments;
    if (next === undefined || !now.startsWith(next)) return;
    moments.shift();
    if (moments.length === 0) await meanwhile();
  };
  const around = async <T>(call: string, work: () => Promise<T>): Promise<T> => {
    await pass(`before ${call}`);
    const result = await work();
    await pass(`after ${call}`);
    return result;
  };
  const { kv: store } = platform;
  const kv: KvStore = {
    ...store,
    read: (path, options) => around(`read ${path}`, () => store.read(path, options)),
    put: (path, data, options) => around(`put ${path}`, () => store.put(path, data, options)),
    deleteMetadata: (path) => around(`delete ${path}`, () => store.deleteMetadata(path)),
  };
  const context: FlowContext = { ...platform, kv, onStep: (step) => pass(`step ${step}`) };
  return {
    context,
    operator,
    /** Runs `work`, and `other` between two of its steps; fails when that moment never came. */
    async interrupt<T>(at: string, other: () => Promise<unknown>, work: () => Promise<T>) {
      let done = false;
      moments = at.split(' > ');
      meanwhile = async () => {
        await other();
        done = true;
      };
      const [result] = await Promise.allSettled([work()]);
      if (!done) throw new Error(`"${at}" never came, or what was to happen then failed`);
      if (result.status === 'rejected') throw result.reason;
      return result.value;
    },
    close: () => platform.close(),
  };
}
export type Replica = Awaited<ReturnType<typeof openReplica>>;

/** How a bundle stands: its state, its package's key, how many receipts and open intents. */
export const rowsOf = (deployment: Deployment, made: MadeBundle) =>
  deployment.sql(
    `SELECT b.state, p.recipient_key_path AS key,
            (SELECT count(*)::int FROM conclave.receipts r WHERE r.nonce = b.nonce) AS receipts,
            (SELECT count(*)::int FROM conclave.intents i
              WHERE i.bundle_digest = b.digest AND i.finished_at IS NULL) AS open
       FROM conclave.bundles b JOIN conclave.packages p ON p.nonce = b.nonce
      WHERE b.digest = decode($1, 'hex')`,
    [made.digest],
  );
