import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onlyVisible } from '../../shared/bundle/approval.ts';
import type { QueueAnswer } from '../../sync/routes/page-answers.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import type { BundleAnswer, RequestAnswer } from '../../sync/routes/answers.ts';
import type { RecoverableAnswer } from '../../sync/routes/recovery-answers.ts';
import { importedRecovery, withPlatformKey } from '../support/sync-ceremony.ts';
import { runSync } from '../support/sync-cli.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';

/** Control and formatting characters, and separators: all but what a command lays out itself. */
const UNSEEN = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
/** Clears the line and writes another; 8-bit CSI; a line of its own; backwards; the window's title. */
const NAME =
  'Clinic; imported by nobody; \r\u001b[2KABC-123-XYZ  Nothing waits\u009b1A\nROT-999-TEN  forged\u202e\u001b]0;title\u0007';

/** Whoever names a survey or a user in CheckTick writes on an admin's terminal. */
describe('a name that is an escape sequence', { retry: 0 }, () => {
  let deployment: Deployment;
  let service: Service;
  let set: TestShareSet;
  let code: string;
  beforeAll(async () => {
    deployment = await deploy();
    service = await deployment.start();
    set = await withPlatformKey(deployment, service);
    const { people, survey } = deployment.checktick;
    await deployment.sql('UPDATE surveys_survey SET name = $1', [NAME]);
    await deployment.sql('UPDATE auth_user SET username = $1, first_name = $1 WHERE id = $2', [
      NAME,
      people.requester.id,
    ]);
    const request = await service.admins.operator.post<RequestAnswer>('/v1/requests', {
      userId: people.requester.id,
      surveyId: survey.id,
      reason: 'forgotten',
    });
    ({ code } = request);
  }, 180_000);
  afterAll(async () => deployment?.stop());

  const run = async (...args: string[]): Promise<string> => {
    const end = await runSync(args, {
      CONCLAVE_URL: service.address,
      CONCLAVE_TOKEN_FILE: path.join(deployment.folder, 'operator'),
    });
    expect(end.code, end.err).toBe(0);
    return end.out;
  };

  it.each([
    ['request list', ['request', 'list']],
    ['request find', ['request', 'find', 'clinic']],
    ['request show', ['request', 'show']],
    ['queue', ['queue']],
    ['audit list', ['audit', 'list']],
  ] as const)(
    'moves nothing on the terminal of %s, and makes no line of its own',
    async (_, args) => {
      const text = await run(...args, ...(args[1] === 'show' ? [code] : []));
      expect(text).toContain(args[0] === 'audit' ? code : 'Clinic');
      expect(text).not.toMatch(UNSEEN);
      expect(text).not.toMatch(/^\s*ROT-999-TEN/m);
    },
  );

  it('cuts nothing off the sentence of a bundle, and no other importer is seen in its place', async () => {
    const { admins } = service;
    const { people, survey } = deployment.checktick;
    const about = { userId: people.requester.id, surveyId: survey.id };
    const made = await importedRecovery(admins, set, about);
    const request = await admins.operator.get<RequestAnswer>(`/v1/requests/${made.code}`);
    const { items } = await admins.approver1.get<QueueAnswer>('/v1/queue');
    const shown = items.find(({ subject }) => subject === made.digest);
    const end = ` for user ${people.requester.id} (${onlyVisible(NAME)}), request ${request.code}; imported by operator`;
    expect(shown?.sentence.slice(-end.length)).toBe(end);
    const bundle = await admins.operator.get<BundleAnswer>(`/v1/bundles/${made.digest}`);
    for (const sentence of [shown?.sentence, bundle.sentence, request.sentence]) {
      expect(sentence).toContain(`(${onlyVisible(NAME)})`);
      expect(sentence).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
  });

  it('is the same name in JSON, where it is only escaped', async () => {
    const text = await run('request', 'find', 'clinic', '--json');
    expect(text).not.toMatch(UNSEEN);
    const found = JSON.parse(text) as RecoverableAnswer;
    expect(found.surveys[0]?.surveyName).toBe(NAME);
  });

  it('does nothing in a refusal, nor when it is typed', async () => {
    const env = { CONCLAVE_URL: service.address };
    const typed = await runSync(['request', NAME], env);
    expect([typed.code, typed.err]).toEqual([2, expect.stringContaining('Clinic')]);
    const refused = await runSync(['request', 'list', '--token-file', NAME], env);
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('Clinic')]);
    for (const { out, err } of [typed, refused]) expect(out + err).not.toMatch(UNSEEN);
  });
});
