/**
 * What sync answered instead, and whether anything was changed.
 * @module
 */
import { Refusal } from '../../../ui/Note.tsx';
import type { Problem } from '../../http/problem.ts';

const CHANGED = {
  no: 'Nothing was changed.',
  perhaps: 'It is not known whether anything was changed. Look at the state before you repeat it.',
  yes: 'Something was changed. Look at the state before you repeat it.',
} as const;

const PARTS = {
  database: 'The database cannot be reached.',
  vault: 'Vault cannot be used.',
  sync: 'Sync cannot be reached.',
} as const;

export function Refused({ problem }: { problem: Problem }) {
  const { title, detail, next, code, culprit, part, changed } = problem;
  const known = `${title} ${detail}`;
  /** Also where the sentence goes on. */
  const said = (sentence: string): boolean => known.includes(sentence.slice(0, -1));
  const means = [
    ...(part === undefined || said(PARTS[part]) ? [] : [PARTS[part]]),
    detail,
    ...(said(CHANGED[changed]) ? [] : [CHANGED[changed]]),
  ];
  return <Refusal happened={title} means={means} next={next} code={code} culprit={culprit} alert />;
}
