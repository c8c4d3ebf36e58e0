/** Custodians are told by mail that their share is to be proved: once for each due date. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FlowContext } from '../../sync/trust/context.ts';
import { tellDrills } from '../../sync/mail/tell-drills.ts';
import { openPlatform } from '../../sync/platform.ts';
import { mailEnv, startSmtp, type TestSmtp } from '../servers/smtp.ts';
import { makeCast, withMail } from '../support/people.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import { approvedSetup, committed, shareSetFor } from '../support/sync-ceremony.ts';
import { testConfig } from '../support/sync-config.ts';
import { importedDrill } from '../support/sync-drill.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';
import { clockShowed } from '../support/sync-tricks.ts';

const cast = () =>
  withMail(makeCast('production'), (name) =>
    name === 'custodian 4' ? undefined : `${name.replace(' ', '.')}@hospital.example`,
  );

describe('mails about shares that are to be proved', { retry: 0 }, () => {
  let smtp: TestSmtp;
  let deployment: Deployment;
  let service: Service;
  let set: TestShareSet;
  /** Syncs in this process, on the same servers: with mail and without. */
  let context: FlowContext & { close(): Promise<void> };
  let silent: FlowContext & { close(): Promise<void> };
  beforeAll(async () => {
    smtp = await startSmtp();
    deployment = await deploy();
    service = await deployment.start();
    set = await shareSetFor(service.admins.operator, deployment.mode, { cast: cast() });
    await committed(service.admins, await approvedSetup(service.admins, set));
    context = await openPlatform(testConfig({ ...deployment.env, ...mailEnv(smtp) }));
    silent = await openPlatform(testConfig(deployment.env));
  }, 120_000);
  afterAll(async () => {
    await context?.close();
    await silent?.close();
    await deployment?.stop();
    await smtp?.stop();
  });

  const waiting = () =>
    deployment.sql<{ recipient: string; subject: string; body: string; person: string }>(
      `SELECT recipient, subject, body, person FROM conclave.outbox WHERE key LIKE 'drill:%' ORDER BY id`,
    );

  it('nobody is told while nothing is due', async () => {
    expect(await tellDrills(context)).toBe(0);
    expect(await waiting()).toEqual([]);
  });

  it('a share that failed is told at once, to its custodian alone', async () => {
    const failed = [{ index: 2, why: 'unreadable' as const }];
    await committed(
      service.admins,
      await importedDrill(service.admins, set, { proves: [1], failed }),
    );
    expect(await tellDrills(context)).toBe(1);
    const [mail, ...others] = await waiting();
    expect(others).toEqual([]);
    expect(mail).toMatchObject({
      recipient: 'custodian.2@hospital.example',
      subject: `Not proved in the last drill: share 2 of ${set.manifest.body.label}`,
      person: 'custodian 2 (custodian)',
    });
    expect(mail?.body).toContain('Nobody needs you to send it');
    expect(await tellDrills(context)).toBe(0);
  });

  it('thirty days before it is due each custodian with an address is told, once, by one of two replicas', async () => {
    await service.stop();
    await clockShowed(deployment, '701 days');
    expect(await tellDrills(silent)).toBe(0);
    const both = await Promise.all([tellDrills(context), tellDrills(context)]);
    // Share 1 was proved after the set was made: it is due later, and within thirty days as well.
    expect(both[0] + both[1]).toBe(2);
    const mails = await waiting();
    expect(
      mails
        .slice(1)
        .map(({ recipient }) => recipient)
        .sort(),
    ).toEqual(['custodian.1@hospital.example', 'custodian.3@hospital.example']);
    for (const { subject } of mails.slice(1))
      expect(subject).toMatch(/^To be proved by \d+ \w+ \d{4}: /);
    await clockShowed(deployment, '800 days');
    expect(await tellDrills(context)).toBe(0);
  });
});
