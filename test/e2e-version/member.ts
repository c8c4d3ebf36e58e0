/**
 * A member who forgot everything: the organisation keeps the key of the survey, under v2 since it moved.
 * Two shares of v2 and the passphrase of its owner open it, and neither does alone.
 * @module
 */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { openSurveyColumn } from '../../shared/checktick/index.ts';
import { importReceipt, newest } from '../e2e/ending.ts';
import { releasePackage } from '../e2e/other-side.ts';
import { giveShare, makeTicket } from '../e2e/recover.ts';
import { chooseDocument, checkLaptop } from '../e2e/split.ts';
import { carry, commit, signAll } from '../e2e-change/begin.ts';
import { OWNER } from '../e2e-change/organisation.ts';
import type { Room } from '../e2e-change/room.ts';
import { openPackage } from '../e2e-change/rotate.ts';
import { OWN_WORDS } from '../support/organisation-moves.ts';
import type { TestSurvey } from '../support/sync-organisation.ts';
import type { OwnOrganisation } from '../support/sync-organisation-moves.ts';
import { typePassphrase } from './organisation.ts';

/** @param room with those who hold shares of v2 */
export async function recoverMember(
  room: Room,
  { id, surveys: [survey] }: OwnOrganisation,
): Promise<void> {
  const { report } = room;
  await report.show('a member asks for a survey of the organisation; two shares of v2', () =>
    giveShares(room, id, survey),
  );
  await report.show(
    'its owner types the passphrase; the survey opens with one-time words',
    async () => {
      await ownerTypes(room);
      await goesHome(room, survey);
    },
  );
}

async function giveShares(
  room: Room,
  organisation: number,
  { id, teamId }: TestSurvey,
): Promise<void> {
  const { app, sync, operator, courier, custodians } = room;
  const before = await readdir(courier.path);
  const { eight, six } = await makeTicket(app, operator, courier);
  const ticket = { file: await newest(courier, 'ticket', '.json', before), words: eight };
  const file = await releasePackage(sync, ticket, courier, {
    survey: String(id),
    organisation: String(organisation),
    team: String(teamId),
  });
  await app.press('Rehearse the recovery for an organisation');
  await chooseDocument(app, 'descriptor', 'Use this descriptor');
  await chooseDocument(app, 'package', 'Use this package', path.basename(file));
  await checkLaptop(app);
  await openPackage(room, { six, file });
  const { facts, vaultPath } = await app.at('facts');
  assert.deepEqual([facts.keyVersion, vaultPath], ['v2', `surveys/${id}/kek`]);
  await app.look('facts of an organisation');
  await app.press('Everyone agrees to open this survey');
  for (const one of custodians.slice(0, 2)) await giveShare(app, one);
}

async function ownerTypes({ app }: Room): Promise<void> {
  await app.at('owner');
  await app.type(OWNER, 'Who types the passphrase');
  await app.press('Type the passphrase');
  await typePassphrase(app, OWN_WORDS);
}

async function goesHome(room: Room, { id, kek }: TestSurvey): Promise<void> {
  const { app, sync } = room;
  await signAll(room);
  let passphrase = '';
  const receipt = await carry(room, async (file) => {
    const { digest } = await sync.as('operator', `bundle import ${file}`);
    const committed = await commit(room, String(digest));
    passphrase = String(
      (await sync.as('operator', `passphrase show ${String(digest)}`))['passphrase'],
    );
    return committed;
  });
  const { rows } = await sync.database.query<{ column: Buffer }>(
    'SELECT encrypted_kek_password AS column FROM public.surveys_survey WHERE id = $1',
    [id],
  );
  const words = new TextEncoder().encode(passphrase);
  const opened = await openSurveyColumn('passphrase', words, new Uint8Array(rows[0]?.column ?? []));
  assert.deepEqual(new Uint8Array(opened), kek);
  await importReceipt(app, receipt);
  await app.press('Back to home');
  await app.page('Are the keys safe?', 'home member recovered');
}
