import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { watchAlerts } from '../../sync/alerts/alerts.ts';
import { requireSameEpochs } from '../../sync/trust/epochs.ts';
import { commitBundle } from '../../sync/flows/commit/resume.ts';
import type { Readiness } from '../../sync/http/health.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import {
  approvedRequest,
  approvedSetup,
  committed,
  recoverBundle,
  releasedPackage,
  shareSetFor,
} from '../support/sync-ceremony.ts';
import { openReplica, type Replica } from '../support/sync-replica.ts';
import { approvedRoster } from '../support/sync-roster.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';
import { clockShowed } from '../support/sync-tricks.ts';

const mismatch = expect.objectContaining({ code: 'trust-epoch-mismatch' }) as Error;

/** Told apart: a commit that stands between its two writes, and a side that was restored. */
describe('the trust epochs of Vault and the database', { retry: 0 }, () => {
  let deployment: Deployment;
  let service: Service;
  let replica: Replica;
  let set: TestShareSet;

  beforeAll(async () => {
    deployment = await deploy();
    service = await deployment.start();
    replica = await openReplica(deployment);
    set = await shareSetFor(service.admins.operator, deployment.mode);
  }, 120_000);
  afterAll(async () => {
    await replica?.close();
    await deployment?.stop();
  });

  const ready = async () => {
    const answer = await fetch(`${service.address}/readyz`);
    const { parts } = (await answer.json()) as Readiness;
    return { status: answer.status, trust: parts.trust };
  };
  const opened = () =>
    deployment.sql(
      `SELECT 1 FROM conclave.alerts WHERE kind = 'trust-epoch-mismatch' AND closed_at IS NULL`,
    );

  it('may differ while a commit stands between them, and not for long', async () => {
    expect(await ready()).toMatchObject({ status: 200, trust: { ready: true } });
    const made = await approvedSetup(service.admins, set);
    await replica.interrupt(
      'step trust',
      async () => {
        await requireSameEpochs(replica.context);
        expect((await ready()).trust).toMatchObject({ ready: true });
        await clockShowed(deployment, '16 minutes');
        await expect(requireSameEpochs(replica.context)).rejects.toThrow(mismatch);
      },
      () => commitBundle(replica.context, replica.operator, made.digest),
    );
    await requireSameEpochs(replica.context);
  });

  it('agree for whoever reads one side before a whole commit and the other after it', async () => {
    for (const moment of ['before read conclave/trust', 'after read conclave/trust']) {
      const made = await approvedRoster(service.admins, set);
      await replica.interrupt(
        moment,
        () => committed(service.admins, made),
        () => requireSameEpochs(replica.context),
      );
      set = { ...set, roster: made.roster };
    }
  });

  it('that really differ are told by /readyz and an alert, also while a recovery is stuck', async () => {
    await deployment.escrow(set.platformKey);
    const { people, survey } = deployment.checktick;
    const about = { userId: people.requester.id, surveyId: survey.id };
    const { code } = await approvedRequest(service.admins, about);
    const made = await recoverBundle(
      service.admins.operator,
      set,
      await releasedPackage(service.admins, set, code),
    );
    await service.admins.operator.post('/v1/bundles', made.bytes);
    await deployment.sql(
      `INSERT INTO conclave.intents (bundle_digest, step, facts, started_at)
       VALUES (decode($1, 'hex'), 'commit', '{"adminId": null, "userId": null}',
               (SELECT highest FROM conclave.clock))`,
      [made.digest],
    );
    await deployment.sql('UPDATE conclave.settings SET epoch = epoch + 1');
    expect(await ready()).toMatchObject({
      status: 503,
      trust: { ready: false, code: 'trust-epoch-mismatch' },
    });
    await watchAlerts(replica.context);
    expect(await opened()).toHaveLength(1);
  });
});
