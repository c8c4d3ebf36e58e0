import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Receipt, receiptType } from '../../shared/bundle/receipt.ts';
import { buildPlatformMasterKey, sealSurveyColumn } from '../../shared/checktick/index.ts';
import { commitBundle } from '../../sync/flows/commit/resume.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import {
  approvedSetup,
  committed,
  importedRecovery,
  type MadeBundle,
  seededSurvey,
  shareSetFor,
  withPlatformKey,
} from '../support/sync-ceremony.ts';
import { openReplica, type Replica } from '../support/sync-replica.ts';
import { approvedRoster } from '../support/sync-roster.ts';
import { deploy, type Deployment } from '../support/sync-service.ts';

/** What somebody else does between writing and reading back, and how it is put right. */
interface Tampering {
  /** The moment; default: right after the rows. */
  readonly at?: string;
  readonly change: () => Promise<unknown>;
  readonly undo: () => Promise<unknown>;
  /** The place that the refusal names. */
  readonly culprit: string;
}

/** A commit that nobody but the test goes on with: no service runs beside it. */
function commitOf(deployment: () => Deployment, replica: () => Replica, made: () => MadeBundle) {
  const commit = () => commitBundle(replica().context, replica().operator, made().digest);
  const receipts = async (): Promise<Receipt[]> => {
    const rows = await deployment().sql<{ content: Buffer }>(
      `SELECT d.content FROM conclave.receipts r JOIN conclave.documents d ON d.digest = r.digest
        WHERE r.bundle_digest = decode($1, 'hex')`,
      [made().digest],
    );
    return rows.map(({ content }) => receiptType.parse(new Uint8Array(content), 'production').body);
  };
  const state = async () => {
    const [row] = await deployment().sql(
      `SELECT state, (SELECT count(*)::int FROM conclave.intents i
                       WHERE i.bundle_digest = b.digest AND i.finished_at IS NULL) AS open
         FROM conclave.bundles b WHERE digest = decode($1, 'hex')`,
      [made().digest],
    );
    return row;
  };
  return {
    commit,
    receipts,
    /** Refused, with nothing claimed; and once it is put right, the commit reads all of it back. */
    refusesThenGoesOn: async ({ at = 'step written', change, undo, culprit }: Tampering) => {
      await expect(replica().interrupt(at, change, commit)).rejects.toMatchObject({
        code: 'read-back-differs',
        culprit,
        sentences: { means: 'The commit is not finished, so there is no receipt yet.' },
      });
      expect(await receipts()).toEqual([]);
      expect(await state()).toEqual({ state: 'committing', open: 1 });
      await undo();
      // It "dies" when all is read back, so that there is another commit to tamper with.
      let isReadBack = false;
      const die = (): Promise<never> => {
        isReadBack = true;
        return Promise.reject(new Error('died'));
      };
      await expect(replica().interrupt('step read-back', die, commit)).rejects.toThrow();
      expect(isReadBack).toBe(true);
      expect(await receipts()).toEqual([]);
    },
  };
}

describe('what a setup wrote is read back', { retry: 0 }, () => {
  let deployment: Deployment;
  let replica: Replica;
  let set: TestShareSet;
  let made: MadeBundle;
  const { commit, receipts, refusesThenGoesOn } = commitOf(
    () => deployment,
    () => replica,
    () => made,
  );
  beforeAll(async () => {
    deployment = await deploy();
    const service = await deployment.start();
    set = await shareSetFor(service.admins.operator, deployment.mode);
    made = await approvedSetup(service.admins, set);
    await service.stop();
    replica = await openReplica(deployment);
  });
  afterAll(async () => {
    await replica.close();
    await deployment.stop();
  });

  const other = new Uint8Array(64).fill(7);
  const KEY = 'platform/master-key';
  const TRUST = 'conclave/trust';
  /** When trust is there and is about to be read back. */
  const TRUST_IS_WRITTEN = 'step written > after read conclave/trust';
  const forget = (path: string) =>
    deployment.vault.api('DELETE', `${deployment.env['VAULT_MOUNT'] ?? ''}/metadata/${path}`);
  const trustNow = () => ({
    epoch: 1,
    roster: set.roster.digest,
    versions: { v1: [set.manifest.digest] },
    escrowKeys: { v1: set.manifest.body.escrowKey },
  });
  const writeKey = (component: Uint8Array) =>
    deployment.writeKv(KEY, buildPlatformMasterKey(component, new Date()));
  const writeRow = (component: Uint8Array) =>
    deployment.sql('UPDATE surveys_platformkeyversion SET vault_component = $1', [
      Buffer.from(component),
    ]);

  it.each<[string, () => Tampering]>([
    [
      'another vault component in Vault',
      () => ({
        change: () => writeKey(other),
        undo: () => writeKey(set.vaultComponent),
        culprit: `Vault ${KEY}`,
      }),
    ],
    [
      'no vault component in Vault',
      () => ({
        change: () => forget(KEY),
        undo: () => writeKey(set.vaultComponent),
        culprit: `Vault ${KEY}`,
      }),
    ],
    [
      'another vault component in the row',
      () => ({
        change: () => writeRow(other),
        undo: () => writeRow(set.vaultComponent),
        culprit: 'database row v1',
      }),
    ],
    [
      'no row',
      () => ({
        change: () => deployment.sql(`UPDATE surveys_platformkeyversion SET version = 'v9'`),
        undo: () => deployment.sql(`UPDATE surveys_platformkeyversion SET version = 'v1'`),
        culprit: 'database row v1',
      }),
    ],
    [
      'trust of another set',
      () => ({
        at: TRUST_IS_WRITTEN,
        change: () =>
          deployment.writeKv(TRUST, { ...trustNow(), versions: { v1: ['0'.repeat(64)] } }),
        undo: () => deployment.writeKv(TRUST, trustNow()),
        culprit: `Vault ${TRUST}`,
      }),
    ],
    [
      'trust of the set with another escrow key',
      () => ({
        at: TRUST_IS_WRITTEN,
        change: () =>
          deployment.writeKv(TRUST, {
            ...trustNow(),
            escrowKeys: { v1: Buffer.alloc(1_216, 7).toString('base64') },
          }),
        undo: () => deployment.writeKv(TRUST, trustNow()),
        culprit: `Vault ${TRUST}`,
      }),
    ],
    [
      'no trust',
      () => ({
        at: TRUST_IS_WRITTEN,
        change: () => forget(TRUST),
        undo: () => deployment.writeKv(TRUST, trustNow()),
        culprit: `Vault ${TRUST}`,
      }),
    ],
  ])('%s: refused, no receipt; put right, it goes on', async (_, tampering) => {
    await refusesThenGoesOn(tampering());
  });

  it('then it ends, and the receipt names what was read back', async () => {
    expect(await commit()).toMatchObject({ state: 'committed' });
    expect(await receipts()).toMatchObject([
      {
        outcome: 'committed',
        readBack: [`Vault ${KEY}`, 'database row of key version v1', `Vault ${TRUST}`],
      },
    ]);
  });
});

describe('what a recovery wrote is read back', { retry: 0 }, () => {
  let deployment: Deployment;
  let replica: Replica;
  let made: MadeBundle;
  let code: string;
  const { commit, receipts, refusesThenGoesOn } = commitOf(
    () => deployment,
    () => replica,
    () => made,
  );
  let undo: () => Promise<unknown> = async () => {};
  beforeAll(async () => {
    deployment = await deploy();
    const service = await deployment.start();
    const set = await withPlatformKey(deployment, service);
    const imported = await importedRecovery(service.admins, set, seededSurvey(deployment));
    ({ code } = imported);
    made = imported;
    await service.stop();
    replica = await openReplica(deployment);
  });
  afterEach(() => {
    undo = async () => {};
  });
  afterAll(async () => {
    await replica.close();
    await deployment.stop();
  });

  const claim = () => `conclave/claims/${made.digest}`;
  const escrow = () =>
    `users/${deployment.checktick.people.requester.id}/surveys/${deployment.checktick.survey.id}/recovery-kek`;
  const column = (name: string) => `database survey ${deployment.checktick.survey.id}, ${name}`;

  /** Sets a column, and remembers how it was. */
  async function setColumn(name: string, value: Uint8Array | null): Promise<void> {
    const [row] = await deployment.sql<{ was: Buffer }>(
      `SELECT ${name} AS was FROM surveys_survey`,
    );
    const set = (to: Uint8Array | null) =>
      deployment.sql(`UPDATE surveys_survey SET ${name} = $1`, [
        to === null ? null : Buffer.from(to),
      ]);
    await set(value);
    undo = () => set(row?.was ?? null);
  }
  /** Writes to Vault, and remembers what was there. */
  async function setVault(
    path: string,
    change: (was: Record<string, unknown>) => Record<string, unknown> | null,
  ): Promise<void> {
    const was = (await deployment.kv(path)) ?? {};
    const now = change(was);
    if (now === null) {
      await deployment.vault.api(
        'DELETE',
        `${deployment.env['VAULT_MOUNT'] ?? ''}/metadata/${path}`,
      );
    } else await deployment.writeKv(path, now);
    undo = () => deployment.writeKv(path, was);
  }
  async function setRequest(status: string): Promise<void> {
    await deployment.sql('UPDATE surveys_recoveryrequest SET status = $1', [status]);
    undo = () => deployment.sql(`UPDATE surveys_recoveryrequest SET status = 'completed'`);
  }
  const trail = (change: (was: { accessed_by: number[]; access_timestamps: string[] }) => object) =>
    setVault(escrow(), (was) => ({
      ...was,
      audit_trail: {
        ...(was['audit_trail'] as object),
        ...change(was['audit_trail'] as { accessed_by: number[]; access_timestamps: string[] }),
      },
    }));

  /** A column under the right words, and of another key. */
  async function ofAnotherKey(): Promise<Uint8Array> {
    const { passphrase } = (await deployment.kv(claim())) as { passphrase: string };
    const words = new TextEncoder().encode(passphrase);
    return sealSurveyColumn('passphrase', words, new Uint8Array(32).fill(9));
  }
  const underOtherWords = () =>
    sealSurveyColumn('passphrase', new TextEncoder().encode('own words'), deployment.checktick.kek);
  const COLUMNS = ['encrypted_kek_password', 'encrypted_kek_recovery'] as const;

  it.each<[string, () => Promise<unknown>, () => string]>([
    ...COLUMNS.flatMap((name): [string, () => Promise<unknown>, () => string][] => [
      [
        `${name} of another key`,
        async () => setColumn(name, await ofAnotherKey()),
        () => column(name),
      ],
      [
        `${name} under other words`,
        async () => setColumn(name, await underOtherWords()),
        () => column(name),
      ],
      [`${name} that is no column`, () => setColumn(name, Uint8Array.of(1, 2)), () => column(name)],
      [`${name} emptied`, () => setColumn(name, null), () => column(name)],
    ]),
    [
      'other words in Vault',
      () => setVault(claim(), (was) => ({ ...was, passphrase: 'other words than these' })),
      () => COLUMNS.map(column).join('; '),
    ],
    [
      'no words in Vault',
      () => setVault(claim(), () => null),
      () => [`Vault ${claim()}`, ...COLUMNS.map(column)].join('; '),
    ],
    [
      'the request in another state',
      () => setRequest('cancelled'),
      () => `database request ${code}`,
    ],
    [
      'the audit trail of the escrow emptied',
      () => trail(() => ({ accessed_by: [], access_timestamps: [] })),
      () => `Vault ${escrow()}`,
    ],
    [
      'the audit trail naming somebody else',
      () => trail(({ accessed_by: by }) => ({ accessed_by: by.map((one) => one + 1) })),
      () => `Vault ${escrow()}`,
    ],
    [
      'the audit trail at another time',
      () => trail(() => ({ access_timestamps: ['2026-01-01T00:00:00.000000+00:00'] })),
      () => `Vault ${escrow()}`,
    ],
  ])('%s: refused, no receipt; put right, it goes on', async (_, change, culprit) => {
    await refusesThenGoesOn({
      change,
      undo: () => undo(),
      culprit: culprit(),
    });
  });

  it('then it ends, and the receipt names what was read back', async () => {
    expect(await commit()).toMatchObject({ state: 'committed' });
    expect(await receipts()).toMatchObject([
      {
        outcome: 'committed',
        readBack: [...COLUMNS.map(column), `database request ${code}`, `Vault ${escrow()}`],
      },
    ]);
  });
});

describe('what a change of the roster wrote is read back', { retry: 0 }, () => {
  let deployment: Deployment;
  let replica: Replica;
  let set: TestShareSet;
  let made: MadeBundle;
  let trusted: Readonly<Record<string, unknown>>;
  const { commit, receipts, refusesThenGoesOn } = commitOf(
    () => deployment,
    () => replica,
    () => made,
  );
  const TRUST = 'conclave/trust';
  beforeAll(async () => {
    deployment = await deploy();
    const service = await deployment.start();
    set = await shareSetFor(service.admins.operator, deployment.mode);
    await committed(service.admins, await approvedSetup(service.admins, set));
    const roster = await approvedRoster(service.admins, set);
    made = roster;
    trusted = {
      epoch: 2,
      roster: roster.roster.digest,
      versions: { v1: [set.manifest.digest] },
      escrowKeys: { v1: set.manifest.body.escrowKey },
    };
    await service.stop();
    replica = await openReplica(deployment);
  });
  afterAll(async () => {
    await replica.close();
    await deployment.stop();
  });

  it.each([
    ['trust of the roster before', () => ({ ...trusted, roster: set.roster.digest })],
    ['trust of another epoch', () => ({ ...trusted, epoch: 3 })],
  ])('%s: refused, no receipt; put right, it goes on', async (_, other) => {
    await refusesThenGoesOn({
      change: () => deployment.writeKv(TRUST, other()),
      undo: () => deployment.writeKv(TRUST, trusted),
      culprit: `Vault ${TRUST}`,
    });
  });

  it('then it ends, and the receipt names what was read back', async () => {
    expect(await commit()).toMatchObject({ state: 'committed' });
    expect(await receipts()).toMatchObject([
      { outcome: 'committed', readBack: [`Vault ${TRUST}`] },
    ]);
    expect(await deployment.kv(TRUST)).toEqual(trusted);
  });
});
