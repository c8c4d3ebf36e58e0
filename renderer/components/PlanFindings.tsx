/**
 * What speaks against a plan, as long as somebody can still do something about it.
 * @module
 */
import type { PlanFinding } from '../../shared/plan/lint.ts';
import { Notice } from '../../ui/Note.tsx';
import styles from './PlanFindings.module.css';

export function PlanFindings({ findings }: { readonly findings: readonly PlanFinding[] }) {
  const of = (level: PlanFinding['level']) => findings.filter((one) => one.level === level);
  const [wrong, unwise] = [of('error'), of('warning')];
  if (findings.length === 0) {
    return (
      <Notice tone="good" title="Nothing speaks against this plan.">
        <p>What this laptop can see from here was looked at.</p>
      </Notice>
    );
  }
  return (
    <div className={styles.findings}>
      {wrong.length === 0 ? null : (
        <Notice tone="bad" title="To put right: it could not be held like this.">
          <Sentences findings={wrong} />
        </Notice>
      )}
      {unwise.length === 0 ? null : (
        <Notice tone="warn" title="To think about">
          <Sentences findings={unwise} />
        </Notice>
      )}
    </div>
  );
}

function Sentences({ findings }: { readonly findings: readonly PlanFinding[] }) {
  return (
    <ul className={styles.list}>
      {findings.map(({ code, about, words }) => (
        <li key={`${code} ${about}`}>{words}</li>
      ))}
    </ul>
  );
}
