/**
 * What was checked about this laptop. Unknown is never a pass.
 * @module
 */
import type { Finding } from '../../shared/ceremony/types.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Icon, type IconName } from '../../ui/Icon.tsx';
import { Notice } from '../../ui/Note.tsx';
import { Stage } from '../components/Shell.tsx';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';
import styles from './Environment.module.css';

const STATUS: Readonly<Record<Finding['status'], { icon: IconName; word: string }>> = {
  pass: { icon: 'done', word: 'Good' },
  fail: { icon: 'stop', word: 'Not good' },
  unknown: { icon: 'question', word: 'Not known' },
};
const ORDER: readonly Finding['status'][] = ['fail', 'unknown', 'pass'];

export function Environment({ view }: ScreenProps<'environment'>) {
  const { findings, stops, mode } = view;
  const sorted = ORDER.flatMap((status) => findings.filter((one) => one.status === status));
  const open = findings.filter(({ status }) => status !== 'pass').length;
  const heading = stops
    ? 'Put this laptop right before people sit down'
    : 'Look at what was checked, then go on';
  return (
    <Stage heading={heading} turn={view.turn}>
      {mode === 'rehearsal' && open > 0 ? (
        <Notice tone="warn">
          <p>
            This is a rehearsal, so you can go on. A real ceremony stops at the points marked with
            “stops a real ceremony”.
          </p>
        </Notice>
      ) : null}
      <ul className={styles.findings} aria-label="Findings">
        {sorted.map((finding) => (
          <FindingLine key={finding.id} finding={finding} />
        ))}
      </ul>
      <Actions>
        {stops ? null : (
          <Button kind="primary" onPress={() => say({ type: 'continue' })}>
            Go on
          </Button>
        )}
        <Button kind={stops ? 'primary' : 'quiet'} onPress={() => say({ type: 'check-again' })}>
          Check again
        </Button>
      </Actions>
    </Stage>
  );
}

function FindingLine({ finding }: { finding: Finding }) {
  const { icon, word } = STATUS[finding.status];
  return (
    <li className={`${styles.finding} ${styles[finding.status]}`}>
      <span className={styles.status}>
        <Icon name={icon} />
        {word}
      </span>
      <div>
        <p className={styles.headline}>
          {finding.headline}
          {finding.status !== 'pass' && finding.stopsProduction ? (
            <span className={styles.stops}> (stops a real ceremony)</span>
          ) : null}
        </p>
        {finding.status === 'pass' ? null : (
          <>
            <p className={styles.detail}>{finding.detail}</p>
            <p>{finding.fix}</p>
          </>
        )}
      </div>
    </li>
  );
}
