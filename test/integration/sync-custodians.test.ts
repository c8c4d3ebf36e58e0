import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BundleAnswer, StatementAnswer } from '../../sync/routes/answers.ts';
import type { PreviewAnswer } from '../../sync/routes/page-answers.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import { type Cast, makeCast, withMail } from '../support/people.ts';
import { LINKS, startSmtp, type TestSmtp } from '../servers/smtp.ts';
import {
  committed,
  type MadeBundle,
  receiptFor,
  setupBundle,
  shareSetFor,
} from '../support/sync-ceremony.ts';
import { deploy, type Deployment } from '../support/sync-service.ts';
import { mailsTo, type MailingService, startMailing, tokenIn } from '../support/sync-public.ts';

const SHARED = 'keys@hospital.example';
const ADDRESSES: Readonly<Record<string, string>> = {
  'custodian 1': "o'custodian.1@hospital.example",
  'custodian 3': SHARED,
  'custodian 4': 'Keys@Hospital.example',
  witness: 'witness@audit.example',
};
const LISTED = [ADDRESSES['custodian 1'] ?? '', SHARED, ADDRESSES['witness'] ?? ''];
const OPERATOR = 'operator@example.org';
const ADMINS = [OPERATOR, 'approver-1@example.org', 'approver-2@example.org'];

const cast = (): Cast => withMail(makeCast('production'), (name) => ADDRESSES[name]);

describe('custodians are told of a setup, and stop it', () => {
  let smtp: TestSmtp;
  let deployment: Deployment;
  let service: MailingService;

  beforeAll(async () => {
    smtp = await startSmtp();
    deployment = await deploy();
    service = await startMailing(deployment, smtp, { CONCLAVE_LOG_LEVEL: 'info' });
  }, 240_000);
  afterAll(async () => {
    await deployment?.stop();
    await smtp?.stop();
  });

  interface Came {
    readonly set: TestShareSet;
    readonly made: MadeBundle;
    readonly words: string;
  }
  async function brought(people: Cast = cast(), label = '2026 A'): Promise<Came> {
    const { operator } = service.admins;
    const set = await shareSetFor(operator, deployment.mode, { cast: people, label });
    const made = await setupBundle(operator, set);
    await operator.post('/v1/bundles', made.bytes);
    return { set, made, words: eightWords(hexToBytes(made.digest)) };
  }
  const entry = ({ set }: Came) => ({
    words: eightWords(hexToBytes(set.manifest.digest)),
    reason: 'seen on paper',
  });
  const approve = async (came: Came, ...who: ('approver1' | 'approver2')[]): Promise<void> => {
    for (const one of who) {
      await service.admins[one].approve('bundle-approve', came.made.digest, entry(came));
    }
  };
  const shown = (digest: string) =>
    service.admins.operator.get<BundleAnswer>(`/v1/bundles/${digest}`);
  const historyOf = async (digest: string) => (await shown(digest)).history.map(({ what }) => what);
  async function linkOf({ words }: Came, address: string, subject = 'Somebody wants to change') {
    const mails = await mailsTo(smtp, subject, words, [
      ...LISTED,
      ...(subject.startsWith('Somebody') ? [OPERATOR] : ADMINS),
    ]);
    const token = tokenIn(mails.find(({ to }) => to[0] === address) ?? { to: [], text: '' });
    expect(token).toBeDefined();
    return token ?? '';
  }

  it.each([
    ['just taken in', []],
    ['approved by one', ['approver1']],
    ['approved by two', ['approver1', 'approver2']],
  ] as const)(
    'a bundle %s is stopped by one press, and burnt',
    async (_, approvers) => {
      const came = await brought();
      const { digest, nonce, bytes } = came.made;
      await approve(came, ...approvers);
      const token = await linkOf(came, SHARED);
      const witness = await linkOf(came, ADDRESSES['witness'] ?? '');
      for (let look = 0; look < 3; look += 1) {
        const { status, text } = await service.visit(token);
        expect([status, text.includes('Stop this change of the keys?')]).toEqual([200, true]);
        expect(text).toContain('Platform key version v1 would be set up');
        expect(text).not.toContain('<script');
      }
      expect((await shown(digest)).state).toBe(approvers.length === 2 ? 'waiting' : 'verified');
      expect(await deployment.kv(`conclave/packages/${nonce}`)).not.toBeNull();

      const pressed = await Promise.all([
        service.visit(token, 'POST'),
        service.visit(token, 'POST'),
      ]);
      expect(new Set(pressed.map(({ status }) => status))).toEqual(new Set([200, 404]));
      const page = pressed.find(({ status }) => status === 200)?.text ?? '';
      expect(page).toContain('The change is stopped');
      const after = await shown(digest);
      expect(after.state).toBe('objected');
      expect(after.reason).toBe(
        'custodian 3 (custodian) and custodian 4 (custodian) objected by the link in the mail. Nothing was changed.',
      );
      expect(after.history.map(({ what }) => what)).toContain(
        'stopped by custodian 3 (custodian) and custodian 4 (custodian), by the link in the mail',
      );
      const receipt = await receiptFor(service.admins.operator, came.set, digest);
      expect(receipt.body).toMatchObject({ outcome: 'objected', epoch: 0, readBack: [] });
      expect(await deployment.kv(`conclave/packages/${nonce}`)).toBeNull();
      expect(await deployment.kv('conclave/trust')).toBeNull();
      expect(await deployment.kv('platform/master-key')).toBeNull();
      await expect(committed(service.admins, came.made)).rejects.toThrow('bundle-state');
      await expect(approve(came, 'approver1')).rejects.toThrow('bundle-state');
      const again = await service.admins.operator.post<BundleAnswer>('/v1/bundles', bytes);
      expect(again.state).toBe('objected');

      const told = [...LISTED, OPERATOR, ...ADMINS.slice(1, 1 + approvers.length)];
      const mails = await mailsTo(smtp, 'Change of the keys stopped', came.words, told);
      for (const mail of mails) {
        expect(tokenIn(mail)).toBeUndefined();
        expect(mail.text).toContain('custodian 3 (custodian) and custodian 4 (custodian) objected');
      }
      // Whoever comes second sees that it is done, and changes nothing.
      for (const method of ['GET', 'POST'] as const) {
        expect((await service.visit(witness, method)).text).toContain('The change is stopped');
      }
      expect((await service.visit(witness)).status).toBe(404);
      expect((await service.visit(token)).status).toBe(404);
    },
    120_000,
  );

  it('one that was refused or has expired is shown as stopped', async () => {
    const refused = await brought();
    await service.admins.approver1.post(`/v1/bundles/${refused.made.digest}/refuse`, {
      reason: 'the label is wrong',
    });
    const mails = await mailsTo(smtp, 'Change of the keys stopped', refused.words, [
      ...LISTED,
      OPERATOR,
    ]);
    expect(mails[0]?.text).toContain('Refused by an approver: the label is wrong');
    const token = await linkOf(refused, SHARED);
    expect((await service.visit(token, 'POST')).text).toContain('The change is stopped');
    expect((await shown(refused.made.digest)).state).toBe('refused');

    const expired = await brought();
    const link = await linkOf(expired, SHARED);
    await approve(expired, 'approver1', 'approver2');
    await deployment.sql(`UPDATE conclave.packages SET expires_at = now() WHERE nonce = $1`, [
      Buffer.from(expired.made.nonce, 'hex'),
    ]);
    // It ends by itself.
    await mailsTo(smtp, 'Change of the keys stopped', expired.words, [...LISTED, ...ADMINS]);
    expect((await service.visit(link, 'POST')).text).toContain('The change is stopped');
    expect((await shown(expired.made.digest)).state).toBe('expired');
  }, 240_000);

  it('a link that is over, or of another bundle, does nothing to this one', async () => {
    const [one, other] = [await brought(), await brought()];
    const token = await linkOf(one, SHARED);
    await service.visit(await linkOf(other, SHARED), 'POST');
    expect((await shown(one.made.digest)).state).toBe('verified');
    await deployment.sql(`UPDATE conclave.links SET expires_at = now() WHERE used_at IS NULL`);
    expect((await service.visit(token, 'POST')).status).toBe(404);
    expect((await shown(one.made.digest)).state).toBe('verified');
  }, 240_000);

  it('names and labels stay text, in mails and on the page', async () => {
    const people = cast();
    const [first, ...others] = people.custodians;
    if (first === undefined) throw new Error('no custodian');
    const named = { ...first, name: 'Bcc: <b>thief</b>@evil.example' };
    const odd = {
      ...people,
      custodians: [named, ...others],
      all: [named, ...people.all.slice(1)],
    };
    const came = await brought(odd, '<i>x</i> %s $& A');
    const token = await linkOf(came, ADDRESSES['custodian 1'] ?? '');
    for (const { to, text } of smtp.mails.filter((mail) => mail.text.includes(came.words))) {
      const [head = ''] = text.split('\r\n\r\n');
      expect(to).toHaveLength(1);
      expect(head).not.toMatch(/^bcc:/im);
      expect(head).not.toContain('evil');
    }
    const { text } = await service.visit(token);
    expect(text).not.toContain('<i>x</i>');
    expect(text).toContain('&lt;i&gt;x&lt;/i&gt; %s $&amp; A');
    await service.visit(token, 'POST');
    expect((await shown(came.made.digest)).reason).toContain('<b>thief</b>');
  }, 240_000);

  it('an address that takes no mail is named in the history', async () => {
    smtp.refused.add(ADDRESSES['witness'] ?? '');
    const came = await brought();
    await mailsTo(smtp, 'Somebody wants', came.words, [...LISTED.slice(0, 2), OPERATOR]);
    await expect
      .poll(() => historyOf(came.made.digest), { timeout: 20_000 })
      .toContain('a mail did not reach witness (witness): call them');
    smtp.refused.clear();
  }, 60_000);

  it('the preview says whom it would tell, and keeps and tells nothing', async () => {
    const { operator } = service.admins;
    const set = await shareSetFor(operator, deployment.mode, { cast: cast() });
    const made = await setupBundle(operator, set);
    const [before] = await deployment.sql('SELECT count(*) FROM conclave.outbox');
    const preview = await operator.post<PreviewAnswer>('/v1/bundles/preview', made.bytes);
    expect(Object.fromEntries(preview.facts)).toMatchObject({
      'told by mail': '4 people',
      'have no address: call': 'custodian 2 (custodian)',
    });
    expect(await deployment.sql('SELECT count(*) FROM conclave.outbox')).toEqual([before]);
  });

  it('each step is told to custodians, witness and the admins who had to do with it', async () => {
    const came = await brought();
    const { digest } = came.made;
    const first = await mailsTo(smtp, 'Somebody wants to change', came.words, [
      ...LISTED,
      OPERATOR,
    ]);
    const tokens = first.map(tokenIn);
    for (const [at, { to, text }] of first.entries()) {
      expect(text).toMatch(
        /Subject: Somebody wants to change the keys: set up platform key\s+version v1/,
      );
      expect(text).toContain('Nothing is changed yet.');
      expect(text).toContain('share set 2026 A would be the first that is trusted for it');
      expect(text).toContain('waiting time of 0 hours');
      const isAdmin = to[0] === OPERATOR;
      expect(tokens[at] === undefined).toBe(isAdmin);
      expect(text.includes(`${LINKS}/object/cco_`)).toBe(!isAdmin);
    }
    expect(new Set(tokens).size).toBe(4);
    // Two people with one address, written in two ways: one mail to both.
    const both = first.find(({ to }) => to[0] === SHARED);
    expect(both?.text).toContain('Hello custodian 3 and custodian 4,');

    const statement = await service.admins.approver1.show('bundle-approve', digest, entry(came));
    const facts = (open: StatementAnswer) => Object.fromEntries(open.statement.facts);
    expect(facts(statement)).toMatchObject({
      'told by mail': '4 people',
      'not told by mail': '1 person',
      'have no address: call': 'custodian 2 (custodian)',
    });
    expect(facts(statement)['who is told']).toContain(
      `custodian 4 (custodian) Keys@Hospital.example, witness (witness) witness@audit.example`,
    );

    await approve(came, 'approver1', 'approver2');
    const second = await mailsTo(smtp, 'Waiting time to change', came.words, [
      ...LISTED,
      ...ADMINS,
    ]);
    expect(second[0]?.text).toMatch(/ends on \d{1,2} \w+ \d{4}, \d\d:\d\d UTC/);
    const fresh = second.flatMap((mail) => tokenIn(mail) ?? []);
    expect(fresh).toHaveLength(3);
    expect(fresh.some((token) => tokens.includes(token))).toBe(false);
    const page = await service.visit(fresh[0] ?? '');
    expect(page.text).toContain('Can be made from');

    await committed(service.admins, came.made);
    await committed(service.admins, came.made);
    const third = await mailsTo(smtp, 'The keys were changed', came.words, [...LISTED, ...ADMINS]);
    for (const mail of third) {
      expect(tokenIn(mail)).toBeUndefined();
      expect(mail.text).toContain('share set 2026 A is the first that is trusted for it');
    }
    for (const method of ['GET', 'POST'] as const) {
      const late = await service.visit(fresh[0] ?? '', method);
      expect(late.text).toContain('It is too late to stop this here');
      expect(late.text).toContain(came.words);
    }
    expect((await shown(digest)).state).toBe('committed');

    const { facts: standing } = await shown(digest);
    expect(standing).toMatchObject({
      'told by mail': '4 people',
      'not told by mail': '1 person',
    });
    const told =
      'custodian 1 (custodian), custodian 3 (custodian), custodian 4 (custodian), witness (witness)';
    expect(await historyOf(digest)).toEqual([
      'bundle imported',
      `mail that it came to ${told}`,
      'no mail that it came to custodian 2 (custodian) (no address): call them',
      'bundle approved',
      'bundle approved',
      `mail that its delay runs to ${told}`,
      'no mail that its delay runs to custodian 2 (custodian) (no address): call them',
      'commit begun',
      `mail that it was made to ${told}`,
      'no mail that it was made to custodian 2 (custodian) (no address): call them',
      'bundle committed',
    ]);
    expect(JSON.stringify(await shown(digest))).not.toContain('@hospital.example');
    const log = service.child.output();
    for (const never of ['cco_', '@hospital.example', '@audit.example']) {
      expect(log).not.toContain(never);
    }
  }, 240_000);
});

describe('a sync without mail settings', () => {
  it('tells nobody, and names everybody to be called', async () => {
    const own = await deploy();
    const plain = await own.start();
    const { operator, approver1, approver2 } = plain.admins;
    const set = await shareSetFor(operator, own.mode, { cast: cast() });
    const made = await setupBundle(operator, set);
    const taken = await operator.post<BundleAnswer>('/v1/bundles', made.bytes);
    expect(taken.facts).toMatchObject({ 'told by mail': 'nobody', 'not told by mail': '5 people' });
    expect(taken.facts['mail is not set up: call']).toContain(
      'custodian 1 (custodian), custodian 2',
    );
    const words = eightWords(hexToBytes(set.manifest.digest));
    for (const one of [approver1, approver2]) {
      await one.approve('bundle-approve', made.digest, { words, reason: 'seen' });
    }
    const done = await committed(plain.admins, made);
    expect(done.state).toBe('committed');
    const all =
      'custodian 1 (custodian), custodian 2 (custodian), custodian 3 (custodian), custodian 4 (custodian), witness (witness)';
    expect(done.history.map(({ what }) => what)).toContain(
      `no mail that it was made to ${all} (mail is not set up): call them`,
    );
    expect(
      await own.sql('SELECT 1 FROM conclave.outbox UNION ALL SELECT 1 FROM conclave.links'),
    ).toEqual([]);
    await own.stop();
  }, 60_000);
});
