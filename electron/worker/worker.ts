/**
 * The worker: the one process that holds the secrets of one ceremony and touches its media. Main
 * sends commands, one at a time, and gets public facts back; people put their secrets into entry
 * windows, whose ports come beside the command and are never seen by main.
 * @module
 */
import { Refusal } from '../../shared/refusal.ts';
import { randomBytes, type RandomSource } from '../../shared/secret/random.ts';
import { installedKeys, type KeySockets } from '../media/yubikey/keys.ts';
import { Cancelled, EntrySession, type EntryPort } from './entry.ts';
import { accept } from './handlers/accept-share.ts';
import {
  forgetLegacy,
  judgeLegacy,
  openAdoptionPackage,
  proveLegacy,
  restoreLegacy,
} from './handlers/adopt.ts';
import type { Context, Handler } from './context.ts';
import { openDrillPackage, openTestEscrowOf } from './handlers/full-drill.ts';
import { eraseKeySlot } from './handlers/erase-slot.ts';
import {
  endNewLegacy,
  readLegacyBack,
  splitNewLegacy,
  writeLegacy,
} from './handlers/new-legacy.ts';
import { newKeyIdentity, openKeyIdentity } from './handlers/key-identity.ts';
import { makeKey, proveQuorum, sealSetup, split } from './handlers/key.ts';
import { endMove, measureMove, moveFile, proveMove } from './handlers/move.ts';
import { proveByOwner } from './handlers/owner-proof.ts';
import { proveShare } from './handlers/prove-share.ts';
import { drawRefreshValues, refreshAccepted, signRefreshed } from './handlers/refresh.ts';
import { renewEnvelope } from './handlers/renew-envelope.ts';
import { printEnvelope, proveEnvelope } from './handlers/renew-sheet.ts';
import { lookForKeys } from './handlers/look-for-keys.ts';
import { printPlanSheet } from './handlers/print-plan.ts';
import { printWitnessPage } from './handlers/print-witness-page.ts';
import { readBack } from './handlers/read-back.ts';
import { openKek, sealRecover } from './handlers/recover.ts';
import { restoreComponent } from './handlers/add-set.ts';
import { makeNextKey, openRotationPackage, renewKey, sealRotation } from './handlers/rotate.ts';
import { takeLegacy } from './handlers/take-legacy.ts';
import { beginSeat, endSeat, newIdentity, openIdentity } from './handlers/seat.ts';
import { signIdentity, signQuorum } from './handlers/sign.ts';
import { sealOrganisation, wrapSurveys } from './handlers/organisation.ts';
import { makeTicket, openPackage } from './handlers/ticket.ts';
import { writeKey } from './handlers/write-key.ts';
import { writePaper } from './handlers/write-paper.ts';
import { writeUsb } from './handlers/write-usb.ts';
import type {
  CommandInput,
  CommandName,
  FromWorker,
  Port,
  ToWorker,
  WorkerAnswer,
} from './protocol.ts';
import { refuseWorker } from './refusals.ts';
import { WorkerState } from './state.ts';

export interface WorkerOptions {
  /** Makes a port of what was transferred beside a command. */
  readonly entryPort: (transferred: unknown) => EntryPort;
  /** log2 of scrypt's N for age files that are written. Only the tests' own entry file sets it. */
  readonly workFactor?: number;
  /** Where randomness comes from. Only the tests' own entry file sets it. */
  readonly random?: RandomSource;
  /** How keys are reached: node-hid, loaded at first use. Only the tests' own entry files set it. */
  readonly keys?: KeySockets;
  /** Milliseconds between two looks for a key. Only the tests' own entry files set it. */
  readonly pollMs?: number;
  /** Hears of errors that are no refusals. SECURITY: they may hold secrets; never log them. */
  readonly onFault?: (error: unknown) => void;
}

/** Every command but `open`, which makes the state that they need. */
const HANDLERS: { readonly [Name in Exclude<CommandName, 'open'>]: Handler<Name> } = {
  'look-for-keys': lookForKeys,
  'make-key': makeKey,
  split,
  'begin-seat': beginSeat,
  'new-identity': newIdentity,
  'open-identity': openIdentity,
  'new-key-identity': newKeyIdentity,
  'open-key-identity': openKeyIdentity,
  'write-usb': writeUsb,
  'write-key': writeKey,
  'write-paper': writePaper,
  'print-witness-page': printWitnessPage,
  'print-plan': printPlanSheet,
  'read-back': readBack,
  'erase-slot': eraseKeySlot,
  'sign-identity': signIdentity,
  'sign-quorum': signQuorum,
  'end-seat': endSeat,
  'prove-quorum': proveQuorum,
  'seal-setup': sealSetup,
  'make-ticket': makeTicket,
  'open-package': openPackage,
  'open-adopt-package': openAdoptionPackage,
  'open-rotate-package': openRotationPackage,
  'open-drill-package': openDrillPackage,
  'open-test-escrow': openTestEscrowOf,
  'renew-key': renewKey,
  'make-next-key': makeNextKey,
  'restore-component': restoreComponent,
  'seal-rotate': sealRotation,
  'take-legacy': takeLegacy,
  'forget-legacy': forgetLegacy,
  'judge-legacy': judgeLegacy,
  'prove-legacy': proveLegacy,
  'prove-by-owner': proveByOwner,
  'restore-legacy': restoreLegacy,
  'split-legacy': splitNewLegacy,
  'write-legacy': writeLegacy,
  'read-legacy-back': readLegacyBack,
  'end-new-legacy': endNewLegacy,
  'accept-share': accept,
  'prove-share': proveShare,
  'draw-refresh': drawRefreshValues,
  'refresh-share': refreshAccepted,
  'sign-refreshed': signRefreshed,
  'renew-envelope': renewEnvelope,
  'print-envelope': printEnvelope,
  'prove-envelope': proveEnvelope,
  'open-kek': openKek,
  'seal-recover': sealRecover,
  'wrap-surveys': wrapSurveys,
  'seal-organisation': sealOrganisation,
  'measure-move': measureMove,
  'prove-move': proveMove,
  'move-file': moveFile,
  'end-move': endMove,
};

type Command = Exclude<ToWorker, { command: 'noted' }>;

export interface RunningWorker {
  /** The process ends: nothing secret stays in memory, as far as this language can tell. */
  readonly wipeAll: () => void;
}

export function createWorker(
  port: Port<ToWorker, FromWorker>,
  options: WorkerOptions,
): RunningWorker {
  const { random = randomBytes, workFactor } = options;
  let state: WorkerState | null = null;
  let busy = false;
  /** What waits for main to write something down; at most one command runs. */
  let noted: ((kept: boolean) => void) | null = null;

  async function run(message: Command, transferred: unknown): Promise<unknown> {
    if (message.command === 'open') {
      if (state !== null) throw refuseWorker('worker-out-of-order', 'a fresh worker');
      state = new WorkerState(message.input.mode);
      return null;
    }
    if (state === null) throw refuseWorker('worker-out-of-order', 'an opened ceremony');
    const session =
      transferred === undefined
        ? null
        : new EntrySession(options.entryPort(transferred), state.mode, options.pollMs);
    const context: Context = {
      state,
      random,
      seal: workFactor === undefined ? {} : { workFactor },
      hasEntry: session !== null,
      keys: options.keys ?? installedKeys(),
      async note(about) {
        const kept = await new Promise<boolean>((resolve) => {
          noted = resolve;
          port.post({ id: message.id, ...about });
        });
        noted = null;
        if (!kept) throw refuseWorker('not-noted');
      },
      entry() {
        if (session === null) throw refuseWorker('worker-out-of-order', 'an entry window');
        return session;
      },
    };
    try {
      const output = await dispatch(message.command, message.input, context);
      session?.finish(null);
      return output;
    } catch (error) {
      session?.finish(error instanceof Refusal ? error : refuseWorker('worker-fault'));
      throw error;
    }
  }

  async function answer(message: Command, transferred: unknown): Promise<WorkerAnswer> {
    const { id } = message;
    try {
      if (busy) throw refuseWorker('worker-busy');
      busy = true;
      try {
        return { id, ok: true, output: await run(message, transferred) };
      } finally {
        busy = false;
      }
    } catch (error) {
      if (error instanceof Cancelled) return { id, ok: false, cancelled: true };
      if (error instanceof Refusal) return { id, ok: false, note: error.note() };
      // SECURITY: the error of a library may quote what it was given.
      options.onFault?.(error);
      return { id, ok: false, note: refuseWorker('worker-fault').note() };
    }
  }

  const wipeAll = () => state?.wipeAll();
  port.onMessage((message, [transferred]) => {
    if (message.command === 'noted') return noted?.(message.kept);
    void answer(message, transferred).then((reply) => port.post(reply));
  });
  port.onClose(wipeAll);
  return { wipeAll };
}

function dispatch<Name extends Exclude<CommandName, 'open'>>(
  command: Name,
  input: CommandInput<Name>,
  context: Context,
) {
  const handler: Handler<Name> | undefined = HANDLERS[command];
  if (handler === undefined) throw refuseWorker('worker-out-of-order', 'a newer Conclave');
  return handler(input, context);
}
