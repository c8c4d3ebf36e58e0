/**
 * The second half of the main job: one sheet is thrown away, and the other custodians recover the
 * survey whose owner forgot the password.
 * @module
 */
import { readFile, rm } from 'node:fs/promises';
import { openSurveyColumn } from '../../shared/checktick/index.ts';
import { equalBytes, utf8ToBytes } from '../../shared/encoding/bytes.ts';
import type { ManifestDocument } from '../../shared/sharing/manifest.ts';
import {
  fileAnswer,
  packageAnswer,
  passphraseAnswer,
  requestAnswer,
} from '../../sync/routes/answers.ts';
import { Participant } from './people.ts';
import {
  APPROVERS,
  bundleLeaves,
  carry,
  closeCeremony,
  commit,
  importBundle,
  stickFolder,
  type Scene,
} from './scene.ts';
import { filesIn } from './table-top.ts';

/** Ends with a survey that opens with its one-time passphrase. */
export async function recoverSurvey(scene: Scene, manifest: ManifestDocument): Promise<void> {
  await loseASheet(scene);
  const code = await request(scene);
  const pocket = new Participant('operator');
  await fetchPackage(scene, code, await makeTicket(scene, pocket));
  const digest = await ceremony(scene, pocket);
  await importBundle(scene, digest);
  await commit(scene, digest, 'the recovered survey key');
  await closeCeremony(scene, manifest);
  await openSurvey(scene, digest);
}

async function loseASheet({ people, tableTop, made, say }: Scene): Promise<void> {
  say('The sheet of custodian 1 is thrown away');
  const [sheet = ''] = await filesIn(tableTop, /^share-1-of-4-.*\.pdf$/);
  await rm(sheet);
  delete people.get('custodian 1').sheets.share;
  const at = made.findIndex(({ path }) => path === sheet);
  const gone = made[at];
  if (gone === undefined) throw new Error('The sheet of custodian 1 was never there.');
  made[at] = { ...gone, path: null };
}

/** The owner asks; two approvers agree. @returns the request's code */
async function request({ sync, say }: Scene): Promise<string> {
  const { people, survey } = sync.service.checktick;
  say('The owner asks for the survey; two approvers agree');
  const { code } = await sync.as('operator').call(requestAnswer, 'POST', '/v1/requests', {
    json: {
      userId: people.requester.id,
      surveyId: survey.id,
      reason: 'The owner forgot password and recovery phrase.',
      checks: ['photo-id', 'video'],
      reference: 'rehearsal',
      email: people.requester.email,
      delayHours: 0,
    },
  });
  for (const approver of APPROVERS) {
    await sync.approve(approver, {
      action: 'request-approve',
      subject: code,
      reason: 'The identity was checked.',
    });
  }
  return code;
}

/** @returns the ticket's file on the operator's stick, and the words that the laptop shows */
async function makeTicket(
  scene: Scene,
  pocket: Participant,
): Promise<{ readonly path: string; readonly words: string }> {
  const { room, people, made, say } = scene;
  say('The operator makes a ticket: its key stays on the stick, its words are read aloud');
  const volumeId = await room.stickOf('operator');
  people.expect(people.get('operator'), pocket);
  const { words } = await room.host.makeTicket({
    kind: 'recover',
    mode: 'rehearsal',
    operator: 'operator',
    volumeId,
    identity: 'usb',
    identityVolumeId: volumeId,
  });
  const stick = stickFolder(scene, 'operator');
  const [path = ''] = await filesIn(stick, /^conclave-ticket-.*\.json$/);
  const [key = ''] = await filesIn(stick, /^conclave-ticket-.*\.age$/);
  made.push({ what: 'ticket', detail: 'for sync', path });
  made.push({ what: 'USB file', detail: "the ticket's key", path: key });
  return { path, words };
}

/** Sync seals a package to the ticket, once two approvers released it. */
async function fetchPackage(
  scene: Scene,
  requestCode: string,
  ticket: { readonly path: string; readonly words: string },
): Promise<void> {
  const { sync, say } = scene;
  say('Sync checks the ticket; two approvers release a package sealed to it');
  const operator = sync.as('operator');
  const { nonce } = await operator.call(packageAnswer, 'POST', '/v1/packages/recover', {
    json: {
      requestCode,
      ticket: (await readFile(ticket.path)).toString('base64'),
      words: ticket.words,
    },
  });
  for (const approver of APPROVERS) {
    await sync.approve(approver, {
      action: 'package-release',
      subject: nonce,
      reason: 'The request is ready and the ticket is the operator’s.',
    });
  }
  const file = await operator.call(fileAnswer, 'GET', `/v1/packages/${nonce}/file`);
  await carry(scene, 'package', file, `recover, request ${requestCode}, sealed to the ticket`);
}

/** Custodians 2, 3 and 4 come. @returns the bundle's digest */
async function ceremony(scene: Scene, pocket: Participant): Promise<string> {
  const { room, people } = scene;
  await room.host.start('recover', 'rehearsal');
  await room.until(({ screen }) => screen === 'ticket-key');
  people.expect(pocket);
  await room.until(({ screen }) => screen === 'who');
  for (const index of [2, 3, 4]) {
    await room.say({ type: 'who', index });
    await room.until(({ screen }) => screen === 'who' || screen === 'recover');
  }
  return bundleLeaves(scene, 'recover');
}

/** The owner types the one-time passphrase: the survey's key comes out, the same as before. */
async function openSurvey({ sync, say }: Scene, digest: string): Promise<void> {
  const { passphrase } = await sync
    .as('operator')
    .call(passphraseAnswer, 'POST', `/v1/bundles/${digest}/passphrase`);
  const { password } = await sync.service.surveyColumns();
  const kek = await openSurveyColumn('passphrase', utf8ToBytes(passphrase), password);
  if (!equalBytes(kek, sync.service.checktick.kek)) throw new Error('Another key came out.');
  kek.fill(0);
  say('The survey opens with the one-time passphrase of sync');
}
