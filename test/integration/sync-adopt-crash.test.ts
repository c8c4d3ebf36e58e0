/** The commit of an adoption dies between two of its writes, or meets another's value. */
import { afterAll, describe, expect, it, vi } from 'vitest';
import type { BundleAnswer } from '../../sync/routes/answers.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import {
  adoptionBundle,
  adoptionPackage,
  approvedAdoption,
  entryOf,
  MASTER_KEY,
  twoOf,
} from '../support/sync-adopt.ts';
import { committed, type MadeBundle, receiptFor, shareSetFor } from '../support/sync-ceremony.ts';
import { commitDies } from '../support/sync-interrupted.ts';
import { momentOf } from '../support/sync-moments.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';

const TRUST = 'conclave/trust';
const other = (bytes: Uint8Array): Uint8Array => bytes.map((byte) => byte ^ 0xff);

describe('the commit of an adoption', { retry: 0 }, () => {
  interface Approved {
    readonly deployment: Deployment;
    readonly set: TestShareSet;
    readonly made: MadeBundle;
  }

  /** Only Vault holds the key: the row has to be made. No service runs. */
  async function approved(): Promise<Approved> {
    const deployment = await deploy();
    const service = await deployment.start();
    const { admins } = service;
    const set = await shareSetFor(admins.operator, deployment.mode);
    await deployment.writeKv(MASTER_KEY, entryOf(set.vaultComponent));
    const said = { compared: 'vault-only', component: 'vault', proof: 'none' } as const;
    const opened = await adoptionPackage(admins, set);
    const made = await adoptionBundle(set, opened, { ...said, decided: twoOf(set) });
    await approvedAdoption(admins, set, made);
    await service.stop();
    return { deployment, set, made };
  }
  const moment = momentOf(approved);
  afterAll(() => moment.stop());

  const stateAt = async ({ admins }: Service, { digest }: MadeBundle): Promise<string> =>
    (await admins.operator.get<BundleAnswer>(`/v1/bundles/${digest}`)).state;
  const componentsOf = ({ deployment }: Approved) =>
    deployment.sql<{ component: Buffer }>(
      'SELECT vault_component AS component FROM surveys_platformkeyversion',
    );
  async function expectEnd(world: Approved, service: Service): Promise<void> {
    const { set, made, deployment } = world;
    await vi.waitFor(async () => expect(await stateAt(service, made)).toBe('committed'), {
      timeout: 60_000,
      interval: 200,
    });
    const { body } = await receiptFor(service.admins.operator, set, made.digest);
    expect(body).toMatchObject({ kind: 'adopt', outcome: 'committed', epoch: 1, sequence: 1 });
    const rows = await componentsOf(world);
    expect(rows.map(({ component }) => new Uint8Array(component))).toEqual([set.vaultComponent]);
    const [counts] = await deployment.sql(
      `SELECT (SELECT count(*)::int FROM conclave.receipts) AS receipts,
              (SELECT count(*)::int FROM surveys_auditlog WHERE message LIKE '%adopted%') AS lines,
              (SELECT epoch::int FROM conclave.settings) AS epoch,
              (SELECT count(*)::int FROM conclave.intents WHERE finished_at IS NULL) AS open`,
    );
    expect(counts).toEqual({ receipts: 1, lines: 1, epoch: 1, open: 0 });
  }

  it.each(['intent', 'rows', 'vault', 'written', 'read-back', 'receipt'])(
    'that dies after "%s" is finished by the next start',
    async (at) => {
      const world = await moment.begin();
      await commitDies(world.deployment, world.made, { at });
      // Trust is there only with, or a moment before, the row: never without Vault's component.
      if (['intent', 'rows'].includes(at)) {
        expect(await world.deployment.kv(TRUST)).toBeNull();
        expect(await componentsOf(world)).toEqual([]);
      } else expect(await world.deployment.kv(TRUST)).toMatchObject({ epoch: 1 });
      const service = await world.deployment.start();
      await expectEnd(world, service);
      await committed(service.admins, world.made);
      await expectEnd(world, service);
    },
  );

  it('stops for a person where Vault’s component changes once trust is written, and goes on', async () => {
    const world = await moment.begin();
    const { deployment, set, made } = world;
    await commitDies(deployment, made, {
      at: 'vault',
      meanwhile: ({ writeKv }) => writeKv(MASTER_KEY, entryOf(other(set.vaultComponent))),
    });
    const service = await deployment.start();
    await expect(committed(service.admins, made)).rejects.toMatchObject({
      code: 'third-value',
      problem: { status: 409 },
    });
    expect(await stateAt(service, made)).toBe('committing');
    const { approver1 } = service.admins;
    await expect(
      approver1.post(`/v1/bundles/${made.digest}/refuse`, { reason: 'no' }),
    ).rejects.toMatchObject({ code: 'commit-unfinished' });
    await deployment.writeKv(MASTER_KEY, entryOf(set.vaultComponent));
    await committed(service.admins, made);
    await expectEnd(world, service);
  });

  it('writes nothing where somebody else’s trust stands', async () => {
    const world = await moment.begin();
    const { deployment, made } = world;
    const theirs = { epoch: 1, roster: 'ab'.repeat(32), versions: { v1: ['cd'.repeat(32)] } };
    await commitDies(deployment, made, {
      at: 'rows',
      meanwhile: ({ writeKv }) => writeKv(TRUST, theirs),
    });
    expect(await deployment.kv(TRUST)).toEqual(theirs);
    expect(await componentsOf(world)).toEqual([]);
    const service = await deployment.start();
    await expect(committed(service.admins, made)).rejects.toThrow();
    expect(await deployment.kv(TRUST)).toEqual(theirs);
    expect(await componentsOf(world)).toEqual([]);
  });
});
