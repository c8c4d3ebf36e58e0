/**
 * What needs a person's eye, above everything else. Nothing where there is nothing.
 * @module
 */
import { Notice } from '../../../ui/Note.tsx';
import type { AlertsAnswer } from '../../routes/alerts.ts';
import { useLive } from '../lib/live.tsx';
import { sayTime } from '../lib/say.ts';
import styles from './Alerts.module.css';

export function Alerts() {
  const { answer } = useLive<AlertsAnswer>('/v1/alerts');
  const open = (answer?.alerts ?? []).filter(({ closedAt }) => closedAt === null);
  if (open.length === 0) return null;
  return (
    <section aria-label="Alerts" className={styles.alerts}>
      {open.map(({ id, severity, happened, means, next, openedAt }) => (
        <Notice key={id} tone={severity === 'critical' ? 'bad' : 'warn'} title={happened}>
          <p>
            {means} {next}
          </p>
          <p>Since {sayTime(openedAt)}.</p>
        </Notice>
      ))}
      {answer?.told === 0 ? (
        <p>Nobody is told of alerts by mail: no mail is set up, or nobody is on call.</p>
      ) : null}
    </section>
  );
}
