/**
 * Survey keys that move to another key version with a real sync: a CheckTick with keys of both kinds
 * under v1, v2 active, and the laptop's side of the ceremony.
 * @module
 */
import { pbkdf2Sync } from 'node:crypto';
import { bundleType } from '../../shared/bundle/bundle.ts';
import {
  type BatchPlace,
  type MovedSurveyKey,
  openMoveBatch,
  parseMoveBatch,
} from '../../shared/bundle/move-batch.ts';
import { moveTarget } from '../../shared/bundle/move-target.ts';
import { setBytes, verifyPackagedSet } from '../../shared/bundle/packaged-set.ts';
import {
  type MovePackage,
  type PackageDocument,
  parsePackage,
} from '../../shared/bundle/package.ts';
import { openRotatePackage } from '../../shared/bundle/rotate-package.ts';
import { ticketType } from '../../shared/bundle/ticket.ts';
import {
  buildRecoveryKek,
  openKekBlob,
  parseRecoveryKek,
  userRecoveryKey,
} from '../../shared/checktick/index.ts';
import { openEscrow, sealEscrow } from '../../shared/escrow/escrow.ts';
import { escrowDocument, sealedInDocument } from '../../shared/escrow/document.ts';
import { moveSurveyKeys } from '../../shared/escrow/move.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { escrowPrivateKey } from '../../shared/sharing/escrow-key.ts';
import { requestMovePackage } from '../../sync/flows/packages/move.ts';
import type { FileAnswer } from '../../sync/routes/answers.ts';
import { makeTicket, type TestTicket } from './documents.ts';
import { makeMoveBundle } from './move-documents.ts';
import type { TestShareSet } from './share-sets.ts';
import { asking } from './sync-adopt.ts';
import { type Admins, committed, type MadeBundle } from './sync-ceremony.ts';
import { bytesOf } from './sync-client.ts';
import {
  escrowWorld,
  type EscrowWorld,
  inClear,
  post,
  type TestSurvey,
  vaultPath,
} from './sync-escrows.ts';
import { openReplica } from './sync-replica.ts';
import type { Deployment, Servers } from './sync-service.ts';
import { approvedChange, approvedVersion } from './sync-version.ts';

export interface MoveWorld extends EscrowWorld {
  /** Of v1, whose keys move; with the roster in force. */
  readonly first: TestShareSet;
  /** Of v2, which is active. */
  readonly second: TestShareSet;
  /** CheckTick's kind, the first one without a hash. */
  readonly own: readonly TestSurvey[];
  /** Sealed, the first one without a hash. */
  readonly sealed: readonly TestSurvey[];
}

/** CheckTick's hash of the survey's key. */
export async function hashSurvey(
  deployment: Deployment,
  { surveyId, kek }: TestSurvey,
): Promise<void> {
  const salt = randomBytes(16);
  const hash = pbkdf2Sync(kek, salt, 200_000, 32, 'sha256');
  await deployment.sql('UPDATE surveys_survey SET key_hash = $2, key_salt = $3 WHERE id = $1', [
    surveyId,
    hash,
    Buffer.from(salt),
  ]);
}

/** As CheckTick's own code stores one: Vault's entry, whatever was there, and its row. */
export async function storeAsCheckTick(
  deployment: Deployment,
  { platformKey }: Pick<TestShareSet, 'platformKey'>,
  survey: TestSurvey,
  keyVersion = 'v1',
): Promise<void> {
  const { userId, surveyId, kek } = survey;
  const document = await buildRecoveryKek({
    pmk: platformKey,
    userId,
    surveyId,
    kek,
    email: 'requester@example.org',
    keyVersion,
    at: new Date(),
  });
  await deployment.writeKv(vaultPath(survey), document);
  await deployment.sql(
    `INSERT INTO surveys_usersurveykekescrow (user_id, survey_id, platform_key_version_id, vault_path,
       escrowed_at, email_encrypted, recovered_count) VALUES ($1, $2, $3, $4, now(), true, 3)
     ON CONFLICT DO NOTHING`,
    [userId, surveyId, keyVersion, vaultPath(survey)],
  );
}

/** A sealed one under a version that is not active any more: as sync stored it when it was. */
export async function storeSealed(
  deployment: Deployment,
  { manifest, mode, sync }: Pick<TestShareSet, 'manifest' | 'mode' | 'sync'>,
  survey: TestSurvey,
): Promise<void> {
  const { userId, surveyId, kek } = survey;
  const { escrowKey = '', keyVersion } = manifest.body;
  const { audience } = sync;
  const sealed = await sealEscrow(escrowKey, { mode, audience, keyVersion, userId, surveyId }, kek);
  await deployment.writeKv(
    vaultPath(survey),
    escrowDocument({ sealed, keyVersion, at: new Date() }),
  );
  await deployment.sql(
    `INSERT INTO surveys_usersurveykekescrow (user_id, survey_id, platform_key_version_id, vault_path,
       escrowed_at, email_encrypted, recovered_count) VALUES ($1, $2, $3, $4, now(), false, 0)`,
    [userId, surveyId, keyVersion, vaultPath(survey)],
  );
}

/** So many of either kind are stored under v1; then v2 is made and becomes active. */
export async function moveWorld(servers: Servers, counts: Counts): Promise<MoveWorld> {
  return moving(await escrowWorld(servers), counts);
}

interface Counts {
  readonly own: number;
  readonly sealed: number;
}

/** The same of a deployment that stores survey keys already, under v1. */
export async function moving(world: EscrowWorld, counts: Counts): Promise<MoveWorld> {
  const { deployment, service } = world;
  const own = await world.surveys(counts.own);
  const sealed = await world.surveys(counts.sealed);
  for (const survey of own) await storeAsCheckTick(deployment, world.set, survey);
  for (let at = 0; at < sealed.length; at += 50) {
    await post(world.checktick(), sealed.slice(at, at + 50).map(inClear));
  }
  for (const survey of [...own.slice(1), ...sealed.slice(1)]) await hashSurvey(deployment, survey);
  const { next, made } = await approvedVersion(service.admins, world.set);
  await committed(service.admins, made);
  const first = { ...world.set, roster: next.roster };
  await committed(service.admins, await approvedChange(service.admins, first, 'activate', 'v2'));
  return { ...world, first, second: next, own, sealed };
}

export interface AskedMove {
  readonly nonce: string;
  readonly ticket: TestTicket;
}

/** `package migrate-escrows`, not yet released. @param batchKeys survey keys in one file */
export async function askedMove(
  deployment: Deployment,
  set: TestShareSet,
  batchKeys: number,
): Promise<AskedMove> {
  const ticket = await makeTicket(set, undefined, 'migrate-escrows');
  const { words, keyVersion } = asking(ticket, set.manifest.body.keyVersion);
  const replica = await openReplica(deployment);
  try {
    const entry = { ticket: ticketType.toBytes(ticket.document), words, keyVersion };
    const { nonce } = await requestMovePackage(replica.context, replica.operator, entry, batchKeys);
    return { nonce, ticket };
  } finally {
    await replica.close();
  }
}

export interface OpenedMove {
  readonly document: PackageDocument & { readonly body: MovePackage };
  readonly vaultComponent: Uint8Array;
  readonly ticket: TestTicket;
  readonly files: readonly Uint8Array[];
  readonly places: readonly BatchPlace[];
}

/** Released by two, unless it is, fetched with its files, opened. */
export async function movePackage(
  admins: Admins,
  set: TestShareSet,
  { nonce, ticket }: AskedMove,
  isReleased = false,
): Promise<OpenedMove> {
  for (const approver of isReleased ? [] : [admins.approver1, admins.approver2]) {
    await approver.approve('package-release', nonce, { reason: 'v1 was seen by somebody' });
  }
  const file = await admins.operator.get<FileAnswer>(`/v1/packages/${nonce}/file`);
  const document = parsePackage(bytesOf(file), set.mode, set.sync);
  const { body } = document;
  if (body.kind !== 'migrate-escrows') throw new Error('a package of survey keys was asked for');
  const vaultComponent = await openRotatePackage(body, ticket.keys.privateKey);
  const { mode, audience } = body;
  const of = body.files.length;
  const files: Uint8Array[] = [];
  for (let number = 1; number <= of; number += 1) {
    files.push(bytesOf(await admins.operator.get(`/v1/packages/${nonce}/files/${number}`)));
  }
  const places = files.map((_, at) => ({ mode, audience, nonce, at, of }));
  return { document: { ...document, body }, vaultComponent, ticket, files, places };
}

/** What the laptop makes of every file. */
export async function movedBy(
  { document, ticket, files, places }: OpenedMove,
  { platformKey }: Pick<TestShareSet, 'platformKey'>,
): Promise<MovedSurveyKey[][]> {
  const { body } = document;
  const { move } = moveTarget(body, verifyPackagedSet(setBytes(body), body.mode));
  const results: MovedSurveyKey[][] = [];
  for (const [at, file] of files.entries()) {
    const place = places[at];
    if (place === undefined) throw new Error('no place');
    const stored = await openMoveBatch(parseMoveBatch(file, place), ticket.keys.privateKey);
    const moved = await moveSurveyKeys(platformKey, move, stored, { atOnce: 4 });
    results.push(
      stored.map(({ userId, surveyId }, which) => {
        const one = moved[which];
        if (one === undefined) throw new Error('no answer');
        return { userId, surveyId, ...one };
      }),
    );
  }
  return results;
}

export interface MadeMove extends MadeBundle {
  readonly files: readonly Uint8Array[];
}

/** The ceremony's bundle, with the files that come back. */
export async function moveBundle(
  { first, second }: Pick<MoveWorld, 'first' | 'second'>,
  opened: OpenedMove,
  options: Parameters<typeof makeMoveBundle>[4] & {
    readonly results?: readonly (readonly MovedSurveyKey[])[];
  } = {},
): Promise<MadeMove> {
  const { results = await movedBy(opened, first), ...more } = options;
  const made = await makeMoveBundle(first, second, opened, results, more);
  return {
    bytes: bundleType.toBytes(made.document),
    digest: made.document.digest,
    nonce: opened.document.body.nonce,
    files: made.files,
  };
}

/** Imported with all its files, and approved by two: it waits to be committed. */
export async function approveMove(admins: Admins, made: MadeMove): Promise<void> {
  await admins.operator.post('/v1/bundles', made.bytes);
  for (const file of made.files) {
    await admins.operator.post(`/v1/bundles/${made.digest}/files`, file);
  }
  for (const approver of [admins.approver1, admins.approver2]) {
    await approver.approve('bundle-approve', made.digest, { reason: 'as agreed' });
  }
}

/** Asked for, released, moved, brought back and approved: it waits to be committed. */
export async function approvedMove(
  world: Pick<MoveWorld, 'deployment' | 'first' | 'second'>,
  admins: Admins,
  batchKeys: number,
): Promise<MadeMove> {
  const asked = await askedMove(world.deployment, world.first, batchKeys);
  const made = await moveBundle(world, await movePackage(admins, world.first, asked));
  await approveMove(admins, made);
  return made;
}

/** Under which version CheckTick's row says that a survey key is; undefined: there is no row. */
export async function versionInRow(
  deployment: Deployment,
  { userId, surveyId }: Omit<TestSurvey, 'kek'>,
): Promise<string | undefined> {
  const [row] = await deployment.sql<{ version: string }>(
    `SELECT platform_key_version_id AS version FROM surveys_usersurveykekescrow
      WHERE user_id = $1 AND survey_id = $2`,
    [userId, surveyId],
  );
  return row?.version;
}

/** What the platform key of the version that its row names gives back of what lies in Vault. */
export async function openedByRow(
  world: EscrowWorld,
  sets: Readonly<Record<string, Pick<TestShareSet, 'platformKey'>>>,
  survey: Omit<TestSurvey, 'kek'>,
): Promise<Uint8Array> {
  const { deployment } = world;
  const version = await versionInRow(deployment, survey);
  const set = sets[version ?? ''];
  if (version === undefined || set === undefined) throw new Error('a version without a set');
  const path = vaultPath(survey);
  const data = await deployment.kv(path);
  const place = world.placeOf(survey, version);
  const sealed = sealedInDocument(path, data);
  if (sealed !== undefined) {
    return openEscrow(escrowPrivateKey(set.platformKey, place), place, sealed);
  }
  const user = await userRecoveryKey(set.platformKey, survey.userId);
  return openKekBlob(user, path, parseRecoveryKek(path, data).encrypted_kek);
}
