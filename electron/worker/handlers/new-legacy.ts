/**
 * The component of an adopted set as legacy shares once more, in the clear on sticks: for a
 * deployment that still runs CheckTick's own commands. What was split is only what a stick is
 * compared with; what counts at the end came from the sticks alone.
 * @module
 */
import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  combineLegacy,
  formatLegacyShare,
  readLegacyFile,
  splitLegacy,
  trimLegacySecret,
  type LegacyShare,
} from '../../../shared/checktick/index.ts';
import { equalBytes } from '../../../shared/encoding/bytes.ts';
import { Secret } from '../../../shared/secret/secret.ts';
import { checkValueFits } from '../../../shared/sharing/check-value.ts';
import { combineShares } from '../../../shared/sharing/split.ts';
import { fileRefusal } from '../../files/errno.ts';
import { removeLeftovers, writeDurably } from '../../files/durable.ts';
import { readLimited } from '../../files/read.ts';
import { requireSuitable } from '../../media/usb/share-file.ts';
import type { Volume } from '../../media/usb/volumes.ts';
import { refuseWorker } from '../refusals.ts';
import { wipeNewLegacy, type NewLegacy } from '../new-legacy-state.ts';
import { withShares } from '../shares.ts';
import type { WorkerState } from '../state.ts';
import { describeVolume, findFile, findVolume } from '../volumes.ts';
import type { Handler } from '../context.ts';

/** One share of 512 digits, its number and a line end, with room. */
const FILE_LIMIT = 4096;
const LINE_END = 0x0a;

export const splitNewLegacy: Handler<'split-legacy'> = async (plan, { state, random }) => {
  const { key, quorumProved, readBack } = state;
  if (key === null || state.restored === null || !quorumProved) {
    throw refuseWorker('worker-out-of-order', 'an adopted set whose quorum was proved');
  }
  // Asked again: main could not write down that they were split, so nothing was written of them.
  forget(state);
  const component = await withShares([...readBack.values()], (shares) =>
    combineShares(shares, {
      what: 'custodian-component',
      componentId: key.componentId,
      checkValue: key.checks.custodianComponent,
    }),
  );
  try {
    const shares = splitLegacy(component, plan, random);
    const split = new Map(shares.map(({ number, y }) => [number, new Secret(y)]));
    state.newLegacy = { ...plan, split, readBack: new Map() };
    return null;
  } finally {
    component.fill(0);
  }
};

export const writeLegacy: Handler<'write-legacy'> = async (input, { state }) => {
  const { number } = input;
  const made = needNewLegacy(state);
  const volume = await findVolume(state.mode, input.volumeId, input.rehearsalFolder);
  requireSuitable(volume, state.mode);
  const fileName = fileNameOf(number, state, made);
  await requireNoOther(volume, fileName);
  const path = join(volume.path, fileName);
  await removeLeftovers(path);
  const file = fileOf(number, made);
  try {
    // The same share may be written there again: it was not read back the first time.
    await writeDurably(path, file, { existing: 'replace', device: volume.deviceNumber });
  } finally {
    file.fill(0);
  }
  return { description: describeVolume(volume), volumeLabel: volume.label, fileName };
};

export const readLegacyBack: Handler<'read-legacy-back'> = async (input, { state }) => {
  const { number } = input;
  const made = needNewLegacy(state);
  const volume = await findVolume(state.mode, input.volumeId, input.rehearsalFolder);
  const name = await findFile(volume, fileNameOf(number, state, made));
  if (name === undefined) throw refuseWorker('new-legacy-missing', number, volume.label);
  const file = await readLimited(join(volume.path, name), FILE_LIMIT);
  let shares: readonly LegacyShare[] = [];
  try {
    shares = readLegacyFile(file);
    const [share, ...more] = shares;
    const isSame =
      share?.number === number &&
      more.length === 0 &&
      made.split.get(number)?.use((y) => equalBytes(y, share.y)) === true;
    if (!isSame) throw refuseWorker('new-legacy-differs', number, volume.label);
    made.readBack.get(number)?.wipe();
    made.readBack.set(number, new Secret(share.y.slice()));
    return null;
  } finally {
    file.fill(0);
    for (const { y } of shares) y.fill(0);
  }
};

export const endNewLegacy: Handler<'end-new-legacy'> = ({ proves }, { state }) => {
  // Asked again: main could not write down how they ended.
  if (state.newLegacy !== null && proves) prove(state.newLegacy, state);
  forget(state);
  return null;
};

/** Every subset of as many as are needed gives the component of the set, and nothing else. */
function prove({ threshold, count, readBack }: NewLegacy, { key, restored }: WorkerState): void {
  if (key === null || restored === null || readBack.size !== count) {
    throw refuseWorker('worker-out-of-order', 'all new legacy shares, read back');
  }
  const shares = [...readBack].map(([number, y]) => ({
    number,
    y: y.use((bytes) => bytes.slice()),
  }));
  const secrets: Uint8Array[] = shares.map(({ y }) => y);
  try {
    const combined = combineLegacy(shares, { threshold });
    secrets.push(combined);
    const component = trimLegacySecret(combined, restored.componentBytes);
    secrets.push(component);
    const { componentId, checks } = key;
    const { custodianComponent } = checks;
    if (!checkValueFits('custodian-component', component, componentId, custodianComponent)) {
      throw refuseWorker('new-legacy-wrong');
    }
  } finally {
    for (const secret of secrets) secret.fill(0);
  }
}

function forget(state: WorkerState): void {
  if (state.newLegacy !== null) wipeNewLegacy(state.newLegacy);
  state.newLegacy = null;
}

function needNewLegacy({ newLegacy }: WorkerState): NewLegacy {
  if (newLegacy === null) throw refuseWorker('worker-out-of-order', 'new legacy shares');
  return newLegacy;
}

/** The line that CheckTick's command prints and takes. The caller wipes it. */
function fileOf(number: number, { split }: NewLegacy): Uint8Array {
  const y = split.get(number);
  if (y === undefined) throw refuseWorker('worker-out-of-order', `new legacy share ${number}`);
  const line = y.use((bytes) => formatLegacyShare({ number, y: bytes }));
  const file = new Uint8Array(line.length + 1);
  file.set(line);
  file[line.length] = LINE_END;
  line.fill(0);
  return file;
}

/** `conclave-legacy-share-2-of-4-1a2b3c4d.txt`, after the set whose component it is of. */
function fileNameOf(number: number, state: WorkerState, { count }: NewLegacy): string {
  const ending = state.mode === 'rehearsal' ? '-rehearsal' : '';
  const { setId } = state.needSet();
  return `conclave-legacy-share-${number}-of-${count}-${setId.slice(0, 8)}${ending}.txt`;
}

const NAME = /^conclave-legacy-share-(\d+)-of-\d+-([0-9a-f]{8}(?:-rehearsal)?)\.txt$/;

/** SECURITY: two shares in one hand lower the number of people it takes. */
async function requireNoOther(volume: Volume, fileName: string): Promise<void> {
  const [, number, set] = NAME.exec(fileName) ?? [];
  try {
    for await (const entry of await opendir(volume.path)) {
      const [, other = '', of] = NAME.exec(entry.name.toLowerCase()) ?? [];
      if (of === undefined || of !== set || other === number) continue;
      throw refuseWorker('new-legacy-second', other, volume.label);
    }
  } catch (error) {
    throw fileRefusal(error, volume.path);
  }
}
