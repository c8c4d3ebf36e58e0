import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { versionHealth } from '../../sync/versions/versions.ts';
import { openPlatform } from '../../sync/platform.ts';
import type { VersionAnswer, VersionsAnswer } from '../../sync/routes/version-answers.ts';
import { testConfig } from '../support/sync-config.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import { approvedSetup, committed, shareSetFor } from '../support/sync-ceremony.ts';
import { runSync } from '../support/sync-cli.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';

const MASTER_KEY = 'platform/master-key';
const other = (bytes: Uint8Array): Uint8Array => bytes.map((byte) => byte ^ 0xff);

describe('the key versions of a sync', () => {
  let deployment: Deployment;
  let service: Service;
  let set: TestShareSet;
  /** Every answer that came, as text. */
  const answers: string[] = [];

  beforeAll(async () => {
    deployment = await deploy();
    service = await deployment.start();
    set = await shareSetFor(service.admins.operator, deployment.mode);
  });
  afterAll(async () => deployment?.stop());

  async function ask(): Promise<VersionsAnswer> {
    const found = await service.admins.operator.get<VersionsAnswer>('/v1/versions');
    answers.push(JSON.stringify(found));
    return found;
  }
  async function only(): Promise<VersionAnswer> {
    const { versions } = await ask();
    expect(versions.map(({ version }) => version)).toEqual(['v1']);
    return versions[0] as VersionAnswer;
  }
  const codes = (one: { findings: readonly { code: string }[] }): string[] =>
    one.findings.map(({ code }) => code);

  async function inVault(text: string | null): Promise<void> {
    const mount = deployment.env['VAULT_MOUNT'];
    const { vault } = deployment;
    if (text === null) await vault.api('DELETE', `${mount}/data/${MASTER_KEY}`);
    else
      await vault.api('POST', `${mount}/data/${MASTER_KEY}`, { data: { vault_component: text } });
  }
  const inRow = (component: Uint8Array): Promise<unknown> =>
    deployment.sql('UPDATE surveys_platformkeyversion SET vault_component = $1', [
      Buffer.from(component),
    ]);
  const setTimes = (columns: string): Promise<unknown> =>
    deployment.sql(`UPDATE surveys_platformkeyversion SET ${columns} WHERE version = 'v1'`);
  async function asItWas(): Promise<void> {
    await inVault(bytesToHex(set.vaultComponent));
    await inRow(set.vaultComponent);
    await setTimes('activated_at = created_at, retired_at = NULL, shares_last_rotated = NULL');
    expect(codes(await only())).toEqual([]);
  }

  it('are none before the first setup', async () => {
    const found = await ask();
    expect(found.versions).toEqual([]);
    expect(found.findings).toEqual([]);
    expect(found.epoch).toEqual({ vault: 0, database: 0 });
    await inVault('ab'.repeat(64));
    expect(codes(await ask())).toEqual(['kv-alone']);
    const mount = deployment.env['VAULT_MOUNT'];
    await deployment.vault.api('DELETE', `${mount}/metadata/${MASTER_KEY}`);
  });

  it('are as the setup left them: active, proved, held by these custodians on these media', async () => {
    await committed(service.admins, await approvedSetup(service.admins, set));
    const { epoch, findings } = await ask();
    expect([epoch, findings]).toEqual([{ vault: 1, database: 1 }, []]);
    const one = await only();
    expect(one.state).toBe('active');
    expect(one.sentence).toBe(
      'Key version v1 is active: the keys of new surveys are stored under it.',
    );
    expect(one.findings).toEqual([]);
    expect(one.component.agrees).toBe(true);
    expect(one.shares?.daysLeft).toBe(729);
    const { body, digest } = set.manifest;
    expect(one.sets[0]).toEqual({
      label: body.label,
      setId: body.setId,
      manifest: digest,
      generation: 1,
      threshold: 3,
      count: 4,
      madeAt: body.createdAt,
      custodians: body.shares.map(({ index, custodian, media }) => ({
        index,
        name: custodian.name,
        media,
      })),
    });
  });

  it('count their escrows, and how many were recovered', async () => {
    expect((await only()).escrows).toEqual({ count: 0, recovered: 0, recoveries: 0 });
    await deployment.escrow(set.platformKey);
    expect((await only()).escrows).toEqual({ count: 1, recovered: 0, recoveries: 0 });
    await deployment.sql('UPDATE surveys_usersurveykekescrow SET recovered_count = 3');
    expect((await only()).escrows).toEqual({ count: 1, recovered: 1, recoveries: 3 });
  });

  it('agree however CheckTick or a person has spelt the component', async () => {
    const hex = bytesToHex(set.vaultComponent);
    await inVault(` ${hex.toUpperCase().replaceAll(/(.{8})/g, '$1 ')}\n`);
    expect(codes(await only())).toEqual([]);
  });

  it.each([
    ['row', 'Vault was changed', other, (bytes: Uint8Array) => bytes],
    ['Vault', 'the row was changed', (bytes: Uint8Array) => bytes, other],
    [
      'Vault, a shorter row',
      'the row was changed',
      (b: Uint8Array) => b,
      (b: Uint8Array) => b.slice(0, 32),
    ],
    ['neither', 'Neither fits', other, (bytes: Uint8Array) => bytes.slice(0, 32)],
  ])('differ, and the manifest tells which is right: %s', async (_right, says, kv, row) => {
    await inVault(bytesToHex(kv(set.vaultComponent)));
    await inRow(row(set.vaultComponent));
    const one = await only();
    expect(codes(one)).toEqual(['kv-row-differ']);
    expect(one.findings[0]?.means).toContain(says);
    expect(one.component.agrees).toBe(false);
    await asItWas();
  });

  it.each([
    ['is gone', null, 'kv-missing'],
    ['is no hex', '0xabcdef', 'kv-unreadable'],
    ['is too short', 'abcd', 'kv-unreadable'],
  ])('say that what Vault holds %s', async (_what, text, code) => {
    await inVault(text);
    expect(codes(await only())).toEqual([code]);
    await asItWas();
  });

  it('are told from the right ones also when both sides were changed to the same', async () => {
    await inVault(bytesToHex(other(set.vaultComponent)));
    await inRow(other(set.vaultComponent));
    expect(codes(await only())).toEqual(['check-value-differs']);
    await asItWas();
  });

  it('are missed when their row is gone', async () => {
    await deployment.sql(`ALTER TABLE surveys_platformkeyversion RENAME TO kept_away`);
    await deployment.sql(`CREATE TABLE surveys_platformkeyversion (LIKE kept_away)`);
    await deployment.sql(`GRANT SELECT ON surveys_platformkeyversion TO PUBLIC`);
    const one = await only();
    expect([one.state, codes(one)]).toEqual(['missing', ['row-missing']]);
    await deployment.sql('DROP TABLE surveys_platformkeyversion');
    await deployment.sql('ALTER TABLE kept_away RENAME TO surveys_platformkeyversion');
    await asItWas();
  });

  it.each([
    [`activated_at = now() - interval '600 days'`, 129, []],
    [`activated_at = now() - interval '669 days 23 hours'`, 60, ['shares-due-soon']],
    [`activated_at = now() - interval '729 days 23 hours'`, 0, ['shares-due-soon']],
    [`activated_at = now() - interval '730 days 1 hour'`, -1, ['shares-overdue']],
    // What counts is the last rotation, where there was one.
    [
      `activated_at = now() - interval '3000 days', shares_last_rotated = now() - interval '1 hour'`,
      729,
      [],
    ],
  ])('have shares that are due after 730 days: %s', async (columns, daysLeft, wanted) => {
    await setTimes(columns);
    const one = await only();
    expect([one.shares?.daysLeft, codes(one)]).toEqual([daysLeft, wanted]);
    await asItWas();
  });

  it('are retired, waiting, or one too many, in plain words', async () => {
    await setTimes(`activated_at = now() - interval '800 days', retired_at = now()`);
    const retired = await ask();
    expect(codes(retired)).toEqual(['no-active']);
    // By CheckTick alone: sync trusts its share set until a bundle retires it.
    expect(retired.versions[0]?.state).toBe('inactive');
    // Surveys are stored under it still, so its shares matter as before.
    expect(retired.versions.map(codes)).toEqual([['shares-overdue']]);
    await asItWas();
    await deployment.sql(
      `INSERT INTO surveys_platformkeyversion
         (version, vault_component, created_at, activated_at, notes)
       VALUES ('v2', $1, now(), now(), '')`,
      [Buffer.from(other(set.vaultComponent))],
    );
    const two = await ask();
    expect(codes(two)).toEqual(['several-active']);
    expect(two.versions.map((one) => [one.version, codes(one)])).toEqual([
      ['v2', ['kv-other-version', 'set-none']],
      ['v1', []],
    ]);
    await deployment.sql(
      `UPDATE surveys_platformkeyversion SET activated_at = NULL WHERE version = 'v2'`,
    );
    const waiting = await ask();
    expect(codes(waiting)).toEqual([]);
    expect(waiting.versions[0]?.shares).toBeNull();
    expect(waiting.versions[0]?.state).toBe('waiting');
    await deployment.sql(`DELETE FROM surveys_platformkeyversion WHERE version = 'v2'`);
  });

  it('say it when the trusted manifest was changed beside sync', async () => {
    const change = (with_: string) =>
      deployment.sql(
        `BEGIN; ALTER TABLE conclave.documents DISABLE TRIGGER documents_stay;
         UPDATE conclave.documents SET content = ${with_} WHERE type = 'manifest';
         ALTER TABLE conclave.documents ENABLE TRIGGER documents_stay; COMMIT`,
      );
    await change(
      `convert_to(replace(convert_from(content, 'UTF8'), '"sig":"', '"sig":"AAAA'), 'UTF8')`,
    );
    expect(codes(await only())).toEqual(['set-unreadable', 'component-unproved']);
    await change(
      `convert_to(replace(convert_from(content, 'UTF8'), '"sig":"AAAA', '"sig":"'), 'UTF8')`,
    );
    await asItWas();
  });

  it('are listed and shown on the command line, which ends with 1 when something is bad', async () => {
    const env = {
      CONCLAVE_URL: service.address,
      CONCLAVE_TOKEN_FILE: `${deployment.folder}/operator`,
    };
    const good = await runSync(['version', 'list'], env);
    expect([good.code, good.err]).toEqual([0, '']);
    expect(good.out).toContain('Key version v1 is active');
    expect(good.out).toContain('stored survey keys: 1, 1 of them recovered');
    expect(good.out).toContain('Trust epoch: 1 in Vault, 1 in the database.');
    const shown = await runSync(['version', 'show', 'v1'], env);
    for (const { index, custodian } of set.manifest.body.shares) {
      expect(shown.out).toContain(`share ${index}: ${custodian.name}, `);
    }
    await inVault(null);
    const bad = await runSync(['--json', 'version', 'show', 'v1'], env);
    expect(bad.code).toBe(1);
    expect(codes(JSON.parse(bad.out) as VersionAnswer)).toEqual(['kv-missing']);
    const none = await runSync(['version', 'show', 'v9'], env);
    expect([none.code, none.err]).toEqual([
      2,
      expect.stringContaining('There is no key version v9; there are: v1.'),
    ]);
    await asItWas();
  });

  it('tell of epochs that differ, last, because an epoch never falls', async () => {
    await deployment.sql('UPDATE conclave.settings SET epoch = 2');
    const found = await ask();
    expect(codes(found)).toEqual(['trust-epoch-mismatch']);
    expect(found.epoch).toEqual({ vault: 1, database: 2 });
  });

  it('never answer with a component, in any of its spellings', () => {
    expect(answers.length).toBeGreaterThan(20);
    for (const bytes of [set.vaultComponent, other(set.vaultComponent)]) {
      const hex = bytesToHex(bytes).slice(0, 16);
      const base64 = Buffer.from(bytes).toString('base64').slice(0, 16);
      for (const answer of answers) {
        expect(answer.toLowerCase()).not.toContain(hex);
        expect(answer).not.toContain(base64);
      }
    }
  });
});

it('in the middle of a commit, the key versions are compared after it', async () => {
  const deployment = await deploy();
  try {
    const service = await deployment.start();
    const set = await shareSetFor(service.admins.operator, deployment.mode);
    const made = await approvedSetup(service.admins, set);
    await service.stop();
    const dying = await deployment.start({ dieAt: 'written' });
    await expect(committed(dying.admins, made)).rejects.toThrow();
    await dying.child.ended;
    // The row is there, Vault holds the component, and sync trusts nothing yet.
    const platform = await openPlatform(testConfig(deployment.env));
    try {
      const { versions, findings } = await versionHealth(platform);
      expect(findings).toEqual([]);
      const [one] = versions;
      expect(one?.findings.map(({ code }) => code)).toEqual(['commit-open', 'set-none']);
      expect(one?.componentAgrees).toBeNull();
    } finally {
      await platform.close();
    }
  } finally {
    await deployment.stop();
  }
});
