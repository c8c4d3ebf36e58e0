/**
 * The steps of something long: done, now, next, each with who acts.
 * @module
 */
import { Icon, type IconName } from '../../../ui/Icon.tsx';
import type { RecoveryStep } from '../../routes/recovery-answers.ts';
import styles from './StepList.module.css';

const ICONS: Readonly<Record<RecoveryStep['state'], IconName>> = {
  done: 'done',
  now: 'now',
  next: 'next',
  stopped: 'stop',
};
const WORDS: Readonly<Record<RecoveryStep['state'], string>> = {
  done: 'done',
  now: 'now',
  next: 'later',
  stopped: 'not done',
};

export function StepList({ steps, label }: { steps: readonly RecoveryStep[]; label: string }) {
  return (
    <ol className={styles.steps} aria-label={label}>
      {steps.map(({ name, who, state }) => (
        <li
          key={name}
          className={styles[state]}
          aria-current={state === 'now' ? 'step' : undefined}
        >
          <Icon name={ICONS[state]} />
          <span>
            <span className={styles.name}>{name}</span>{' '}
            <span className={styles.who}>
              {WORDS[state]}
              {state === 'done' ? '' : `, ${who}`}
            </span>
          </span>
        </li>
      ))}
    </ol>
  );
}
