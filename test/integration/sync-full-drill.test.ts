/** Full drills: half of the key leaves by two approvals, and the bundle proves what was opened. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleType } from '../../shared/bundle/bundle.ts';
import {
  signFullDrill,
  type FullDrillOutcome,
  openTestEscrow,
} from '../../shared/bundle/full-drill.ts';
import { openFullDrillPackage } from '../../shared/bundle/full-drill-package.ts';
import { type FullDrillPackage, parsePackage } from '../../shared/bundle/package.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { escrowPrivateKey } from '../../shared/sharing/escrow-key.ts';
import { look } from '../../sync/alerts/conditions.ts';
import type { BundleAnswer, FileAnswer, PackageAnswer } from '../../sync/routes/answers.ts';
import type { DrillsAnswer } from '../../sync/routes/drill-answers.ts';
import { makeTicket, type TestTicket } from '../support/documents.ts';
import { makeDrillBundle, type TestDrillPackage } from '../support/drill-documents.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import { asking } from '../support/sync-adopt.ts';
import {
  committed,
  type MadeBundle,
  receiptFor,
  withPlatformKey,
} from '../support/sync-ceremony.ts';
import { runSync } from '../support/sync-cli.ts';
import { bytesOf } from '../support/sync-client.ts';
import { finishedByStart, killedAt } from '../support/sync-interrupted.ts';
import { openReplica } from '../support/sync-replica.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';

const CEREMONY = 'ab'.repeat(16);
type Source = TestDrillPackage & { readonly body: FullDrillPackage };

describe('full drills', { retry: 0 }, () => {
  let deployment: Deployment;
  let service: Service;
  let set: TestShareSet;
  beforeAll(async () => {
    deployment = await deploy();
    service = await deployment.start();
    set = await withPlatformKey(deployment, service);
  });
  afterAll(() => deployment?.stop());

  const asked = async (ticket: TestTicket) =>
    service.admins.operator.post<PackageAnswer>('/v1/packages/full-drill', asking(ticket, 'v1'));
  const approve = async (nonce: string) => {
    for (const approver of [service.admins.approver1, service.admins.approver2]) {
      await approver.approve('package-release', nonce, { reason: 'the yearly full drill' });
    }
  };
  /** Asked for, released by two, parsed. */
  async function released(): Promise<{ source: Source; ticket: TestTicket }> {
    const ticket = await makeTicket(set, undefined, 'drill');
    const { nonce } = await asked(ticket);
    await approve(nonce);
    const file = await service.admins.operator.get<FileAnswer>(`/v1/packages/${nonce}/file`);
    const document = parsePackage(bytesOf(file), set.mode, set.sync);
    const { body } = document;
    if (body.kind !== 'drill' || body.full === undefined) throw new Error('a full drill');
    return { source: { ...document, body: { ...body, full: body.full } }, ticket };
  }
  /** The key in the test escrow, opened with the set's platform key. */
  const keyIn = ({ mode, audience, nonce, keyVersion, full }: FullDrillPackage) => {
    const { ticketId, proofKey, escrow } = full;
    const key = escrowPrivateKey(set.platformKey, { mode, keyVersion });
    return openTestEscrow(key, { mode, audience, nonce, keyVersion, ticketId, proofKey }, escrow);
  };
  async function opened(source: Source): Promise<FullDrillOutcome> {
    const { mode, audience, nonce } = source.body;
    const { setId, generation } = set.manifest.body;
    const said = { mode, audience, ceremonyId: CEREMONY, nonce, setId, generation };
    const signature = await signFullDrill(await keyIn(source.body), said);
    return { opened: true, signature, restoreMs: 243_000 };
  }
  async function answers(
    source: Source,
    outcome: FullDrillOutcome | null,
    proves: readonly number[] = [1, 2, 3],
  ): Promise<MadeBundle> {
    const change = outcome === null ? {} : { full: { ...outcome, wholeMs: 15 * 3_600_000 } };
    const made = await makeDrillBundle(set, {
      package: source,
      proves,
      ceremonyId: CEREMONY,
      change,
    });
    const { digest } = made.document;
    return { bytes: bundleType.toBytes(made.document), digest, nonce: source.body.nonce };
  }
  const importOf = ({ bytes }: MadeBundle) =>
    service.admins.operator.post<BundleAnswer>('/v1/bundles', bytes);
  const alerts = async () => {
    const replica = await openReplica(deployment);
    try {
      const { conditions } = await look(replica.context);
      return conditions.filter(({ kind }) => kind === 'test-escrow-shut').map((one) => one.subject);
    } finally {
      await replica.close();
    }
  };
  const only = async () => {
    const { sets } = await service.admins.approver1.get<DrillsAnswer>('/v1/drills');
    const [one] = sets;
    if (one === undefined || sets.length > 1) throw new Error('one set is in force');
    return one;
  };
  /** What a drill may not touch. */
  const untouched = async () => [
    await deployment.kv('conclave/trust'),
    await deployment.kv('platform/master-key'),
    await deployment.sql('SELECT * FROM surveys_platformkeyversion'),
    await deployment.sql('SELECT * FROM surveys_usersurveykekescrow'),
    await deployment.sql('SELECT epoch FROM conclave.settings'),
  ];

  it('its package is asked for by an operator with a ticket for a full drill, and shown in words', async () => {
    const { operator, approver1 } = service.admins;
    const other = await makeTicket(set, undefined, 'rotate-shares');
    await expect(asked(other)).rejects.toMatchObject({ code: 'ticket-other-kind' });
    const ticket = await makeTicket(set, undefined, 'drill');
    await expect(
      approver1.post('/v1/packages/full-drill', asking(ticket, 'v1')),
    ).rejects.toMatchObject({ code: 'wrong-role' });
    await expect(
      operator.post('/v1/packages/full-drill', asking(ticket, 'v9')),
    ).rejects.toMatchObject({ code: 'no-trust' });
    const { nonce, state, sentence } = await asked(ticket);
    expect(state).toBe('requested');
    expect(sentence).toContain('Full drill of key version v1, which opens a test escrow');
    await expect(operator.get(`/v1/packages/${nonce}/file`)).rejects.toMatchObject({
      code: 'package-state',
    });
    await expect(asked(ticket)).rejects.toMatchObject({ code: 'ticket-used' });
    // One approver releases nothing.
    await approver1.approve('package-release', nonce, { reason: 'the yearly full drill' });
    expect((await operator.get<PackageAnswer>(`/v1/packages/${nonce}`)).state).toBe('requested');
  });

  it('the ticket opens the vault component in force, and the platform key the test escrow', async () => {
    const { source, ticket } = await released();
    const half = await openFullDrillPackage(source.body, ticket.keys.privateKey);
    expect(bytesToHex(half)).toBe(bytesToHex(set.vaultComponent));
    expect(await keyIn(source.body)).toHaveLength(32);
  });

  it('what was opened is proved, stands in receipt and list with its times, and changes nothing', async () => {
    expect((await only()).full).toBeNull();
    const before = await untouched();
    const { source } = await released();
    const made = await answers(source, await opened(source));
    const shown = await importOf(made);
    expect(shown.sentence).toContain('Write down a full drill');
    expect(shown.sentence).toContain('the test escrow was opened');
    expect(shown.facts['test escrow']).toContain(
      '4 minutes 3 seconds (target: less than 15 minutes; met)',
    );
    await committed(service.admins, made);
    expect(await untouched()).toEqual(before);
    const { body } = await receiptFor(service.admins.operator, set, made.digest);
    expect(body.statement).toContain('it opened the test escrow, whose key signed');
    // Too long is said, and is no failure.
    expect(body.statement).toContain('15 hours 0 minutes (target: less than 4 hours; missed)');
    expect(body.outcome).toBe('committed');
    const { full, shares } = await only();
    expect(full).toMatchObject({ result: 'opened', at: shown.receivedAt });
    expect(shares.map(({ proved }) => proved !== null)).toEqual([true, true, true, false]);
    const env = {
      CONCLAVE_URL: service.address,
      CONCLAVE_TOKEN_FILE: `${deployment.folder}/operator`,
    };
    const listed = await runSync(['drill', 'list'], env);
    expect(listed.out).toContain('The newest full drill (');
    expect(listed.out).toContain('opened the test escrow');
  });

  it('an answer that is left out, forged or of too few shares is refused, and burns nothing', async () => {
    const { source } = await released();
    const another = await released();
    const right = await opened(source);
    const forged: (readonly [MadeBundle, string])[] = [
      [await answers(source, null), 'full-drill-not-answered'],
      [await answers(source, right, [1, 2]), 'full-drill-not-answered'],
      [await answers(source, await opened(another.source)), 'full-drill-not-answered'],
      [
        await answers(source, { opened: true, signature: 'ab'.repeat(64), restoreMs: 1 }),
        'full-drill-not-answered',
      ],
    ];
    for (const [made, code] of forged) {
      await expect(importOf(made)).rejects.toMatchObject({ code });
    }
    const good = await answers(source, right);
    expect((await importOf(good)).state).toBe('waiting');
    await committed(service.admins, good);
  });

  it('a test escrow that did not open is the newest full drill, in words', async () => {
    const { source } = await released();
    const made = await answers(source, { opened: false, why: 'not-restored' });
    await importOf(made);
    await committed(service.admins, made);
    const { full } = await only();
    expect(full?.result).toBe('not-restored');
    expect(full?.sentence).toContain('NOT opened: the shares and the vault component gave no');
    expect(await alerts()).toEqual(['key version v1']);
    // That too few people came the next time says nothing; it ends with a full drill that opens one.
    const few = await released();
    const shut = await answers(few.source, { opened: false, why: 'too-few' }, [1]);
    await importOf(shut);
    await committed(service.admins, shut);
    expect((await only()).full?.result).toBe('not-restored');
    expect(await alerts()).toEqual(['key version v1']);
    const { source: last } = await released();
    const good = await answers(last, await opened(last));
    await importOf(good);
    await committed(service.admins, good);
    expect(await alerts()).toEqual([]);
  });

  it.each(['rows', 'read-back'])('a commit killed after "%s" writes it once', async (step) => {
    const { source } = await released();
    const made = await answers(source, await opened(source));
    await importOf(made);
    await killedAt(deployment, step, made, service);
    service = await finishedByStart(deployment, made);
    const rows = await deployment.sql(
      `SELECT result FROM conclave.full_drills WHERE bundle_digest = decode($1, 'hex')`,
      [made.digest],
    );
    expect(rows).toEqual([{ result: 'opened' }]);
  });

  it('a package whose release nobody approved ends at the commit', async () => {
    const { source } = await released();
    const made = await answers(source, await opened(source));
    await importOf(made);
    await deployment.sql(
      `BEGIN; ALTER TABLE conclave.approvals DISABLE TRIGGER USER;
       DELETE FROM conclave.approvals WHERE kind = 'package-release'; COMMIT`,
    );
    await expect(committed(service.admins, made)).rejects.toMatchObject({
      code: 'approvals-missing',
    });
  });
});
