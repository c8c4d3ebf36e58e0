/**
 * One thing at a time: whether it runs, and what came instead.
 * @module
 */
import { useCallback, useState } from 'react';
import type { Problem } from '../../http/problem.ts';
import { problemOf } from './api.ts';

export function useTask() {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const run = useCallback(async (work: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      await work();
    } catch (cause) {
      setProblem(problemOf(cause));
    } finally {
      setBusy(false);
    }
  }, []);
  const forget = useCallback(() => setProblem(null), []);
  return { busy, problem, run, forget };
}
