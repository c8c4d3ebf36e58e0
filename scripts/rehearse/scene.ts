/**
 * Both sides of the air gap in a rehearsal, and the hands that carry sticks across it.
 * @module
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ManifestDocument } from '../../shared/sharing/manifest.ts';
import { parseLog } from '../../shared/transcript/log.ts';
import { verifyLog } from '../../shared/transcript/verify.ts';
import { bundleAnswer, fileAnswer, type FileAnswer } from '../../sync/routes/answers.ts';
import type { People } from './people.ts';
import type { Made } from './report.ts';
import type { Room } from './room.ts';
import type { SyncSide } from './sync-side.ts';

export const APPROVERS = ['approver1', 'approver2'] as const;

export const STICKS = {
  operator: 'practice stick A',
  'custodian 2': 'practice stick B',
  'custodian 4': 'practice stick C',
  sync: 'practice stick F',
} as const;

/** Everything on both sides of the air gap, and the hands that carry sticks across it. */
export interface Scene {
  readonly sync: SyncSide;
  readonly room: Room;
  readonly people: People;
  /** Where the folders that count as sticks are. */
  readonly tableTop: string;
  /** Which package and receipt are the newest: what people would pick. */
  readonly newest: { descriptor?: string; package?: string; receipt?: string };
  readonly made: Made[];
  readonly say: (line: string) => void;
}

export const stickFolder = (scene: Pick<Scene, 'tableTop'>, name: keyof typeof STICKS) =>
  join(scene.tableTop, STICKS[name]);

/** A file from sync's side goes onto the travelling stick. */
export async function carry(
  scene: Scene,
  kind: 'descriptor' | 'package' | 'receipt',
  { fileName, digest, content }: FileAnswer,
  detail: string,
): Promise<void> {
  const path = join(stickFolder(scene, 'sync'), fileName);
  await writeFile(path, Buffer.from(content, 'base64'));
  scene.newest[kind] = digest.slice(0, 8);
  scene.made.push({ what: kind, detail, path });
}

/** Up to the screen that waits for the receipt. @returns the bundle's digest */
export async function bundleLeaves(scene: Scene, kind: string): Promise<string> {
  const view = await scene.room.until(({ screen }) => screen === 'waiting');
  if (view.screen !== 'waiting') throw new Error('The ceremony does not wait for a receipt.');
  const path = join(
    stickFolder(scene, 'sync'),
    `conclave-bundle-${view.bundleDigest.slice(0, 8)}.json`,
  );
  scene.made.push({ what: 'bundle', detail: kind, path });
  return view.bundleDigest;
}

export async function importBundle(scene: Scene, digest: string): Promise<void> {
  const { sync, say } = scene;
  say('The stick goes to sync, which checks the bundle');
  const name = `conclave-bundle-${digest.slice(0, 8)}.json`;
  const bytes = new Uint8Array(await readFile(join(stickFolder(scene, 'sync'), name)));
  const found = await sync.as('operator').call(bundleAnswer, 'POST', '/v1/bundles', { bytes });
  if (found.digest !== digest) throw new Error('Sync read another bundle.');
}

/** Commits, and brings the receipt onto the travelling stick. */
export async function commit(scene: Scene, digest: string, what: string): Promise<void> {
  const { sync, say } = scene;
  say(`Sync commits ${what} and reads it back`);
  const operator = sync.as('operator');
  const done = await operator.call(bundleAnswer, 'POST', `/v1/bundles/${digest}/commit`);
  if (done.state !== 'committed') throw new Error(`The bundle is ${done.state}: ${done.reason}`);
  const receipt = await operator.call(fileAnswer, 'GET', `/v1/bundles/${digest}/receipt`);
  await carry(scene, 'receipt', receipt, `${done.kind}, committed`);
}

/** The receipt comes home; the log leaves on a stick and is verified as an auditor would. */
export async function closeCeremony(scene: Scene, manifest: ManifestDocument): Promise<void> {
  const { room, made, say } = scene;
  const view = await room.until(({ screen }) => screen === 'closed');
  if (view.screen !== 'closed' || view.outcome !== 'committed') {
    throw new Error('The receipt did not close the ceremony as committed.');
  }
  const { ceremonyId, ceremony } = view;
  await room.host.leave();
  await room.host.exportLog({ ceremonyId, volumeId: await room.stickOf('sync') });
  const path = join(stickFolder(scene, 'sync'), `conclave-log-${ceremonyId.slice(0, 8)}.jsonl`);
  const verified = verifyLog(parseLog(new Uint8Array(await readFile(path))), { manifest });
  if (verified.standing !== 'authenticated') throw new Error(verified.because);
  say(`The transcript verifies against the manifest: ${verified.because}`);
  made.push({ what: 'transcript', detail: `${ceremony}, authenticated`, path });
}
