/** Drills: shares that prove themselves one by one, what is refused, and what stands in the list. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { look } from '../../sync/alerts/conditions.ts';
import { ALERT_KINDS } from '../../sync/alerts/kinds.ts';
import { drillCalendar } from '../../sync/words/drill-calendar.ts';
import { standingInWords } from '../../sync/words/drill.ts';
import { drills } from '../../sync/versions/drills.ts';
import { endDue } from '../../sync/flows/endings/due.ts';
import { createMetrics } from '../../sync/metrics/metrics.ts';
import type { BundleAnswer, FileAnswer } from '../../sync/routes/answers.ts';
import type { DrillsAnswer } from '../../sync/routes/drill-answers.ts';
import { proveShare } from '../support/drill-documents.ts';
import { makeCast } from '../support/people.ts';
import { makeShareSet, type TestShareSet } from '../support/share-sets.ts';
import {
  committed,
  type MadeBundle,
  receiptFor,
  withPlatformKey,
} from '../support/sync-ceremony.ts';
import { runSync } from '../support/sync-cli.ts';
import { drillBundle, drillPackage, importedDrill } from '../support/sync-drill.ts';
import { finishedByStart, killedAt } from '../support/sync-interrupted.ts';
import { openReplica } from '../support/sync-replica.ts';
import { approvedRotation } from '../support/sync-rotate.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';
import { clockShowed } from '../support/sync-tricks.ts';

const DAY = 86_400_000;

describe('drills', { retry: 0 }, () => {
  let deployment: Deployment;
  let service: Service;
  let set: TestShareSet;
  beforeAll(async () => {
    deployment = await deploy();
    service = await deployment.start();
    const ask = service.admins.operator.post('/v1/packages/drill', { keyVersion: 'v1' });
    await expect(ask).rejects.toMatchObject({ code: 'no-trust' });
    set = await withPlatformKey(deployment, service);
  });
  afterAll(() => deployment?.stop());

  const list = () => service.admins.approver1.get<DrillsAnswer>('/v1/drills');
  const only = async () => {
    const { sets, now } = await list();
    const [one] = sets;
    if (one === undefined || sets.length > 1) throw new Error('one set is in force');
    return { ...one, now };
  };
  const importOf = ({ bytes }: { readonly bytes: Uint8Array }) =>
    service.admins.operator.post<BundleAnswer>('/v1/bundles', bytes);
  /** What a drill may not touch. */
  const untouched = async () => [
    await deployment.kv('conclave/trust'),
    await deployment.kv('platform/master-key'),
    await deployment.sql('SELECT * FROM surveys_platformkeyversion'),
    await deployment.sql('SELECT epoch FROM conclave.settings'),
  ];

  const env = () => ({
    CONCLAVE_URL: service.address,
    CONCLAVE_TOKEN_FILE: `${deployment.folder}/operator`,
  });

  it('before the first one every share is due 730 days after the set was made', async () => {
    const { shares, sentence, notProved, daysLeft } = await only();
    expect(shares.map(({ index, proved, failed }) => [index, proved, failed])).toEqual(
      [1, 2, 3, 4].map((index) => [index, null, null]),
    );
    const due = Date.parse(set.manifest.body.createdAt) + 730 * DAY;
    for (const { dueAt } of shares) expect(Date.parse(dueAt)).toBe(due);
    expect([notProved, sentence]).toEqual([0, expect.stringContaining(`${daysLeft} days left`)]);
  });

  it('or as many days as CONCLAVE_DRILL_DAYS says, in the list and in the metrics', async () => {
    const set100 = { ...deployment.env, CONCLAVE_DRILL_DAYS: '100' };
    const replica = await openReplica({ ...deployment, env: set100 });
    try {
      const { days, sets, now } = await drills(replica.context);
      const due = Date.parse(set.manifest.body.createdAt) + 100 * DAY;
      expect([days, sets.map(({ dueAt }) => dueAt.getTime())]).toEqual([100, [due]]);
      const said = /conclave_drill_due_seconds\{key_version="v1"\} (-?[\d.]+)/.exec(
        await (await createMetrics(replica.context)).read(),
      );
      expect(Number(said?.[1])).toBeGreaterThan((due - now.getTime()) / 1_000 - 120);
      expect(Number(said?.[1])).toBeLessThanOrEqual((due - now.getTime()) / 1_000);
    } finally {
      await replica.close();
    }
  });

  it('a package is for operators, holds the set in force, and is good for 30 days', async () => {
    const { operator, approver1 } = service.admins;
    await expect(approver1.post('/v1/packages/drill', { keyVersion: 'v1' })).rejects.toMatchObject({
      code: 'wrong-role',
    });
    await expect(operator.post('/v1/packages/drill', { keyVersion: 'v9' })).rejects.toMatchObject({
      code: 'no-trust',
    });
    const { body } = await drillPackage(operator, set);
    expect(Date.parse(body.expiresAt) - Date.parse(body.issuedAt)).toBe(30 * DAY);
    expect(body).not.toHaveProperty('sealed');
  });

  it('two shares that signed are proved, and nothing else is changed', async () => {
    const before = await untouched();
    const made = await importedDrill(service.admins, set, { proves: [1, 3] });
    const shown = await service.admins.operator.get<BundleAnswer>(`/v1/bundles/${made.digest}`);
    expect(shown).toMatchObject({ kind: 'drill', state: 'waiting' });
    expect(shown.sentence).toContain('proved by signature: 1, 3');
    expect(shown.facts['share 3']).toContain('read from USB stick, by the laptop’s word');
    // Nobody has to agree, and nothing is proved before it is committed.
    expect((await only()).shares.every(({ proved }) => proved === null)).toBe(true);
    expect((await committed(service.admins, made)).state).toBe('committed');
    expect(await untouched()).toEqual(before);
    const { body } = await receiptFor(service.admins.operator, set, made.digest);
    expect(body).toMatchObject({
      kind: 'drill',
      outcome: 'committed',
      epoch: 1,
      readBack: ['database, results of the drill'],
    });
    expect(body.statement).toContain('v1: 1, 3. No key and no share has changed.');
    const { shares, dueAt } = await only();
    const received = shown.receivedAt;
    expect(shares.map(({ proved }) => proved)).toEqual([
      { at: received, medium: 'usb' },
      null,
      { at: received, medium: 'usb' },
      null,
    ]);
    expect(Date.parse(shares[0]?.dueAt ?? '') - Date.parse(received)).toBe(730 * DAY);
    expect(dueAt).toBe(shares[1]?.dueAt);
    // The same again is the same; another one for this nonce is none.
    expect((await importOf(made)).state).toBe('committed');
    await committed(service.admins, made);
    const [{ n } = { n: 0 }] = await deployment.sql<{ n: number }>(
      'SELECT count(*)::int AS n FROM conclave.drill_results',
    );
    expect(n).toBe(2);
  });

  it('a custodian elsewhere proves his share with a package of his own', async () => {
    const { operator } = service.admins;
    const here = await drillPackage(operator, set);
    const there = await drillPackage(operator, set);
    for (const [source, proves] of [
      [there, [4]],
      [here, [2]],
    ] as const) {
      const made = await drillBundle(set, { package: source, proves });
      await importOf(made);
      await committed(service.admins, made);
      const second = await drillBundle(set, { package: source, proves: [1] });
      await expect(importOf(second)).rejects.toMatchObject({ code: 'package-spent' });
    }
    const { shares } = await only();
    expect(shares.every(({ proved }) => proved !== null)).toBe(true);
  });

  it('what is forged is refused, and burns nothing', async () => {
    const { operator } = service.admins;
    const source = await drillPackage(operator, set);
    const other = await makeShareSet();
    const good = await drillBundle(set, { package: source, proves: [1] });
    const about = { nonce: source.body.nonce, ceremonyId: 'ab'.repeat(16) };
    const stranger = makeCast(set.mode).operator.signer;
    const forged: [string, Promise<MadeBundle>][] = [
      // A share of another set, and a proof of another ceremony.
      [
        'signature-wrong',
        drillBundle(set, {
          package: source,
          change: { proofs: [await proveShare(other, 1, about)] },
        }),
      ],
      [
        'signature-wrong',
        drillBundle(set, {
          package: source,
          change: { proofs: [await proveShare(set, 1, about)] },
        }),
      ],
      // Share 2 under the number of share 1.
      [
        'signature-wrong',
        drillBundle(set, {
          package: source,
          change: {
            ceremonyId: about.ceremonyId,
            proofs: [{ ...(await proveShare(set, 2, about)), index: 1 }],
          },
        }),
      ],
      ['signature-unknown', drillBundle(set, { package: source, signers: [stranger] })],
      [
        'signature-unknown',
        drillBundle(set, {
          package: source,
          signers: [stranger],
          change: { operator: stranger.keyid },
        }),
      ],
      ['signature-missing', drillBundle(set, { package: source, signers: [] })],
      [
        'set-not-trusted',
        drillBundle(set, { package: source, change: { manifestDigest: 'ab'.repeat(32) } }),
      ],
      [
        'roster-not-trusted',
        drillBundle(set, { package: source, change: { rosterDigest: 'ab'.repeat(32) } }),
      ],
      ['package-differs', drillBundle(set, { package: source, change: { epoch: 2 } })],
      ['package-differs', drillBundle(set, { package: source, change: { keyVersion: 'v2' } })],
      [
        'package-unknown',
        drillBundle(set, { package: source, change: { nonce: 'ab'.repeat(16) } }),
      ],
    ];
    for (const [code, made] of forged) {
      await expect(importOf(await made)).rejects.toMatchObject({ code });
    }
    expect((await importOf(good)).state).toBe('waiting');
    await committed(service.admins, good);
  });

  it('a share that was not proved is due now, alerts, and says what is left; a proof ends that', async () => {
    const replica = await openReplica(deployment);
    try {
      const conditions = async () =>
        (await look(replica.context)).conditions
          .map(({ kind }) => kind)
          .filter((kind) => kind === 'drill-due' || kind === 'share-not-proved');
      const numbers = async () => (await createMetrics(replica.context)).read();
      expect(await conditions()).toEqual([]);
      expect(await numbers()).toContain('conclave_shares_not_proved{key_version="v1"} 0\n');
      expect(await numbers()).toMatch(/conclave_drill_due_seconds\{key_version="v1"\} \d{8}/);
      const why = 'unreadable' as const;
      const failed = await importedDrill(service.admins, set, {
        proves: [1],
        failed: [{ index: 2, why }],
      });
      await committed(service.admins, failed);
      expect(await only()).toMatchObject({
        notProved: 1,
        shares: [{}, { failed: { why } }, {}, {}],
      });
      const { sentence, daysLeft } = await only();
      expect(daysLeft).toBe(-1);
      expect(sentence).toBe(
        'Share 2 was not proved in its last drill. 3 of 4 are left, any 3 open the key, and one more that is lost loses the key: make new shares soon.',
      );
      expect(await conditions()).toEqual(['drill-due', 'share-not-proved']);
      expect(await numbers()).toContain('conclave_shares_not_proved{key_version="v1"} 1\n');
      expect(await numbers()).toMatch(/conclave_drill_due_seconds\{key_version="v1"\} -/);
      const worse = await importedDrill(service.admins, set, {
        proves: [],
        failed: [{ index: 3, why: 'absent' }],
      });
      await committed(service.admins, worse);
      expect((await only()).sentence).toContain('Only 2 of 4 shares are left');
      const bad = await runSync(['drill', 'list'], env());
      expect(bad.code).toBe(1);
      expect(bad.out).toContain('share 3 was not brought');
      await committed(service.admins, await importedDrill(service.admins, set, { proves: [2, 3] }));
      expect(await only()).toMatchObject({ notProved: 0 });
      expect(await conditions()).toEqual([]);
    } finally {
      await replica.close();
    }
  });

  it.each(['intent', 'rows', 'written', 'read-back', 'receipt'])(
    'a commit killed after "%s" is finished by the next start, and each result is written once',
    async (step) => {
      const made = await importedDrill(service.admins, set, { proves: [1, 2, 3, 4] });
      await killedAt(deployment, step, made, service);
      service = await finishedByStart(deployment, made);
      const rows = await deployment.sql(
        `SELECT share_index AS index FROM conclave.drill_results
          WHERE bundle_digest = decode($1, 'hex') ORDER BY 1`,
        [made.digest],
      );
      expect(rows).toEqual([1, 2, 3, 4].map((index) => ({ index })));
      const { body } = await receiptFor(service.admins.operator, set, made.digest);
      expect(body).toMatchObject({ kind: 'drill', outcome: 'committed', epoch: 1 });
      await committed(service.admins, made);
    },
  );

  it('a set that was changed beside sync is named, and keeps nothing else from being judged', async () => {
    const change = (with_: string) =>
      deployment.sql(
        `BEGIN; ALTER TABLE conclave.documents DISABLE TRIGGER documents_stay;
         UPDATE conclave.documents SET content = convert_to(${with_}, 'UTF8') WHERE type = 'manifest';
         ALTER TABLE conclave.documents ENABLE TRIGGER documents_stay; COMMIT`,
      );
    const replica = await openReplica(deployment);
    try {
      await change(`replace(convert_from(content, 'UTF8'), '"sig":"', '"sig":"AAAA')`);
      expect(await list()).toMatchObject({ sets: [], unreadable: ['v1'] });
      expect((await look(replica.context)).judged).toEqual([...ALERT_KINDS]);
      expect((await runSync(['drill', 'list'], env())).code).toBe(1);
    } finally {
      await change(`replace(convert_from(content, 'UTF8'), '"sig":"AAAA', '"sig":"')`);
      await replica.close();
    }
    expect(await list()).toMatchObject({ sets: [{}], unreadable: [] });
  });

  it('the command line writes package and calendar', async () => {
    const { folder } = deployment;
    const asked = await runSync(
      ['package', 'drill', '--key-version', 'v1', '--out', `${folder}/drill.json`],
      env(),
    );
    expect([asked.code, asked.err]).toEqual([0, '']);
    const file = JSON.parse(await readFile(`${folder}/drill.json`, 'utf8')) as {
      payloadType: string;
    };
    expect(file.payloadType).toContain('package');
    const good = await runSync(['drill', 'list'], env());
    expect([good.code, good.err]).toEqual([0, '']);
    expect(good.out).toContain('any 3 of 4 open it. The next drill is due on ');
    const written = await runSync(['drill', 'calendar', '--out', `${folder}/drills.ics`], env());
    expect(written.code).toBe(0);
    const text = await readFile(`${folder}/drills.ics`, 'utf8');
    const { dueAt, label, manifest } = await only();
    // RFC 5545: lines end with CR LF, and none is longer than 75 bytes.
    const lines = text.split('\r\n');
    expect(lines.pop()).toBe('');
    for (const line of lines) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    expect([lines[0], lines.at(-1)]).toEqual(['BEGIN:VCALENDAR', 'END:VCALENDAR']);
    const whole = text.replaceAll('\r\n ', '');
    expect(whole).toContain(`DTSTART;VALUE=DATE:${dueAt.slice(0, 10).replaceAll('-', '')}\r\n`);
    expect(whole).toContain(`SUMMARY:Drill: prove the shares of ${label}\r\n`);
    const uid = `UID:${manifest.slice(0, 32)}@${set.sync.audience}.conclave\r\n`;
    expect(whole).toContain(uid);
  });

  it('a set that new shares replaced is not proved, and the new one begins anew', async () => {
    const late = await importedDrill(service.admins, set, { proves: [1] });
    const source = await drillPackage(service.admins.operator, set);
    const { next, made } = await approvedRotation(service.admins, set);
    await committed(service.admins, made);
    await expect(committed(service.admins, late)).rejects.toMatchObject({ code: 'trust-moved' });
    const receipt = await receiptFor(service.admins.operator, set, late.digest);
    expect(receipt.body).toMatchObject({ kind: 'drill', outcome: 'refused' });
    // Its package was made before: authentic, and ended at once.
    const later = await drillBundle(set, { package: source, proves: [1] });
    expect((await importOf(later)).state).toBe('refused');
    expect(await only()).toMatchObject({ manifest: next.manifest.digest, notProved: 0 });
    expect((await only()).shares.every(({ proved }) => proved === null)).toBe(true);
    set = next;
  });

  it('a nonce of more than thirty days proves nothing', async () => {
    const replica = await openReplica(deployment);
    try {
      const source = await drillPackage(service.admins.operator, set);
      const made = await drillBundle(set, { package: source, proves: [1] });
      const waiting = await importedDrill(service.admins, set, { proves: [2] });
      await service.stop();
      await clockShowed(deployment, '30 days');
      await endDue(replica.context);
      service = await deployment.start();
      await expect(importOf(made)).rejects.toMatchObject({ code: 'package-spent' });
      const path = `/v1/packages/${made.nonce}/receipt`;
      expect(await service.admins.operator.get<FileAnswer>(path)).toBeDefined();
      expect(
        await service.admins.operator.get<BundleAnswer>(`/v1/bundles/${waiting.digest}`),
      ).toMatchObject({ state: 'expired' });
      expect((await only()).shares.every(({ proved }) => proved === null)).toBe(true);
      // Nobody is signed in any more then.
      await clockShowed(deployment, '800 days');
      const found = await drills(replica.context);
      const { now } = found;
      const [overdue] = found.sets;
      if (overdue === undefined) throw new Error('there is a set');
      expect(overdue.shares.every(({ dueAt }) => dueAt < now)).toBe(true);
      expect(standingInWords(overdue, now)).toContain('Shares 1, 2, 3 and 4 are due since ');
      // An overdue set stands on today's page of a calendar.
      const today = now.toISOString().slice(0, 10).replaceAll('-', '');
      expect(drillCalendar(found, set.sync.audience)).toContain(`DTSTART;VALUE=DATE:${today}`);
    } finally {
      await replica.close();
    }
  });
});
