/**
 * What is wrong with sync, above what was last known from it.
 * @module
 */
import type { Problem } from '../../http/problem.ts';
import { Refused } from './Refused.tsx';

/** @param props.known whether anything stands below */
export function Behind({ problem, known }: { problem: Problem | null; known: boolean }) {
  if (problem === null) return known ? null : <output>Asking sync.</output>;
  return (
    <>
      <Refused problem={problem} />
      {known ? <p>Below is what was last known. Waiting is safe.</p> : null}
    </>
  );
}
