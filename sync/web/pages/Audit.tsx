/**
 * What happened in sync, newest first: narrowed, read further back, exported.
 * @module
 */
import { useState } from 'react';
import { Actions, Button } from '../../../ui/Button.tsx';
import { Facts } from '../../../ui/Facts.tsx';
import { Notice } from '../../../ui/Note.tsx';
import type {
  AuditAnswer,
  AuditEntryAnswer,
  AuditTypesAnswer,
} from '../../routes/audit-answers.ts';
import app from '../App.module.css';
import { Behind } from '../components/Behind.tsx';
import { Refused } from '../components/Refused.tsx';
import { Rows } from '../components/Rows.tsx';
import { call } from '../lib/api.ts';
import {
  type AuditFilter as Filter,
  exportAudit,
  filterOf,
  joined,
  queryOf,
} from '../lib/audit.ts';
import { useLive } from '../lib/live.tsx';
import { addressOf } from '../lib/route.ts';
import { sayTime, sayTimes } from '../lib/say.ts';
import { useTask } from '../lib/task.ts';
import type { ViewProps } from '../lib/view.ts';
import { AuditFilter } from './AuditFilter.tsx';
import styles from './Audit.module.css';

function show(filter: Filter): void {
  location.hash = addressOf('audit', encodeURIComponent(queryOf(filter)));
}

/** @param subject the filter, as a query string */
export function Audit({ subject }: ViewProps) {
  const filter = filterOf(subject);
  const query = queryOf(filter);
  const { answer, problem } = useLive<AuditAnswer>(`/v1/audit${query === '' ? '' : `?${query}`}`);
  const { answer: kinds } = useLive<AuditTypesAnswer>('/v1/audit/types');
  return (
    <section className={app.page}>
      <h1>Audit list</h1>
      {kinds === null ? null : <AuditFilter filter={filter} types={kinds.types} onShow={show} />}
      <Behind problem={problem} known={answer !== null} />
      {answer === null ? null : <List newest={answer} filter={filter} query={query} />}
    </section>
  );
}

/** What was read further back, and where it goes on. */
interface Older {
  readonly entries: readonly AuditEntryAnswer[];
  readonly next: string | null;
}

function List(props: {
  readonly newest: AuditAnswer;
  readonly filter: Filter;
  readonly query: string;
}) {
  const { newest, filter, query } = props;
  const { busy, problem, run } = useTask();
  const [older, setOlder] = useState<Older | null>(null);
  const { entries, kept } = joined(newest.entries, older?.entries ?? []);
  const next = older !== null && kept ? older.next : newest.next;
  const readOn = () =>
    run(async () => {
      const on = new URLSearchParams(query);
      on.set('after', next ?? '');
      const page = await call<AuditAnswer>('GET', `/v1/audit?${on.toString()}`);
      setOlder({ entries: [...entries, ...page.entries], next: page.next });
    });
  return (
    <>
      <Export filter={filter} />
      {newest.signInsOfOthers ? null : (
        <p className={styles.quiet}>Where and when others sign in is shown to auditors.</p>
      )}
      {entries.length === 0 ? (
        <Notice title="Nothing fits.">
          <p>
            {query === ''
              ? 'Nothing has happened here yet.'
              : 'Take something out of the filter, and show these again.'}
          </p>
        </Notice>
      ) : (
        <Rows label="Entries, newest first">
          {entries.map((one) => (
            <Entry key={one.id} entry={one} />
          ))}
        </Rows>
      )}
      {problem === null ? null : <Refused problem={problem} />}
      {entries.length > 0 && next === null ? (
        <p className={styles.quiet}>That is the oldest entry.</p>
      ) : null}
      {next === null ? null : (
        <Actions>
          <Button onPress={() => void readOn()} disabled={busy}>
            Show older entries
          </Button>
        </Actions>
      )}
    </>
  );
}

function Entry({ entry }: { entry: AuditEntryAnswer }) {
  const { at, sentence, by, type, subject, facts } = entry;
  return (
    <li>
      <p className={styles.quiet}>
        <time dateTime={at}>{sayTime(at)}</time>, by {by ?? 'sync'}
        {subject === null ? '' : `, about ${subject.slice(0, 8)}…`}
      </p>
      <p className={styles.sentence}>{sayTimes(sentence)}</p>
      <details className={styles.more}>
        <summary>All of it</summary>
        <Facts
          facts={[
            { name: 'Kind', value: type, code: true },
            { name: 'At', value: at, code: true },
            ...(subject === null ? [] : [{ name: 'Digest', value: subject }]),
            ...facts.map(([name, value]) => ({ name, value: sayTimes(value) })),
          ]}
        />
      </details>
    </li>
  );
}

function Export({ filter }: { filter: Filter }) {
  const { busy, problem, run } = useTask();
  const [count, setCount] = useState<number | null>(null);
  const save = (format: 'csv' | 'jsonl') =>
    run(async () => {
      setCount(null);
      setCount(await exportAudit(format, filter));
    });
  return (
    <>
      <Actions>
        <Button onPress={() => void save('csv')} disabled={busy}>
          Export as CSV
        </Button>
        <Button onPress={() => void save('jsonl')} disabled={busy}>
          Export as JSON lines
        </Button>
      </Actions>
      {problem === null ? null : <Refused problem={problem} />}
      <output>
        {busy ? 'Exporting.' : null}
        {count === null || busy ? null : `Exported whole: ${count} entries. It is written down.`}
      </output>
    </>
  );
}
