/**
 * A worker in a thread, called with promises, that keeps every message it ever sent to main.
 * @module
 */
import { entryChannel, startNodeWorker } from '../../electron/worker/node-client.ts';
import type {
  CommandInput,
  CommandName,
  CommandOutput,
  FromWorker,
  Noted,
  ToWorker,
  WorkerAnswer,
} from '../../electron/worker/protocol.ts';
import type { Mode } from '../../shared/mode.ts';
import type { RefusalNote } from '../../shared/refusal.ts';
import type { Hands, ScriptedPerson } from './entry-script.ts';

const GONE: RefusalNote = {
  code: 'worker-gone',
  happened: 'The worker ended by itself.',
  means: '',
  next: '',
};
const KEYS_ENTRY = new URL('./worker-keys-entry.ts', import.meta.url);
const ENTRY = new URL('./worker-entry.ts', import.meta.url);

/** The worker said no. */
export class Refused extends Error {
  readonly note: RefusalNote;
  constructor(note: RefusalNote) {
    super(`${note.code}: ${note.happened}`);
    this.note = note;
  }
}

export class CancelledByPerson extends Error {}

/** The code of the refusal that a command ends in; `cancelled`: the person closed the window. */
export async function codeOf(run: Promise<unknown>): Promise<string> {
  return (await endOf(run))?.code ?? 'cancelled';
}

/** The refusal that a command ends in; null: the person closed the window. */
export async function endOf(run: Promise<unknown>): Promise<RefusalNote | null> {
  const caught: unknown = await run.then(
    () => new Error('There was no refusal.'),
    (error: unknown) => error,
  );
  if (caught instanceof CancelledByPerson) return null;
  if (!(caught instanceof Refused)) throw new Error(String(caught), { cause: caught });
  return caught.note;
}

export interface TestWorker {
  /** Everything that came out of it, as main would see it. */
  readonly sent: readonly FromWorker[];
  call<Name extends CommandName>(
    name: Name,
    input: CommandInput<Name>,
  ): Promise<CommandOutput<Name>>;
  /** With an entry window, in which a scripted person acts. */
  callWith<Name extends CommandName>(
    person: ScriptedPerson,
    hands: Hands,
    name: Name,
    input: CommandInput<Name>,
  ): Promise<CommandOutput<Name>>;
  stop(): void;
}

export async function startTestWorker(
  mode: Mode,
  options: {
    readonly seed?: string;
    /** The channel of a KeyRack. */
    readonly softwareKeys?: string;
    /** Whether main could write down what is about to be done. */
    readonly keeps?: (about: Noted) => boolean;
    /** Of StickFaults: makes its sticks fail. */
    readonly stickFaults?: SharedArrayBuffer;
  } = {},
): Promise<TestWorker> {
  const { seed, softwareKeys, stickFaults } = options;
  const worker = startNodeWorker(softwareKeys === undefined ? ENTRY : KEYS_ENTRY, {
    ...(seed === undefined ? {} : { seed }),
    ...(softwareKeys === undefined ? {} : { softwareKeys }),
    ...(stickFaults === undefined ? {} : { stickFaults }),
  });
  const sent: FromWorker[] = [];
  const waiting = new Map<number, (reply: WorkerAnswer) => void>();
  let next = 1;
  worker.onMessage((reply) => {
    sent.push(reply);
    if ('about' in reply) {
      worker.post({ id: reply.id, command: 'noted', kept: options.keeps?.(reply) ?? true });
      return;
    }
    waiting.get(reply.id)?.(reply);
    waiting.delete(reply.id);
  });
  let ended = false;
  worker.onExit(() => {
    ended = true;
    for (const [id, settle] of waiting) settle({ id, ok: false, note: GONE });
  });

  async function send<Name extends CommandName>(
    command: Name,
    input: CommandInput<Name>,
    port?: unknown,
  ): Promise<CommandOutput<Name>> {
    const id = next;
    next += 1;
    if (ended) throw new Refused(GONE);
    const reply = await new Promise<WorkerAnswer>((resolve) => {
      waiting.set(id, resolve);
      worker.post({ id, command, input } as ToWorker, port);
    });
    if (reply.ok) return reply.output as CommandOutput<Name>;
    if ('cancelled' in reply) throw new CancelledByPerson('closed by the person');
    throw new Refused(reply.note);
  }

  await send('open', { mode });
  return {
    sent,
    call: (name, input) => send(name, input),
    async callWith(person, hands, name, input) {
      const { workerPort, window } = entryChannel();
      person.attend(window, hands);
      try {
        return await send(name, input, workerPort);
      } finally {
        window.close();
      }
    },
    stop: () => worker.kill(),
  };
}
