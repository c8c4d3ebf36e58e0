/**
 * Asking the worker, one command at a time, with an entry window in front where a command needs
 * one. The window's port goes straight to the worker: main never sees what is typed or scanned.
 * @module
 */
import { Refusal } from '../../../shared/refusal.ts';
import type {
  CommandInput,
  CommandName,
  CommandOutput,
  Noted,
  ToWorker,
} from '../../worker/protocol.ts';
import type { Platform } from './ports.ts';
import type { WorkerProcess } from '../../worker/protocol.ts';
import { refuseHost } from './refusals.ts';

/** The person closed the entry window: not an error, the step is simply still to do. */
export class EntryCancelled extends Error {
  override readonly name = 'EntryCancelled';
}

export interface WorkerClient {
  ask<Name extends CommandName>(
    command: Name,
    input: CommandInput<Name>,
  ): Promise<CommandOutput<Name>>;
  /**
   * As `ask`, with an entry window of that title in front until the answer is there.
   * @param note writes down durably what the command is about to do; without it, or when it fails,
   *   the command does not do that
   */
  askInWindow<Name extends CommandName>(
    title: string,
    command: Name,
    input: CommandInput<Name>,
    note?: Note,
  ): Promise<CommandOutput<Name>>;
  /** Ends the worker and with it every secret. */
  kill(): void;
}

type Note = (about: Noted) => Promise<void>;

interface Waiting {
  readonly note: Note | undefined;
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export async function startWorkerClient(
  platform: Pick<Platform, 'startWorker' | 'openEntryWindow'>,
  onGone: () => void,
): Promise<WorkerClient> {
  const worker = await platform.startWorker();
  const waiting = new Map<number, Waiting>();
  let last = 0;
  let alive = true;

  worker.onMessage((message) => {
    const asked = waiting.get(message.id);
    if ('about' in message) {
      const { id, ...about } = message;
      void isKept(asked?.note, about).then((kept) => {
        if (alive) worker.post({ id, command: 'noted', kept });
      });
      return;
    }
    waiting.delete(message.id);
    if (asked === undefined) return;
    if (message.ok) {
      asked.resolve(message.output);
    } else if ('cancelled' in message) {
      asked.reject(new EntryCancelled('The entry window was closed.'));
    } else {
      const { code, culprit, ...sentences } = message.note;
      asked.reject(new Refusal(code, sentences, culprit));
    }
  });
  function end(): void {
    alive = false;
    for (const { reject } of waiting.values()) reject(refuseHost('worker-gone'));
    waiting.clear();
  }
  worker.onExit(() => {
    if (!alive) return;
    end();
    onGone();
  });

  function send<Name extends CommandName>(
    command: Name,
    input: CommandInput<Name>,
    port?: unknown,
    note?: Note,
  ): Promise<CommandOutput<Name>> {
    if (!alive) return Promise.reject(refuseHost('worker-gone'));
    const id = ++last;
    return new Promise((resolve, reject) => {
      const done = (output: unknown) => resolve(output as CommandOutput<Name>);
      waiting.set(id, { resolve: done, reject, note });
      post(worker, { id, command, input } as ToWorker, port);
    });
  }

  return {
    ask: (command, input) => send(command, input),
    async askInWindow(title, command, input, note) {
      const window = await platform.openEntryWindow(title);
      try {
        return await send(command, input, window.workerPort, note);
      } finally {
        window.destroy();
      }
    },
    kill() {
      end();
      worker.kill();
    },
  };
}

async function isKept(note: Note | undefined, about: Noted): Promise<boolean> {
  try {
    await note?.(about);
    return note !== undefined;
  } catch {
    return false;
  }
}

function post(worker: WorkerProcess, message: ToWorker, port: unknown): void {
  if (port === undefined) worker.post(message);
  else worker.post(message, port);
}
