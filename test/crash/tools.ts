/**
 * What the system's tools say of sticks, asked once. On these tables every stick is a folder of one file
 * system that nobody unmounts, and each ceremony asks about them a hundred times.
 * @module
 */
import childProcess from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';

type Answer = readonly [error: Error | null, out: string];
type Done = (...answer: Answer) => void;

async function tell(answer: Promise<Answer>, done: Done): Promise<void> {
  done(...(await answer));
}

/** From now on, in this thread, the same question to the same tool gets the answer of the first. */
export function askToolsOnce(): void {
  const ask = childProcess.execFile as (
    tool: string,
    args: readonly string[],
    options: object,
    done: Done,
  ) => unknown;
  const answers = new Map<string, Promise<Answer>>();
  const once = (tool: string, args: readonly string[], options: object, done: Done) => {
    const question = JSON.stringify([tool, ...args]);
    const answer =
      answers.get(question) ??
      new Promise<Answer>((resolve) => {
        ask(tool, args, options, (...said) => resolve(said));
      });
    answers.set(question, answer);
    void tell(answer, done);
    return { kill: () => true, unref: () => undefined };
  };
  Object.assign(childProcess, { execFile: once });
  syncBuiltinESMExports();
}
