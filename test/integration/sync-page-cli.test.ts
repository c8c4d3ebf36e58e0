import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RequestAnswer } from '../../sync/routes/answers.ts';
import {
  approvedSetup,
  committed,
  type MadeBundle,
  shareSetFor,
} from '../support/sync-ceremony.ts';
import { type CliEnd, runSync } from '../support/sync-cli.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';

describe('what the page shows, on the command line', () => {
  let deployment: Deployment;
  let service: Service;
  let setup: MadeBundle;

  beforeAll(async () => {
    deployment = await deploy();
    service = await deployment.start();
    const set = await shareSetFor(service.admins.operator, deployment.mode);
    setup = await approvedSetup(service.admins, set);
    await committed(service.admins, setup);
    await deployment.escrow(set.platformKey);
  });
  afterAll(async () => deployment?.stop());

  const run = (who: string, ...args: string[]): Promise<CliEnd> =>
    runSync(args, {
      CONCLAVE_URL: service.address,
      CONCLAVE_TOKEN_FILE: path.join(deployment.folder, who),
    });
  async function said(who: string, ...args: string[]): Promise<string> {
    const end = await run(who, ...args);
    expect(end.code, end.err).toBe(0);
    return end.out;
  }

  it('finds what can be recovered, and says of whom nothing can', async () => {
    const { people, survey } = deployment.checktick;
    expect(await said('operator', 'request', 'find', 'CLINIC')).toBe(
      `--user ${people.requester.id} --survey ${survey.id}  Clinic follow-up; requester@example.org\n`,
    );
    expect(await said('operator', 'request', 'find', 'auditor')).toBe(
      `user ${people.auditor.id} (auditor@example.org) has no escrow: nothing to recover\n`,
    );
    for (const pattern of ['%', '_', '\\']) {
      expect(await said('operator', 'request', 'find', pattern)).toBe('Nothing fits.\n');
    }
    const { code, err } = await run('approver1', 'request', 'find', 'clinic');
    expect([code, err]).toEqual([1, expect.stringContaining('(wrong-role')]);
  });

  it('shows a recovery with its steps and history', async () => {
    const { people, survey } = deployment.checktick;
    const request = await service.admins.operator.post<RequestAnswer>('/v1/requests', {
      userId: people.requester.id,
      surveyId: survey.id,
      reason: 'forgotten',
    });
    const text = await said('auditor', 'request', 'show', request.code);
    expect(text).toContain('Waits for an operator to record how the person was checked.');
    expect(text).toContain('  now      Check the person (an operator)\n');
    expect(text).toMatch(/request submitted: forgotten \(operator\)\n$/);
    expect(await said('operator', 'request', 'find', 'clinic')).toContain(request.code);
  });

  it('shows the queue with the commands, each to whom it waits for', async () => {
    const [request] = await deployment.sql<{ code: string }>(
      'SELECT request_code AS code FROM surveys_recoveryrequest',
    );
    const code = request?.code ?? '';
    const mine = await said('operator', 'queue');
    expect(mine).toMatch(/^Waits for you:\n {2}Recover survey /);
    expect(mine).toContain('    Waits for an operator to record how the person was checked.\n');
    expect(mine).toContain(`    conclave-sync request cancel ${code} --reason …\n`);
    expect(mine).not.toContain('request reject');
    const theirs = await said('approver1', 'queue');
    expect(theirs).toMatch(/^Waits for others, or for its time:\n/);
    expect(theirs).toContain(`    conclave-sync request reject ${code} --reason …\n`);
    await said('operator', 'request', 'cancel', code, '--reason', 'made by mistake');
    expect(await said('approver1', 'queue')).toBe('Nothing waits.\n');
  });

  it('says what a bundle would do, and keeps nothing of it', async () => {
    const file = path.join(deployment.folder, 'bundle.json');
    await writeFile(file, setup.bytes);
    const text = await said('operator', 'bundle', 'preview', file);
    expect(text).toMatch(/^Set up platform key version v1 with share set .+\.\n/);
    expect(text).toContain('Every signature is good. Nothing has been taken.');
    expect(text).toContain('This very bundle is here already: committed.');
    await writeFile(file, setup.bytes.slice(1));
    const { code, err } = await run('operator', 'bundle', 'preview', file);
    expect([code, err]).toEqual([1, expect.stringContaining('(document-damaged)')]);
    expect(await deployment.sql('SELECT FROM conclave.bundles')).toHaveLength(1);
  });

  it('tells who there is, and keeps one’s own', async () => {
    expect(await said('approver1', 'admin', 'find', 'auditor')).toMatch(
      /^--user \d+ {2}auditor, auditor@example.org\n$/,
    );
    const refused = await run('operator', 'admin', 'find', 'auditor');
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('(wrong-role')]);

    expect(await said('operator', 'admin', 'on-call', 'on')).toBe('You are on call.\n');
    expect(await said('operator', 'admin', 'on-call', 'on')).toBe('You are on call.\n');
    expect(await said('operator', 'admin', 'me')).toMatch(/^operator, operator, .*, on call\n$/);
    expect(await said('auditor', 'admin', 'people')).toMatch(
      /^operator {2}active, person, operator, CheckTick user \d+, on call$/m,
    );
    // What was true already is no event.
    const events = await deployment.sql(
      `SELECT facts FROM conclave.events WHERE type = 'on-call-changed'`,
    );
    expect(events).toEqual([{ facts: { onCall: true } }]);
    expect((await run('operator', 'admin', 'on-call', 'perhaps')).code).toBe(2);

    expect(await said('operator', 'admin', 'keys')).toMatch(/^[0-9a-f]{8}  identity: /);
    const tokens = await said('operator', 'admin', 'tokens');
    const [prefix = ''] = tokens.split(' ');
    expect(await said('operator', 'admin', 'revoke-token', prefix)).toContain('is revoked.');
    const gone = await run('operator', 'admin', 'me');
    expect([gone.code, gone.err]).toEqual([1, expect.stringContaining('(not-signed-in')]);
  });
});
