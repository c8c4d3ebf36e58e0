/**
 * `--roster`: after the main job the people change. Another operator takes over, custodian 2 is
 * told by mail from now on; three shares sign the next roster, and sync puts it in force.
 * @module
 */
import type { ManifestDocument } from '../../shared/sharing/manifest.ts';
import { fileAnswer } from '../../sync/routes/answers.ts';
import {
  APPROVERS,
  bundleLeaves,
  carry,
  closeCeremony,
  commit,
  importBundle,
  type Scene,
} from './scene.ts';
import { filesIn } from './table-top.ts';

const NEWCOMER = 'operator 2';

/** Ends with the next roster in force. */
export async function changeRoster(scene: Scene, manifest: ManifestDocument): Promise<void> {
  const { sync, say } = scene;
  say('Who takes part changes: sync makes a package for it');
  const file = await sync.as('operator').call(fileAnswer, 'POST', '/v1/packages/roster', {
    json: { keyVersion: manifest.body.keyVersion },
  });
  await carry(scene, 'package', file, 'roster, without secrets');
  const { digest, words } = await ceremony(scene);
  await importBundle(scene, digest);
  for (const approver of APPROVERS) {
    say(`${approver} types the eight words of the new roster`);
    await sync.approve(approver, {
      action: 'bundle-approve',
      subject: digest,
      words,
      reason: 'The words are those on the witness’s paper.',
    });
  }
  await commit(scene, digest, 'the new roster');
  await closeCeremony(scene, manifest);
}

/** Custodians 2, 3 and 4 come. @returns the bundle's digest, and the words of the new roster */
async function ceremony(
  scene: Scene,
): Promise<{ readonly digest: string; readonly words: string }> {
  const { room, tableTop, made } = scene;
  await room.host.start('roster', 'rehearsal');
  const asked = await room.until(({ screen }) => screen === 'roster-plan');
  if (asked.screen !== 'roster-plan') throw new Error('The plan of the new roster is asked for.');
  const stay = asked.present
    .filter(({ roles }) => !roles.includes('operator'))
    .map(({ name, roles }) => ({
      name,
      roles: [...roles],
      medium: null,
      ...(name === 'custodian 2' ? { mail: 'custodian.2@hospital.example' } : {}),
    }));
  const comes = { name: NEWCOMER, roles: ['operator' as const], medium: 'paper' as const };
  const plan = { people: [...stay, comes], admins: null, page: 'A4' as const };
  const before = new Set(await filesIn(tableTop, /\.pdf$/));
  await room.say({ type: 'roster-plan', plan });
  await room.until(({ screen }) => screen === 'who');
  for (const path of await filesIn(tableTop, /\.pdf$/)) {
    if (!before.has(path)) made.push({ what: 'sheet', detail: `identity of ${NEWCOMER}`, path });
  }
  for (const index of [2, 3, 4]) {
    await room.say({ type: 'who', index });
    await room.until(({ screen }) => screen === 'who' || screen === 'roster-ready');
  }
  const signed = await room.until((view) => view.screen === 'roster-ready' && view.signed !== null);
  if (signed.screen !== 'roster-ready' || signed.signed === null) {
    throw new Error('The new roster is not signed.');
  }
  return { digest: await bundleLeaves(scene, 'roster'), words: signed.signed.words };
}
