/**
 * The first half of the main job: a platform key from nothing, split on paper and sticks, and
 * committed to sync.
 * @module
 */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Plan } from '../../shared/plan/set-plan.ts';
import { parseManifest, type ManifestDocument } from '../../shared/sharing/manifest.ts';
import { fileAnswer } from '../../sync/routes/answers.ts';
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
import { componentFromMedia, filesIn } from './table-top.ts';

const KEY_VERSION = 'v1';

const PLAN: Plan = {
  label: 'Rehearsal A',
  threshold: 3,
  custodians: [
    { name: 'custodian 1', medium: 'paper', mail: 'custodian.1@hospital.example' },
    { name: 'custodian 2', medium: 'usb', mail: 'custodian.2@hospital.example' },
    { name: 'custodian 3', medium: 'paper' },
    { name: 'custodian 4', medium: 'usb', mail: 'custodian.4@hospital.example' },
  ],
  operator: { name: 'operator', medium: 'usb' },
  witness: { name: 'witness', medium: 'paper', mail: 'witness@audit.example' },
  page: 'A4',
};

/** Ends with a committed key, and CheckTick's one survey escrowed under it. */
export async function setUp(scene: Scene): Promise<ManifestDocument> {
  const { sync, room, people, say } = scene;
  const manifest = await splitKey(scene, async () => {
    await room.until(({ screen }) => screen === 'plan');
    await room.say({ type: 'plan', plan: PLAN });
  });

  say('CheckTick escrows a survey whose owner forgot the password');
  const sticks = Object.fromEntries(
    (['custodian 2', 'custodian 4'] as const).map((name) => [name, stickFolder(scene, name)]),
  );
  const component = await componentFromMedia(people, manifest.body, sticks);
  try {
    await sync.service.escrow(component);
  } finally {
    component.fill(0);
  }
  return manifest;
}

/**
 * A Split from its package to the receipt that came home.
 * @param agree from the first screen until the people have agreed on the plan
 */
export async function splitKey(
  scene: Scene,
  agree: () => Promise<void>,
): Promise<ManifestDocument> {
  const { sync, room, made, say } = scene;
  say('Sync makes the package of a setup');
  const operator = sync.as('operator');
  const body = { json: { keyVersion: KEY_VERSION } };
  const setup = await operator.call(fileAnswer, 'POST', '/v1/packages/setup', body);
  await carry(scene, 'package', setup, 'setup, without secrets');

  await room.host.start('split', 'rehearsal');
  await agree();
  const ready = await room.until(({ screen }) => screen === 'set-ready');
  // The witness writes the manifest's words down; the approvers type them at sync.
  const words = ready.screen === 'set-ready' ? ready.words : '';
  const digest = await bundleLeaves(scene, 'setup');
  await noteMedia(scene);
  const [manifestFile = ''] = await filesIn(stickFolder(scene, 'sync'), /^conclave-manifest-/);
  const manifest = parseManifest(new Uint8Array(await readFile(manifestFile)), 'rehearsal');
  made.push({ what: 'manifest', detail: `set ${manifest.body.label}`, path: manifestFile });

  await importBundle(scene, digest);
  for (const approver of APPROVERS) {
    say(`${approver} types the eight words of the witness’s paper`);
    await sync.approve(approver, {
      action: 'bundle-approve',
      subject: digest,
      words,
      reason: 'The words are those on the witness’s paper.',
    });
  }
  await commit(scene, digest, 'the new platform key');
  await closeCeremony(scene, manifest);
  return manifest;
}

/** Sheets and files that the people hold now. */
async function noteMedia({ tableTop, made }: Scene): Promise<void> {
  for (const path of await filesIn(tableTop, /\.pdf$/)) {
    made.push({ what: 'sheet', detail: basename(path, '.pdf'), path });
  }
  for (const stick of await filesIn(tableTop, /^practice stick/)) {
    for (const path of await filesIn(stick, /\.age$/)) {
      made.push({ what: 'USB file', detail: basename(path, '.age'), path });
    }
  }
}
