/**
 * What every command shares: where it writes, how it ends, how it asks for a secret.
 * @module
 */
import { readFile, stat } from 'node:fs/promises';
import { Refusal, refusals } from '../../shared/refusal.ts';
import { loadConfig, type SyncConfig } from '../config/config.ts';
import { ConfigRefusal } from '../config/faults.ts';
import type { Settings } from '../config/sources.ts';
import { Hidden } from '../hidden.ts';
import type { Meanings } from '../meaning.ts';
import { type Problem, problemOf } from '../http/problem.ts';
import { jsonForTerminal } from './terminal.ts';

/** 0 done, 1 refused for a stated reason, 2 used wrongly, 3 a part is unreachable. */
export type ExitCode = 0 | 1 | 2 | 3;

/** The world outside, so that a test can look at it. */
export interface World {
  readonly environment: Settings;
  /** Of the configuration. Given by tests only: a program that has it is no product. */
  readonly leastTrustDelayHours?: number;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Whether `out` is a person's terminal. */
  readonly outIsTerminal: boolean;
  /** Asks without echo; undefined when nobody can answer. */
  readonly ask: ((message: string) => Promise<string>) | undefined;
  /** Asks for what is no secret, and shows what is typed; undefined when nobody can answer. */
  readonly askOpenly: ((message: string) => Promise<string>) | undefined;
  /** Resolves on SIGTERM or Ctrl-C; `serve` waits for it. */
  readonly stopped: () => Promise<void>;
  /** Calls at each SIGHUP: read certificates again. Until it is used, SIGHUP ends the process. */
  readonly onHangUp: (work: () => void) => void;
}

/** Handed to every command. */
export interface Cli {
  readonly world: World;
  readonly meanings: Meanings;
  /** True with `--json`. */
  readonly json: () => boolean;
  /** A line for the person who waits. Nothing with `--json`. */
  readonly progress: (line: string) => void;
  /** The result: `value` as JSON with `--json`, else `text`. */
  readonly result: (value: unknown, text: string) => void;
  /** Makes the process end with this code though no refusal was thrown. */
  readonly endWith: (code: ExitCode) => void;
}

export const refuseUse = refusals({
  'used-wrongly': (problem: string) => ({
    happened: problem,
    means: 'Nothing was done.',
    next: 'See --help for how this command is used.',
  }),
  'export-broken': (file: string) => ({
    happened: 'The export broke off before its last record.',
    means: `It is not whole, so nothing was put at ${file}.`,
    next: 'Export it again; narrow the filter if it breaks off again.',
  }),
  'secret-file': (file: string, problem: string) => ({
    happened: `The file ${file} ${problem}.`,
    means: 'It should hold a secret that only you can read. Nothing was done.',
    next: `Check the path, and run: chmod 600 ${file}`,
    culprit: file,
  }),
});

const USED_WRONGLY = new Set(['used-wrongly', 'secret-file', 'config-faults']);

/** The exit code of a refusal, here or as the service sent it. */
export function exitCodeOf(problem: Pick<Problem, 'code' | 'part'>): ExitCode {
  if (USED_WRONGLY.has(problem.code)) return 2;
  return problem.part === undefined ? 1 : 3;
}

/** Carries the service's own view of a refusal (which part is down) through the command. */
export class RemoteRefusal extends Refusal {
  readonly problem: Problem;

  constructor(refusal: Refusal, problem: Problem) {
    super(refusal.code, refusal.sentences, refusal.culprit);
    this.problem = problem;
  }
}

/** Words whatever a command threw, and says how the process ends. */
export function explain(cause: unknown, cli: Cli): ExitCode {
  if (cause instanceof Error && cause.name === 'ExitPromptError') {
    cli.world.err('Stopped at the question. Nothing was done.\n');
    return 1;
  }
  if (!(cause instanceof Refusal)) {
    const text = cause instanceof Error ? cause.message : 'unknown';
    cli.world.err(
      `conclave-sync met a fault of its own: ${text}\n` +
        'A change was either made whole or not at all. Look at the state before you repeat it.\n',
    );
    return 1;
  }
  const problem =
    cause instanceof RemoteRefusal ? cause.problem : problemOf(cause, cli.meanings, 'local');
  if (cli.json()) {
    const faults = cause instanceof ConfigRefusal ? { faults: cause.faults } : {};
    cli.world.err(`${jsonForTerminal({ ...problem, ...faults })}\n`);
  } else if (cause instanceof ConfigRefusal) {
    const list = cause.faults.map((fault) => `  ${fault.setting}: ${fault.problem}\n`);
    cli.world.err(`The settings of sync have faults:\n${list.join('')}${cause.sentences.means}\n`);
  } else {
    cli.world.err(`${problem.title}\n${problem.detail}\n${problem.next}\n(${problem.code})\n`);
  }
  return exitCodeOf(problem);
}

/**
 * A secret from a file with mode 600, or asked for without echo.
 * @throws Refusal `secret-file`, `used-wrongly`
 */
export async function readSecret(
  world: World,
  from: { readonly file: string | undefined; readonly message: string; readonly option: string },
): Promise<Hidden> {
  if (from.file === undefined) {
    if (world.ask === undefined) {
      throw refuseUse('used-wrongly', `Nobody can be asked here; use ${from.option} FILE.`);
    }
    return new Hidden((await world.ask(from.message)).trim());
  }
  let mode: number;
  let text: string;
  try {
    mode = (await stat(from.file)).mode;
    text = (await readFile(from.file, 'utf8')).trim();
  } catch {
    throw refuseUse('secret-file', from.file, 'cannot be read');
  }
  // SECURITY: a token that other accounts can read is theirs too.
  if ((mode & 0o077) !== 0) throw refuseUse('secret-file', from.file, 'can be read by others');
  if (text === '') throw refuseUse('secret-file', from.file, 'is empty');
  return new Hidden(text);
}

/** The whole configuration of sync, from the environment. @throws ConfigRefusal */
export function configOf(
  { world }: Pick<Cli, 'world'>,
  { rehearsal }: { readonly rehearsal: boolean },
): SyncConfig {
  const { environment, leastTrustDelayHours: least } = world;
  return loadConfig(environment, {
    rehearsal,
    ...(least === undefined ? {} : { leastTrustDelayHours: least }),
  });
}

/** Read when somebody is asked, which most commands never do. */
const prompts = () => import('@inquirer/prompts');

/** The real world of a process. */
export function processWorld(): World {
  let waiting = false;
  for (const stream of [process.stdout, process.stderr]) {
    // Whoever reads may stop early (`| head`). What the command does goes on all the same.
    stream.on('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'EPIPE') throw cause;
    });
  }
  process.on('SIGINT', () => {
    if (waiting) return;
    process.stderr.write(
      'Stopped. What was begun is either done whole or not at all; look before you repeat it.\n',
    );
    process.exit(130);
  });
  return {
    environment: process.env,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    outIsTerminal: process.stdout.isTTY,
    ask: process.stdin.isTTY
      ? async (message) => {
          const { password } = await prompts();
          return password({ message, mask: false }, { output: process.stderr });
        }
      : undefined,
    askOpenly: process.stdin.isTTY
      ? async (message) => {
          const { input } = await prompts();
          return input({ message }, { output: process.stderr });
        }
      : undefined,
    stopped: () =>
      new Promise((resolve) => {
        waiting = true;
        process.once('SIGTERM', () => resolve());
        process.once('SIGINT', () => resolve());
      }),
    onHangUp: (work) => void process.on('SIGHUP', work),
  };
}
