/** What is refused of an adoption, and that it burns nothing. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BundleAnswer, PackageAnswer } from '../../sync/routes/answers.ts';
import type { QueueAnswer } from '../../sync/routes/page-answers.ts';
import { ADOPT_VERSIONS } from '../../shared/bundle/adopt.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { makeTicket } from '../support/documents.ts';
import {
  adoptionPackage,
  approvedAdoption,
  askedAdoption,
  asking,
  entryOf,
  MASTER_KEY,
  openedAdoption,
  putRow,
  releasedAdoption,
  twoOf,
  wordsOfTicket,
} from '../support/sync-adopt.ts';
import { committed, type MadeBundle, receiptFor, shareSetFor } from '../support/sync-ceremony.ts';
import { type Servers, startServers, stopServers } from '../support/sync-service.ts';
import { bundleOf, other, standard, type World, worldOf } from '../support/sync-vintages.ts';

describe('an adoption is refused', { retry: 0 }, () => {
  let servers: Servers;
  let world: World;
  beforeAll(async () => {
    servers = await startServers();
    world = await worldOf(servers, standard);
  });
  afterAll(async () => {
    await world?.deployment.stop();
    await stopServers(servers);
  });

  it('a package that nobody released in time ends without a receipt, and its ticket with it', async () => {
    const { operator } = world.service.admins;
    const asked = await askedAdoption(operator, world.set);
    await world.deployment.sql(
      `UPDATE conclave.packages SET expires_at = created_at WHERE nonce = decode($1, 'hex')`,
      [asked.nonce],
    );
    const entry = { reason: 'as agreed', words: wordsOfTicket(asked.ticket) };
    const { approver1 } = world.service.admins;
    // Whoever comes first: this look, or sync's own for what is due.
    await expect(approver1.show('package-release', asked.nonce, entry)).rejects.toMatchObject({
      code: expect.stringMatching(/^(release-expired|package-state)$/) as string,
    });
    const again = await askedAdoption(operator, world.set);
    await releasedAdoption(world.service.admins, again);
    expect((await openedAdoption(operator, world.set, again)).document.body.nonce).toBe(
      again.nonce,
    );
  });

  it('with a ticket of the other kind, other words, or where nothing is', async () => {
    const { operator, approver1 } = world.service.admins;
    const wrong = await makeTicket(world.set);
    const ask = (body: object, who = operator) => who.post('/v1/packages/adopt', body);
    await expect(ask(asking(wrong))).rejects.toMatchObject({ code: 'ticket-other-kind' });
    const ticket = await makeTicket(world.set, undefined, 'adopt');
    await expect(ask({ ...asking(ticket), words: wordsOfTicket(wrong) })).rejects.toMatchObject({
      code: 'words-differ',
    });
    await expect(ask(asking(ticket, 'v9'))).rejects.toMatchObject({ code: 'adopt-nothing' });
    await expect(ask(asking(ticket), approver1)).rejects.toMatchObject({ code: 'wrong-role' });
    // None of that used the ticket up.
    await ask(asking(ticket));
    await expect(ask(asking(ticket))).rejects.toMatchObject({ code: 'ticket-used' });
    const recovery = { ...asking(ticket), requestCode: 'ABC-123-XYZ', keyVersion: undefined };
    await expect(operator.post('/v1/packages/recover', recovery)).rejects.toMatchObject({
      code: 'ticket-other-kind',
    });
  });

  it.each<[string, string, [name: string, bytes: number][]]>([
    ['with a name that no document can have', 'adopt-name', [['v 2', 32]]],
    ['whose component was cut', 'adopt-length', [['v2', 15]]],
    ['whose component is too long', 'adopt-length', [['v2', 65]]],
    [
      'of more versions than a package carries',
      'adopt-many',
      Array.from({ length: ADOPT_VERSIONS }, (_, at) => [`v${at + 2}`, 32]),
    ],
  ])('where a row is there %s; nothing is left out', async (_, code, rows) => {
    const { deployment, service } = world;
    for (const [name, bytes] of rows) {
      await putRow(deployment, name, randomBytes(bytes), 'waiting');
    }
    try {
      const asked = askedAdoption(service.admins.operator, world.set);
      await expect(asked).rejects.toMatchObject({ code, problem: { status: 409 } });
    } finally {
      await deployment.sql(`DELETE FROM surveys_platformkeyversion WHERE version <> 'v1'`);
    }
  });

  it('to an approver who did not hear the words, or who asked for it', async () => {
    const { approver1, operator } = world.service.admins;
    const both = world.service.as('both');
    const asked = await askedAdoption(both, world.set);
    const reason = 'as agreed';
    const words = wordsOfTicket(asked.ticket);
    await expect(approver1.show('package-release', asked.nonce, { reason })).rejects.toMatchObject({
      code: 'words-differ',
    });
    await expect(
      both.show('package-release', asked.nonce, { reason, words }),
    ).rejects.toMatchObject({ code: 'own-approval' });
    const { items } = await approver1.get<QueueAnswer>('/v1/queue');
    const item = items.find(({ subject }) => subject === asked.nonce);
    expect(item?.approve).toMatchObject({ action: 'package-release', words: true });
    const { statement } = await approver1.show('package-release', asked.nonce, { reason, words });
    const facts = statement.facts.map(([label, value]) => `${label}: ${value}`).join('\n');
    expect(facts).toContain('Vault’s entry: there, with upper-case digits, fields missing');
    expect(facts).toContain(
      'CheckTick’s sample at organizations/1/master-key: there; it is no key',
    );
    expect(facts).toContain('v1 (active): Vault and the row hold the same component');
    expect(facts).toMatch(/as proof goes out that of survey \d+ \(user \d+\)/);
    expect(facts).toContain('no roster vouches yet');
    await expect(operator.get(`/v1/packages/${asked.nonce}/file`)).rejects.toMatchObject({
      code: 'package-state',
    });
  });

  it('when what is there has changed since the approvers were shown it', async () => {
    const { operator, approver1, approver2 } = world.service.admins;
    const asked = await askedAdoption(operator, world.set);
    const entry = { reason: 'as agreed', words: wordsOfTicket(asked.ticket) };
    await approver1.approve('package-release', asked.nonce, entry);
    const kept = await world.deployment.kv(MASTER_KEY);
    await world.deployment.writeKv(MASTER_KEY, entryOf(other(world.set.vaultComponent)));
    await expect(approver2.approve('package-release', asked.nonce, entry)).rejects.toMatchObject({
      code: 'release-unfinished',
    });
    await expect(operator.get(`/v1/packages/${asked.nonce}/file`)).rejects.toThrow();
    await world.deployment.writeKv(MASTER_KEY, kept ?? {});
    await approver2.approve('package-release', asked.nonce, entry);
    const shown = await operator.get<PackageAnswer>(`/v1/packages/${asked.nonce}`);
    expect(shown).toMatchObject({ kind: 'adopt', state: 'released', requestCode: null });
  });

  it('when facts of the waiting package are changed in the database', async () => {
    const { operator, approver1, approver2 } = world.service.admins;
    const asked = await askedAdoption(operator, world.set);
    const entry = { reason: 'as agreed', words: wordsOfTicket(asked.ticket) };
    await approver1.approve('package-release', asked.nonce, entry);
    await world.deployment.sql(
      `UPDATE conclave.packages SET facts = jsonb_set(facts, '{found,versions,0,proof}', 'null')
        WHERE nonce = decode($1, 'hex')`,
      [asked.nonce],
    );
    // Another thing to approve: the first approval is not of it.
    await approver2.approve('package-release', asked.nonce, entry);
    const shown = await operator.get<PackageAnswer>(`/v1/packages/${asked.nonce}`);
    expect(shown.state).toBe('requested');
  });

  it('a bundle that does not answer what was found, or names people who take no part', async () => {
    const { operator } = world.service.admins;
    const opened = await adoptionPackage(world.service.admins, world.set);
    const stranger: [string, string] = ['ab'.repeat(32), 'cd'.repeat(32)];
    for (const more of [
      { proof: 'none' as const, decided: twoOf(world.set) },
      { proof: 'none' as const },
      { decided: twoOf(world.set) },
      { component: 'row' as const },
      { compared: 'differs' as const, component: 'row' as const, decided: twoOf(world.set) },
      { decided: stranger },
    ]) {
      const wrong = await bundleOf(world, standard, opened, more);
      await expect(operator.post('/v1/bundles', wrong.bytes)).rejects.toMatchObject({
        code: 'adopt-not-answered',
      });
    }
    // Nothing was burnt.
    const right = await bundleOf(world, standard, opened);
    expect((await operator.post<BundleAnswer>('/v1/bundles', right.bytes)).state).toBe('verified');
  });

  it('a set whose check value does not fit what is there', async () => {
    const { operator } = world.service.admins;
    const strangers = await shareSetFor(operator, world.deployment.mode);
    const opened = await adoptionPackage(world.service.admins, world.set);
    const wrong = await bundleOf({ ...world, set: strangers }, standard, opened);
    await expect(operator.post('/v1/bundles', wrong.bytes)).rejects.toMatchObject({
      code: 'adopt-component',
      problem: { status: 409 },
    });
  });

  it('when one of the two who released its package is disabled before the commit', async () => {
    const { admins } = world.service;
    const asked = await askedAdoption(admins.operator, world.set);
    await releasedAdoption({ ...admins, approver2: world.service.as('both') }, asked);
    const opened = await openedAdoption(admins.operator, world.set, asked);
    const made = await bundleOf(world, standard, opened);
    await approvedAdoption(admins, world.set, made);
    const be = (state: string, at: string) =>
      world.deployment.sql(
        `UPDATE conclave.admins SET state = '${state}', disabled_at = ${at} WHERE name = 'both'`,
      );
    await be('disabled', 'now()');
    await expect(committed(admins, made)).rejects.toMatchObject({ code: 'approvals-missing' });
    expect(await world.deployment.kv('conclave/trust')).toBeNull();
    await be('active', 'NULL');
    const path = `/v1/bundles/${made.digest}`;
    expect((await admins.operator.get<BundleAnswer>(path)).state).toBe('waiting');
  });

  it('for the time being, when a place changes before the commit; and the second of two', async () => {
    const { admins } = world.service;
    await putRow(world.deployment, 'v2', randomBytes(32), 'waiting');
    const packages = [
      await adoptionPackage(admins, world.set),
      await adoptionPackage(admins, world.set),
    ];
    const bundles: MadeBundle[] = [];
    for (const opened of packages) {
      const made = await bundleOf(world, standard, opened);
      await approvedAdoption(admins, world.set, made);
      bundles.push(made);
    }
    // Another version of the same deployment, on the same day.
    const another = await askedAdoption(admins.operator, world.set, 'v2');
    const [first, second] = bundles;
    if (first === undefined || second === undefined) throw new Error('there are two');
    const kept = await world.deployment.kv(MASTER_KEY);
    await world.deployment.writeKv(MASTER_KEY, entryOf(other(world.set.vaultComponent)));
    await expect(committed(admins, first)).rejects.toMatchObject({ code: 'adopt-component' });
    const path = `/v1/bundles/${first.digest}`;
    expect((await admins.operator.get<BundleAnswer>(path)).state).toBe('waiting');
    await world.deployment.writeKv(MASTER_KEY, kept ?? {});
    expect((await committed(admins, first)).state).toBe('committed');
    await expect(committed(admins, second)).rejects.toMatchObject({ code: 'trust-moved' });
    const { body } = await receiptFor(admins.operator, world.set, second.digest);
    expect(body.outcome).toBe('refused');

    const before = await world.deployment.kv('conclave/trust');
    await expect(askedAdoption(admins.operator, world.set, 'v2')).rejects.toMatchObject({
      code: 'adopt-second',
      problem: { status: 409, culprit: 'v2' },
      message: expect.stringContaining('key version v1 already') as string,
    });
    // Two approve what was asked for before; its secrets do not leave.
    await expect(releasedAdoption(admins, another)).rejects.toMatchObject({
      code: 'release-unfinished',
    });
    await expect(openedAdoption(admins.operator, world.set, another)).rejects.toMatchObject({
      code: 'package-state',
    });
    expect(await world.deployment.kv('conclave/trust')).toEqual(before);
  });
});
