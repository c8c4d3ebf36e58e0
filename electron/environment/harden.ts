/**
 * What the app can do for itself: forbid core dumps of its own processes, for good.
 *
 * Node has no setrlimit; prlimit(1) of util-linux sets it for a running process. Lowering the hard
 * limit cannot be undone by an ordinary account. Children inherit it; Chromium's window processes
 * come from a process of their own and have to be named.
 * @module
 */
import type { CheckOptions } from './check.ts';
import { findingFor } from './check.ts';
import type { Finding } from './finding.ts';

/**
 * Sets the core dump limit of this process and of `runtime.processIds` to 0, and looks again.
 *
 * @returns the finding `core-dumps` as it is now: where prlimit is missing or refuses, the limits
 *   still say what they said before
 */
export async function hardenProcess({ facts, runtime }: CheckOptions): Promise<Finding> {
  const ids = new Set([process.pid, ...runtime.processIds]);
  // A refusal shows in the limits, which are read below: they decide, not the tool's word.
  const limit = (id: number) =>
    facts.run('prlimit', ['--core=0:0', '--pid', String(id)]).catch(() => undefined);
  // All at once: the window waits for this.
  await Promise.all([...ids].map(limit));
  return findingFor('core-dumps', { facts, runtime });
}
