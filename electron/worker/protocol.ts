/**
 * What main asks of the worker, and what comes back: public facts only. The worker holds every
 * secret of one ceremony and dies with it; no answer type has a field for one.
 * @module
 */
import type {
  EnvelopeMaking,
  Finding,
  ReplacedUse,
  SlotProgramming,
} from '../../shared/ceremony/types.ts';
import type { Mode } from '../../shared/mode.ts';
import type { RefusalNote } from '../../shared/refusal.ts';
import type { KeyMedium } from '../../shared/sharing/manifest.ts';
import type { SeatCommands } from './commands/seat.ts';
import type { PrintCommands } from './commands/print.ts';
import type { NewSetCommands } from './commands/new-set.ts';
import type { ShareCommands } from './commands/share.ts';
import type { RefreshCommands } from './commands/refresh.ts';
import type { RecoverCommands } from './commands/recover.ts';
import type { MoveCommands } from './commands/move.ts';
import type { AdoptCommands } from './commands/adopt.ts';

/** Each command with its answer. `Entry.` in front of what it does: it needs an entry window. */
interface WorkerCommands
  extends
    SeatCommands,
    PrintCommands,
    NewSetCommands,
    ShareCommands,
    RefreshCommands,
    RecoverCommands,
    MoveCommands,
    AdoptCommands {
  /** Once, first. */
  open: { in: { mode: Mode }; out: null };
  /** Can keys for these media be used here? No secret, and never a refusal. */
  'look-for-keys': { in: { media: readonly KeyMedium[] }; out: { finding: Finding } };
}

export type CommandName = keyof WorkerCommands;
export type CommandInput<Name extends CommandName> = WorkerCommands[Name]['in'];
export type CommandOutput<Name extends CommandName> = WorkerCommands[Name]['out'];

/** Main to worker. An entry port, when the command needs one, is transferred beside it. */
export type ToWorker =
  | {
      [Name in CommandName]: {
        readonly id: number;
        readonly command: Name;
        readonly input: CommandInput<Name>;
      };
    }[CommandName]
  /** What the running command is about to do was written down durably, or could not be. */
  | { readonly id: number; readonly command: 'noted'; readonly kept: boolean };

/** Worker to main: the answer that ends a command. */
export type WorkerAnswer =
  | { readonly id: number; readonly ok: true; readonly output: unknown }
  | { readonly id: number; readonly ok: false; readonly note: RefusalNote }
  /** The entry window was closed by the person. */
  | { readonly id: number; readonly ok: false; readonly cancelled: true };

/** What a command is about to do, and waits with until main has written it down. */
export type Noted =
  | { readonly about: 'slot-programming'; readonly facts: SlotProgramming }
  | { readonly about: 'replaced-envelope'; readonly facts: ReplacedUse }
  | { readonly about: 'envelope-making'; readonly facts: EnvelopeMaking };

/** Before a command does what cannot be undone it waits until main has written that down: `noted`. */
export type FromWorker = WorkerAnswer | (Noted & { readonly id: number });

/** A message port as both Electron and node:worker_threads have it, reduced to what is used. */
export interface Port<In, Out> {
  post(message: Out, transfer?: readonly unknown[]): void;
  onMessage(listener: (message: In, ports: readonly unknown[]) => void): void;
  /** The other end is gone: a window was destroyed, a process ended. */
  onClose(listener: () => void): void;
  close(): void;
}

/** A running worker: one ceremony, or one ticket. */
export interface WorkerProcess {
  /** `port` is the worker's end of an entry window's channel, transferred with the message. */
  post(message: ToWorker, port?: unknown): void;
  onMessage(listener: (message: FromWorker) => void): void;
  /** Called when it ended by itself: the ceremony cannot go on. */
  onExit(listener: () => void): void;
  kill(): void;
}
