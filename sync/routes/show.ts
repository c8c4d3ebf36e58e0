/**
 * Rows and documents as people read them: one sentence, the facts, the history.
 * @module
 */
import { z } from 'zod';
import { asOneLine } from '../../shared/bundle/approval.ts';
import { type BundleDocument, isRecoveryKind } from '../../shared/bundle/bundle.ts';
import { emailInWords } from '../../shared/bundle/escrowed-email.ts';
import { wayInWords } from '../../shared/bundle/organisation-way.ts';
import { escrowInWords } from '../../shared/bundle/sealed-escrow.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { encodeJson } from '../../shared/encoding/json.ts';
import { formatTime } from '../../shared/encoding/schema.ts';
import { parseManifest } from '../../shared/sharing/manifest.ts';
import { approvalsOfAll, type Approval } from '../approvals/approvals.ts';
import { type Admin, listAdmins } from '../admins/admins.ts';
import type { Queryable } from '../database/database.ts';
import { findDocuments } from '../database/documents.ts';
import { readInstallation } from '../database/settings.ts';
import { addedSetInWords, ownAddedSetFacts } from '../words/add-set.ts';
import { adoptionFacts, adoptionInWords } from '../words/adopt.ts';
import { drillFacts, drillInWords } from '../words/drill.ts';
import { escrowKeyFact } from '../words/escrow-key.ts';
import { operatorFacts } from '../flows/bundles/people.ts';
import { BUNDLE_APPROVE } from '../flows/bundles/approved.ts';
import { type BundlePerson, peopleOfAll, toldFacts } from '../flows/bundles/people.ts';
import { bundleIn, type BundleRow } from '../flows/bundles/bundles.ts';
import type { FlowContext } from '../trust/context.ts';
import { filesOfAll } from '../flows/package-rows/files-out.ts';
import { moveFacts, moveInWords } from '../moves/words.ts';
import { bundleFacts, bundleInWords } from '../words/organisation.ts';
import { aboutRelease, isOfKey, RELEASE } from '../flows/package-rows/approved.ts';
import { ownRefreshFacts, refreshInWords } from '../words/refresh.ts';
import { describeRoster, rosterInWords } from '../words/roster.ts';
import type { PackageRow } from '../flows/package-rows/rows.ts';
import { ownFacts, rotationInWords } from '../words/rotate.ts';
import {
  activationFacts,
  activationInWords,
  retirementFacts,
  retirementInWords,
} from '../words/change-version.ts';
import { newVersionInWords, ownVersionFacts } from '../words/version.ts';
import { CONSOLE, fileName, wordsOf } from '../trust/eight-words.ts';
import { historiesOf } from './history.ts';
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
    facts['custodians'] = manifest.shares
      .map(({ custodian }) => asOneLine(custodian.name))
      .join(', ');
    // Not its words: those are typed from the witness's paper, never copied from here.
    facts['manifest'] = digest;
    const [about, escrowKey] = escrowKeyFact(manifest);
    facts[about] = escrowKey;
    const { label, threshold, count } = manifest;
    const what = `Set up platform key version ${body.keyVersion} with share set ${asOneLine(label)}, ${threshold} of ${count}`;
    return { what, facts };
  }
  if (body.kind === 'roster') {
    const { roster, admins } = describeRoster(body);
    return { what: rosterInWords(roster, body.admins), facts: { ...facts, ...admins } };
  }
  if (body.kind === 'adopt') {
    const own = { ...Object.fromEntries(adoptionFacts(body)), manifest: body.manifestDigest };
    return { what: adoptionInWords(body), facts: { ...facts, ...own } };
  }
  if (body.kind === 'rotate-shares') {
    const own = { ...Object.fromEntries(ownFacts(body)), manifest: body.newManifestDigest };
    return { what: rotationInWords(body), facts: { ...facts, ...own } };
  }
  if (body.kind === 'add-set') {
    const own = { ...Object.fromEntries(ownAddedSetFacts(body)), manifest: body.newManifestDigest };
    return { what: addedSetInWords(body), facts: { ...facts, ...own } };
  }
  if (body.kind === 'refresh') {
    const own = { ...Object.fromEntries(ownRefreshFacts(body)), manifest: body.newManifestDigest };
    return { what: refreshInWords(body), facts: { ...facts, ...own } };
  }
  if (body.kind === 'new-version') {
    const own = { ...Object.fromEntries(ownVersionFacts(body)), manifest: body.newManifestDigest };
    return { what: newVersionInWords(body), facts: { ...facts, ...own } };
  }
  if (body.kind === 'activate') {
    return {
      what: activationInWords(body),
      facts: { ...facts, ...Object.fromEntries(activationFacts(body)) },
    };
  }
  if (body.kind === 'retire') {
    return {
      what: retirementInWords(body),
      facts: { ...facts, ...Object.fromEntries(retirementFacts(body)) },
    };
  }
  if (body.kind === 'migrate-escrows') {
    for (const [label, value] of moveFacts(body)) {
      facts[label] = facts[label] === undefined ? value : `${facts[label]}; ${value}`;
    }
    return { what: moveInWords(body), facts };
  }
  if (body.kind === 'migrate-organisation') {
    facts['share set manifest'] = body.manifestDigest;
    for (const [label, value] of bundleFacts(body)) {
      facts[label] = facts[label] === undefined ? value : `${facts[label]}, ${value}`;
    }
    return { what: bundleInWords(body), facts };
  }
  if (body.kind === 'drill') {
    const own = {
      ...Object.fromEntries(drillFacts(body)),
      'share set manifest': body.manifestDigest,
    };
    return { what: drillInWords(body), facts: { ...facts, ...own } };
  }
  const { facts: about } = body;
  facts['request'] = about.requestCode;
  facts['share set manifest'] = body.manifestDigest;
  if (body.kind === 'recover-member') {
    facts['opened by'] = `the shares, and the passphrase of ${wayInWords(body.organisation)}`;
  }
  if (body.escrow !== undefined) facts['escrow'] = escrowInWords(body.escrow);
  if (body.kind === 'recover' && body.escrowedEmail !== undefined) {
    facts['escrowed e-mail address'] = emailInWords(body.escrowedEmail);
  }
  const what = `Recover survey ${about.surveyId} (${asOneLine(about.surveyName)}) for user ${about.userId} (${asOneLine(about.userName)}), request ${about.requestCode}`;
  return { what, facts };
}

export async function showBundle(context: FlowContext, found: BundleRow): Promise<BundleAnswer> {
  const [only] = await showBundles(context, [found]);
  if (only === undefined) throw new Error('a bundle that was asked for is missing');
  return only;
}

/** In these states the files of survey keys that move are there; then they are gone. */
const WITH_FILES = new Set<string>([
  'requested',
  'released',
  'verified',
  'waiting',
  'committing',
] satisfies (PackageRow['state'] | BundleRow['state'])[]);

/** Nonces of those that move survey keys and have not ended. */
const movesAmong = (
  rows: readonly Pick<PackageRow | BundleRow, 'kind' | 'nonce' | 'state'>[],
): string[] =>
  rows.flatMap(({ kind, nonce, state }) =>
    kind === 'migrate-escrows' && WITH_FILES.has(state) ? [nonce] : [],
  );

/** Many at once, in their order. */
export async function showBundles(
  context: FlowContext,
  rows: readonly BundleRow[],
): Promise<BundleAnswer[]> {
  return (await readBundles(context, rows)).map(({ answer }) => answer);
}

/** A bundle as it is shown, and what it was shown from. */
export interface ReadBundle {
  readonly found: BundleRow;
  readonly body: BundleDocument['body'];
  /** Who approved it so far, oldest first. */
  readonly approvals: readonly Approval[];
  readonly answer: BundleAnswer;
  /** What it would do and who brought it; how it stands is said beside it. */
  readonly brief: string;
}

/** Many at once, in their order. */
export async function readBundles(
  context: FlowContext,
  rows: readonly BundleRow[],
): Promise<ReadBundle[]> {
  const { database, config } = context;
  const digests = rows.map(({ digest }) => digest);
  const { mode } = await readInstallation(database);
  const documents = await findDocuments(database, digests);
  const approvals = await approvalsOfAll(database, BUNDLE_APPROVE, digests);
  const people = await peopleOfAll(database, digests);
  const histories = await historiesOf(database, digests);
  const files = await filesOfAll(database, 'moved', movesAmong(rows));
  return rows.map((found) => {
    const { digest } = found;
    const own = {
      body: bundleIn(documents.get(digest), digest, mode).body,
      approvals: approvals.get(digest) ?? [],
    };
    const { what, facts } = describeBundle(own.body);
    const brief = `${what}; imported by ${asOneLine(found.importerName)}`;
    const answer = bundleAnswerOf(found, {
      ...own,
      brief,
      facts,
      people: people.get(digest) ?? [],
      files: files.get(found.nonce) ?? null,
      history: (histories.get(digest) ?? []).map(({ at, by, ...one }) => ({
        at,
        what: one.what,
        by,
      })),
      isMailSet: config.mail !== undefined,
    });
    return { found, ...own, answer, brief };
  });
}

function bundleAnswerOf(
  found: BundleRow,
  beside: {
    readonly body: BundleDocument['body'];
    readonly brief: string;
    readonly facts: Readonly<Record<string, string>>;
    readonly approvals: readonly Approval[];
    readonly people: readonly BundlePerson[];
    readonly files: BundleAnswer['files'];
    readonly history: BundleAnswer['history'];
    readonly isMailSet: boolean;
  },
): BundleAnswer {
  const { body, brief, people, files, history, isMailSet } = beside;
  const approvals = beside.approvals.map(approvalAnswer);
  const facts = { ...beside.facts };
  const options = { isMailSet, addresses: false };
  for (const [name, value] of toldFacts(people, options)) {
    facts[name] = facts[name] === undefined ? value : `${facts[name]}, ${value}`;
  }
  return {
    digest: found.digest,
    words: wordsOf(found.digest),
    kind: found.kind,
    state: found.state,
    sentence: `${brief}; ${stateSentence(found, approvals.length, files)}.`,
    nonce: found.nonce,
    keyVersion: found.keyVersion,
    replacesAdmins: body.kind === 'roster' && body.admins !== null,
    importedBy: found.importerName,
    receivedAt: formatTime(found.receivedAt),
    notBefore: found.notBefore === null ? null : formatTime(found.notBefore),
    expiresAt: formatTime(found.expiresAt),
    reason: found.reason,
    facts,
    files,
    approvals,
    history,
  };
}

function stateSentence(found: BundleRow, approvals: number, files: BundleAnswer['files']): string {
  switch (found.state) {
    case 'verified':
      if (files !== null && files.there < files.of) {
        return `waits for its files: ${files.there} of ${files.of} have come`;
      }
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

export async function showPackage(context: FlowContext, found: PackageRow): Promise<PackageAnswer> {
  const [only] = await showPackages(context, [found]);
  if (only === undefined) throw new Error('a package that was asked for is missing');
  return only;
}

/** Many at once, in their order. */
export async function showPackages(
  { database }: FlowContext,
  rows: readonly PackageRow[],
): Promise<PackageAnswer[]> {
  return (await readPackages(database, rows)).map(({ answer }) => answer);
}

/** A package as it is shown, and what it was shown from. */
export interface ReadPackage {
  readonly found: PackageRow;
  /** Who asked for it; undefined: the console. */
  readonly requester: Admin | undefined;
  /** Who approved its release so far, oldest first. */
  readonly approvals: readonly Approval[];
  readonly answer: PackageAnswer;
}

/** Many at once, in their order. */
export async function readPackages(
  on: Queryable,
  rows: readonly PackageRow[],
): Promise<ReadPackage[]> {
  const admins = await listAdmins(on);
  const subjects = rows.map((found) => bytesToHex(aboutRelease(found).subject));
  const signed = await approvalsOfAll(on, RELEASE, subjects);
  const files = await filesOfAll(on, 'move', movesAmong(rows));
  return rows.map((found, at) => {
    const requester = admins.find(({ id }) => id === found.requestedBy);
    const by = found.requestedBy === null ? CONSOLE : (requester?.name ?? 'unknown');
    const isReleased = isRecoveryKind(found.kind) || isOfKey(found);
    const approvals = isReleased ? (signed.get(subjects[at] ?? '') ?? []) : [];
    const beside = { by, approvals, files: files.get(found.nonce) ?? null };
    return { found, requester, approvals, answer: packageAnswerOf(found, beside) };
  });
}

function packageAnswerOf(
  found: PackageRow,
  {
    by,
    approvals,
    files,
  }: {
    readonly by: string;
    readonly approvals: readonly Approval[];
    readonly files: PackageAnswer['files'];
  },
): PackageAnswer {
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
    files,
    sentence: `${packageInWords(found, code)}, asked for by ${asOneLine(by)}: ${found.state}.`,
  };
}

const packageInWords = (found: PackageRow, code = ''): string =>
  found.kind === 'drill' && isOfKey(found)
    ? `Full drill of key version ${found.keyVersion}, which opens a test escrow`
    : PACKAGES[found.kind](found.keyVersion, code);

const PACKAGES: Readonly<Record<PackageRow['kind'], (version: string, code: string) => string>> = {
  setup: (version) => `Setup of key version ${version}`,
  recover: (_, code) => `Recovery of request ${code}`,
  'recover-member': (_, code) => `Recovery of request ${code}, of an organisation’s survey`,
  roster: (version) => `Change of who takes part, signed by the shares of key version ${version}`,
  adopt: (version) => `Adoption of key version ${version}, which exists`,
  'rotate-shares': (version) => `New shares of key version ${version}`,
  'new-version': (version) =>
    `A new platform key beside key version ${version}, whose shares vouch for it`,
  activate: (version) => `Another active version than ${version}, whose shares decide it`,
  retire: (version) => `End of a version, which the shares of ${version} decide`,
  'migrate-organisation': () => 'Survey keys of an organisation, wrapped anew',
  'migrate-escrows': (version) => `Survey keys of key version ${version}, to the active one`,
  refresh: (version) => `Other shares of the component of key version ${version}, one by one`,
  'add-set': (version) => `A further share set of key version ${version}`,
  drill: (version) => `Drill of the shares of key version ${version}`,
};
