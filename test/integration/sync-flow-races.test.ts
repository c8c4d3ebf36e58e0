import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Admin, listAdmins } from '../../sync/admins/admins.ts';
import { ticketType } from '../../shared/bundle/ticket.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import { showPassphrase } from '../../sync/flows/claims/claims.ts';
import type { FlowContext } from '../../sync/trust/context.ts';
import { APPROVABLES } from '../../sync/flows/actions.ts';
import { approveStatement, openStatement } from '../../sync/approvals/statements.ts';
import { commitBundle } from '../../sync/flows/commit/resume.ts';
import type { PackageAnswer } from '../../sync/routes/answers.ts';
import { makeTicket } from '../support/documents.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import {
  approvedRequest,
  approvedSetup,
  committed,
  importedRecovery,
  type MadeBundle,
  recoverBundle,
  seededSurvey,
  shareSetFor,
  withPlatformKey,
} from '../support/sync-ceremony.ts';
import { proofBy } from '../support/sync-client.ts';
import {
  deploy,
  type Deployment,
  type Servers,
  type Service,
  startServers,
  stopServers,
} from '../support/sync-service.ts';
import { openReplica, type Replica, rowsOf } from '../support/sync-replica.ts';

describe('another process acts between two steps of a commit', { retry: 0 }, () => {
  let servers: Servers;
  beforeAll(async () => {
    servers = await startServers();
  });
  afterAll(async () => {
    await stopServers(servers);
  });

  describe('of a setup', () => {
    it.each([
      'step intent',
      'before read conclave/packages',
      'after read conclave/packages',
      'step written',
      'before put conclave/trust',
      'step trust',
      'step trust > before read platform/master-key',
      'step read-back',
      'step receipt',
      'before delete conclave/packages',
      'after delete conclave/packages',
      'step key-destroyed',
    ])('finished by the other one at "%s": both answer committed, once', async (at) => {
      const deployment = await deploy({ servers });
      const service = await deployment.start();
      const set = await shareSetFor(service.admins.operator, deployment.mode);
      const made = await approvedSetup(service.admins, set);
      const second = await openReplica(deployment);
      const { state } = await second.interrupt(
        at,
        () => committed(service.admins, made),
        () => commitBundle(second.context, second.operator, made.digest),
      );
      expect(state).toBe('committed');
      expect(await rowsOf(deployment, made)).toEqual([
        { state: 'committed', key: null, receipts: 1, open: 0 },
      ]);
      expect(await deployment.kv(`conclave/packages/${made.nonce}`)).toBeNull();
      await second.close();
      await deployment.stop();
    });
  });

  describe('of a recovery', () => {
    let deployment: Deployment;
    let service: Service;
    let set: TestShareSet;
    let second: Replica;
    beforeAll(async () => {
      deployment = await deploy({ servers });
      service = await deployment.start();
      set = await withPlatformKey(deployment, service);
      second = await openReplica(deployment);
    });
    afterAll(async () => {
      await second.close();
      await deployment.stop();
    });

    const imported = () => importedRecovery(service.admins, set, seededSurvey(deployment));
    const commitHere = (made: MadeBundle) =>
      commitBundle(second.context, second.operator, made.digest);
    const recoveredCount = async (): Promise<number> => {
      const [row] = await deployment.sql<{ count: number }>(
        'SELECT recovered_count AS count FROM surveys_usersurveykekescrow',
      );
      return row?.count ?? -1;
    };
    const refuse = (made: MadeBundle) =>
      service.admins.approver1.post(`/v1/bundles/${made.digest}/refuse`, { reason: 'called off' });

    /** The other one commits, the user takes the passphrase and sets a password of his own. */
    async function committedAndTaken(made: MadeBundle): Promise<void> {
      await committed(service.admins, made);
      await service.admins.operator.post(`/v1/bundles/${made.digest}/passphrase`);
      await service.admins.operator.post(`/v1/bundles/${made.digest}/passphrase/acknowledge`);
      await deployment.sql(
        `UPDATE surveys_survey SET encrypted_kek_password = '\\x0102', encrypted_kek_recovery = NULL`,
      );
    }

    it.each([
      'step intent',
      'before read conclave/packages',
      'after read conclave/packages',
      'step written',
      'step written > before read conclave/claims',
      'step written > after read conclave/claims',
      'step written > before read users/',
      'step written > after read users/',
      'step read-back',
      'step receipt',
      'before delete conclave/packages',
      'after delete conclave/packages',
      'step key-destroyed',
    ])('finished by the other one at "%s", and used: both answer committed', async (at) => {
      const made = await imported();
      const count = await recoveredCount();
      const found = await second.interrupt(
        at,
        () => committedAndTaken(made),
        () => commitHere(made),
      );
      expect(found.state).toBe('committed');
      expect(await rowsOf(deployment, made)).toEqual([
        { state: 'committed', key: null, receipts: 1, open: 0 },
      ]);
      expect(await recoveredCount()).toBe(count + 1);
      // No second passphrase was made for a bundle that is over.
      expect(await deployment.kv(`conclave/claims/${made.digest}`)).toBeNull();
      expect(await deployment.kv(`conclave/packages/${made.nonce}`)).toBeNull();
    });

    it.each(['step claim', 'step rows', 'step vault'])(
      'asked for by the other one at "%s", under the row lock: it waits, and once is written',
      async (at) => {
        const made = await imported();
        const count = await recoveredCount();
        let other: Promise<unknown> | undefined;
        const found = await second.interrupt(
          at,
          async () => {
            other = committed(service.admins, made);
          },
          () => commitHere(made),
        );
        expect(await other).toMatchObject({ state: 'committed' });
        expect(found.state).toBe('committed');
        expect(await recoveredCount()).toBe(count + 1);
        expect(await rowsOf(deployment, made)).toEqual([
          { state: 'committed', key: null, receipts: 1, open: 0 },
        ]);
      },
    );

    it.each([
      ['step intent', 'it has ended so'],
      ['before read conclave/packages', 'bundle-state'],
      ['after read conclave/packages', 'bundle-state'],
    ])('refused by an approver at "%s": %s, and nothing is left', async (at, code) => {
      const made = await imported();
      const count = await recoveredCount();
      const found = second.interrupt(
        at,
        () => refuse(made),
        () => commitHere(made),
      );
      if (code === 'bundle-state') await expect(found).rejects.toMatchObject({ code });
      else expect((await found).state).toBe('refused');
      expect(await recoveredCount()).toBe(count);
      expect(await rowsOf(deployment, made)).toEqual([
        { state: 'refused', key: null, receipts: 1, open: 0 },
      ]);
      expect(await deployment.kv(`conclave/claims/${made.digest}`)).toBeNull();
    });

    it('withdrawn by the other one after its intent: begins again, and a crash after it is finished', async () => {
      const made = await imported();
      const open = `SELECT i.bundle_digest FROM conclave.intents i
                     WHERE i.step = 'commit' AND i.finished_at IS NULL`;
      let openWhenWritten: unknown[] = [];
      let begun = 0;
      const { onStep } = second.context;
      const context: FlowContext = {
        ...second.context,
        onStep: async (step) => {
          if (step === 'intent') begun += 1;
          if (step === 'written') openWhenWritten = await deployment.sql(open);
          await onStep?.(step);
        },
      };
      const found = await second.interrupt(
        'step intent',
        async () => {
          await deployment.sql(
            `UPDATE surveys_survey SET encrypted_kek_password =
               encrypted_kek_password || '\\x00'::bytea`,
          );
          await expect(committed(service.admins, made)).rejects.toMatchObject({
            code: 'survey-changed',
          });
          await deployment.sql(
            `UPDATE surveys_survey SET encrypted_kek_password =
               substr(encrypted_kek_password, 1, length(encrypted_kek_password) - 1)`,
          );
          expect(await rowsOf(deployment, made)).toMatchObject([{ state: 'waiting', open: 0 }]);
        },
        () => commitBundle(context, second.operator, made.digest),
      );
      expect(found.state).toBe('committed');
      expect(begun).toBe(2);
      // What is written belongs to an open intent, which a start after a crash finds.
      expect(openWhenWritten).toHaveLength(1);
    });

    it('a key that is gone while the bundle is open has a refusal of its own, and it can be refused', async () => {
      const made = await imported();
      await deployment.vault.api(
        'DELETE',
        `${deployment.env['VAULT_MOUNT'] ?? ''}/metadata/conclave/packages/${made.nonce}`,
      );
      await expect(commitHere(made)).rejects.toMatchObject({ code: 'package-key-missing' });
      await expect(committed(service.admins, made)).rejects.toMatchObject({
        code: 'package-key-missing',
        problem: { status: 409 },
      });
      // Nothing has begun that would keep others waiting.
      expect(await rowsOf(deployment, made)).toMatchObject([{ state: 'waiting', open: 0 }]);
      await refuse(made);
      expect(await rowsOf(deployment, made)).toMatchObject([{ state: 'refused', receipts: 1 }]);
    });

    it('a release interrupted after its key was made goes on with that key', async () => {
      const request = await approvedRequest(service.admins, seededSurvey(deployment));
      const ticket = await makeTicket(set);
      const asked = await service.admins.operator.post<PackageAnswer>('/v1/packages/recover', {
        requestCode: request.code,
        ticket: Buffer.from(ticketType.toBytes(ticket.document)).toString('base64'),
        words: eightWords(hexToBytes(ticket.document.digest)),
      });
      const release = { action: 'package-release', subject: asked.nonce, reason: 'r' } as const;
      await service.admins.approver1.approve('package-release', asked.nonce, { reason: 'r' });
      const admins = await listAdmins(second.context.database);
      const approver = admins.find(({ name }) => name === 'approver2') as Admin;
      // Its process "dies" between Vault and the database: the put has happened, nothing follows.
      const broken: FlowContext = {
        ...second.context,
        kv: {
          ...second.context.kv,
          put: async (at, data, options) => {
            await second.context.kv.put(at, data, options);
            throw new Error('interrupted');
          },
        },
      };
      const open = await openStatement(broken, APPROVABLES, approver, release);
      const entry = { id: open.id, proof: await proofBy(deployment.signers.approver2, open) };
      await expect(approveStatement(broken, APPROVABLES, approver, entry)).rejects.toThrow(
        'interrupted',
      );
      const key = await deployment.kv(`conclave/packages/${asked.nonce}`);
      const released = await service.admins.approver2.approve('package-release', asked.nonce, {
        reason: 'as requested',
      });
      expect(released.package?.state).toBe('released');
      const made = await recoverBundle(service.admins.operator, set, {
        nonce: asked.nonce,
        ticket,
      });
      expect(await deployment.kv(`conclave/packages/${asked.nonce}`)).toEqual(key);
      await service.admins.operator.post('/v1/bundles', made.bytes);
      expect(await commitHere(made)).toMatchObject({ state: 'committed' });
    });

    it('acknowledged while it is being shown: refused, and no other words are made up', async () => {
      const made = await imported();
      await committed(service.admins, made);
      await expect(
        second.interrupt(
          'before read conclave/claims',
          () => service.admins.operator.post(`/v1/bundles/${made.digest}/passphrase/acknowledge`),
          () => showPassphrase(second.context, second.operator, made.digest),
        ),
      ).rejects.toMatchObject({ code: 'passphrase-gone' });
      expect(await deployment.kv(`conclave/claims/${made.digest}`)).toBeNull();
    });

    it('Vault lost after the receipt: answered as committed, and the next start destroys the key', async () => {
      const made = await imported();
      const found = await second.interrupt(
        'step receipt',
        () => deployment.vault.seal(),
        () => commitHere(made),
      );
      expect(found.state).toBe('committed');
      await deployment.vault.unseal();
      expect(await deployment.kv(`conclave/packages/${made.nonce}`)).not.toBeNull();
      const third = await deployment.start();
      expect(await deployment.kv(`conclave/packages/${made.nonce}`)).toBeNull();
      await third.stop();
    });
  });
});
