/**
 * After new shares: a fresh package shows that sync's new half fits, the old shares are destroyed one
 * by one before the witness, and the survey key that was stored before opens with the new ones.
 * @module
 */
import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openKekBlob, userRecoveryKey, vaultPaths } from '../../shared/checktick/index.ts';
import { isOver, saveLog } from '../e2e/ending.ts';
import { openIdentity, sign, sitDown, type Person } from '../e2e/people.ts';
import { platformKeyOf } from '../e2e/platform-secrets.ts';
import { checkLaptop } from '../e2e/split.ts';
import type { Room } from './room.ts';
import { askForPackage, choosePackage, openPackage } from './rotate.ts';

const OLD = '2026 A';

/** @param today the people who held shares until now; the room has those of from now on */
export async function oldSharesEnd(room: Room, today: Room['custodians']): Promise<void> {
  const { report } = room;
  await report.show('a fresh package: the new half fits, nothing else is made', () =>
    compare(room),
  );
  await report.show('the old shares are destroyed one by one; the witness signs', () =>
    destroy(room, today),
  );
}

async function compare(room: Room): Promise<void> {
  const { app } = room;
  const asked = await askForPackage(room);
  await app.press(`Compare sync’s half before ${OLD} is destroyed`);
  await choosePackage(room, asked);
  await app.press('Only compare sync’s half');
  await checkLaptop(app);
  await openPackage(room, asked);
  await app.at('compared');
  await isOver(app);
  await app.press('Back to home');
  await app.page('Are the keys safe?', 'home compared');
}

async function destroy(room: Room, today: Room['custodians']): Promise<void> {
  const { app, witness, courier } = room;
  const [onSheet, stays, left] = today;
  await app.press(`Destroy what is left of ${OLD}`);
  const { standing, things } = await app.at('destruction');
  assert.deepEqual([standing, things.length], ['superseded', 3]);
  await app.choose('A backup from after the change was restored in a test');
  await app.press('Everyone agrees to destroy this');
  await checkLaptop(app);
  await destroyOwn(room, onSheet);
  await signAs(room, onSheet);
  // As the screen says: the identity lies on the stick that is going to be broken.
  await copyIdentity(stays, room.custodians[1]);
  await destroyOwn(room, stays);
  await signAs(room, room.custodians[1]);
  await destroyOwn(room, left);
  await app.at('identity');
  await app.press('I do not have it with me');
  await app.page('Say why you do not sign', 'destroyer does not sign');
  await app.type('It was on the stick that is broken now.', 'Reason');
  await app.press('Go on without my signature');
  await sitDown(app, witness);
  await signAs(room, witness);
  const { gone, left: rest, ceremonyId } = await app.at('destroyed');
  assert.deepEqual([gone.length, rest], [3, []]);
  await saveLog(app, courier, ceremonyId);
  await app.press('Back to home');
  await app.page('Are the keys safe?', 'home old shares destroyed');
  await app.window
    .getByText('Everything that was written of it was destroyed before a witness.')
    .waitFor();
}

async function destroyOwn({ app }: Room, one: Person): Promise<void> {
  await app.at('destroyers');
  await app.choose(one.name);
  await app.press('This custodian is next');
  await sitDown(app, one);
  await app.at('destroy');
  await app.press(/^Everybody saw this .* destroyed$/);
  await app.press('Go on to my signature');
}

async function signAs({ app }: Room, one: Person): Promise<void> {
  await openIdentity(app, one);
  await sign(app, one);
}

async function copyIdentity(from: Person, to: Person): Promise<void> {
  assert(from.stick && to.stick);
  for (const name of await readdir(from.stick.path)) {
    if (!name.startsWith('conclave-identity-')) continue;
    // Not copyFile: the kernel has no copy_file_range between two mounts of FUSE.
    await writeFile(
      path.join(to.stick.path, name),
      await readFile(path.join(from.stick.path, name)),
    );
  }
}

/** By CheckTick's formula, from the media of those who hold the new shares and sync's new half. */
export async function stillOpens(
  { sync, custodians }: Room,
  today: Room['custodians'],
  keyBefore: Uint8Array,
): Promise<void> {
  const platformKey = await platformKeyOf(sync, { custodians });
  assert.deepEqual(platformKey, keyBefore, 'the platform key is as it was');
  const withOld = await platformKeyOf(sync, { custodians: today });
  assert.notDeepEqual(withOld, keyBefore, 'old shares and the new half give another key');
  await opensSurveyKey(sync, platformKey);
}

/** The survey key that CheckTick stored before, by its own formula. */
export async function opensSurveyKey(sync: Room['sync'], platformKey: Uint8Array): Promise<void> {
  const { checktick } = sync;
  const userId = checktick.people.requester.id;
  const place = vaultPaths.userSurveyRecoveryKek(userId, checktick.survey.id);
  const stored = await sync.kv(place);
  const userKey = await userRecoveryKey(platformKey, userId);
  const opened = await openKekBlob(userKey, place, String(stored?.['encrypted_kek']));
  assert.deepEqual(new Uint8Array(opened), new Uint8Array(checktick.kek));
}
