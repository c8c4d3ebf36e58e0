/**
 * The laptop's side of the recovery of a survey that an organisation keeps.
 * @module
 */
import { openMemberPackage } from '../../shared/bundle/member-package.ts';
import {
  type MemberPackage,
  type PackageDocument,
  parsePackage,
} from '../../shared/bundle/package.ts';
import { openOrganisationKek, xorComponents } from '../../shared/checktick/index.ts';
import type { FileAnswer } from '../../sync/routes/answers.ts';
import { OWNERS_WORDS } from './member-documents.ts';
import type { TestShareSet } from './share-sets.ts';
import { combinedComponent, type PackageFlow } from './sync-ceremony.ts';
import { bytesOf, type Caller } from './sync-client.ts';

export interface OpenedMember {
  readonly source: PackageDocument & { readonly body: MemberPackage };
  readonly kek: Uint8Array;
}

/** A released package, and the survey key that it gives with the owner's passphrase. */
export async function openedMember(
  operator: Caller,
  set: TestShareSet,
  { nonce, ticket }: PackageFlow,
  words = OWNERS_WORDS,
): Promise<OpenedMember> {
  const file = await operator.get<FileAnswer>(`/v1/packages/${nonce}/file`);
  const document = parsePackage(bytesOf(file), set.mode, set.sync);
  const { body } = document;
  if (body.kind !== 'recover-member') throw new Error('an organisation keeps it');
  const { vaultComponent, encryptedKek } = await openMemberPackage(body, ticket.keys.privateKey);
  const kek = await openOrganisationKek(
    xorComponents(vaultComponent, await combinedComponent(set)),
    { ...body.organisation, surveyId: body.facts.surveyId },
    new TextEncoder().encode(words),
    encryptedKek,
  );
  return { source: { ...document, body }, kek };
}
