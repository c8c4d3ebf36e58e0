import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import type { BundleAnswer } from '../../sync/routes/answers.ts';
import { startSmtp, type TestSmtp } from '../servers/smtp.ts';
import { makeCast, withMail } from '../support/people.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import { approvedSetup, committed, receiptFor, shareSetFor } from '../support/sync-ceremony.ts';
import { mailsTo, type MailingService, startMailing, tokenIn } from '../support/sync-public.ts';
import { type MadeRoster, rosterBundle } from '../support/sync-roster.ts';
import { deploy, type Deployment } from '../support/sync-service.ts';

const OLD = 'custodian.1@hospital.example';
const NEW = 'keys@thief.example';
const GONE = 'custodian.2@hospital.example';
const WITNESS = 'witness@audit.example';
const ADDRESSES: Readonly<Record<string, string>> = {
  'custodian 1': OLD,
  'custodian 2': GONE,
  witness: WITNESS,
};
const OPERATOR = 'operator@example.org';
const ADMINS = [OPERATOR, 'approver-1@example.org', 'approver-2@example.org'];

describe('a roster that changes where people are told', () => {
  let smtp: TestSmtp;
  let deployment: Deployment;
  let service: MailingService;
  let set: TestShareSet;

  beforeAll(async () => {
    smtp = await startSmtp();
    deployment = await deploy();
    service = await startMailing(deployment, smtp);
    const cast = withMail(makeCast('production'), (name) => ADDRESSES[name]);
    set = await shareSetFor(service.admins.operator, deployment.mode, { cast });
    await committed(service.admins, await approvedSetup(service.admins, set));
  }, 240_000);
  afterAll(async () => {
    await deployment?.stop();
    await smtp?.stop();
  });

  /** Custodian 1 gets another address, custodian 2 none. */
  async function brought(): Promise<MadeRoster & { readonly reference: string }> {
    const { operator } = service.admins;
    const people = set.roster.body.people.map((person) => {
      const { mail, ...rest } = person;
      if (person.name === 'custodian 1') return { ...rest, mail: NEW };
      return mail === undefined || person.name === 'custodian 2' ? rest : person;
    });
    const made = await rosterBundle(operator, set, { change: { people } });
    await operator.post('/v1/bundles', made.bytes);
    return { ...made, reference: eightWords(hexToBytes(made.digest)) };
  }
  const told = (made: { readonly reference: string }, subject: string, admins: string[]) =>
    mailsTo(smtp, subject, made.reference, [OLD, NEW, GONE, WITNESS, ...admins]);
  const LOSES = /mails for custodian [12] would no longer come to this address/;

  it('shows both addresses to whoever approves', async () => {
    const made = await brought();
    const { statement } = await service.admins.approver1.show('bundle-approve', made.digest, {
      words: made.words,
      reason: 'seen on paper',
    });
    expect(statement.facts.map(([, value]) => value)).toEqual(
      expect.arrayContaining([
        `custodian 1 is told by mail at ${NEW} from now on, no more at ${OLD}`,
        `custodian 2 is told by mail no more (until now at ${GONE})`,
      ]),
    );
    const body = { reason: 'a test' };
    await service.admins.approver1.post(`/v1/bundles/${made.digest}/refuse`, body);
  }, 60_000);

  it.each([
    ['the old address', OLD, 'custodian 1 (custodian)'],
    ['the address that is taken out', GONE, 'custodian 2 (custodian)'],
  ])(
    'tells old and new, says it to the old one, and is stopped from %s',
    async (_, address, who) => {
      const made = await brought();
      const mails = await told(made, 'Somebody wants to change', [OPERATOR]);
      for (const { to, text } of mails) {
        expect([to, LOSES.test(text.replaceAll(/\s+/g, ' '))]).toEqual([
          to,
          to[0] === OLD || to[0] === GONE,
        ]);
      }
      const mail = mails.find(({ to }) => to[0] === address);
      const token = mail === undefined ? undefined : tokenIn(mail);
      const { text } = await service.visit(token ?? '', 'POST');
      expect(text).toContain('The change is stopped');
      const shown = await service.admins.operator.get<BundleAnswer>(`/v1/bundles/${made.digest}`);
      expect(shown).toMatchObject({
        state: 'objected',
        reason: `${who} objected by the link in the mail. Nothing was changed.`,
      });
      const receipt = await receiptFor(service.admins.operator, set, made.digest);
      expect(receipt.body.outcome).toBe('objected');
    },
    120_000,
  );

  it('tells the old address a last time when it is in force', async () => {
    const made = await brought();
    for (const one of [service.admins.approver1, service.admins.approver2]) {
      const entry = { words: made.words, reason: 'seen on paper' };
      await one.approve('bundle-approve', made.digest, entry);
    }
    expect((await committed(service.admins, made)).state).toBe('committed');
    const mails = await told(made, 'The keys were changed', ADMINS);
    for (const { to, text } of mails) {
      const isLast = text
        .replaceAll(/\s+/g, ' ')
        .includes('This was the last mail to this address');
      expect([to, isLast]).toEqual([to, to[0] === OLD || to[0] === GONE]);
    }
  }, 120_000);
});
