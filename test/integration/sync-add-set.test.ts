/** A further set of a key version, the whole way with a real Vault and PostgreSQL. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseChain } from '../../shared/transcript/chain.ts';
import { parsePackage } from '../../shared/bundle/package.ts';
import { setBytes, verifyPackagedSet } from '../../shared/bundle/packaged-set.ts';
import type { BundleAnswer, FileAnswer } from '../../sync/routes/answers.ts';
import type { DrillsAnswer } from '../../sync/routes/drill-answers.ts';
import type { VersionsAnswer } from '../../sync/routes/version-answers.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import { addSetPackage, approvedFurtherSet, heldWith } from '../support/sync-add-set.ts';
import { MASTER_KEY } from '../support/sync-adopt.ts';
import {
  approvedSetup,
  committed,
  importedRecovery,
  type MadeBundle,
  receiptFor,
  seededSurvey,
  shareSetFor,
} from '../support/sync-ceremony.ts';
import { runSync } from '../support/sync-cli.ts';
import { bytesOf } from '../support/sync-client.ts';
import { drillPackage, importedDrill } from '../support/sync-drill.ts';
import { approvedRefresh, refreshPackage } from '../support/sync-refresh.ts';
import { approvedRoster } from '../support/sync-roster.ts';
import { approvedRotation } from '../support/sync-rotate.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';
import { approvedChange, approvedVersion } from '../support/sync-version.ts';

const TRUST = 'conclave/trust';

describe('a further share set', { retry: 0 }, () => {
  let deployment: Deployment;
  let service: Service;
  /** Of the board, with the newest roster. */
  let set: TestShareSet;
  let further: TestShareSet;
  let beside: MadeBundle;
  let late: MadeBundle;

  beforeAll(async () => {
    deployment = await deploy();
    service = await deployment.start();
    const { operator } = service.admins;
    set = await shareSetFor(operator, deployment.mode, { threshold: 2, count: 4 });
    await committed(service.admins, await approvedSetup(service.admins, set));
    await deployment.escrow(set.platformKey);
  });
  afterAll(() => deployment?.stop());

  const importOf = ({ bytes }: { readonly bytes: Uint8Array }) =>
    service.admins.operator.post<BundleAnswer>('/v1/bundles', bytes);
  const trust = () => deployment.kv(TRUST);
  /** Everything of CheckTick’s that a change of shares could touch. */
  const untouched = async () => ({
    entry: await deployment.kv(MASTER_KEY),
    rows: await deployment.sql('SELECT to_jsonb(v) AS row FROM surveys_platformkeyversion v'),
  });
  /** The set with the roster that is in force, whoever signed it. */
  const today = (one: TestShareSet, { roster, cast }: TestShareSet): TestShareSet => ({
    ...one,
    roster,
    cast: { ...one.cast, all: cast.all },
  });

  it('is committed: trust names it after the set in force, and nothing of CheckTick’s changes', async () => {
    const { admins } = service;
    late = await importedRecovery(admins, set, seededSurvey(deployment));
    beside = (await approvedFurtherSet(admins, set, { label: 'Abroad' })).made;
    const before = await untouched();
    const one = await approvedFurtherSet(admins, set);
    further = one.next;
    expect((await committed(admins, one.made)).state).toBe('committed');
    expect(await untouched()).toEqual(before);
    expect(await trust()).toEqual({
      epoch: 2,
      roster: further.roster.digest,
      versions: { v1: [set.manifest.digest, further.manifest.digest] },
      escrowKeys: { v1: set.manifest.body.escrowKey },
    });
    const { body } = await receiptFor(admins.operator, further, one.made.digest);
    expect(body).toMatchObject({ kind: 'add-set', outcome: 'committed', epoch: 2 });
    expect(body.readBack).toEqual(['Vault conclave/trust']);
    expect(body.statement).toContain('trusted beside those before, which all stay');
    const [audit] = await deployment.sql(
      `SELECT count(*)::int AS lines FROM surveys_auditlog WHERE message LIKE 'A further share set%'`,
    );
    expect(audit).toEqual({ lines: 1 });
    // Asked for again it changes nothing.
    await committed(admins, one.made);
    expect(await importOf(one.made)).toMatchObject({ state: 'committed' });
    expect(await trust()).toMatchObject({ epoch: 2 });
    set = today(set, further);
  });

  it('what was made before it ends with a receipt: trust has moved', async () => {
    const { admins } = service;
    for (const one of [beside, late]) {
      await expect(committed(admins, one)).rejects.toMatchObject({ code: 'trust-moved' });
    }
    const { body } = await receiptFor(admins.operator, set, beside.digest);
    expect(body).toMatchObject({ kind: 'add-set', outcome: 'refused' });
  });

  it('who asks for a package from now on names the set, and is told which there are', async () => {
    const { operator } = service.admins;
    for (const kind of ['drill', 'roster', 'refresh', 'add-set']) {
      const asked = operator.post(`/v1/packages/${kind}`, { keyVersion: 'v1' });
      await expect(asked, kind).rejects.toMatchObject({
        code: 'set-not-named',
        problem: {
          detail: expect.stringContaining(`On-call (${further.manifest.body.setId})`) as string,
        },
      });
    }
    const { body } = await drillPackage(heldWith(service.admins, further).operator, further);
    expect(body.others).toHaveLength(1);
  });

  it('on the command line as well, which lists both', async () => {
    const env = {
      CONCLAVE_URL: service.address,
      CONCLAVE_TOKEN_FILE: `${deployment.folder}/operator`,
    };
    const out = `${deployment.folder}/further.json`;
    const ask = ['package', 'add-set', '--key-version', 'v1', '--out', out];
    const unnamed = await runSync(ask, env);
    expect(unnamed.code).not.toBe(0);
    expect(unnamed.err).toContain('Key version v1 has 2 share sets, and none was named.');
    const named = await runSync([...ask, '--set', further.manifest.body.setId], env);
    expect([named.code, named.err]).toEqual([0, '']);
    const bytes = new Uint8Array(await readFile(out));
    const { body } = parsePackage(bytes, set.mode, set.sync);
    if (body.kind !== 'add-set') throw new Error('it is for a further set');
    const { manifest } = verifyPackagedSet(setBytes(body), set.mode);
    expect(manifest.digest).toBe(further.manifest.digest);
    const shown = await runSync(['version', 'show', 'v1'], env);
    expect(shown.out).toContain('each of these 2 sets alone opens the key');
    for (const { body: one } of [set.manifest, further.manifest]) {
      expect(shown.out).toContain(`set ${one.label}: ${one.setId}, generation 1`);
    }
  });

  it('either set recovers; its approvers read which', async () => {
    const { admins } = service;
    for (const one of [further, set]) {
      const recovery = await importedRecovery(heldWith(admins, one), one, seededSurvey(deployment));
      expect((await committed(admins, recovery)).state).toBe('committed');
      expect(recovery.kek).toEqual(deployment.checktick.kek);
      const [signed] = await deployment.sql<{ facts: string }>(
        `SELECT convert_from(statement, 'UTF8') AS facts FROM conclave.approvals
          WHERE convert_from(statement, 'UTF8') LIKE '%package-release%' ORDER BY at DESC LIMIT 1`,
      );
      expect(signed?.facts).toContain(
        `["share set that opens it","share set ${one.manifest.body.label}, 2 of 4"]`,
      );
    }
    // SECURITY: who writes the database cannot put another set into what two approved.
    const moved = await importedRecovery(heldWith(admins, set), set, seededSurvey(deployment));
    const name = (one: TestShareSet) =>
      deployment.sql(
        `UPDATE conclave.packages SET facts = jsonb_set(facts::jsonb, '{set}', to_jsonb($2::text))
          WHERE nonce = decode($1, 'hex')`,
        [moved.nonce, one.manifest.body.setId],
      );
    await name(further);
    await expect(committed(admins, moved)).rejects.toMatchObject({ code: 'approvals-missing' });
    await name(set);
    expect((await committed(admins, moved)).state).toBe('committed');
    // What the one set was asked to open, the other may not answer.
    const other = importedRecovery(heldWith(admins, set), further, seededSurvey(deployment));
    await expect(other).rejects.toMatchObject({ code: 'set-not-trusted' });
  });

  it('drills, their days and the list of versions have both', async () => {
    const { admins } = service;
    for (const one of [set, further]) {
      const drill = await importedDrill(heldWith(admins, one), one, { proves: [1, 2, 3, 4] });
      expect((await committed(admins, drill)).state).toBe('committed');
    }
    const { sets } = await admins.operator.get<DrillsAnswer>('/v1/drills');
    expect(sets.map(({ label, shares }) => [label, shares.every(({ proved }) => proved)])).toEqual([
      ['2026 A', true],
      ['On-call', true],
    ]);
    const { versions } = await admins.operator.get<VersionsAnswer>('/v1/versions');
    expect(versions).toMatchObject([
      {
        version: 'v1',
        findings: [],
        component: { agrees: true },
        sets: [{ label: '2026 A' }, { label: 'On-call' }],
        moreSets: true,
      },
    ]);
    const chain = parseChain(bytesOf(await admins.operator.get<FileAnswer>('/v1/chain')), set.mode);
    expect(chain.manifests.map(({ digest }) => digest)).toEqual([
      set.manifest.digest,
      further.manifest.digest,
    ]);
  });

  it('the shares of one are refreshed, and the other stays as it is', async () => {
    const { admins } = service;
    const one = await approvedRefresh(heldWith(admins, further), further);
    await committed(admins, one.made);
    expect(await trust()).toMatchObject({
      epoch: 3,
      versions: { v1: [set.manifest.digest, one.next.manifest.digest] },
    });
    further = one.next;
    set = today(set, further);
    const recovery = await importedRecovery(heldWith(admins, set), set, seededSurvey(deployment));
    expect((await committed(admins, recovery)).state).toBe('committed');
  });

  it('either decides who takes part, and no holder of the other may be left out', async () => {
    const { admins } = service;
    const people = set.roster.body.people.filter(({ name }) => name !== 'On-call 3');
    const wrong = approvedRoster(heldWith(admins, set), set, { change: { people } });
    await expect(wrong).rejects.toMatchObject({ code: 'roster-holder-missing' });
    const right = await approvedRoster(heldWith(admins, further), further);
    await committed(admins, right);
    further = { ...further, roster: right.roster };
    set = today(set, further);
  });

  it('there are four sets at most', async () => {
    const { admins } = service;
    for (const label of ['Abroad', 'Notary']) {
      const one = await approvedFurtherSet(admins, set, { label });
      await committed(admins, one.made);
      set = today(set, one.next);
    }
    await expect(addSetPackage(admins.operator, set)).rejects.toMatchObject({
      code: 'sets-enough',
    });
    const { versions } = await admins.operator.get<VersionsAnswer>('/v1/versions');
    expect(versions).toMatchObject([{ moreSets: false }]);
    expect(versions[0]?.sets).toHaveLength(4);
    further = today(further, set);
  });

  it('a new key version is vouched for by either; activation and retirement decided by either', async () => {
    const { admins } = service;
    const second = await approvedVersion(heldWith(admins, further), further);
    await committed(admins, second.made);
    set = today(set, second.next);
    const active = await approvedChange(heldWith(admins, set), set, 'activate', 'v2');
    await committed(admins, active);
    expect(await trust()).toMatchObject({ versions: { v2: [second.next.manifest.digest] } });
    // And back again, by the set of v2.
    const back = await approvedChange(admins, second.next, 'activate', 'v1');
    await committed(admins, back);
    // Its set signed the roster in force: first another one does.
    const signed = await approvedRoster(heldWith(admins, set), set);
    await committed(admins, signed);
    set = { ...set, roster: signed.roster };
    further = today(further, set);
    const retired = await approvedChange(heldWith(admins, further), further, 'retire', 'v2');
    await committed(admins, retired);
    expect(Object.keys(((await trust()) as { versions: object }).versions)).toEqual(['v1']);
  });

  it('new shares end all of them, and approvers read which', async () => {
    const { admins } = service;
    const open = await importedRecovery(
      heldWith(admins, further),
      further,
      seededSurvey(deployment),
    );
    const rotated = await approvedRotation(heldWith(admins, set), set);
    const [signed] = await deployment.sql<{ facts: string }>(
      `SELECT convert_from(statement, 'UTF8') AS facts FROM conclave.approvals
        WHERE convert_from(statement, 'UTF8') LIKE '%Renew the shares%' ORDER BY at DESC LIMIT 1`,
    );
    for (const label of ['2026 A', 'On-call', 'Abroad', 'Notary']) {
      expect(signed?.facts).toContain(`share set ${label}, 2 of 4; it ends`);
    }
    await committed(admins, rotated.made);
    expect(await trust()).toMatchObject({ versions: { v1: [rotated.next.manifest.digest] } });
    const { body } = await receiptFor(admins.operator, rotated.next, rotated.made.digest);
    expect(body.statement).toContain('in the place of all sets before');
    // What a set that has ended signed is refused, and so is whoever names it.
    await expect(committed(admins, open)).rejects.toMatchObject({ code: 'trust-moved' });
    await expect(refreshPackage(heldWith(admins, further).operator, further)).rejects.toMatchObject(
      { code: 'set-not-trusted' },
    );
    const recovery = await importedRecovery(admins, rotated.next, seededSurvey(deployment));
    expect((await committed(admins, recovery)).state).toBe('committed');
    expect(recovery.kek).toEqual(deployment.checktick.kek);
  });
});
