/** The commits of an organisation that moves, and of the version that ends then, die between two writes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vaultPaths } from '../../shared/checktick/index.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { MASTER_KEY } from '../support/sync-adopt.ts';
import { OWN_WORDS } from '../support/organisation-moves.ts';
import { committed, type MadeBundle, receiptFor } from '../support/sync-ceremony.ts';
import { commitDies, finishedByStart, killedAt } from '../support/sync-interrupted.ts';
import { openedWith } from '../support/sync-organisation.ts';
import {
  addOrganisation,
  approvedMove,
  handOver,
  type OwnOrganisation,
  twoVersions,
  type TwoVersions,
} from '../support/sync-organisation-moves.ts';
import { approvedRoster } from '../support/sync-roster.ts';
import { deploy } from '../support/sync-service.ts';
import { approvedChange, approvedVersion } from '../support/sync-version.ts';

describe('kill -9 between each pair of writes', { retry: 0 }, () => {
  let world: TwoVersions;
  beforeAll(async () => {
    world = await twoVersions(await deploy());
    // Without one nothing is handed over.
    const first = await addOrganisation(world.deployment, world.first);
    await handOver(world);
    await committed(world.service.admins, await approvedMove(world, first));
  });
  afterAll(() => world?.deployment.stop());

  const written = async ({ id, surveys }: OwnOrganisation): Promise<number> => {
    const all = await Promise.all(
      surveys.map((survey) =>
        openedWith(world.deployment, world.second, id, survey, OWN_WORDS).then(
          () => 1,
          () => 0,
        ),
      ),
    );
    return all.reduce<number>((sum, one) => sum + one, 0);
  };
  const expectMoved = async (organisation: OwnOrganisation, { digest }: MadeBundle) => {
    expect(await written(organisation)).toBe(2);
    const note = await world.deployment.kv(vaultPaths.organisationMasterKey(organisation.id));
    expect(note).toMatchObject({ moved_by: digest, platform_key_version: 'v2' });
    const { body } = await receiptFor(world.service.admins.operator, world.second, digest);
    expect(body.outcome).toBe('committed');
  };

  it.each([
    ['intent', 0],
    ['rows', 0],
    ['survey 1', 1],
    ['written', 2],
    ['note', 2],
    ['read-back', 2],
  ])('an organisation killed after "%s" is moved by the next start', async (step, so) => {
    const organisation = await addOrganisation(world.deployment, world.first);
    const made = await approvedMove(world, organisation);
    await killedAt(world.deployment, step, made, world.service);
    expect(await written(organisation)).toBe(so);
    world.service = await finishedByStart(world.deployment, made);
    await expectMoved(organisation, made);
  });

  it('somebody else writes one survey while the commit lies there: the organisation is not said to be whole', async () => {
    const organisation = await addOrganisation(world.deployment, world.first);
    const made = await approvedMove(world, organisation);
    const [first] = organisation.surveys;
    const foreign = { encrypted_kek: 'ab'.repeat(60), algorithm: 'AES-256-GCM' };
    await world.service.stop();
    await commitDies(world.deployment, made, {
      at: 'survey 2',
      meanwhile: ({ writeKv }) => writeKv(vaultPaths.surveyKek(first.id), foreign),
    });
    world.service = await world.deployment.start();
    const { admins } = world.service;
    await committed(admins, made);
    const note = await world.deployment.kv(vaultPaths.organisationMasterKey(organisation.id));
    expect(note).not.toHaveProperty('platform_key_version');
    await expect(
      admins.operator.post('/v1/packages/retire', { keyVersion: 'v1' }),
    ).rejects.toMatchObject({ code: 'version-needed' });
    // What is of no use to anybody any more is deleted in CheckTick.
    await world.deployment.sql('DELETE FROM surveys_survey WHERE id = $1', [first.id]);
  });

  it.each(['rows', 'vault', 'entry', 'read-back'])(
    'the end of a version killed after "%s": the entry follows with the next start',
    async (step) => {
      const { deployment, first, second } = world;
      const ends = step === 'rows' ? 'v1' : await another();
      const before = await deployment.kv(MASTER_KEY);
      const made = await approvedChange(world.service.admins, second, 'retire', ends);
      await killedAt(deployment, step, made, world.service);
      world.service = await finishedByStart(deployment, made);
      const { body } = await receiptFor(world.service.admins.operator, second, made.digest);
      expect(body.outcome).toBe('committed');
      expect(await deployment.kv(MASTER_KEY)).toEqual({
        ...before,
        vault_component: bytesToHex(second.vaultComponent),
      });
      expect(first.vaultComponent).not.toEqual(second.vaultComponent);
    },
  );

  /** A version that nothing hangs on, whose component an operator of Vault put into the entry. */
  async function another(): Promise<string> {
    const { deployment, second } = world;
    const { admins } = world.service;
    const { next, made } = await approvedVersion(admins, second);
    await committed(admins, made);
    const { keyVersion } = next.manifest.body;
    // Its set has signed the roster: one of the active set follows.
    const changed = await approvedRoster(admins, { ...second, roster: next.roster });
    await committed(admins, changed);
    Object.assign(second, { roster: changed.roster });
    const entry = await deployment.kv(MASTER_KEY);
    await deployment.writeKv(MASTER_KEY, {
      ...entry,
      vault_component: bytesToHex(next.vaultComponent),
    });
    return keyVersion;
  }
});
