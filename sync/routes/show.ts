/**
 * Rows and documents as people read them: one sentence, the facts, the history.
 * @module
 */
import { z } from 'zod';
import type { BundleDocument } from '../../shared/bundle/bundle.ts';
import { emailInWords } from '../../shared/bundle/escrowed-email.ts';
import { encodeJson } from '../../shared/encoding/json.ts';
import { formatTime } from '../../shared/encoding/schema.ts';
import { parseManifest } from '../../shared/sharing/manifest.ts';
import { approvalsOf, type Approval } from '../approvals/approvals.ts';
import { findAdmin } from '../admins/admins.ts';
import { readInstallation } from '../database/settings.ts';
import { operatorFacts } from '../flows/bundle-people.ts';
import { bundleApprovals } from '../flows/bundle-approve.ts';
import { peopleOf, toldFacts } from '../flows/bundle-people.ts';
import { bundleDocument, type BundleRow } from '../flows/bundles.ts';
import type { FlowContext } from '../flows/context.ts';
import { aboutRelease } from '../flows/package-approved.ts';
import { describeRoster, rosterInWords } from '../flows/roster-words.ts';
import type { PackageRow } from '../flows/package-rows.ts';
import { CONSOLE, fileName, wordsOf } from '../flows/words.ts';
import { historyOf } from './history.ts';
import type { BundleAnswer, FileAnswer, PackageAnswer } from './answers.ts';

export function fileOf(kind: string, digest: string, content: Uint8Array): FileAnswer {
  return {
    fileName: fileName(kind, digest),
    digest,
    words: wordsOf(digest),
    content: Buffer.from(content).toString('base64'),
  };
}

export function approvalAnswer({ adminName, reason, at }: Approval) {
  return { by: adminName, reason, at: formatTime(at) };
}

/** What a bundle would do, in one sentence without its end, and its facts. */
export function describeBundle(body: BundleDocument['body']) {
  const facts: Record<string, string> = {
    'transcript head': body.transcript.head,
    ...Object.fromEntries(operatorFacts(body)),
    'made at': body.createdAt,
  };
  if (body.kind === 'setup') {
    const { body: manifest, digest } = parseManifest(encodeJson(body.manifest), body.mode);
    facts['custodians'] = manifest.shares.map(({ custodian }) => custodian.name).join(', ');
    // Not its words: those are typed from the witness's paper, never copied from here.
    facts['manifest'] = digest;
    const { label, threshold, count } = manifest;
    const what = `Set up platform key version ${body.keyVersion} with share set ${label}, ${threshold} of ${count}`;
    return { what, facts };
  }
  if (body.kind === 'roster') {
    const { roster, admins } = describeRoster(body);
    return { what: rosterInWords(roster, body.admins), facts: { ...facts, ...admins } };
  }
  const { facts: about } = body;
  facts['request'] = about.requestCode;
  facts['share set manifest'] = body.manifestDigest;
  if (body.escrowedEmail !== undefined) {
    facts['escrowed e-mail address'] = emailInWords(body.escrowedEmail);
  }
  const what = `Recover survey ${about.surveyId} (${about.surveyName}) for user ${about.userId} (${about.userName}), request ${about.requestCode}`;
  return { what, facts };
}

export async function showBundle(context: FlowContext, found: BundleRow): Promise<BundleAnswer> {
  const { database } = context;
  const { mode } = await readInstallation(database);
  const { body } = await bundleDocument(database, found.digest, mode);
  const approvals = (await bundleApprovals(context, found.digest)).map(approvalAnswer);
  const { what, facts } = describeBundle(body);
  const people = await peopleOf(database, found.digest);
  const options = { isMailSet: context.config.mail !== undefined, addresses: false };
  for (const [name, value] of toldFacts(people, options)) {
    facts[name] = facts[name] === undefined ? value : `${facts[name]}, ${value}`;
  }
  return {
    digest: found.digest,
    words: wordsOf(found.digest),
    kind: found.kind,
    state: found.state,
    sentence: `${what}; imported by ${found.importerName}; ${stateSentence(found, approvals.length)}.`,
    nonce: found.nonce,
    keyVersion: found.keyVersion,
    replacesAdmins: body.kind === 'roster' && body.admins !== null,
    importedBy: found.importerName,
    receivedAt: formatTime(found.receivedAt),
    notBefore: found.notBefore === null ? null : formatTime(found.notBefore),
    expiresAt: formatTime(found.expiresAt),
    reason: found.reason,
    facts,
    approvals,
    history: await historyOf(database, found.digest),
  };
}

function stateSentence(found: BundleRow, approvals: number): string {
  switch (found.state) {
    case 'verified':
      return `waits for ${Math.max(1, 2 - approvals)} more ${approvals >= 1 ? 'approver' : 'approvers'}`;
    case 'waiting':
      return found.notBefore === null
        ? 'can be committed'
        : `can be committed from ${formatTime(found.notBefore)} until ${formatTime(found.expiresAt)}`;
    case 'committing':
      return 'its commit has begun and is not finished';
    default:
      return found.state;
  }
}

export async function showPackage(
  { database }: FlowContext,
  found: PackageRow,
): Promise<PackageAnswer> {
  const by =
    found.requestedBy === null
      ? CONSOLE
      : ((await findAdmin(database, found.requestedBy))?.name ?? 'unknown');
  const approvals =
    found.kind === 'recover' ? await approvalsOf(database, aboutRelease(found)) : [];
  const code = z.object({ requestCode: z.string() }).safeParse(found.facts).data?.requestCode;
  return {
    nonce: found.nonce,
    requestCode: code ?? null,
    kind: found.kind,
    state: found.state,
    keyVersion: found.keyVersion,
    digest: found.digest,
    requestedBy: by,
    createdAt: formatTime(found.createdAt),
    expiresAt: formatTime(found.expiresAt),
    approvals: approvals.map(approvalAnswer),
    sentence: `${PACKAGES[found.kind](found.keyVersion, code ?? '')}, asked for by ${by}: ${found.state}.`,
  };
}

const PACKAGES: Readonly<Record<PackageRow['kind'], (version: string, code: string) => string>> = {
  setup: (version) => `Setup of key version ${version}`,
  recover: (_, code) => `Recovery of request ${code}`,
  roster: (version) => `Change of who takes part, signed by the shares of key version ${version}`,
};
