import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Admin, listAdmins } from '../../sync/admins/admins.ts';
import { saveDocument } from '../../sync/database/documents.ts';
import { peopleToTell } from '../../sync/flows/bundles/people.ts';
import { type FlowContext, readSituation } from '../../sync/trust/context.ts';
import { endDue } from '../../sync/flows/endings/due.ts';
import { lookAtObjection, object } from '../../sync/flows/endings/objection.ts';
import { commitBundle } from '../../sync/flows/commit/resume.ts';
import { openPlatform } from '../../sync/platform.ts';
import type { BundleAnswer } from '../../sync/routes/answers.ts';
import type { KvStore } from '../../sync/vault/kv.ts';
import { refuseVault } from '../../sync/vault/refusals.ts';
import { bundleType } from '../../shared/bundle/bundle.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { payloadDigest, signEnvelope } from '../../shared/encoding/dsse.ts';
import { encodeJson } from '../../shared/encoding/json.ts';
import { type Roster, rosterType } from '../../shared/identity/roster.ts';
import { mailEnv, startSmtp, type TestSmtp } from '../servers/smtp.ts';
import { testConfig } from '../support/sync-config.ts';
import { makeManifest, makeShareSet, type TestShareSet } from '../support/share-sets.ts';
import { makeCast, withMail } from '../support/people.ts';
import {
  approvedSetup,
  committed,
  type MadeBundle,
  receiptFor,
  setupBundle,
  shareSetFor,
} from '../support/sync-ceremony.ts';
import { type MailingService, startMailing } from '../support/sync-public.ts';
import { deploy, type Deployment } from '../support/sync-service.ts';

const MAIL = 'custodian.1@hospital.example';
const cast = () =>
  withMail(makeCast('production'), (name) => (name === 'custodian 1' ? MAIL : undefined));

let smtp: TestSmtp;
let deployment: Deployment;
let service: MailingService;
/** A second sync in this process, on the same servers. */
let context: FlowContext & { close(): Promise<void> };
let operator: Admin;
let onStep: (step: string) => Promise<void> | void = () => {};

beforeAll(async () => {
  smtp = await startSmtp();
  // Mails wait: their links are read where they wait.
  smtp.busy = true;
  deployment = await deploy();
  service = await startMailing(deployment, smtp);
  const settings = { ...deployment.env, ...mailEnv(smtp) };
  const platform = await openPlatform(testConfig(settings));
  context = { ...platform, onStep: (step) => onStep(step), close: () => platform.close() };
  const admins = await listAdmins(platform.database);
  operator = admins.find(({ name }) => name === 'operator') as Admin;
}, 120_000);
afterAll(async () => {
  await context?.close();
  await deployment?.stop();
  await smtp?.stop();
});

/** Takes back what a commit wrote, beside sync and against its rules, so that a setup can be tried again. */
async function asIfNothingWasSetUp(): Promise<void> {
  const mount = deployment.env['VAULT_MOUNT'] ?? '';
  for (const path of ['conclave/trust', 'platform/master-key']) {
    await deployment.vault.api('DELETE', `${mount}/metadata/${path}`);
  }
  await deployment.sql('DELETE FROM surveys_platformkeyversion');
  await deployment.sql(`ALTER TABLE conclave.settings DISABLE TRIGGER settings_stay`);
  await deployment.sql('UPDATE conclave.settings SET epoch = 0');
  await deployment.sql(`ALTER TABLE conclave.settings ENABLE TRIGGER settings_stay`);
}

beforeEach(async () => {
  onStep = () => {};
  await asIfNothingWasSetUp();
});

interface Ready {
  readonly set: TestShareSet;
  readonly made: MadeBundle;
  readonly token: string;
}
async function ready(): Promise<Ready> {
  const set = await shareSetFor(service.admins.operator, deployment.mode, { cast: cast() });
  const made = await approvedSetup(service.admins, set);
  const [row] = await deployment.sql<{ body: string }>(
    `SELECT body FROM conclave.outbox
      WHERE bundle_digest = decode($1, 'hex') AND recipient = $2 AND key LIKE '%:delay:%'`,
    [made.digest, MAIL],
  );
  return { set, made, token: /\/object\/(\S+)/.exec(row?.body ?? '')?.[1] ?? '' };
}
const stateOf = async ({ made }: Ready): Promise<string> =>
  (await service.admins.operator.get<BundleAnswer>(`/v1/bundles/${made.digest}`)).state;
async function expectWhole(one: Ready, state: 'committed' | 'objected'): Promise<void> {
  expect(await stateOf(one)).toBe(state);
  const receipt = await receiptFor(service.admins.operator, one.set, one.made.digest);
  expect(receipt.body.outcome).toBe(state);
  const rows = await deployment.sql('SELECT 1 FROM surveys_platformkeyversion');
  const places = [
    rows.length > 0,
    (await deployment.kv('platform/master-key')) !== null,
    (await deployment.kv('conclave/trust')) !== null,
  ];
  expect(places).toEqual(places.map(() => state === 'committed'));
  const open = await deployment.sql(
    `SELECT 1 FROM conclave.intents WHERE bundle_digest = decode($1, 'hex') AND finished_at IS NULL`,
    [one.made.digest],
  );
  expect(open).toEqual([]);
}

describe('an objection at each step of a commit', { retry: 0 }, () => {
  it.each([
    ['intent', 'stopped'],
    ['written', 'too-late'],
    ['trust', 'too-late'],
    ['read-back', 'too-late'],
    ['receipt', 'too-late'],
  ] as const)('after "%s": %s', async (at, standing) => {
    const one = await ready();
    let answer: unknown;
    onStep = async (step) => {
      if (step === at) answer = await object(context, one.token);
    };
    await commitBundle(context, operator, one.made.digest);
    expect(answer).toMatchObject({ state: 'change', standing });
    await expectWhole(one, standing === 'stopped' ? 'objected' : 'committed');
    expect(await object(context, one.token)).toEqual({ state: 'none' });
  });

  it.each([
    ['rows', 'stopped'],
    ['vault', 'too-late'],
  ] as const)('when the commit broke off after "%s": %s', async (at, standing) => {
    const one = await ready();
    onStep = (step) => {
      if (step === at) throw new Error('broke off');
    };
    // Other replicas would carry it on before anybody could object.
    await service.stop();
    try {
      await expect(commitBundle(context, operator, one.made.digest)).rejects.toThrow('broke off');
      onStep = () => {};
      expect(await lookAtObjection(context, one.token)).toMatchObject({ standing: 'open' });
      expect(await object(context, one.token)).toMatchObject({ state: 'change', standing });
      // Going on with it does what was answered.
      await commitBundle(context, operator, one.made.digest).catch(() => {});
    } finally {
      service = await startMailing(deployment, smtp);
    }
    await expectWhole(one, standing === 'stopped' ? 'objected' : 'committed');
  });

  const receiptsOf = ({ made }: Ready) =>
    deployment.sql(`SELECT 1 FROM conclave.receipts WHERE bundle_digest = decode($1, 'hex')`, [
      made.digest,
    ]);

  it('while Vault is sealed it is stopped all the same; its receipt follows, once', async () => {
    const one = await ready();
    await deployment.vault.seal();
    try {
      expect(await object(context, one.token)).toMatchObject({ standing: 'stopped' });
      expect(await stateOf(one)).toBe('objected');
      expect(await receiptsOf(one)).toEqual([]);
    } finally {
      await deployment.vault.unseal();
    }
    await expect(commitBundle(context, operator, one.made.digest)).rejects.toMatchObject({
      code: 'bundle-state',
    });
    await Promise.all([endDue(context), endDue(context)]);
    expect(await receiptsOf(one)).toHaveLength(1);
    await expectWhole(one, 'objected');
  });

  it('an approver refuses it while Vault is sealed, too; whoever asks for the receipt gets it', async () => {
    const one = await ready();
    const path = `/v1/bundles/${one.made.digest}`;
    const { approver1, operator: by } = service.admins;
    await deployment.vault.seal();
    try {
      const refused = await approver1.post<BundleAnswer>(`${path}/refuse`, {
        reason: 'seen wrong',
      });
      expect(refused.state).toBe('refused');
      await expect(by.get(`${path}/receipt`)).rejects.toMatchObject({ code: 'vault-sealed' });
    } finally {
      await deployment.vault.unseal();
    }
    const { body } = await receiptFor(by, one.set, one.made.digest);
    expect(body).toMatchObject({
      outcome: 'refused',
      statement: expect.stringContaining('seen wrong'),
    });
  });

  it('while Vault is away nobody is told that a commit which had begun is stopped', async () => {
    const one = await ready();
    onStep = (step) => {
      if (step === 'intent') throw new Error('broke off');
    };
    await service.stop();
    try {
      await expect(commitBundle(context, operator, one.made.digest)).rejects.toThrow('broke off');
      onStep = () => {};
      const away: KvStore = {
        ...context.kv,
        read: () => Promise.reject(refuseVault('vault-unreachable', 'sealed')),
      };
      await expect(object({ ...context, kv: away }, one.token)).rejects.toMatchObject({
        code: 'commit-unfinished',
      });
      // Its link is as good as before.
      expect(await object(context, one.token)).toMatchObject({ standing: 'stopped' });
    } finally {
      service = await startMailing(deployment, smtp);
    }
    await expectWhole(one, 'objected');
  });

  it('another program’s value in Vault does not make it too late', async () => {
    const one = await ready();
    onStep = (step) => {
      if (step === 'intent') throw new Error('broke off');
    };
    await service.stop();
    try {
      await expect(commitBundle(context, operator, one.made.digest)).rejects.toThrow('broke off');
      onStep = () => {};
      await context.kv.put('platform/master-key', { vault_component: 'ab'.repeat(64) }, { cas: 0 });
      expect(await object(context, one.token)).toMatchObject({ standing: 'stopped' });
    } finally {
      service = await startMailing(deployment, smtp);
    }
    expect(await stateOf(one)).toBe('objected');
  });

  it('of the two at the same moment, in two processes, exactly one wins', async () => {
    const outcomes = { committed: 0, objected: 0 };
    for (let round = 0; round < 30; round += 1) {
      await asIfNothingWasSetUp();
      const one = await ready();
      const objecting = setTimeout(round * 6).then(() => object(context, one.token));
      const [, objected] = await Promise.allSettled([
        committed(service.admins, one.made),
        objecting,
      ]);
      const state = await stateOf(one);
      if (state !== 'committed' && state !== 'objected') throw new Error(state);
      await expectWhole(one, state);
      expect(objected).toMatchObject({
        status: 'fulfilled',
        value: { standing: state === 'committed' ? 'too-late' : 'stopped' },
      });
      outcomes[state] += 1;
    }
    expect(outcomes.committed + outcomes.objected).toBe(30);
    console.log('objection and commit met 30 times:', outcomes);
  }, 600_000);
});

describe('whom a bundle is told', { retry: 0 }, () => {
  const rosterOf = (set: TestShareSet, change: (people: Roster['people']) => Roster['people']) =>
    rosterType.sign(
      { ...set.roster.body, people: change(set.roster.body.people), serial: 1 },
      set.quorum,
    );

  it('is the roster in force and the new one, by address; no address hides that one is missing', async () => {
    const set = await shareSetFor(service.admins.operator, deployment.mode, {
      cast: withMail(makeCast('production'), (name) =>
        name === 'operator'
          ? 'never@told.example'
          : `new.${name.replace(' ', '.')}@hospital.example`,
      ),
    });
    const bundle = bundleType.parse(
      (await setupBundle(service.admins.operator, set)).bytes,
      'production',
    );
    const inForce = await rosterOf(set, (people) =>
      people.flatMap((person) => {
        const { mail: _, ...bare } = person;
        switch (person.name) {
          case 'custodian 1':
            return [{ ...bare, mail: 'NEW.custodian.1@hospital.example' }];
          case 'custodian 2':
            return [{ ...bare, mail: 'old.custodian.2@hospital.example' }];
          case 'custodian 3':
            return [bare];
          case 'custodian 4':
            return [];
          default:
            return [person];
        }
      }),
    );
    const content = rosterType.toBytes(inForce);
    const digest = hexToBytes(inForce.digest);
    const situation = await readSituation(context);
    const trusting = (roster: string) => ({
      ...situation,
      trust: { epoch: 1, roster, versions: {} },
    });
    // Named by Vault, and not there: refused, not silently left out.
    await expect(peopleToTell(context.database, bundle, trusting(inForce.digest))).rejects.toThrow(
      expect.objectContaining({ code: 'no-trust' }) as Error,
    );
    await saveDocument(context.database, { type: 'roster', digest, content });
    const people = await peopleToTell(context.database, bundle, trusting(inForce.digest));
    const told = people.map(({ name, role, address }) => `${name} ${role} ${address}`);
    expect(told.sort((one, next) => (one < next ? -1 : 1))).toEqual([
      'custodian 1 custodian NEW.custodian.1@hospital.example',
      'custodian 2 custodian new.custodian.2@hospital.example',
      'custodian 2 custodian old.custodian.2@hospital.example',
      'custodian 3 custodian ',
      'custodian 3 custodian new.custodian.3@hospital.example',
      'custodian 4 custodian new.custodian.4@hospital.example',
      'witness witness new.witness@hospital.example',
    ]);
    expect(await peopleToTell(context.database, bundle, situation)).toHaveLength(5);
    // Other bytes under the digest that Vault names: whoever writes to the database chose them.
    const other = 'ee'.repeat(32);
    await saveDocument(context.database, { type: 'roster', digest: hexToBytes(other), content });
    await expect(peopleToTell(context.database, bundle, trusting(other))).rejects.toThrow(
      expect.objectContaining({ code: 'no-trust' }) as Error,
    );
  });

  it.each([
    ['a line break', 'a@hospital.example\r\nBcc: thief@evil.example'],
    ['two addresses', 'a@hospital.example,thief@evil.example'],
    ['no text', 7],
  ])('a signed roster with %s for an address is refused, and nobody is told', async (_, mail) => {
    const { operator: caller } = service.admins;
    const set = await shareSetFor(caller, deployment.mode, { cast: cast() });
    const people = set.roster.body.people.map((person) => ({ ...person, mail }));
    const payload = encodeJson({ ...set.roster.body, people });
    const envelope = await signEnvelope(rosterType.payloadType('production'), payload, set.quorum);
    const roster = { ...set.roster, envelope, digest: payloadDigest(payload) };
    const manifest = await makeManifest({ ...set, roster });
    const made = await setupBundle(caller, { ...set, roster, manifest });
    const [before] = await deployment.sql('SELECT count(*) FROM conclave.outbox');
    await expect(caller.post('/v1/bundles', made.bytes)).rejects.toThrow('document-damaged');
    expect(await deployment.sql('SELECT count(*) FROM conclave.outbox')).toEqual([before]);
    // It burnt nothing: the right one is taken on the same package.
    const right = await setupBundle(caller, set, { nonce: made.nonce });
    const taken = await caller.post<BundleAnswer>('/v1/bundles', right.bytes);
    expect(taken.state).toBe('verified');
  });

  it('the same file taken in by ten at once is told once', async () => {
    const { operator: caller } = service.admins;
    const set = await shareSetFor(caller, deployment.mode, { cast: cast() });
    const made = await setupBundle(caller, set);
    await Promise.all(Array.from({ length: 10 }, () => caller.post('/v1/bundles', made.bytes)));
    const mails = await deployment.sql<{ recipient: string }>(
      `SELECT recipient FROM conclave.outbox WHERE bundle_digest = decode($1, 'hex') ORDER BY 1`,
      [made.digest],
    );
    expect(mails.map(({ recipient }) => recipient)).toEqual([MAIL, 'operator@example.org']);
  });

  it('a share set without addresses is as ever', async () => {
    const plain = await makeShareSet();
    expect(plain.roster.body.people.every((person) => !('mail' in person))).toBe(true);
  });
});
