import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseReceipt } from '../../shared/bundle/receipt.ts';
import type { BundleAnswer } from '../../sync/routes/answers.ts';
import type { QueueAnswer } from '../../sync/routes/page-answers.ts';
import { mailEnv, startSmtp, type TestSmtp } from '../servers/smtp.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import { committed } from '../support/sync-ceremony.ts';
import { runSync } from '../support/sync-cli.ts';
import { caller } from '../support/sync-client.ts';
import { PASSPHRASE } from '../support/sync-identities.ts';
import { codeIn, type LostScene, lostScene } from '../support/sync-lost.ts';
import type { MadeRoster } from '../support/sync-roster.ts';
import {
  deploy,
  type Deployment,
  type Servers,
  type Service,
  startServers,
  stopServers,
} from '../support/sync-service.ts';
import { clockShowed } from '../support/sync-tricks.ts';

const refused = (code: string) => expect.objectContaining({ code }) as Error;
const DELAYS = { CONCLAVE_DELAY_HOURS: '1,recover=0,roster=72' };

describe('all keys of all admins are lost', { retry: 0 }, () => {
  let servers: Servers;
  let smtp: TestSmtp;
  let env: Record<string, string>;
  beforeAll(async () => {
    [servers, smtp] = await Promise.all([startServers(), startSmtp()]);
    env = { ...DELAYS, ...mailEnv(smtp) };
  }, 120_000);
  afterAll(async () => {
    await smtp?.stop();
    await stopServers(servers);
  });

  const scene = () => lostScene(servers, env);

  describe('the whole loop', () => {
    let all: LostScene;
    let deployment: Deployment;
    let set: TestShareSet;
    let service: Service;
    let made: MadeRoster & { readonly file: string };
    beforeAll(async () => {
      all = await scene();
      ({ deployment, set } = all);
      service = await deployment.start({ env });
    }, 120_000);
    afterAll(async () => {
      await deployment?.stop();
    });

    it('who has the console alone gets no further than a package', async () => {
      const { operator } = set.cast;
      const few = await all.ceremony({
        admins: all.admins,
        signers: [...set.quorum.slice(1), operator.signer],
      });
      expect(codeIn(await all.take(few))).toBe('signature-missing');
      const bare = await all.ceremony({ admins: all.admins, signers: [operator.signer] });
      expect(codeIn(await all.take(bare))).toBe('signature-missing');
      expect(
        await deployment.sql('SELECT 1 FROM conclave.bundles b WHERE kind = $1', ['roster']),
      ).toEqual([]);
    });

    it('the words of the new roster are typed; people must exist, keys must be new', async () => {
      const good = await all.ceremony();
      expect(codeIn(await all.run('import', good.file, '--words', 'a b c d e f g h'))).toBe(
        'words-differ',
      );
      const [one, two] = all.admins;
      for (const [admins, code] of [
        [[{ ...one, userId: 999_999 }, two], 'admin-no-such-user'],
        [[{ ...one, publicKey: deployment.signers.operator.keyid }, two], 'key-known'],
      ] as const) {
        const wrong = await all.ceremony({ admins: [...admins] });
        expect(codeIn(await all.take(wrong))).toBe(code);
      }
    });

    it('a bundle that names no admins does not fit its package, and an admin cannot bring one that does', async () => {
      const none = await all.ceremony({ admins: null });
      expect(codeIn(await all.take(none))).toBe('package-differs');
      const good = await all.ceremony();
      await expect(service.admins.operator.post('/v1/bundles', good.bytes)).rejects.toThrow(
        refused('way-of-import'),
      );
    });

    it('waits for the longest delay that is configured, and shows every admin that he can stop it', async () => {
      made = await all.ceremony();
      const taken = await all.take(made);
      expect(taken).toMatchObject({ code: 0 });
      const shown = JSON.parse(taken.out) as BundleAnswer;
      expect(shown).toMatchObject({ state: 'waiting', replacesAdmins: true });
      const wait = Date.parse(shown.notBefore ?? '') - Date.parse(shown.receivedAt);
      expect(wait).toBe(72 * 3_600_000);
      expect(codeIn(await all.run('commit', made.digest.slice(0, 8)))).toBe('bundle-too-early');
      const { items } = await service.as('auditor').get<QueueAnswer>('/v1/queue');
      const [item] = items;
      expect(item).toMatchObject({ subject: made.digest, yours: true, commit: false });
      expect(item?.stop.map(({ word }) => word)).toEqual(['object']);
      const addresses = await deployment.sql<{ email: string }>(
        `SELECT u.email FROM conclave.admins a JOIN auth_user u ON u.id = a.user_id
          WHERE a.state = 'active'`,
      );
      await vi.waitFor(
        () => {
          for (const { email } of addresses) {
            const mine = smtp.mails.find(({ to }) => to.includes(email));
            expect(mine?.text).toMatch(/nobody at the recovery service can approve/);
            expect(mine?.text).toMatch(/\/object\/cco_/);
          }
        },
        { timeout: 60_000, interval: 200 },
      );
    });

    it('one admin who has a key after all stops it, whatever his role; it stays stopped', async () => {
      const auditor = service.as('auditor');
      const stopped = await auditor.post<BundleAnswer>(`/v1/bundles/${made.digest}/object`, {
        reason: 'my key is here',
      });
      expect(stopped).toMatchObject({
        state: 'objected',
        reason: 'An admin objected: my key is here',
      });
      await clockShowed(deployment, '80 hours');
      expect(codeIn(await all.run('commit', made.digest.slice(0, 8)))).toBe('bundle-state');
      const again = await all.take(made);
      expect(JSON.parse(again.out)).toMatchObject({ state: 'objected' });
      const out = path.join(all.folder, 'receipt.json');
      expect(await all.run('receipt', made.digest.slice(0, 8), '--out', out)).toMatchObject({
        code: 0,
      });
      const receipt = parseReceipt(new Uint8Array(await readFile(out)), deployment.mode, set.sync);
      expect(receipt.body).toMatchObject({ kind: 'roster', outcome: 'objected', epoch: 1 });
      expect((await all.adminsNow()).length).toBe(5);
    });

    it('a delay that was written away in the database stops the commit', async () => {
      made = await all.ceremony();
      expect(await all.take(made)).toMatchObject({ code: 0 });
      await deployment.sql(
        `UPDATE conclave.bundles SET not_before = received_at WHERE digest = decode($1, 'hex')`,
        [made.digest],
      );
      expect(codeIn(await all.run('commit', made.digest.slice(0, 8)))).toBe('delay-altered');
      await deployment.sql(
        `UPDATE conclave.bundles SET not_before = received_at + interval '72 hours'
          WHERE digest = decode($1, 'hex')`,
        [made.digest],
      );
    });

    it('after the delay the two are the only admins, and the roster is in force', async () => {
      await clockShowed(deployment, '73 hours');
      const done = await all.run('commit', made.digest.slice(0, 8));
      expect(done).toMatchObject({ code: 0 });
      expect(JSON.parse(done.out)).toMatchObject({ state: 'committed' });
      expect(await all.adminsNow()).toEqual([
        { name: 'admin 1', state: 'active' },
        { name: 'admin 2', state: 'active' },
      ]);
      expect(await deployment.kv('conclave/trust')).toEqual({
        epoch: 2,
        roster: made.roster.digest,
        versions: { v1: [set.manifest.digest] },
        escrowKeys: { v1: set.manifest.body.escrowKey },
      });
      expect(await deployment.sql('SELECT epoch FROM conclave.settings')).toEqual([{ epoch: 2 }]);
      // What was open to the former admins is closed, at once.
      await expect(service.admins.operator.get('/v1/queue')).rejects.toThrow(
        refused('not-signed-in'),
      );
    });

    it('the two sign in with their identities, and go on as admins do', async () => {
      const tokens: string[] = [];
      for (const [at, { file }] of all.people.entries()) {
        const out = path.join(all.folder, `token-${at}`);
        const ended = await runSync(
          [
            'admin',
            'token',
            '--url',
            service.address,
            '--identity-file',
            file,
            '--out',
            out,
            '--passphrase-fd',
            '3',
          ],
          deployment.env,
          PASSPHRASE,
        );
        expect(ended).toMatchObject({ code: 0 });
        tokens.push((await readFile(out, 'utf8')).trim());
      }
      const [first = '', second = ''] = tokens;
      const one = caller(service.address, first, all.people[0]?.signer);
      const two = caller(service.address, second, all.people[1]?.signer);
      const subject = `${deployment.checktick.people['approver-1'].id}:approver:approver 3`;
      await one.approve('admin-invite', subject, { reason: 'a third one' });
      const [invited] = await deployment.sql<{ id: string }>(
        `SELECT id FROM conclave.admins WHERE state = 'invited'`,
      );
      await two.approve('admin-confirm', invited?.id ?? '', { reason: 'spoken with him' });
      expect((await all.adminsNow()).map(({ state }) => state)).toEqual([
        'active',
        'active',
        'confirmed',
      ]);
    });
  });

  it.each(['intent', 'rows', 'vault', 'written', 'read-back', 'receipt'])(
    'a commit killed after "%s" is finished by the next start, once',
    async (step) => {
      const all = await scene();
      const { deployment } = all;
      const made = await all.ceremony();
      expect(await all.take(made)).toMatchObject({ code: 0 });
      await clockShowed(deployment, '73 hours');
      const dying = await deployment.start({ dieAt: step, env });
      const asked = committed(dying.admins, made);
      await expect(asked).rejects.toThrow();
      await dying.child.ended;
      expect(dying.child.output()).toContain(`dies at ${step}`);
      const service = await deployment.start({ env });
      await vi.waitFor(
        async () => {
          const [row] = await deployment.sql(
            `SELECT b.state, s.epoch,
                    (SELECT count(*)::int FROM conclave.receipts r WHERE r.nonce = b.nonce) AS receipts
               FROM conclave.bundles b, conclave.settings s WHERE b.kind = 'roster'`,
          );
          expect(row).toEqual({ state: 'committed', epoch: 2, receipts: 1 });
        },
        { timeout: 60_000, interval: 200 },
      );
      expect(await deployment.kv('conclave/trust')).toMatchObject({
        epoch: 2,
        roster: made.roster.digest,
      });
      expect((await all.adminsNow()).map(({ name }) => name)).toEqual(['admin 1', 'admin 2']);
      await service.stop();
      await deployment.stop();
    },
    120_000,
  );

  it('without mail settings nobody could be told, so nothing begins', async () => {
    const deployment = await deploy({ servers });
    const refusal = await runSync(
      ['--json', 'admin', 'lost', 'package', '--out', deployment.folder],
      deployment.env,
    );
    expect(codeIn(refusal)).toBe('lost-needs-mail');
    await deployment.stop();
  });
});
