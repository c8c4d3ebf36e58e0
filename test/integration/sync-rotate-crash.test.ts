/** The commit of new shares dies between two of its writes, meets another's value, or a restored backup. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parsePlatformMasterKey } from '../../shared/checktick/index.ts';
import { runCommit } from '../../sync/flows/commit/commit.ts';
import type { BundleAnswer } from '../../sync/routes/answers.ts';
import { backupsOf } from '../support/backups.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import { entryOf, MASTER_KEY } from '../support/sync-adopt.ts';
import {
  committed,
  type MadeBundle,
  receiptFor,
  withPlatformKey,
} from '../support/sync-ceremony.ts';
import { commitDies, finishedByStart, killedAt } from '../support/sync-interrupted.ts';
import { openReplica } from '../support/sync-replica.ts';
import { approvedRoster } from '../support/sync-roster.ts';
import { approvedRotation, askedRotation, type Rotation } from '../support/sync-rotate.ts';
import {
  deploy,
  type Deployment,
  type Servers,
  type Service,
  startServers,
  stopServers,
} from '../support/sync-service.ts';
import { other } from '../support/sync-vintages.ts';

const TRUST = 'conclave/trust';

/** What lies in the three places. */
async function placesOf(deployment: Deployment) {
  const [row] = await deployment.sql<{ component: Buffer }>(
    'SELECT vault_component AS component FROM surveys_platformkeyversion',
  );
  const entry = await deployment.kv(MASTER_KEY);
  const trust = (await deployment.kv(TRUST)) as { versions: { v1: string[] } } | null;
  return {
    row: new Uint8Array(row?.component ?? []),
    vault: parsePlatformMasterKey(entry).vaultComponent,
    trust: trust?.versions.v1,
  };
}

const holding = (component: Uint8Array, { manifest }: TestShareSet) => ({
  row: component,
  vault: component,
  trust: [manifest.digest],
});

const stateAt = async ({ admins }: Service, { digest }: MadeBundle): Promise<string> =>
  (await admins.operator.get<BundleAnswer>(`/v1/bundles/${digest}`)).state;

describe('kill -9 between each pair of writes of new shares', { retry: 0 }, () => {
  let deployment: Deployment;
  let service: Service;
  let set: TestShareSet;
  let epoch = 1;
  beforeAll(async () => {
    deployment = await deploy();
    service = await deployment.start();
    set = await withPlatformKey(deployment, service);
  });
  afterAll(() => deployment?.stop());

  /** The next rotation, ready to be committed. */
  const rotation = (): Promise<Rotation> => approvedRotation(service.admins, set);
  /** It is done everywhere, once; the new set is the one that the next rotation begins from. */
  async function expectDone({ next, made }: Rotation): Promise<void> {
    epoch += 1;
    expect(await placesOf(deployment)).toEqual(holding(next.vaultComponent, next));
    const { body } = await receiptFor(service.admins.operator, next, made.digest);
    expect(body).toMatchObject({ kind: 'rotate-shares', outcome: 'committed', epoch });
    expect(body.readBack).toHaveLength(3);
    const [counts] = await deployment.sql(
      `SELECT (SELECT count(*)::int FROM surveys_auditlog WHERE message LIKE '%renewed%') AS lines,
              (SELECT count(*)::int FROM conclave.receipts r JOIN conclave.packages p USING (nonce)
                WHERE p.kind = 'rotate-shares') AS receipts,
              (SELECT count(*)::int FROM conclave.intents WHERE finished_at IS NULL) AS open,
              (SELECT epoch::int FROM conclave.settings) AS epoch`,
    );
    expect(counts).toEqual({ lines: epoch - 1, receipts: epoch - 1, open: 0, epoch });
    set = next;
  }

  it.each(['intent', 'rows', 'vault', 'written', 'trust', 'read-back', 'receipt', 'key-destroyed'])(
    'one killed after "%s" is finished by the next start',
    async (step) => {
      const one = await rotation();
      await killedAt(deployment, step, one.made, service);
      const places = await placesOf(deployment);
      const [before, after] = [set.vaultComponent, one.next.vaultComponent];
      const isWritten = !['intent', 'rows', 'vault'].includes(step);
      // At every moment one quorum opens what Vault holds; trust follows both places, never precedes.
      expect(places.vault).toEqual(['intent', 'rows'].includes(step) ? before : after);
      expect(places.row).toEqual(isWritten ? after : before);
      const isTrusted = isWritten && step !== 'written';
      expect(places.trust).toEqual([(isTrusted ? one.next : set).manifest.digest]);
      service = await finishedByStart(deployment, one.made);
      await expectDone(one);
      await committed(service.admins, one.made);
      expect(await placesOf(deployment)).toEqual(holding(after, one.next));
    },
  );

  it.each(['vault', 'written'])(
    'the one-time key is gone after "%s": the check value proves the component, and it ends',
    async (at) => {
      const one = await rotation();
      await service.stop();
      await commitDies(deployment, one.made, { at });
      const mount = deployment.env['VAULT_MOUNT'] ?? '';
      const key = `${mount}/metadata/conclave/packages/${one.made.nonce}`;
      await deployment.vault.api('DELETE', key);
      service = await deployment.start();
      await committed(service.admins, one.made);
      await expectDone(one);
    },
  );

  it.each(['vault', 'written'])(
    'Vault’s entry is put back to before after "%s": it is written again',
    async (at) => {
      const one = await rotation();
      const kept = await deployment.kv(MASTER_KEY);
      await service.stop();
      await commitDies(deployment, one.made, {
        at,
        meanwhile: ({ writeKv }) => writeKv(MASTER_KEY, kept ?? {}),
      });
      service = await deployment.start();
      await committed(service.admins, one.made);
      await expectDone(one);
    },
  );

  it.each(['intent', 'vault', 'written'])(
    'a third value in Vault after "%s" stops it for a person; nothing is written over it',
    async (at) => {
      const one = await rotation();
      const foreign = entryOf(other(set.vaultComponent));
      const kept = await deployment.kv(MASTER_KEY);
      await service.stop();
      await commitDies(deployment, one.made, {
        at,
        meanwhile: ({ writeKv }) => writeKv(MASTER_KEY, foreign),
      });
      service = await deployment.start();
      await expect(committed(service.admins, one.made)).rejects.toMatchObject({
        code: 'third-value',
      });
      expect(await deployment.kv(MASTER_KEY)).toEqual(foreign);
      expect((await placesOf(deployment)).trust).toEqual([set.manifest.digest]);
      // Written: it only goes forward. Not written: it waits, blocks nobody, and can be ended.
      expect(await stateAt(service, one.made)).toBe(at === 'written' ? 'committing' : 'waiting');
      if (at === 'written') {
        await expect(askedRotation(service.admins.operator, set)).rejects.toMatchObject({
          code: 'commit-unfinished',
        });
      }
      await deployment.writeKv(MASTER_KEY, kept ?? {});
      await committed(service.admins, one.made);
      await expectDone(one);
    },
  );

  it('a third value in the row stops it, too', async () => {
    const one = await rotation();
    const put = (component: Uint8Array) =>
      deployment.sql('UPDATE surveys_platformkeyversion SET vault_component = $1', [
        Buffer.from(component),
      ]);
    await put(other(set.vaultComponent));
    await expect(committed(service.admins, one.made)).rejects.toMatchObject({
      code: 'third-value',
      problem: { culprit: 'database row of key version v1' },
    });
    expect(await stateAt(service, one.made)).toBe('waiting');
    await put(set.vaultComponent);
    await committed(service.admins, one.made);
    await expectDone(one);
  });

  it('beside another change of trust neither begins while the other is open', async () => {
    const roster = await approvedRoster(service.admins, set);
    const one = await rotation();
    const [first, second] = [await openReplica(deployment), await openReplica(deployment)];
    const codes: string[] = [];
    const meanwhile = (made: MadeBundle) => () =>
      runCommit(second.context, made.digest, second.operator).then(
        () => codes.push('done'),
        (cause: { code: string }) => codes.push(cause.code),
      );
    // Begun, and nothing written yet: only the intent tells.
    const stop = async (): Promise<never> => {
      throw new Error('died');
    };
    const beginAndDie = async (made: MadeBundle, rival: MadeBundle): Promise<void> => {
      const commit = () => runCommit(first.context, made.digest, first.operator);
      const both = () => meanwhile(rival)().then(stop);
      await first.interrupt('step intent', both, commit).catch(() => undefined);
    };
    await beginAndDie(roster, one.made);
    expect(codes).toEqual(['commit-unfinished']);
    await deployment.sql(
      `UPDATE conclave.intents SET finished_at = clock_timestamp() WHERE finished_at IS NULL`,
    );
    await deployment.sql(
      `UPDATE conclave.bundles SET state = 'waiting' WHERE state = 'committing'`,
    );
    await beginAndDie(one.made, roster);
    expect(codes).toEqual(['commit-unfinished', 'commit-unfinished']);
    await Promise.all([first.close(), second.close()]);
    await committed(service.admins, one.made);
    await expectDone(one);
    // It was made before trust moved, and ends with a receipt.
    await expect(committed(service.admins, roster)).rejects.toMatchObject({ code: 'trust-moved' });
    const { body } = await receiptFor(service.admins.operator, set, roster.digest);
    expect(body.outcome).toBe('refused');
  });
});

describe('a restored backup from before new shares', { retry: 0 }, () => {
  let servers: Servers;
  let deployment: Deployment;
  beforeAll(async () => {
    servers = await startServers();
    deployment = await deploy({ servers });
  });
  afterAll(async () => {
    await deployment?.stop();
    await stopServers(servers);
  });

  it('of one side: only status is answered; of both: the old shares open again, as does the commit', async () => {
    const backups = backupsOf(deployment);
    let service = await deployment.start();
    const set = await withPlatformKey(deployment, service);
    const { next, made } = await approvedRotation(service.admins, set);
    await backups.take('before');
    await service.stop();
    service = await deployment.start();
    await committed(service.admins, made);
    await backups.take('after');
    await service.stop();
    for (const [database, vault] of [
      ['before', 'after'],
      ['after', 'before'],
    ] as const) {
      await backups.restoreDatabase(database);
      await backups.restoreVault(vault);
      service = await deployment.start();
      const places = await placesOf(deployment);
      const refused = { code: 'trust-epoch-mismatch' };
      const { operator } = service.admins;
      await expect(askedRotation(operator, set)).rejects.toMatchObject(refused);
      await expect(askedRotation(operator, next)).rejects.toMatchObject(refused);
      const again = committed(service.admins, made);
      if (database === 'before') await expect(again).rejects.toMatchObject(refused);
      else expect((await again).state).toBe('committed');
      expect(await placesOf(deployment)).toEqual(places);
      await service.stop();
    }
    await backups.restoreDatabase('before');
    await backups.restoreVault('before');
    service = await deployment.start();
    expect(await placesOf(deployment)).toEqual(holding(set.vaultComponent, set));
    await committed(service.admins, made);
    expect(await placesOf(deployment)).toEqual(holding(next.vaultComponent, next));
  });
});
