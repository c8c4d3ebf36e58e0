import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';

/** A server process of a test, with the end of what it wrote on stderr for error messages. */
export interface Child {
  /** Rejects when the process ends first; `pattern` is looked for in each line of both outputs. */
  line(pattern: RegExp, milliseconds: number): Promise<RegExpMatchArray>;
  /** Sends the signal and waits for the end. Harmless when it has ended already. */
  end(signal: NodeJS.Signals): Promise<void>;
  /** Sends a signal that does not end it. */
  signal(signal: NodeJS.Signals): void;
  /** Resolves when it has ended, for whatever reason. */
  readonly ended: Promise<void>;
  hasEnded(): boolean;
  /** The last 8,000 characters that it wrote. */
  output(): string;
}

interface Waiter {
  readonly pattern: RegExp;
  readonly found: (match: RegExpMatchArray) => void;
  readonly failed: (error: Error) => void;
}

/** Those that have not ended: a room full of sticks has a process for each. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts a server; it is killed when this process exits in the ordinary way. */
export function startChild(command: string, args: string[], options: SpawnOptions = {}): Child {
  const child = spawn(command, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
  const waiters = new Set<Waiter>();
  const lines: string[] = [];
  let tail = '';
  let ended = false;

  const settle = (error: Error): void => {
    ended = true;
    running.delete(child);
    for (const waiter of waiters) waiter.failed(error);
    waiters.clear();
  };
  running.add(child);

  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => {
      tail = (tail + chunk).slice(-8000);
      const parts = (rest + chunk).split('\n');
      rest = parts.pop() ?? '';
      for (const line of parts) {
        lines.push(line);
        for (const waiter of waiters) {
          const match = line.match(waiter.pattern);
          if (match !== null) waiter.found(match);
        }
      }
      lines.splice(0, lines.length - 200);
    });
  }
  const exited = new Promise<void>((resolve) => {
    child.on('exit', (code, signal) => {
      settle(new Error(`${command} ended (${signal ?? code}):\n${tail}`));
      resolve();
    });
    child.on('error', (error) => {
      settle(new Error(`${command} did not start: ${error.message}`, { cause: error }));
      resolve();
    });
  });

  return {
    ended: exited,
    hasEnded: () => ended,
    signal: (signal) => void child.kill(signal),
    output: () => tail,
    line: (pattern, milliseconds) =>
      new Promise((resolve, reject) => {
        for (const line of lines) {
          const match = line.match(pattern);
          if (match !== null) return resolve(match);
        }
        if (ended) return reject(new Error(`${command} has ended:\n${tail}`));
        const timer = setTimeout(
          () => waiter.failed(new Error(`${command} did not say ${pattern}:\n${tail}`)),
          milliseconds,
        );
        const finish = (): void => {
          clearTimeout(timer);
          waiters.delete(waiter);
        };
        const waiter: Waiter = {
          pattern,
          found: (match) => (finish(), resolve(match)),
          failed: (error) => (finish(), reject(error)),
        };
        waiters.add(waiter);
      }),
    end: async (signal) => {
      if (!ended) child.kill(signal);
      await exited;
    },
  };
}
