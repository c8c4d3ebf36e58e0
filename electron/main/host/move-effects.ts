/**
 * The effects that moving survey keys to another key version alone has. Main finds files and compares
 * digests; what is in a file only the worker opens.
 * @module
 */
import { join } from 'node:path';
import { BATCH_FILE_LIMIT, parseMovedBatch } from '../../../shared/bundle/move-batch.ts';
import { moveTarget } from '../../../shared/bundle/move-target.ts';
import { storedKeys } from '../../../shared/bundle/move.ts';
import { keysIn, sumCounts, type MovedFile } from '../../../shared/bundle/moved-file.ts';
import type { MovePackage } from '../../../shared/bundle/package.ts';
import type { HostEvent } from '../../../shared/ceremony/events.ts';
import type { Signature } from '../../../shared/encoding/dsse.ts';
import { sealedFiles } from '../../../shared/transcript/moved-files.ts';
import type { CeremonyLog } from '../../../shared/transcript/log.ts';
import { readLimited } from '../../files/read.ts';
import { findByDigest } from '../../media/usb/moved-files.ts';
import type { Volume } from '../../media/usb/volumes.ts';
import type { EffectContext } from './effect-context.ts';
import { need, type Executors } from './executors.ts';
import { refuseHost } from './refusals.ts';

type Found = Extract<HostEvent, { type: 'move-files-found' }>;

export function needMove({ gathered }: Pick<EffectContext, 'gathered'>): MovePackage {
  const { body } = need(gathered.package);
  if (body.kind !== 'migrate-escrows') {
    throw refuseHost('package-other-kind', body.kind, 'migrate-escrows');
  }
  return body;
}

const targetOf = (body: MovePackage, { manifest, roster, others }: EffectContext['gathered']) =>
  moveTarget(body, { manifest: need(manifest), roster: need(roster), others });

/** The stick with the files, as it was described, and where each lies on it. */
const labelOf = ({ label, folder }: Volume) => `${folder ? 'folder' : 'stick'} ${label}`;

/**
 * What earlier ceremonies with this package finished, by the logs of this laptop. A log that cannot be
 * verified tells nothing.
 */
async function finishedBefore({
  store,
  mode,
  ceremonyId,
  gathered,
}: EffectContext): Promise<(MovedFile & { readonly madeIn: string })[]> {
  const manifest = need(gathered.manifest);
  const { digest } = need(gathered.package);
  const told = (log: CeremonyLog): MovedFile[] => {
    try {
      return sealedFiles(log, manifest, digest);
    } catch {
      return [];
    }
  };
  return (await store.readLogs(mode))
    .filter(({ header }) => header.ceremonyId !== ceremonyId)
    .flatMap((log) => told(log).map((file) => ({ ...file, madeIn: log.header.ceremonyId })));
}

export const moveExecutors: Pick<
  Executors,
  'find-move-files' | 'measure-move' | 'prove-move' | 'move-file' | 'seal-moved'
> = {
  async 'find-move-files'({ volumeId }, context) {
    const { sticks, mode, gathered } = context;
    const body = needMove(context);
    const volume = await sticks.find(mode, volumeId);
    const before = await finishedBefore(context);
    const wanted = new Set([...body.files, ...before.map(({ digest }) => digest)]);
    const found = await findByDigest(volume, wanted);
    const missing = body.files.flatMap((digest, at) => (found.has(digest) ? [] : [at + 1]));
    if (missing.length > 0) {
      throw refuseHost('move-files-missing', missing, body.files.length, labelOf(volume));
    }
    requireRoom(volume, body, before);
    gathered.moveFiles = { volumeId, paths: body.files.map((digest) => found.get(digest) ?? '') };
    const kept: Found['kept'][number][] = [];
    for (const file of before) {
      const path = found.get(file.digest);
      // The first of two that finished the same one counts; both are right.
      if (path === undefined || kept.some(({ at }) => at === file.at)) continue;
      kept.push({ ...file, staying: await stayingIn(join(volume.path, path), body, file) });
    }
    return { type: 'move-files-found', description: labelOf(volume), kept };
  },

  async 'measure-move'({ seconds }, context) {
    const pace = await (await context.worker()).ask('measure-move', { seconds });
    return { type: 'move-measured', pace };
  },

  async 'prove-move'(_effect, context) {
    const body = needMove(context);
    const { nonce, audience } = body;
    const { mode, ceremonyId, gathered } = context;
    const { from, to, escrowKey } = targetOf(body, gathered).move;
    const place = { mode, audience, from, to, ceremonyId, nonce };
    const half = body.handsOver === true ? { place, escrowKey } : null;
    const manifest = need(gathered.manifest).body;
    const worker = await context.worker();
    const proved = await worker.ask('prove-move', { nonce, manifest, half });
    return { type: 'move-proved', ...proved };
  },

  async 'move-file'({ at }, context) {
    const { gathered, platform } = context;
    const body = needMove(context);
    const manifest = need(gathered.manifest);
    const { move } = targetOf(body, gathered);
    const { volumeId, paths } = need(gathered.moveFiles);
    const worker = await context.worker();
    const moved = await worker.ask('move-file', {
      body,
      manifest: manifest.body,
      move,
      at,
      path: paths[at] ?? '',
      volumeId,
      rehearsalFolder: platform.rehearsalFolder,
    });
    return { type: 'file-moved', from: body.files[at] ?? '', ...moved };
  },

  async 'seal-moved'({ isLast }, context) {
    const worker = await context.worker();
    await context.transcript.seal(async (message) => {
      const { signatures } = await worker.ask('sign-quorum', { messages: [message] });
      return signatures.flatMap(({ keyid, sigs: [sig] }): Signature[] =>
        sig === undefined ? [] : [{ keyid, sig }],
      );
    });
    if (isLast) await worker.ask('end-move', { nonce: needMove(context).nonce });
    return { type: 'moved-sealed' };
  },
};

/** Bytes of what comes back for one survey key: its escrow in base64, and what is openly said of it. */
const ROOM_FOR_EACH = 2_000;

/** Before anybody gives a share. @throws Refusal `move-files-room` */
function requireRoom(volume: Volume, body: MovePackage, before: readonly MovedFile[]): void {
  const done = body.files.flatMap((_, at) => before.find((one) => one.at === at) ?? []);
  const needed = (storedKeys(body) - keysIn(sumCounts(done))) * ROOM_FOR_EACH;
  if (volume.freeBytes < needed) {
    throw refuseHost('move-files-room', labelOf(volume), volume.freeBytes, needed);
  }
}

/** The survey keys that stay, as the file says openly. */
async function stayingIn(
  path: string,
  { mode, audience, nonce, files }: MovePackage,
  { at }: MovedFile,
): Promise<Found['kept'][number]['staying']> {
  const bytes = await readLimited(path, BATCH_FILE_LIMIT);
  const { body } = parseMovedBatch(bytes, { mode, audience, nonce, at, of: files.length });
  return body.keys.flatMap((one) =>
    'stays' in one ? [{ userId: one.userId, surveyId: one.surveyId, why: one.stays }] : [],
  );
}

/**
 * Every file that the bundle names lies on the stick that goes to sync.
 * @throws Refusal `moved-files-elsewhere`
 */
export async function requireMovedFiles(volume: Volume, files: readonly string[]): Promise<void> {
  const found = await findByDigest(volume, new Set(files));
  const missing = files.filter((digest) => !found.has(digest)).length;
  if (missing > 0) throw refuseHost('moved-files-elsewhere', missing, labelOf(volume));
}
