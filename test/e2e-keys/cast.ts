/**
 * Who takes part, what each of them carries, and where the app's files lie.
 * @module
 */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { root } from '../../scripts/lib/cache.mjs';
import { type Folders, nothingSeen } from '../e2e/app.ts';
import { onPaper, onStick } from '../e2e/people.ts';
import { practiceStick } from '../e2e/sticks.ts';
import type { Courier } from '../support/headless-platform.ts';
import { KeyRack } from '../support/key-rack.ts';
import { makeSync } from '../support/people.ts';
import { serveOver } from '../support/remote-keys.ts';
import type { Keys } from './people.ts';
import { socketLine } from './socket-line.ts';

export const PIN = '86420975';
export const top = await mkdtemp(path.join(os.tmpdir(), 'conclave-e2e-keys-'));
export const folders: Folders = {
  data: path.join(top, 'data'),
  practice: path.join(top, 'practice'),
  film: path.join(top, 'camera.mjpeg'),
  pictures: path.join(root, 'test-results', 'screens-keys'),
  temporary: path.join(top, 'tmp'),
};
export const seen = nothingSeen();
export const sync = await makeSync('rehearsal');
const stick = (letter: string) => practiceStick(folders.practice, letter);
export const travelling = await stick('F');
/** Sync's documents come on a stick of their own. */
export const courier: Courier = {
  sync,
  async carry(kind, digest, bytes) {
    const id = digest.slice(0, 8);
    await writeFile(path.join(travelling.path, `conclave-${kind}-${id}.json`), bytes);
    return id;
  },
};
export const operator = onStick('operator', await stick('A'));
export const witness = onStick('witness', await stick('B'));
export const custodians = [
  onPaper('custodian 1', 'typed'),
  onStick('custodian 2', await stick('C')),
  onStick('custodian 3', await stick('D')),
  onStick('custodian 4', await stick('E')),
] as const;
export const [onSheet, onBareStick, withOtp, withFido] = custodians;
/** What each custodian keeps the share on, as the plan says it. */
export const KEPT = ['on paper', 'on a stick', 'YubiKey (OTP)', 'YubiKey (FIDO2)'];

export const rack = new KeyRack();
export const otp: Keys = { rack, own: rack.add(11_111_111), fido: null };
export const fido: Keys = {
  rack,
  own: rack.add(22_222_222, PIN),
  fido: { pin: PIN, backup: rack.add(33_333_333, PIN) },
};

/** The witness's own, for the identity alone. */
export const ofWitness: Keys = { rack, own: rack.add(44_444_444, PIN), fido: null };

const socket = path.join(top, 'keys');
let asked = 0;
const server = createServer((line) => {
  asked += 1;
  serveOver(socketLine(line), rack.transport);
}).listen(socket);

/** Where the test's worker finds the keys. */
export const keySocket = {
  path: socket,
  /** How often anybody came to it. */
  asked: () => asked,
  close: () => void server.close(),
};
