import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { adminByName } from '../../sync/admins/admins.ts';
import { refuseBundle } from '../../sync/flows/incoming/approve.ts';
import type { FlowContext } from '../../sync/trust/context.ts';
import { stopRequest } from '../../sync/flows/endings/request-stop.ts';
import { openPlatform, type Platform } from '../../sync/platform.ts';
import type { BundleAnswer } from '../../sync/routes/answers.ts';
import type { QueueAnswer } from '../../sync/routes/page-answers.ts';
import type { ClaimAnswer } from '../../sync/routes/claim-answers.ts';
import { testConfig } from '../support/sync-config.ts';
import { type ClaimWorld, claimWorld } from '../support/sync-claim.ts';
import {
  committed,
  importedRecovery,
  seededSurvey,
  withPlatformKey,
} from '../support/sync-ceremony.ts';
import { deploy } from '../support/sync-service.ts';

const reason = 'It was asked for by mistake';

/** What is ended is ended, whatever Vault does after the COMMIT: the answer must say so. */
describe('what people end while Vault seals itself', { retry: 0 }, () => {
  let world: ClaimWorld;
  let platform: Platform;
  beforeAll(async () => {
    world = await claimWorld();
    platform = await openPlatform(testConfig(world.env));
  }, 180_000);
  afterAll(async () => {
    await platform?.close();
    await world?.stop();
  });

  async function whileSealed<T>(work: () => Promise<T>): Promise<T> {
    await world.deployment.vault.seal();
    try {
      return await work();
    } finally {
      await world.deployment.vault.unseal();
    }
  }
  /** Another process comes up; then nothing of it lies in Vault any more. */
  async function destroyedByNextStart(digest: string): Promise<void> {
    const other = await world.start();
    await vi.waitFor(async () => expect(await world.wordsOf(digest)).toBeUndefined(), {
      timeout: 60_000,
      interval: 200,
    });
    await other.service.stop();
  }

  it('a claim: it is ended, the user is told, and the words are destroyed later', async () => {
    const { token, digest, code } = await world.withCode();
    const mails = world.mailsOf(code).length;
    const answer = await whileSealed(() =>
      world.service.admins.operator.post<ClaimAnswer>(`/v1/bundles/${digest}/claim-end`, {
        reason,
      }),
    );
    expect(answer.state).toBe('ended');
    expect(await world.wordsOf(digest)).toBeDefined();
    expect((await world.look(token)).text).not.toContain('<form');
    await vi.waitFor(() => expect(world.mailsOf(code).length).toBe(mails + 1), {
      timeout: 60_000,
      interval: 200,
    });
    await destroyedByNextStart(digest);
  });

  it('a passphrase that was handed over: it is acknowledged, and destroyed later', async () => {
    const { digest } = await world.withCode();
    await world.deployment.sql(
      `UPDATE conclave.claims SET way = 'passphrase' WHERE bundle_digest = $1`,
      [Buffer.from(digest, 'hex')],
    );
    const path = `/v1/bundles/${digest}/passphrase/acknowledge`;
    await whileSealed(() => world.service.admins.operator.post(path));
    expect(await world.statusOf(digest)).toMatchObject({ state: 'acknowledged' });
    await destroyedByNextStart(digest);
  });

  /** A recovery that waits, with words in Vault as an interrupted commit leaves them. */
  async function interrupted() {
    const { admins } = world.service;
    const about = { userId: world.user.id, surveyId: world.user.surveyId };
    const made = await importedRecovery(admins, world.set, about);
    await world.deployment.writeKv(`conclave/claims/${made.digest}`, {
      passphrase: 'words that nobody saw',
      created_at: '2026-01-01T00:00:00Z',
    });
    return made;
  }
  /** This process, whose Vault seals itself in the moment in which something is to be destroyed. */
  const sealing = (): FlowContext => ({
    ...platform,
    kv: {
      ...platform.kv,
      deleteMetadata: async (path) => {
        await world.deployment.vault.seal();
        return platform.kv.deleteMetadata(path);
      },
    },
  });

  it.each([
    [
      'a bundle that is refused',
      'refused',
      async ({ digest }: { digest: string }) => {
        const approver = await adminByName(platform.database, 'approver1');
        await refuseBundle(sealing(), approver, digest, reason);
      },
    ],
    [
      'a request that is cancelled',
      'objected',
      async ({ code }: { code: string }) => {
        const admin = await adminByName(platform.database, 'operator');
        await stopRequest(sealing(), admin, code, 'cancelled', reason);
      },
    ],
  ] as const)('%s: it is ended, and the words are destroyed later', async (_what, state, end) => {
    const made = await interrupted();
    try {
      await end(made);
    } finally {
      await world.deployment.vault.unseal();
    }
    const { operator } = world.service.admins;
    expect((await operator.get<BundleAnswer>(`/v1/bundles/${made.digest}`)).state).toBe(state);
    expect(await world.wordsOf(made.digest)).toBeDefined();
    await destroyedByNextStart(made.digest);
  });
});

/** Written in both tables, and Vault is away: neither time nor a refusal ends it any more. */
describe('a commit that has written and cannot go on', { retry: 0 }, () => {
  it('is shown to go forward only: no end by time, and nothing to refuse it with', async () => {
    const deployment = await deploy();
    try {
      const first = await deployment.start();
      const set = await withPlatformKey(deployment, first);
      const made = await importedRecovery(first.admins, set, seededSurvey(deployment));
      await first.stop();
      const dying = await deployment.start({ dieAt: 'written' });
      await expect(committed(dying.admins, made)).rejects.toThrow();
      await dying.child.ended;
      // Nobody goes on with it meanwhile.
      await deployment.vault.seal();
      const service = await deployment.start();
      const { items } = await service.admins.approver1.get<QueueAnswer>('/v1/queue');
      expect(items.find(({ subject }) => subject === made.digest)).toMatchObject({
        state: 'committing',
        waitsFor: 'Its commit has written and is not finished: it only goes forward.',
        stop: [],
        expiresAt: null,
      });
      await deployment.vault.unseal();
      expect((await committed(service.admins, made)).state).toBe('committed');
    } finally {
      await deployment.stop();
    }
  });
});
