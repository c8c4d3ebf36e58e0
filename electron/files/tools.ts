/**
 * Asking the system's own tools (util-linux) and checking what they answer.
 * @module
 */
import { execFile } from 'node:child_process';
import type { ZodType } from 'zod';

/**
 * SECURITY: a PATH taken from the account could put a program of somebody else's in the place of
 * findmnt. LC_ALL keeps the answers the same in every language.
 */
const ENVIRONMENT = { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C' };
/** A dead network mount or stick can hold a tool for ever. Milliseconds. */
const PATIENCE_MS = 10_000;
const LARGEST_ANSWER = 4 * 1024 * 1024;

/**
 * Runs one tool without a shell.
 * @returns what it wrote to standard output
 * @throws Error when it is not installed, fails, is silent for 10 seconds or floods us
 */
export function runTool(tool: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    // A tool that waits for a dead stick cannot be killed, so our own clock lets go of it.
    const clock = setTimeout(() => {
      child.kill('SIGKILL');
      child.unref();
      reject(new Error(`${tool} did not answer in time`));
    }, PATIENCE_MS);
    const child = execFile(
      tool,
      args,
      { env: ENVIRONMENT, maxBuffer: LARGEST_ANSWER, encoding: 'utf8' },
      (error, stdout) => {
        clearTimeout(clock);
        if (error) reject(new Error(`${tool} did not answer`, { cause: error }));
        else resolve(stdout);
      },
    );
  });
}

/**
 * Runs a tool that answers in JSON and checks the answer.
 * @throws Error as {@link runTool}, or when the answer is not what `schema` says
 */
export async function runJsonTool<T>(
  tool: string,
  args: readonly string[],
  schema: ZodType<T>,
): Promise<T> {
  return schema.parse(JSON.parse(await runTool(tool, args)));
}
