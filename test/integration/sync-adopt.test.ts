/** A CheckTick that runs already is adopted: each vintage, and what is refused. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Adoption, FoundVersion } from '../../shared/bundle/adopt.ts';
import {
  openKekBlob,
  userRecoveryKey,
  vaultPaths,
  xorComponents,
} from '../../shared/checktick/index.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import type { BundleAnswer, PackageAnswer } from '../../sync/routes/answers.ts';
import type { QueueAnswer } from '../../sync/routes/page-answers.ts';
import type { VersionsAnswer } from '../../sync/routes/version-answers.ts';
import { makeTicket } from '../support/documents.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import {
  adoptionBundle,
  adoptionPackage,
  approvedAdoption,
  askedAdoption,
  asking,
  entryOf,
  MASTER_KEY,
  type OpenedAdoption,
  openedAdoption,
  putRow,
  releasedAdoption,
  twoOf,
  wordsOfTicket,
} from '../support/sync-adopt.ts';
import {
  committed,
  importedRecovery,
  type MadeBundle,
  receiptFor,
  seededSurvey,
  shareSetFor,
} from '../support/sync-ceremony.ts';
import {
  deploy,
  type Deployment,
  type Servers,
  type Service,
  startServers,
  stopServers,
} from '../support/sync-service.ts';

const other = (bytes: Uint8Array): Uint8Array => bytes.map((byte) => byte ^ 0xff);
const upper = (component: Uint8Array): string => bytesToHex(component).toUpperCase();

interface World {
  readonly deployment: Deployment;
  readonly service: Service;
  /** Of the key that is there: its vault component lies where `lay` put it. */
  readonly set: TestShareSet;
}

interface Vintage {
  readonly componentBytes?: number;
  readonly keyVersion?: string;
  readonly lay: (world: World) => Promise<unknown>;
  readonly found: Pick<FoundVersion, 'compared' | 'state'> & { readonly forms?: string[] };
  readonly said: Partial<Adoption> & Pick<Adoption, 'compared' | 'component' | 'proof'>;
  readonly readBack: readonly string[];
}

const VAULT = `Vault ${MASTER_KEY}`;
const TRUST = 'Vault conclave/trust';
const row = (version: string) => `database row of key version ${version}`;

const VINTAGES: Readonly<Record<string, Vintage>> = {
  'v1, 64 bytes, upper case and nothing else in the entry, one stored survey key': {
    async lay({ deployment, set }) {
      await deployment.writeKv(MASTER_KEY, { vault_component: upper(set.vaultComponent) });
      await putRow(deployment, 'v1', set.vaultComponent);
      await deployment.escrow(set.platformKey);
    },
    found: { compared: 'same', state: 'active', forms: ['upper-case', 'fields-missing'] },
    said: { compared: 'same', component: 'both', proof: 'escrow' },
    readBack: [VAULT, row('v1'), TRUST],
  },
  'no row, spaces inside, nothing that proves it': {
    async lay({ deployment, set }) {
      const text = bytesToHex(set.vaultComponent)
        .replaceAll(/(.{32})/g, '$1 ')
        .trim();
      await deployment.writeKv(MASTER_KEY, {
        ...entryOf(set.vaultComponent),
        vault_component: text,
      });
    },
    found: { compared: 'vault-only', state: 'missing', forms: ['spaces'] },
    said: { compared: 'vault-only', component: 'vault', proof: 'none' },
    readBack: [VAULT, row('v1'), TRUST],
  },
  'Vault and the row differ, and the row is right': {
    async lay({ deployment, set }) {
      await deployment.writeKv(MASTER_KEY, entryOf(other(set.vaultComponent)));
      await putRow(deployment, 'v1', set.vaultComponent);
      await deployment.escrow(set.platformKey);
    },
    found: { compared: 'differs', state: 'active' },
    said: { compared: 'differs', component: 'row', proof: 'escrow' },
    readBack: [row('v1'), TRUST],
  },
  'Vault and the row differ, and Vault is right': {
    async lay({ deployment, set }) {
      await deployment.writeKv(MASTER_KEY, entryOf(set.vaultComponent));
      await putRow(deployment, 'v1', other(set.vaultComponent));
      await deployment.escrow(set.platformKey);
    },
    found: { compared: 'differs', state: 'active' },
    said: { compared: 'differs', component: 'vault', proof: 'escrow' },
    readBack: [VAULT, TRUST],
  },
  'v2, 32 bytes, while Vault holds the component of v1': {
    componentBytes: 32,
    keyVersion: 'v2',
    async lay({ deployment, set }) {
      const first = new Uint8Array(64).fill(7);
      await deployment.writeKv(MASTER_KEY, entryOf(first));
      await putRow(deployment, 'v1', first);
      await putRow(deployment, 'v2', set.vaultComponent, 'waiting');
    },
    found: { compared: 'other-version', state: 'waiting' },
    said: { compared: 'other-version', component: 'row', proof: 'none' },
    readBack: [row('v2'), TRUST],
  },
  'an entry in Vault that begins with 0x': {
    async lay({ deployment, set }) {
      const text = `0x${bytesToHex(set.vaultComponent)}`;
      await deployment.writeKv(MASTER_KEY, { vault_component: text });
      await putRow(deployment, 'v1', set.vaultComponent);
    },
    found: { compared: 'row-only', state: 'active' },
    said: { compared: 'row-only', component: 'row', proof: 'none' },
    readBack: [row('v1'), TRUST],
  },
};

const [standard] = Object.values(VINTAGES) as [Vintage];

describe('adopting what is there', { retry: 0 }, () => {
  let servers: Servers;
  const worlds: World[] = [];
  beforeAll(async () => {
    servers = await startServers();
  });
  afterAll(async () => {
    for (const { deployment } of worlds) await deployment.stop();
    await stopServers(servers);
  });

  async function worldOf({
    lay,
    keyVersion = 'v1',
    componentBytes = 64,
  }: Pick<Vintage, 'lay' | 'keyVersion' | 'componentBytes'>): Promise<World> {
    const deployment = await deploy({ servers });
    const service = await deployment.start();
    const options = { keyVersion, componentBytes };
    const set = await shareSetFor(service.admins.operator, deployment.mode, options);
    const world = { deployment, service, set };
    worlds.push(world);
    await lay(world);
    return world;
  }
  const rowsOf = ({ deployment }: World) =>
    deployment.sql('SELECT * FROM surveys_platformkeyversion ORDER BY version');
  const decidedBy = ({ set }: World, { said }: Vintage) =>
    said.proof === 'none' || said.compared === 'differs' ? twoOf(set) : null;
  const bundleOf = (world: World, vintage: Vintage, opened: OpenedAdoption, more = {}) =>
    adoptionBundle(world.set, opened, {
      ...vintage.said,
      decided: decidedBy(world, vintage),
      ...more,
    });

  describe.each(Object.entries(VINTAGES))('%s', (_, vintage) => {
    let world: World;
    let opened: OpenedAdoption;
    let made: MadeBundle;
    let before: { readonly entry: unknown; readonly rows: unknown[] };
    beforeAll(async () => {
      world = await worldOf(vintage);
      const entry = await world.deployment.kv(MASTER_KEY);
      before = { entry, rows: await rowsOf(world) };
    });

    it('goes to the laptop place by place, and the package says openly how it is', async () => {
      const { service, set } = world;
      opened = await adoptionPackage(service.admins, set);
      const { keyVersion, found } = opened.document.body;
      const at = found.versions.findIndex(({ version }) => version === keyVersion);
      const { forms = [], ...wanted } = vintage.found;
      expect(found.versions[at]).toMatchObject(wanted);
      expect(found.forms).toEqual(forms);
      const { components, encryptedKek } = opened.secrets[at] ?? {};
      const right = components?.find(({ place }) => place === vintage.said.component);
      expect(right?.bytes).toEqual(set.vaultComponent);
      expect(encryptedKek === null).toBe(vintage.said.proof === 'none');
    });

    it('the stored survey key opens with the right place only', async () => {
      const one = opened.secrets.find(({ encryptedKek }) => encryptedKek !== null);
      if (one?.encryptedKek == null) {
        expect(vintage.said.proof).toBe('none');
        return;
      }
      const { userId, surveyId } = seededSurvey(world.deployment);
      expect(opened.document.body.found.versions[0]?.proof).toEqual({ userId, surveyId });
      const path = vaultPaths.userSurveyRecoveryKek(userId, surveyId);
      for (const { place, bytes } of one.components) {
        const key = await userRecoveryKey(xorComponents(bytes, world.set.component), userId);
        const kek = openKekBlob(key, path, one.encryptedKek);
        if (place === vintage.said.component) {
          expect(await kek).toEqual(world.deployment.checktick.kek);
        } else await expect(kek).rejects.toThrow();
      }
    });

    it('is committed: trust is written, no component is changed, the receipt says what stays', async () => {
      const { service, set, deployment } = world;
      const { keyVersion } = set.manifest.body;
      if (decidedBy(world, vintage) !== null) {
        const strangers = { decided: ['ab'.repeat(32), 'cd'.repeat(32)] as [string, string] };
        const wrong = await bundleOf(world, vintage, opened, strangers);
        await expect(
          service.admins.operator.post('/v1/bundles', wrong.bytes),
        ).rejects.toMatchObject({ code: 'adopt-not-answered' });
      }
      made = await bundleOf(world, vintage, opened);
      await approvedAdoption(service.admins, set, made);
      expect((await committed(service.admins, made)).state).toBe('committed');
      const { body } = await receiptFor(service.admins.operator, set, made.digest);
      expect(body).toMatchObject({
        kind: 'adopt',
        outcome: 'committed',
        epoch: 1,
        keyVersion,
        readBack: vintage.readBack,
      });
      expect(body.statement).toContain('no component was changed');
      expect(body.statement).toContain('3 of 4, stay valid until they are destroyed.');
      expect(await deployment.kv(MASTER_KEY)).toEqual(before.entry);
      const rows = await rowsOf(world);
      if (vintage.said.compared === 'vault-only') {
        expect(rows).toHaveLength(before.rows.length + 1);
        const [key] = await deployment.sql<{ component: Buffer; active: boolean }>(
          `SELECT vault_component AS component, activated_at IS NOT NULL AND retired_at IS NULL AS active
             FROM surveys_platformkeyversion WHERE version = $1`,
          [keyVersion],
        );
        expect(new Uint8Array(key?.component ?? [])).toEqual(set.vaultComponent);
        expect(key?.active).toBe(true);
      } else expect(rows).toEqual(before.rows);
      expect(await deployment.kv('conclave/trust')).toEqual({
        epoch: 1,
        roster: set.roster.digest,
        versions: { [keyVersion]: [set.manifest.digest] },
      });
      const [audit] = await deployment.sql<{ lines: number }>(
        `SELECT count(*)::int AS lines FROM surveys_auditlog WHERE message LIKE '%adopted%'`,
      );
      expect(audit?.lines).toBe(1);
    });

    it('is asked for again and changes nothing; the versions show what is left to do', async () => {
      const { service } = world;
      await committed(service.admins, made);
      const [counts] = await world.deployment.sql<{ receipts: number }>(
        'SELECT count(*)::int AS receipts FROM conclave.receipts',
      );
      expect(counts?.receipts).toBe(1);
      const { versions } = await service.admins.operator.get<VersionsAnswer>('/v1/versions');
      const version = world.set.manifest.body.keyVersion;
      const found = versions.find((one) => one.version === version)?.findings ?? [];
      const codes = found.map(({ code }) => code);
      const agrees = ['same', 'vault-only'].includes(vintage.said.compared);
      const apart = ['kv-row-differ', 'kv-other-version', 'kv-unreadable'];
      expect(codes.some((code) => apart.includes(code))).toBe(!agrees);
      await expect(
        askedAdoption(service.admins.operator, world.set, version),
      ).rejects.toMatchObject({ code: 'trust-exists' });
    });
  });

  it('every stored survey key that opened before opens afterwards, through Conclave', async () => {
    const world = worlds[0];
    if (world === undefined) throw new Error('the first vintage was adopted');
    const { admins } = world.service;
    const recovery = await importedRecovery(admins, world.set, seededSurvey(world.deployment));
    expect(recovery.kek).toEqual(world.deployment.checktick.kek);
    expect((await committed(admins, recovery)).state).toBe('committed');
  });

  describe('is refused', () => {
    let world: World;
    beforeAll(async () => {
      world = await worldOf(standard);
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

    it('to an approver who did not hear the words, or who asked for it', async () => {
      const { approver1, operator } = world.service.admins;
      const both = world.service.as('both');
      const asked = await askedAdoption(both, world.set);
      const reason = 'as agreed';
      const words = wordsOfTicket(asked.ticket);
      await expect(
        approver1.show('package-release', asked.nonce, { reason }),
      ).rejects.toMatchObject({ code: 'words-differ' });
      await expect(
        both.show('package-release', asked.nonce, { reason, words }),
      ).rejects.toMatchObject({ code: 'own-approval' });
      const { items } = await approver1.get<QueueAnswer>('/v1/queue');
      const item = items.find(({ subject }) => subject === asked.nonce);
      expect(item?.approve).toMatchObject({ action: 'package-release', words: true });
      const { statement } = await approver1.show('package-release', asked.nonce, { reason, words });
      const facts = statement.facts.map(([label, value]) => `${label}: ${value}`).join('\n');
      expect(facts).toContain('Vault’s entry: there, with upper-case digits, fields missing');
      expect(facts).toContain('v1 (active): Vault and the row hold the same component');
      expect(facts).toMatch(/that of survey \d+, user \d+, goes out as proof/);
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
      expect((await operator.post<BundleAnswer>('/v1/bundles', right.bytes)).state).toBe(
        'verified',
      );
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
    });
  });

  it('a package that nobody released in time ends without a receipt, and its ticket with it', async () => {
    const world = await worldOf(standard);
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
});
