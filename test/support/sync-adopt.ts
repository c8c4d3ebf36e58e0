/**
 * A CheckTick that runs already, and the laptop's side of its adoption.
 * @module
 */
import { bundleType } from '../../shared/bundle/bundle.ts';
import type { Adoption, OrganisationKey } from '../../shared/bundle/adopt.ts';
import { openAdoptPackage, type AdoptSecrets } from '../../shared/bundle/adopt-package.ts';
import {
  type AdoptPackage,
  type PackageDocument,
  parsePackage,
} from '../../shared/bundle/package.ts';
import { type TicketKind, ticketType } from '../../shared/bundle/ticket.ts';
import { buildPlatformMasterKey } from '../../shared/checktick/index.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import type { FileAnswer, PackageAnswer } from '../../sync/routes/answers.ts';
import { makeAdoptBundle } from './adopt-documents.ts';
import { makeTicket, type TestTicket } from './documents.ts';
import type { TestShareSet } from './share-sets.ts';
import type { Admins, MadeBundle } from './sync-ceremony.ts';
import { bytesOf, type Caller } from './sync-client.ts';
import type { Deployment } from './sync-service.ts';

export const MASTER_KEY = 'platform/master-key';

/** The entry in Vault as CheckTick's setup wrote it. */
export const entryOf = (component: Uint8Array): Record<string, unknown> => ({
  ...buildPlatformMasterKey(component, new Date('2024-02-03T04:05:06Z')),
});

/** A row of CheckTick's, active since 2024 unless said otherwise. */
export async function putRow(
  { sql }: Pick<Deployment, 'sql'>,
  version: string,
  component: Uint8Array,
  state: 'active' | 'waiting' = 'active',
): Promise<void> {
  await sql(
    `INSERT INTO surveys_platformkeyversion (version, vault_component, created_at, activated_at, notes)
     VALUES ($1, $2, '2024-02-03T04:05:06Z', $3, '')`,
    [version, Buffer.from(component), state === 'active' ? '2024-02-03T04:05:06Z' : null],
  );
}

export const wordsOfTicket = ({ document }: TestTicket): string =>
  eightWords(hexToBytes(document.digest));

/** What an operator sends. */
export function asking(ticket: TestTicket, keyVersion = 'v1') {
  return {
    keyVersion,
    ticket: Buffer.from(ticketType.toBytes(ticket.document)).toString('base64'),
    words: wordsOfTicket(ticket),
  };
}

export interface AskedAdoption {
  readonly nonce: string;
  readonly ticket: TestTicket;
}

/** `package adopt`, not yet released. */
export async function askedAdoption(
  operator: Caller,
  set: TestShareSet,
  keyVersion = 'v1',
  kind: TicketKind = 'adopt',
  named: { readonly organisationKeys?: readonly OrganisationKey[] } = {},
): Promise<AskedAdoption> {
  const ticket = await makeTicket(set, undefined, kind);
  const { nonce } = await operator.post<PackageAnswer>('/v1/packages/adopt', {
    ...asking(ticket, keyVersion),
    ...named,
  });
  return { nonce, ticket };
}

/** Approved by two, who heard the ticket's words. */
export async function releasedAdoption(
  admins: Pick<Admins, 'approver1' | 'approver2'>,
  { nonce, ticket }: AskedAdoption,
): Promise<void> {
  for (const approver of [admins.approver1, admins.approver2]) {
    const entry = { reason: 'as agreed', words: wordsOfTicket(ticket) };
    await approver.approve('package-release', nonce, entry);
  }
}

export interface OpenedAdoption {
  readonly document: PackageDocument & { readonly body: AdoptPackage };
  readonly secrets: AdoptSecrets;
}

/** As the laptop reads it. */
export async function openedAdoption(
  operator: Caller,
  set: TestShareSet,
  { nonce, ticket }: AskedAdoption,
): Promise<OpenedAdoption> {
  const file = await operator.get<FileAnswer>(`/v1/packages/${nonce}/file`);
  const document = parsePackage(bytesOf(file), set.mode, set.sync);
  const { body } = document;
  if (body.kind !== 'adopt') throw new Error('an adoption package was asked for');
  const secrets = await openAdoptPackage(body, ticket.keys.privateKey);
  return { document: { ...document, body }, secrets };
}

/** Asked for, released, opened. */
export async function adoptionPackage(admins: Admins, set: TestShareSet): Promise<OpenedAdoption> {
  const asked = await askedAdoption(admins.operator, set, set.manifest.body.keyVersion);
  await releasedAdoption(admins, asked);
  return openedAdoption(admins.operator, set, asked);
}

/** The ceremony's bundle. */
export async function adoptionBundle(
  set: TestShareSet,
  { document }: OpenedAdoption,
  said: Partial<Adoption> = {},
): Promise<MadeBundle> {
  const made = await makeAdoptBundle(set, { package: document, said });
  return {
    bytes: bundleType.toBytes(made.document),
    digest: made.document.digest,
    nonce: document.body.nonce,
  };
}

/** Two people of the roster who answer for it. */
export function twoOf({ cast }: TestShareSet): [string, string] {
  return [cast.operator.signer.keyid, cast.witness.signer.keyid];
}

/** Imported, and approved by two who typed the words of the set. */
export async function approvedAdoption(
  admins: Admins,
  set: TestShareSet,
  made: MadeBundle,
): Promise<void> {
  await admins.operator.post('/v1/bundles', made.bytes);
  const words = eightWords(hexToBytes(set.manifest.digest));
  for (const approver of [admins.approver1, admins.approver2]) {
    await approver.approve('bundle-approve', made.digest, { words, reason: 'seen on paper' });
  }
}
