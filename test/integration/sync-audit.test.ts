import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditAnswer, AuditEntryAnswer } from '../../sync/routes/audit-answers.ts';
import type { RequestAnswer } from '../../sync/routes/answers.ts';
import { approvedSetup, committed, shareSetFor } from '../support/sync-ceremony.ts';
import { ProblemAnswer } from '../support/sync-client.ts';
import { runSync } from '../support/sync-cli.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';

const MANY = 100_000;

describe('the audit list', () => {
  let deployment: Deployment;
  let service: Service;
  let request: RequestAnswer;
  let digest: string;

  beforeAll(async () => {
    deployment = await deploy();
    service = await deployment.start();
    const set = await shareSetFor(service.admins.operator, deployment.mode);
    const made = await approvedSetup(service.admins, set);
    digest = made.digest;
    await committed(service.admins, made);
    await deployment.escrow(set.platformKey);
    const { people, survey } = deployment.checktick;
    request = await service.admins.operator.post<RequestAnswer>('/v1/requests', {
      userId: people.requester.id,
      surveyId: survey.id,
      reason: 'forgotten',
      checks: ['photo-id', 'video'],
      reference: 'file 17',
    });
    await service.admins.approver1.approve('request-approve', request.code, {
      reason: '=HYPERLINK("x") she was known to me',
    });
    await deployment.sql(
      `INSERT INTO conclave.outbox (key, recipient, subject, body, next_at, request_id, created_at)
       SELECT 'test', 'requester@example.org', 'Recovery asked for', '', now(), id, now()
         FROM surveys_recoveryrequest`,
    );
    await fetch(`${service.address}/v1/audit`, { headers: { authorization: 'Bearer wrong' } });
  });
  afterAll(async () => deployment?.stop());

  function list(query: Record<string, string> = {}, as = 'auditor'): Promise<AuditAnswer> {
    const text = new URLSearchParams(query).toString();
    return service.as(as as 'auditor').get<AuditAnswer>(`/v1/audit?${text}`);
  }
  const types = (found: AuditAnswer): string[] => found.entries.map(({ type }) => type);
  async function refusal(work: Promise<unknown>): Promise<string> {
    const caught = await work.catch((cause: unknown) => cause);
    if (!(caught instanceof ProblemAnswer)) throw new Error('it was not refused');
    return caught.code;
  }

  it('tells what happened, newest first, in plain words, and who did it', async () => {
    const { entries, next } = await list();
    expect(next).toBeNull();
    const times = entries.map(({ at }) => at);
    expect(times).toEqual([...times].sort().reverse());
    const said = entries.map(({ sentence, by }) => `${sentence} (${by ?? 'sync'})`);
    for (const wanted of [
      'A sign-in failed (token), from the network 127.0.0.0/24 (sync)',
      'Mail to r…@example.org, “Recovery asked for”: waits to be sent (sync)',
      `Request ${request.code} was approved (approver1)`,
      `Recovery request ${request.code} was made (operator)`,
      'A bundle was committed: written, read back, receipt signed (operator)',
      'Receipt 1 was signed: committed (sync)',
      'A bundle was taken in: every signature is good (operator)',
    ]) {
      expect(said).toContain(wanted);
    }
    const signed = entries.filter(({ type }) => type === 'approval-signed');
    expect(signed.map(({ by }) => by)).toEqual(['approver1', 'approver2', 'approver1']);
    expect(signed[0]?.sentence).toMatch(/^Signed: .*survey.* Reason: =HYPERLINK/);
    expect(Object.fromEntries(signed[0]?.facts ?? [])).toMatchObject({
      action: 'request-approve',
      proof: 'identity',
      about: request.code,
    });
    expect(JSON.stringify(entries)).not.toContain('requester@');
  });

  it('is narrowed by each filter, and by all together', async () => {
    const everything = (await list()).entries;
    const keeps = async (
      query: Record<string, string>,
      want: (entry: AuditEntryAnswer) => boolean,
    ): Promise<void> => {
      const wanted = everything.filter(want);
      expect(wanted.length, JSON.stringify(query)).toBeGreaterThan(0);
      expect(wanted.length, JSON.stringify(query)).toBeLessThan(everything.length);
      expect((await list(query)).entries, JSON.stringify(query)).toEqual(wanted);
    };
    await keeps({ admin: 'APPROVER1' }, ({ by }) => by === 'approver1');
    await keeps({ type: 'bundle-approved, request-made' }, ({ type }) =>
      ['bundle-approved', 'request-made'].includes(type),
    );
    await keeps({ type: 'mail-told' }, ({ type }) => type === 'mail-told');
    const middle = everything[5]?.at ?? '';
    await keeps({ from: middle }, ({ at }) => at >= middle);
    await keeps({ to: middle }, ({ at }) => at < middle);
    await keeps({ text: 'KNOWN to me' }, ({ sentence }) => sentence.includes('known to me'));
    await keeps({ text: 'taken in' }, ({ type }) => type === 'bundle-imported');
    await keeps(
      { text: 'approver2', type: 'approval-signed' },
      ({ type, by }) => type === 'approval-signed' && by === 'approver2',
    );
    await keeps(
      { subject: request.code.toLowerCase() },
      ({ sentence, facts }) =>
        sentence.includes(request.code) || facts.some(([, value]) => value === request.code),
    );
    await keeps(
      { subject: digest.slice(0, 8) },
      ({ subject, facts }) =>
        subject?.startsWith(digest.slice(0, 8)) === true ||
        facts.some(([, value]) => value.startsWith(digest.slice(0, 8))),
    );
    const today = everything[0]?.at.slice(0, 10) ?? '';
    expect((await list({ from: today, to: today })).entries).toHaveLength(everything.length);
    expect((await list({ to: '2020-01-01' })).entries).toEqual([]);
    // No wildcard, no query of its own.
    expect((await list({ text: '%' })).entries).toEqual([]);
    expect((await list({ text: `' OR 1=1 --` })).entries).toEqual([]);
    // Whom a mail went to is not searched; what an approver signed is shown elsewhere, too.
    expect(types(await list({ text: 'requester@example' }))).toEqual(['approval-signed']);
  });

  it.each([
    [{ from: '2026-02-30' }, 'audit-time'],
    [{ to: 'yesterday' }, 'audit-time'],
    [{ from: '2026-11-24T14:10:00' }, 'audit-time'],
    [{ type: 'bundle-sung' }, 'audit-type'],
    [{ type: 'constructor' }, 'audit-type'],
    [{ admin: 'nobody' }, 'audit-admin'],
    [{ subject: 'abc' }, 'audit-subject'],
    [{ subject: "'; DROP" }, 'audit-subject'],
    [{ after: 'e30' }, 'audit-after'],
    [{ limit: '0' }, 'request-invalid'],
    [{ limit: '201' }, 'request-invalid'],
    [{ colour: 'red' }, 'request-invalid'],
  ])('refuses %j', async (query, code) => {
    expect(await refusal(list(query as Record<string, string>))).toBe(code);
  });

  it('shows where others sign in to auditors only', async () => {
    const [whole, part] = [await list(), await list({}, 'operator')];
    expect([whole.signInsOfOthers, part.signInsOfOthers]).toEqual([true, false]);
    expect(types(whole)).toContain('sign-in-failed');
    expect(part.entries).toEqual(whole.entries.filter(({ type }) => type !== 'sign-in-failed'));
    expect((await list({ type: 'sign-in-failed' }, 'operator')).entries).toEqual([]);
    expect((await list({ text: '127.0.0' }, 'operator')).entries).toEqual([]);
  });

  it('goes on where a page ended, whatever comes in meanwhile', async () => {
    // Twelve at the very same time: only their numbers tell them apart.
    await deployment.sql(
      `INSERT INTO conclave.events (type, at) SELECT 'commit-begun', '2026-01-01T00:00:00Z'
         FROM generate_series(1, 12)`,
    );
    const once = (await list({ limit: '200' })).entries.map(({ id }) => id);
    const found: string[] = [];
    let after: string | null = '';
    while (after !== null) {
      const page: AuditAnswer = await list({ limit: '3', ...(after === '' ? {} : { after }) });
      found.push(...page.entries.map(({ id }) => id));
      after = page.next;
      await deployment.sql(`INSERT INTO conclave.events (type) VALUES ('signed-in')`);
    }
    expect(found).toEqual(once);
    expect(new Set(found).size).toBe(found.length);
  });

  it('says it when a signed statement was changed beside sync', async () => {
    const change = (statement: string) =>
      deployment.sql(
        `BEGIN; ALTER TABLE conclave.approvals DISABLE TRIGGER approvals_stay;
         UPDATE conclave.approvals SET statement = ${statement} WHERE kind = 'request-approve';
         ALTER TABLE conclave.approvals ENABLE TRIGGER approvals_stay; COMMIT`,
      );
    await change(`statement || '\\xff00'::bytea`);
    const { entries } = await list({ type: 'approval-signed' });
    expect(entries[0]?.sentence).toBe(
      'The statement of this approval was changed beside sync, and cannot be read.',
    );
    await change('substring(statement FROM 1 FOR octet_length(statement) - 2)');
    expect((await list({ type: 'approval-signed' })).entries[0]?.sentence).toMatch(/^Signed: /);
  });

  async function exportTo(name: string, ...options: string[]) {
    const file = path.join(deployment.folder, name);
    const format = name.endsWith('.csv') ? 'csv' : 'jsonl';
    const ended = await runSync(
      ['--json', 'audit', 'export', '--format', format, '--out', file, ...options],
      {
        CONCLAVE_URL: service.address,
        CONCLAVE_TOKEN_FILE: path.join(deployment.folder, 'auditor'),
      },
    );
    expect([ended.code, ended.err]).toEqual([0, '']);
    const { count } = JSON.parse(ended.out) as { count: number };
    return { count, file, text: await readFile(file, 'utf8') };
  }

  it('is exported as JSON lines: the filter first, the number of entries last', async () => {
    const wanted = (await list({ limit: '200', admin: 'approver1' })).entries;
    const { text, count } = await exportTo('audit.jsonl', '--admin', 'approver1');
    const records = text
      .trimEnd()
      .split('\n')
      .map((one) => JSON.parse(one) as Record<string, unknown>);
    expect(records[0]).toMatchObject({
      record: 'export',
      version: 1,
      mode: 'production',
      exportedBy: 'auditor',
      signInsOfOthers: true,
      filter: { admin: 'approver1' },
    });
    expect(records.at(-1)).toEqual({ record: 'end', count: wanted.length });
    expect(count).toBe(wanted.length);
    const entries = records.slice(1, -1).map(({ record: _record, ...entry }) => entry);
    expect(entries).toEqual(
      wanted.map(({ id: _id, facts, ...entry }) => ({
        ...entry,
        facts: Object.fromEntries(facts),
      })),
    );
    const [newest] = (await list({ limit: '1', type: 'audit-exported' })).entries;
    expect(newest?.by).toBe('auditor');
    expect(Object.fromEntries(newest?.facts ?? [])).toEqual({
      format: 'jsonl',
      admin: 'approver1',
    });
  });

  it('is exported as CSV that another program reads, with no formula in it', async () => {
    await deployment.sql(
      `INSERT INTO conclave.events (type, facts)
       VALUES ('token-made', '{"label": "=1+1\\n\\"quoted\\", with é"}')`,
    );
    const { file, count } = await exportTo('audit.csv');
    const program =
      'import csv,json,sys;' +
      'print(json.dumps(list(csv.reader(open(sys.argv[1],encoding="utf-8",newline=""),strict=True))))';
    const records = JSON.parse(
      execFileSync('python3', ['-c', program, file], { encoding: 'utf8', maxBuffer: 1 << 28 }),
    ) as string[][];
    expect(records[0]).toEqual(['at', 'type', 'sentence', 'by', 'admin_id', 'subject', 'facts']);
    expect(new Set(records.map((fields) => fields.length))).toEqual(new Set([7]));
    expect(records[1]?.[1]).toBe('export');
    expect(records.at(-1)?.slice(0, 3)).toEqual(['', 'end', `${count} entries`]);
    expect(records).toHaveLength(count + 3);
    expect(records.map((fields) => fields[2])).toContain(
      'A token for the command line was made: =1+1\n"quoted", with é',
    );
    for (const value of records.flat()) expect(value).not.toMatch(/^[=+\-@\t\r]/);
  });

  it('refuses an export that it cannot write, and keeps an older file', async () => {
    const env = {
      CONCLAVE_URL: service.address,
      CONCLAVE_TOKEN_FILE: path.join(deployment.folder, 'auditor'),
    };
    const nowhere = await runSync(['audit', 'export', '--out', '/nowhere/audit.jsonl'], env);
    expect([nowhere.code, nowhere.err]).toEqual([2, expect.stringContaining('cannot be written')]);
    const { file, text } = await exportTo('kept.jsonl', '--type', 'request-made');
    const wrong = await runSync(['audit', 'export', '--type', 'sung', '--out', file], env);
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('(audit-type)')]);
    expect(await readFile(file, 'utf8')).toBe(text);
  });

  it(`stays fast enough to use with ${MANY} events`, async () => {
    await deployment.sql(
      `INSERT INTO conclave.events (type, at, admin_id, subject, facts)
       SELECT (ARRAY['signed-in', 'request-made', 'bundle-imported'])[1 + n % 3],
              now() - n * interval '1 minute', (SELECT id FROM conclave.admins WHERE name = 'both'),
              sha256(n::text::bytea), jsonb_build_object('code', 'AAA-' || n % 1000 || '-BBB')
         FROM generate_series(1, ${MANY}) AS n`,
    );
    await deployment.sql('ANALYZE conclave.events');
    const took = async (what: string, query: Record<string, string>): Promise<AuditAnswer> => {
      const begun = performance.now();
      const found = await list(query);
      console.log(`${what}: ${Math.round(performance.now() - begun)} ms`);
      return found;
    };
    const first = await took('newest 50', {});
    expect(first.entries).toHaveLength(50);
    await took('the next 50', { after: first.next ?? '' });
    await took('50 of two months ago', {
      to: new Date(Date.now() - 60 * 86_400_000).toISOString(),
    });
    await took('of one admin', { admin: 'approver1' });
    await took('of one kind', { type: 'request-made' });
    await took('text that is nowhere', { text: 'no such words' });
    await took('one digest', { subject: digest });
    await took('one request', { subject: request.code });
    const begun = performance.now();
    const { count } = await exportTo('many.csv');
    console.log(`export of ${count}: ${Math.round(performance.now() - begun)} ms`);
    expect(count).toBeGreaterThan(MANY);
    // Not a time but the reason for it: a page is read by its index, not by sorting everything.
    const plan = await deployment.sql<{ 'QUERY PLAN': string }>(
      `EXPLAIN SELECT * FROM conclave.events e
        WHERE (e.at, e.sequence) < (now() - interval '9 days', 5::bigint)
        ORDER BY e.at DESC, e.sequence DESC LIMIT 51`,
    );
    expect(JSON.stringify(plan)).toContain('events_by_time');
  });
});
