/**
 * What is wrong: what it is, what it means, what to do now. The code is small, under it.
 * @module
 */
import { Notice } from '../../../ui/Note.tsx';
import type { FindingAnswer } from '../../routes/version-answers.ts';
import { sayTimes } from '../lib/say.ts';
import styles from './Finding.module.css';

export function Finding({ finding }: { finding: FindingAnswer }) {
  const { severity, happened, means, next, code } = finding;
  return (
    <Notice tone={severity} title={sayTimes(happened)}>
      <p>{means}</p>
      <p>{next}</p>
      <p className={styles.code}>{code}</p>
    </Notice>
  );
}
