/**
 * Processes that make recoveries side by side.
 * @module
 */
import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Kit, MadeRecovery, Plan } from './recovery-maker.ts';

const PROCESS = fileURLToPath(new URL('maker-process.ts', import.meta.url));
/** Recoveries that one process makes before it answers. */
const AT_ONCE = 50;

function start(kit: Kit): ChildProcess {
  const child = fork(PROCESS, {
    execArgv: ['--import', import.meta.resolve('tsx')],
    // Bytes stay bytes.
    serialization: 'advanced',
  });
  child.send(kit);
  return child;
}

function ask(child: ChildProcess, plans: readonly Plan[]): Promise<readonly MadeRecovery[]> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void =>
      reject(new Error(`a process that makes bundles ended (${code})`));
    child.once('exit', ended);
    child.once('message', (made) => {
      child.off('exit', ended);
      resolve(made as MadeRecovery[]);
    });
    child.send([...plans]);
  });
}

/** Hands what was made to `keep`, some at a time and in no particular order. */
export async function makeRecoveries(
  kit: Kit,
  plans: readonly Plan[],
  keep: (made: readonly MadeRecovery[]) => Promise<void>,
): Promise<void> {
  const parts: Plan[][] = [];
  for (let from = 0; from < plans.length; from += AT_ONCE) {
    parts.push(plans.slice(from, from + AT_ONCE));
  }
  const count = Math.min(availableParallelism(), parts.length);
  const children = Array.from({ length: count }, () => start(kit));
  try {
    await Promise.all(
      children.map(async (child) => {
        for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
          await keep(await ask(child, part));
        }
      }),
    );
  } finally {
    for (const child of children) child.kill();
  }
}
