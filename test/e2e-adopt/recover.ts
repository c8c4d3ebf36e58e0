/**
 * In the room that adopted a deployment: a survey whose key was sealed without custodians, to the
 * escrow key of the new set, is recovered with the new shares.
 * @module
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { copyFile, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleType } from '../../shared/bundle/bundle.ts';
import { sealedDigest } from '../../shared/bundle/sealed-escrow.ts';
import { openSurveyColumn } from '../../shared/checktick/index.ts';
import { encodeJson } from '../../shared/encoding/json.ts';
import { sealEscrow } from '../../shared/escrow/escrow.ts';
import { parseManifest } from '../../shared/sharing/manifest.ts';
import type { App } from '../e2e/app.ts';
import { importReceipt, newest, saveBundle } from '../e2e/ending.ts';
import { releasePackage } from '../e2e/other-side.ts';
import { openIdentity, sign, sitDown, typeWords, type Person } from '../e2e/people.ts';
import { bringStick, makeTicket, nextCustodian, signFor } from '../e2e/recover.ts';
import { chooseDocument, checkLaptop } from '../e2e/split.ts';
import type { Stick } from '../e2e/sticks.ts';
import type { Sync } from '../e2e/sync.ts';
import { addSurvey, plantEscrow } from '../support/sealed-escrow.ts';

export interface AdoptedRoom {
  readonly app: App;
  readonly sync: Sync;
  /** The descriptor's file name. */
  readonly descriptor: string;
  readonly operator: Person;
  readonly witness: Person;
  readonly custodians: readonly [Person, Person];
  readonly courier: Stick;
}

/** @param adoption the bundle that made the set, in a file */
export async function recoverSealed(room: AdoptedRoom, adoption: string): Promise<void> {
  const { app, sync, courier, operator } = room;
  const kek = new Uint8Array(randomBytes(32));
  const { surveyId, digest } = await escrowed(sync, adoption, kek);
  const ticket = await makeTicket(app, operator, courier);
  const file = await newest(courier, 'ticket', '.json');
  const packageFile = await releasePackage(sync, { file, words: ticket.eight }, courier, {
    survey: String(surveyId),
  });

  await app.press('Rehearse the recovery');
  await chooseDocument(app, 'descriptor', 'Use this descriptor', room.descriptor);
  await chooseDocument(app, 'package', 'Use this package', path.basename(packageFile));
  await checkLaptop(app);
  await app.at('ticket-key');
  await app.choose(courier.label);
  await app.press('Open the package');
  await typeWords(app, ticket.six);
  const { escrow, keepsEmail } = await app.at('facts');
  assert.deepEqual([escrow, keepsEmail], [{ kind: 'sealed', digest, keyHash: 'sealed' }, false]);
  await app.look('facts of a sealed escrow');
  await app.press('Everyone agrees to open this survey');
  await giveShares(room);
  await app.at('recover');
  await app.press(`Open the key of survey ${surveyId}`);
  assert.equal((await app.at('escrowed-email')).outcome, 'none');
  await app.press('Go on without an address');
  for (const one of [room.witness, operator]) {
    await sitDown(app, one);
    await openIdentity(app, one);
    await sign(app, one);
  }
  const bundle = await saveBundle(app, courier, await readdir(courier.path));
  await importReceipt(app, await committed(room, bundle.file, { surveyId, kek }));
}

/** Sealed with what everybody may know: the public key in the manifest. */
async function escrowed(sync: Sync, adoption: string, kek: Uint8Array) {
  const { body } = bundleType.parse(new Uint8Array(await readFile(adoption)), 'rehearsal');
  assert(body.kind === 'adopt');
  const { mode, audience, keyVersion } = body;
  const { escrowKey } = parseManifest(encodeJson(body.manifest), mode).body;
  assert(escrowKey !== undefined);
  const { database, checktick, writeKv } = sync;
  const about = {
    userId: checktick.people.requester.id,
    surveyId: await addSurvey(database, kek),
  };
  const sealed = await sealEscrow(escrowKey, { mode, audience, keyVersion, ...about }, kek);
  await plantEscrow(database, writeKv, about, sealed);
  return { surveyId: about.surveyId, digest: sealedDigest(sealed) };
}

async function giveShares({ app, custodians }: AdoptedRoom): Promise<void> {
  for (const one of custodians) {
    assert(one.stick);
    await nextCustodian(app, one);
    const { index } = await app.at('share-in');
    await bringStick(app, one.stick, index);
    await typeWords(app, one.words);
    await signFor(app, one);
  }
}

/** The columns open to the key that was sealed; gives the receipt. */
async function committed(
  { app, sync, courier }: AdoptedRoom,
  file: string,
  { surveyId, kek }: { readonly surveyId: number; readonly kek: Uint8Array },
): Promise<string> {
  // The command is cut at its spaces.
  const carried = path.join(path.dirname(app.folders.data), 'recovery.json');
  await copyFile(file, carried);
  const { digest } = await sync.as('operator', `bundle import ${carried}`);
  assert(typeof digest === 'string');
  const { state } = await sync.as('operator', `commit ${digest}`);
  assert.equal(state, 'committed');
  const { passphrase } = await sync.as('operator', `passphrase show ${digest}`);
  assert(typeof passphrase === 'string');
  const { rows } = await sync.database.query<{ column: Buffer }>(
    'SELECT encrypted_kek_password AS column FROM surveys_survey WHERE id = $1',
    [surveyId],
  );
  const words = new TextEncoder().encode(passphrase);
  const column = new Uint8Array(rows[0]?.column ?? []);
  assert.deepEqual(await openSurveyColumn('passphrase', words, column), kek);
  const { file: receipt } = await sync.as('operator', `receipt ${digest}`, { out: courier.path });
  assert(typeof receipt === 'string');
  return receipt;
}
