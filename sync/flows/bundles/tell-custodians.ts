/**
 * Tells custodians and witnesses of each step of a bundle that changes trust or components, and
 * the admins who brought and approved it. Called inside the transaction of the step.
 * @module
 */
import { z } from 'zod';
import { asOneLine } from '../../../shared/bundle/approval.ts';
import type { BundleDocument } from '../../../shared/bundle/bundle.ts';
import { hexToBytes } from '../../../shared/encoding/bytes.ts';
import { ADDRESS, type MailConfig } from '../../config/mail.ts';
import { delayHoursFor, type SyncConfig } from '../../config/config.ts';
import { databaseTime } from '../../database/clock.ts';
import { columns } from '../../database/columns.ts';
import type { Queryable } from '../../database/database.ts';
import { appendEvent } from '../../database/documents.ts';
import { changeOf } from '../../words/change.ts';
import { type BundlePerson, inFull, isGuard, losingAddress, peopleOf } from './people.ts';
import { replacesAdmins } from '../../words/roster.ts';
import { CONSOLE, wordsOf } from '../../trust/eight-words.ts';
import {
  changeBody,
  type ChangeFacts,
  changeSubject,
  hasLink,
  type ToldStep,
} from '../../mail/change-messages.ts';
import { createLink, LINK_DAYS } from '../../mail/links.ts';
import { inWords } from '../../mail/messages.ts';
import { enqueue } from '../../mail/outbox.ts';

/** One mail: everybody who has this address. */
interface Recipient {
  readonly address: string;
  readonly names: string[];
  /** Each with his role; empty for admins alone. */
  readonly people: string[];
  /** One of them guards the keys; else they are told because a survey is theirs. */
  isGuard: boolean;
  /** Whom the change takes this address from. */
  readonly losing: string[];
}

/**
 * Tells of one step, once, however often it is called; nothing for a bundle that changes neither
 * trust nor components. Who has no address, and everybody where mail is not set up, is named in an
 * event: he is to be called.
 * @param facts.until end of the waiting time; `why` it was stopped
 */
export async function tellCustodians(
  tx: Queryable,
  config: SyncConfig,
  document: BundleDocument,
  step: ToldStep,
  facts: { readonly until?: Date; readonly why?: string } = {},
): Promise<void> {
  const change = changeOf(document.body);
  if (change === null) return;
  const { digest } = document;
  if (await wasTold(tx, digest, step)) return;
  const people = await peopleOf(tx, digest);
  const { mail } = config;
  const reachable = mail === undefined ? [] : people.filter(({ address }) => ADDRESS.test(address));
  const { now } = await databaseTime(tx);
  if (mail !== undefined) {
    const about: ChangeFacts = {
      ...change,
      reference: wordsOf(digest),
      broughtBy: await importerName(tx, digest),
      at: inWords(now),
      delay: `${delayHoursFor(config, document.body.kind)} hours`,
      isApproved: !replacesAdmins(document.body),
      ...(facts.until === undefined ? {} : { until: inWords(facts.until) }),
      ...(facts.why === undefined ? {} : { why: asOneLine(facts.why, 300) }),
    };
    const losing = losingAddress(document.body, reachable);
    const everybody = recipients(reachable, losing, await adminsOf(tx, digest));
    for (const one of everybody) await queue(tx, mail, digest, step, about, one, now);
  }
  const subject = hexToBytes(digest);
  const told = reachable.map(inFull);
  if (told.length > 0) {
    await appendEvent(tx, { type: 'people-told', subject, facts: { step, people: told } });
  }
  const rest = people.filter((one) => !reachable.includes(one)).map(inFull);
  if (rest.length > 0) {
    const why = mail === undefined ? 'mail is not set up' : 'no address';
    await appendEvent(tx, { type: 'people-not-told', subject, facts: { step, people: rest, why } });
  }
}

async function wasTold(tx: Queryable, digest: string, step: ToldStep): Promise<boolean> {
  const found = await tx.one(
    z.object({ was: columns.boolean }),
    `SELECT EXISTS (SELECT FROM conclave.events WHERE subject = $1
       AND type IN ('people-told', 'people-not-told') AND facts->>'step' = $2) AS was`,
    [hexToBytes(digest), step],
  );
  return found.was;
}

const named = z.object({ name: columns.text });

async function importerName(tx: Queryable, digest: string): Promise<string> {
  const { name } = await tx.one(
    named,
    `SELECT coalesce(a.name, $2) AS name FROM conclave.bundles b
       LEFT JOIN conclave.admins a ON a.id = b.imported_by WHERE b.digest = $1`,
    [hexToBytes(digest), CONSOLE],
  );
  return asOneLine(name, 100);
}

const admin = z.object({ name: columns.text, address: columns.text });

/** Who brought it and who approved it, by the addresses of their accounts in CheckTick. */
async function adminsOf(tx: Queryable, digest: string): Promise<z.infer<typeof admin>[]> {
  const found = await tx.rows(
    admin,
    `SELECT DISTINCT a.name, u.email AS address FROM conclave.admins a
       JOIN auth_user u ON u.id = a.user_id
      WHERE a.id IN (SELECT imported_by FROM conclave.bundles WHERE digest = $1
                     UNION SELECT admin_id FROM conclave.approvals WHERE subject = $1)
      ORDER BY a.name`,
    [hexToBytes(digest)],
  );
  return found.filter(({ address }) => ADDRESS.test(address));
}

/** One mail for each address, however it is written and however many have it. */
function recipients(
  people: readonly BundlePerson[],
  losing: readonly BundlePerson[],
  admins: readonly z.infer<typeof admin>[],
): Recipient[] {
  const byAddress = new Map<string, Recipient>();
  const at = (address: string): Recipient => {
    const key = address.toLowerCase();
    const found = byAddress.get(key) ?? {
      address,
      names: [],
      people: [],
      isGuard: false,
      losing: [],
    };
    byAddress.set(key, found);
    return found;
  };
  for (const person of people) {
    const found = at(person.address);
    found.names.push(asOneLine(person.name, 60));
    found.people.push(inFull(person));
    found.isGuard ||= isGuard(person);
    if (losing.includes(person)) found.losing.push(asOneLine(person.name, 60));
  }
  for (const { name, address } of admins) {
    const found = at(address);
    const line = asOneLine(name, 60);
    if (!found.names.includes(line)) found.names.push(line);
  }
  return [...byAddress.values()];
}

async function queue(
  tx: Queryable,
  { linksUrl }: MailConfig,
  digest: string,
  step: ToldStep,
  about: ChangeFacts,
  { address, names, people, losing, isGuard: guards }: Recipient,
  now: Date,
): Promise<void> {
  const isListed = people.length > 0;
  const person = [...new Set(people)].join(' and ');
  const makeLink = async (): Promise<string> => {
    const expiresAt = new Date(now.getTime() + LINK_DAYS * 86_400_000);
    const link = { requestId: null, bundleDigest: digest, address, person, expiresAt };
    return `${linksUrl}/object/${await createLink(tx, link, now)}`;
  };
  await enqueue(
    tx,
    {
      key: `bundle:${digest}:${step}:${address.toLowerCase()}`,
      to: address,
      requestId: null,
      bundleDigest: digest,
      person: isListed ? person : `${names.join(' and ')} (admin)`,
      subject: changeSubject(step, about),
      body: async () =>
        changeBody(step, about, {
          names: [...new Set(names)].join(' and '),
          link: isListed && hasLink(step) ? await makeLink() : null,
          isListed,
          isGuard: guards,
          losing: [...new Set(losing)].join(' and '),
        }),
    },
    now,
  );
}
