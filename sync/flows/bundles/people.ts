/**
 * Whom a bundle that changes trust or components is told: the custodians and witnesses of the
 * roster in force, and of the roster that the bundle brings. Operators answer for it themselves.
 * Every admin, too, where the bundle would replace them all; where an owner gets surveys under another
 * passphrase, whoever CheckTick calls the owner, and the users whose escrows were opened for it.
 * @module
 */
import { z } from 'zod';
import { asOneLine } from '../../../shared/bundle/approval.ts';
import type { Bundle, BundleDocument, OrganisationBundle } from '../../../shared/bundle/bundle.ts';
import { bytesToHex, hexToBytes } from '../../../shared/encoding/bytes.ts';
import { decodeEnvelope } from '../../../shared/encoding/dsse.ts';
import { encodeJson } from '../../../shared/encoding/json.ts';
import { isNamed } from '../../../shared/identity/roster-change.ts';
import { findPerson, type Roster, rosterType } from '../../../shared/identity/roster.ts';
import { columns } from '../../database/columns.ts';
import type { Queryable } from '../../database/database.ts';
import { fromHex, grouped } from '../../database/together.ts';
import { findDocument } from '../../database/documents.ts';
import { changeOf } from '../../words/change.ts';
import { findOrganisation } from '../../checktick/organisation.ts';
import { packed } from '../../approvals/packed.ts';
import { replacesAdmins } from '../../words/roster.ts';
import type { Situation } from '../../trust/context.ts';
import { refuseFlow } from '../../trust/refusals.ts';

const row = z.object({ name: columns.text, role: columns.text, address: columns.text });
const account = z.object({ id: columns.integer, name: columns.text, address: columns.text });
/** `address` is empty where none is known: then somebody has to call. */
export type BundlePerson = z.infer<typeof row>;

const TOLD_ROLES = ['custodian', 'witness'] as const;

/** Whether somebody is told as one who guards the keys, and not because a survey is his. */
export const isGuard = ({ role }: Pick<BundlePerson, 'role'>): boolean =>
  TOLD_ROLES.some((one) => one === role) || role === 'admin';

/** `custodian 1 (custodian)` */
export const inFull = ({ name, role }: Pick<BundlePerson, 'name' | 'role'>): string =>
  `${asOneLine(name, 60)} (${role})`;

function listed(roster: Roster): BundlePerson[] {
  return roster.people.flatMap(({ name, roles, mail }) => {
    const role = TOLD_ROLES.find((one) => roles.includes(one));
    return role === undefined ? [] : [{ name, role, address: mail ?? '' }];
  });
}

function broughtBy(body: Bundle): Roster | undefined {
  if (!('roster' in body)) return undefined;
  const envelope = decodeEnvelope(encodeJson(body.roster), 'roster');
  return rosterType.parseEnvelope(envelope, body.mode).body;
}

/**
 * Who of these is told at an address that the bundle's roster takes out: it lists him with another
 * one, or with none.
 */
export function losingAddress(body: Bundle, people: readonly BundlePerson[]): BundlePerson[] {
  const next = broughtBy(body)?.people ?? [];
  return people.filter(
    ({ name, role, address }) =>
      role !== 'admin' &&
      next.some(
        (person) =>
          isNamed(name)(person) && (person.mail ?? '').toLowerCase() !== address.toLowerCase(),
      ),
  );
}

/** Who answers for a bundle, as facts: the name where the bundle brings its roster, and the key. */
export function operatorFacts(body: Bundle): [string, string][] {
  const roster = broughtBy(body);
  const person = roster && findPerson(roster, body.operator, 'operator');
  return [
    ...(person === undefined ? [] : [['operator', asOneLine(person.name)] as [string, string]]),
    ['operator’s key', body.operator],
  ];
}

/** @throws Refusal `no-trust` when the roster that Vault names is not kept, or another is */
async function inForce(
  on: Queryable,
  { trust, installation }: Pick<Situation, 'trust' | 'installation'>,
): Promise<Roster | undefined> {
  if (trust === null) return undefined;
  const found = await findDocument(on, hexToBytes(trust.roster));
  if (found === undefined) throw refuseFlow('no-trust');
  const { body, digest } = rosterType.parse(found.content, installation.mode);
  // SECURITY: who writes to the database could otherwise choose who is told.
  if (digest !== trust.roster) throw refuseFlow('no-trust');
  return body;
}

/**
 * Both rosters together; whoever has two addresses is told at both. An address in the new roster
 * does not hide that there is none in the roster in force: it may be a stranger's.
 * @returns nobody for a bundle that changes neither trust nor components
 */
export async function peopleToTell(
  on: Queryable,
  document: BundleDocument,
  situation: Pick<Situation, 'trust' | 'installation'>,
): Promise<BundlePerson[]> {
  if (changeOf(document.body) === null) return [];
  const old = await inForce(on, situation);
  const people = old === undefined ? [] : listed(old);
  const brought = broughtBy(document.body);
  for (const person of brought === undefined ? [] : listed(brought)) {
    const known = people.some(
      ({ name, role, address }) =>
        name === person.name &&
        role === person.role &&
        (person.address === '' || address.toLowerCase() === person.address.toLowerCase()),
    );
    if (!known) people.push(person);
  }
  if (document.body.kind === 'migrate-organisation') {
    return [...people, ...(await concerned(on, document.body))];
  }
  return replacesAdmins(document.body) ? [...people, ...(await admins(on))] : people;
}

/** By the accounts' addresses; of a user once for each survey. An account without a name has its number. */
async function concerned(on: Queryable, body: OrganisationBundle): Promise<BundlePerson[]> {
  const { organisationId } = body.facts;
  const { ownerUserId } = await findOrganisation(on, organisationId);
  const accounts = [
    ...(ownerUserId === null
      ? []
      : [{ userId: ownerUserId, role: `owner of organisation ${organisationId}` }]),
    ...body.moved.flatMap(({ userId, surveyId }) =>
      // Of an organisation that moves nobody's escrow was opened.
      userId === null ? [] : [{ userId, role: `user of survey ${surveyId}` }],
    ),
  ];
  const found = await on.rows(
    account,
    `SELECT id, coalesce(nullif(left(username, 60), ''), 'user ' || id) AS name, email AS address
       FROM auth_user WHERE id = ANY ($1::bigint[])`,
    [accounts.map(({ userId }) => String(userId))],
  );
  return accounts.flatMap(({ userId, role }) => {
    const one = found.find(({ id }) => id === userId);
    return one === undefined ? [] : [{ name: one.name, role, address: one.address }];
  });
}

/** Each active admin, at the address of his account in CheckTick. */
async function admins(on: Queryable): Promise<BundlePerson[]> {
  return on.rows(
    row,
    `SELECT left(a.name, 60) AS name, 'admin' AS role, u.email AS address
       FROM conclave.admins a JOIN auth_user u ON u.id = a.user_id
      WHERE a.state = 'active' AND a.kind = 'person' ORDER BY a.name`,
  );
}

/** Keeps whom the steps of a bundle are told. Part of the transaction that takes it in. */
export async function keepPeople(
  tx: Queryable,
  digest: string,
  people: readonly BundlePerson[],
): Promise<void> {
  for (const { name, role, address } of people) {
    await tx.run(
      `INSERT INTO conclave.bundle_people (bundle_digest, name, role, address)
       VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
      [hexToBytes(digest), name, role, address],
    );
  }
}

export async function peopleOf(on: Queryable, digest: string): Promise<BundlePerson[]> {
  return (await peopleOfAll(on, [digest])).get(digest) ?? [];
}

const ofBundle = row.extend({ digest: columns.bytes.transform(bytesToHex) });

/** Those of many bundles, by digest. */
export async function peopleOfAll(
  on: Queryable,
  digests: readonly string[],
): Promise<ReadonlyMap<string, BundlePerson[]>> {
  const found = await on.rows(
    ofBundle,
    `SELECT bundle_digest AS digest, name, role, address FROM conclave.bundle_people
      WHERE bundle_digest = ANY ${fromHex('$1')} ORDER BY role, name, address`,
    [digests],
  );
  return grouped(found, ({ digest }) => digest);
}

/**
 * Who is told and who cannot be: label and value.
 * @param options.addresses for whoever judges the bundle: a wrong one is seen by people only
 */
export function toldFacts(
  people: readonly BundlePerson[],
  options: { readonly isMailSet: boolean; readonly addresses: boolean },
): [string, string][] {
  if (people.length === 0) return [];
  const told = people.filter(({ address }) => address !== '' && options.isMailSet);
  const rest = people.filter((one) => !told.includes(one));
  const names = told.map((one) =>
    options.addresses ? `${inFull(one)} ${one.address}` : inFull(one),
  );
  const callThem = options.isMailSet ? 'have no address: call' : 'mail is not set up: call';
  return [
    ['told by mail', counted(told.length)],
    ...packed('who is told', names),
    ...(rest.length === 0
      ? []
      : [
          ['not told by mail', counted(rest.length)] as [string, string],
          ...packed(callThem, rest.map(inFull)),
        ]),
  ];
}

function counted(count: number): string {
  return count === 0 ? 'nobody' : count === 1 ? '1 person' : `${count} people`;
}
