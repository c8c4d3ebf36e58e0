/** Decision 23: a package's one-time key is lost while its commit is not finished. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSurveyColumn } from '../../shared/checktick/index.ts';
import type { BundleAnswer } from '../../sync/routes/answers.ts';
import type { QueueAnswer } from '../../sync/routes/page-answers.ts';
import { committed, receiptFor } from '../support/sync-ceremony.ts';
import {
  commitDies,
  type Interrupted,
  type InterruptedRecovery,
  loseKey,
  waitingRecovery,
  waitingSetup,
} from '../support/sync-interrupted.ts';
import { momentOf } from '../support/sync-moments.ts';
import type { Service } from '../support/sync-service.ts';

const asked = { reason: 'the backup of Vault was restored' };

describe('the one-time key is lost before its commit has ended', { retry: 0 }, () => {
  const recovery = momentOf(waitingRecovery);
  const setup = momentOf(waitingSetup);
  afterAll(() => Promise.all([recovery.stop(), setup.stop()]));

  const diedAt = async <World extends Interrupted>(
    moment: { begin(): Promise<World> },
    at: string,
  ): Promise<World> => {
    const world = await moment.begin();
    await commitDies(world.deployment, world.made, { at });
    return world;
  };
  const stateOf = async ({ admins }: Service, { made }: Interrupted): Promise<string> =>
    (await admins.operator.get<BundleAnswer>(`/v1/bundles/${made.digest}`)).state;
  const placesOf = ({ deployment }: Interrupted) =>
    ['encrypted_kek_password', 'encrypted_kek_recovery'].map(
      (name) => `database survey ${deployment.checktick.survey.id}, ${name}`,
    );
  const claimOf = ({ made }: Interrupted) => `conclave/claims/${made.digest}`;

  describe('of a recovery that was written', () => {
    let world: InterruptedRecovery;
    let service: Service;
    beforeAll(async () => {
      world = await diedAt(recovery, 'written');
      await loseKey(world);
      service = await world.deployment.start();
    });

    it('is neither committed nor refused by itself, and says exactly what cannot be shown', async () => {
      const { operator, approver1 } = service.admins;
      await expect(committed(service.admins, world.made)).rejects.toMatchObject({
        code: 'read-back-unproven',
        problem: { status: 409 },
      });
      await expect(
        approver1.post(`/v1/bundles/${world.made.digest}/refuse`, { reason: 'no' }),
      ).rejects.toMatchObject({ code: 'bundle-state' });
      expect(await stateOf(service, world)).toBe('committing');
      const { items } = await operator.get<QueueAnswer>('/v1/queue');
      expect(items.find(({ subject }) => subject === world.made.digest)?.waitsFor).toMatch(
        /cannot end.*Waits for that to be put right, or for 2 more approvers\.$/,
      );
      const { statement } = await approver1.show('difference-accept', world.made.digest, asked);
      expect(statement.sentence).toContain('not everything that it wrote can be proved');
      const facts = new Map(statement.facts);
      for (const [at, place] of placesOf(world).entries()) {
        expect(facts.get(`difference ${at + 1}`)).toMatch(
          new RegExp(
            `^${place}: \\d+ bytes that the one-time passphrase opens, but to which key cannot be shown, because the package’s one-time key is gone, SHA-256 [0-9a-f]{16}$`,
          ),
        );
      }
      expect(facts.get('as it was written')).toContain(`database request ${world.code}; Vault `);
    });

    it('what was approved of the provable and what is changed after that are two things', async () => {
      const { approver1, approver2 } = service.admins;
      await approver1.approve('difference-accept', world.made.digest, asked);
      const [before] = await world.deployment.sql<{ password: Buffer }>(
        'SELECT encrypted_kek_password AS password FROM surveys_survey',
      );
      const one = Buffer.from(before?.password ?? []);
      one[one.length - 1] = (one.at(-1) ?? 0) ^ 1;
      const write = (column: Buffer) =>
        world.deployment.sql('UPDATE surveys_survey SET encrypted_kek_password = $1', [column]);
      await write(one);
      const open = await approver2.show('difference-accept', world.made.digest, asked);
      expect(new Map(open.statement.facts).get('difference 1')).toContain(
        'bytes that the one-time passphrase does not open',
      );
      expect(open.statement.sentence).toContain('not everything that it wrote is there any more');
      const signed = await approver2.sign(open);
      expect(signed.bundle?.state).toBe('committing');
      await expect(committed(service.admins, world.made)).rejects.toMatchObject({
        code: 'read-back-differs',
      });
      await write(before?.password ?? Buffer.alloc(0));
    });

    it('two accept it: the receipt says what was read back, what was only opened, and why', async () => {
      const { operator, approver2 } = service.admins;
      const claim = await world.deployment.kv(claimOf(world));
      const done = await approver2.approve('difference-accept', world.made.digest, asked);
      expect(done.bundle?.state).toBe('committed');
      const { body } = await receiptFor(operator, world.set, world.made.digest);
      const { people, survey } = world.deployment.checktick;
      expect(body).toMatchObject({
        outcome: 'committed',
        readBack: [
          `database request ${world.code}`,
          `Vault users/${people.requester.id}/surveys/${survey.id}/recovery-kek`,
        ],
        statement: `The recovery of survey ${survey.id} for user ${people.requester.id} (request ${world.code}) was written. Opened by the one-time passphrase, but not compared with the key of the bundle, because the package’s one-time key was gone: ${placesOf(world).join('; ')}. Two approvers accepted that. Of what opens the survey now, this receipt says nothing.`,
      });
      // It was right all the time; only nobody could say so.
      expect(await world.deployment.kv(claimOf(world))).toEqual(claim);
      const { passphrase } = await operator.post<{ passphrase: string }>(
        `/v1/bundles/${world.made.digest}/passphrase`,
      );
      const [row] = await world.deployment.sql<{ password: Buffer }>(
        'SELECT encrypted_kek_password AS password FROM surveys_survey',
      );
      const words = new TextEncoder().encode(passphrase);
      expect(
        await openSurveyColumn('passphrase', words, new Uint8Array(row?.password ?? [])),
      ).toEqual(world.deployment.checktick.kek);
    });
  });

  it('of a recovery, and the passphrase with it: named as what is not there, and it can be ended', async () => {
    const world = await diedAt(recovery, 'written');
    await loseKey(world);
    const mount = world.deployment.env['VAULT_MOUNT'] ?? '';
    await world.deployment.vault.api('DELETE', `${mount}/metadata/${claimOf(world)}`);
    const service = await world.deployment.start();
    await expect(committed(service.admins, world.made)).rejects.toMatchObject({
      code: 'read-back-differs',
    });
    for (const approver of [service.admins.approver1, service.admins.approver2]) {
      await approver.approve('difference-accept', world.made.digest, asked);
    }
    const { body } = await receiptFor(service.admins.operator, world.set, world.made.digest);
    expect(body.readBack).toHaveLength(2);
    expect(body.statement).toContain(
      `because it was changed before: Vault ${claimOf(world)}; ${placesOf(world).join('; ')}.`,
    );
    expect(body.statement).not.toContain('Opened by');
  });

  it('of a recovery, and comes back from a backup: it ends as always, and no approval is needed', async () => {
    const world = await diedAt(recovery, 'written');
    const path = `conclave/packages/${world.made.nonce}`;
    const key = await world.deployment.kv(path);
    await loseKey(world);
    const service = await world.deployment.start();
    await expect(committed(service.admins, world.made)).rejects.toMatchObject({
      code: 'read-back-unproven',
    });
    await world.deployment.writeKv(path, key ?? {});
    await committed(service.admins, world.made);
    const { body } = await receiptFor(service.admins.operator, world.set, world.made.digest);
    expect(body.readBack).toHaveLength(4);
    expect(body.statement).toContain('no longer open it');
  });

  it('of a recovery that died before it was written: it can only be refused, and it is', async () => {
    const world = await diedAt(recovery, 'rows');
    await loseKey(world);
    const service = await world.deployment.start();
    await expect(committed(service.admins, world.made)).rejects.toMatchObject({
      code: 'package-key-missing',
    });
    await service.admins.approver1.post(`/v1/bundles/${world.made.digest}/refuse`, asked);
    const { body } = await receiptFor(service.admins.operator, world.set, world.made.digest);
    expect(body).toMatchObject({ outcome: 'refused', readBack: [] });
    expect(await world.deployment.kv(claimOf(world))).toBeNull();
  });

  it.each(['vault', 'written'])(
    'of a setup that died at "%s": the check value that the quorum signed proves the component, and it ends by itself',
    async (at) => {
      const world = await diedAt(setup, at);
      await loseKey(world);
      const service = await world.deployment.start();
      await committed(service.admins, world.made);
      const { body } = await receiptFor(service.admins.operator, world.set, world.made.digest);
      expect(body).toMatchObject({ outcome: 'committed', epoch: 1 });
      expect(body.readBack).toHaveLength(3);
    },
  );

  it('of a setup whose component was changed in both places: it stays open, and nobody can accept it', async () => {
    const world = await diedAt(setup, 'written');
    await loseKey(world);
    await world.deployment.sql(
      `UPDATE surveys_platformkeyversion SET vault_component = '\\x00'::bytea`,
    );
    const held = await world.deployment.kv('platform/master-key');
    await world.deployment.writeKv('platform/master-key', {
      ...held,
      vault_component: 'ab'.repeat(64),
    });
    const service = await world.deployment.start();
    await expect(committed(service.admins, world.made)).rejects.toMatchObject({
      code: 'package-key-missing',
    });
    await expect(
      service.admins.approver1.approve('difference-accept', world.made.digest, asked),
    ).rejects.toMatchObject({ code: 'difference-never' });
    expect(await stateOf(service, world)).toBe('committing');
    expect(await world.deployment.kv('conclave/trust')).toBeNull();
  });

  it('of a setup of which nothing is anywhere: it waits as before, and can be refused', async () => {
    const world = await diedAt(setup, 'intent');
    await loseKey(world);
    const service = await world.deployment.start();
    await expect(committed(service.admins, world.made)).rejects.toMatchObject({
      code: 'package-key-missing',
    });
    expect(await stateOf(service, world)).toBe('waiting');
    await service.admins.approver1.post(`/v1/bundles/${world.made.digest}/refuse`, asked);
    const { body } = await receiptFor(service.admins.operator, world.set, world.made.digest);
    expect(body.outcome).toBe('refused');
  });
});
