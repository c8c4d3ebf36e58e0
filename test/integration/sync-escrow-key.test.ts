/** The escrow key of the first set is trusted with it, and no other is taken for it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { base64 } from '@scure/base';
import type { BundleAnswer } from '../../sync/routes/answers.ts';
import type { VersionsAnswer } from '../../sync/routes/version-answers.ts';
import { escrowKeyDigest, escrowPublicKey } from '../../shared/sharing/escrow-key.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import {
  approvedRequest,
  approvedSetup,
  askedPackage,
  committed,
  type MadeBundle,
  releasedPackage,
  shareSetFor,
} from '../support/sync-ceremony.ts';
import { caller } from '../support/sync-client.ts';
import { addEscrower, inClear, post, vaultPath } from '../support/sync-escrows.ts';
import {
  deploy,
  type Deployment,
  type Servers,
  type Service,
  startServers,
  stopServers,
} from '../support/sync-service.ts';

const TRUST = 'conclave/trust';

/** Another survey with the columns of this one, whose key is stored nowhere. */
async function unstored(deployment: Deployment, like: number): Promise<number> {
  const [row] = await deployment.sql<{ id: number }>(
    `INSERT INTO surveys_survey (name, encrypted_kek_password)
     SELECT 'Another', encrypted_kek_password FROM surveys_survey WHERE id = $1 RETURNING id::int`,
    [like],
  );
  return row?.id ?? 0;
}

describe('the escrow key in trust', { retry: 0 }, () => {
  let servers: Servers;
  beforeAll(async () => {
    servers = await startServers();
  });
  afterAll(() => stopServers(servers));

  describe('of a set that has one', () => {
    let deployment: Deployment;
    let service: Service;
    let set: TestShareSet;
    let made: MadeBundle;
    let trusted: Record<string, unknown>;
    beforeAll(async () => {
      deployment = await deploy({ servers });
      service = await deployment.start();
      set = await shareSetFor(service.admins.operator, deployment.mode);
      made = await approvedSetup(service.admins, set);
    });
    afterAll(() => deployment.stop());

    it('is shown to who approves, and is the one that the platform key gives', async () => {
      const of = { mode: deployment.mode, keyVersion: 'v1' };
      const escrowKey = await escrowPublicKey(set.platformKey, of);
      const path = `/v1/bundles/${made.digest}`;
      const { facts } = await service.admins.operator.get<BundleAnswer>(path);
      expect(facts['escrow key']).toBe(escrowKeyDigest(escrowKey));
      await committed(service.admins, made);
      trusted = (await deployment.kv(TRUST)) ?? {};
      expect(trusted['escrowKeys']).toEqual({ v1: escrowKey });
    });

    it('that somebody exchanged, or took away, beside sync releases nothing and is named', async () => {
      const { admins } = service;
      await deployment.escrow(set.platformKey);
      const { people, survey } = deployment.checktick;
      const about = { userId: people.requester.id, surveyId: survey.id };
      const { code } = await approvedRequest(admins, about);
      const asked = await askedPackage(admins.operator, set, code);
      const reason = { reason: 'as requested' };
      await admins.approver1.approve('package-release', asked.nonce, reason);
      const theirs = base64.encode(new Uint8Array(1_216).fill(7));
      const { escrowKeys: _, ...without } = trusted;
      for (const other of [{ ...trusted, escrowKeys: { v1: theirs } }, without]) {
        await deployment.writeKv(TRUST, other);
        await expect(
          admins.approver2.approve('package-release', asked.nonce, reason),
        ).rejects.toMatchObject({
          code: 'release-unfinished',
          problem: { title: expect.stringContaining('escrow key of key version v1') as string },
        });
        const { versions } = await admins.operator.get<VersionsAnswer>('/v1/versions');
        expect(versions[0]?.findings.map(({ code: found }) => found)).toContain(
          'escrow-key-differs',
        );
      }
      await deployment.writeKv(TRUST, trusted);
      const released = await admins.approver2.approve('package-release', asked.nonce, reason);
      expect(released.package?.state).toBe('released');
    });
  });

  it('of a set from before there were any is none, and is needed for nothing', async () => {
    const deployment = await deploy({ servers });
    const { admins, address } = await deployment.start();
    const set = await shareSetFor(admins.operator, deployment.mode, { isOld: true });
    const made = await approvedSetup(admins, set);
    const { facts } = await admins.operator.get<BundleAnswer>(`/v1/bundles/${made.digest}`);
    expect(facts['escrow key']).toMatch(/^none/);
    await committed(admins, made);
    expect(await deployment.kv(TRUST)).toEqual({
      epoch: 1,
      roster: set.roster.digest,
      versions: { v1: [set.manifest.digest] },
    });
    await deployment.escrow(set.platformKey);
    const { people, survey } = deployment.checktick;
    const about = { userId: people.requester.id, surveyId: survey.id };
    const { code } = await approvedRequest(admins, about);
    expect((await releasedPackage(admins, set, code)).nonce).toMatch(/^[0-9a-f]{32}$/);

    // Nothing can be sealed to it: CheckTick is told so, and nothing of what it sent is there.
    const { token } = await addEscrower(deployment);
    const checktick = caller(address, token);
    const sent = { userId: people.requester.id, surveyId: await unstored(deployment, survey.id) };
    const refused = { code: 'escrow-key-none', problem: { status: 409, culprit: 'v1' } };
    await expect(
      post(checktick, [inClear({ ...sent, kek: randomBytes(32) })]),
    ).rejects.toMatchObject(refused);
    await expect(checktick.get('/v1/escrows/key')).rejects.toMatchObject(refused);
    expect(await deployment.kv(vaultPath(sent))).toBeNull();
    await deployment.stop();
  });
});
