/**
 * Which shares are to be proved next; one sentence while that is far away.
 * @module
 */
import { useState } from 'react';
import type { HomeDue } from '../../shared/ceremony/home.ts';
import type { Mode } from '../../shared/mode.ts';
import { ModeTag } from '../../ui/Band.tsx';
import { Actions, Button } from '../../ui/Button.tsx';
import { Icon, type IconName } from '../../ui/Icon.tsx';
import { SaveToStick } from '../components/SaveToStick.tsx';
import { dueGroups, sayUntil, type DueGroup } from '../lib/due.ts';
import type { Tone } from '../lib/ledger.ts';
import { list, sayDate } from '../lib/say.ts';
import { call } from '../lib/store.ts';
import styles from './Home.module.css';

const STANDINGS: Readonly<
  Record<DueGroup['standing'], { tone: Tone; icon: IconName; word: string }>
> = {
  failed: { tone: 'bad', icon: 'stop', word: 'Not proved' },
  overdue: { tone: 'bad', icon: 'stop', word: 'Overdue' },
  soon: { tone: 'warn', icon: 'clock', word: 'Due soon' },
};

export function Due({ due, refused }: { due: readonly HomeDue[]; refused: boolean }) {
  const [now] = useState(() => new Date());
  const groups = dueGroups(due, now);
  const [next] = due;
  if (next === undefined) return null;
  return (
    <>
      {groups.length > 0 ? (
        groups.map((group) => <Group key={group.key} group={group} refused={refused} />)
      ) : (
        <p>
          No share has to be proved now. The next check is due {sayUntil(next.dueAt, now)}, on{' '}
          {sayDate(next.dueAt)}: set {next.label}.
        </p>
      )}
      <Calendar mode={due.some(({ mode }) => mode === 'production') ? 'production' : next.mode} />
    </>
  );
}

function Calendar({ mode }: { mode: Mode }) {
  return (
    <Actions>
      <SaveToStick
        mode={mode}
        heading="Save these days as a calendar"
        verb="Save the calendar to this stick"
        save={(volumeId) => call('calendar:save', { mode, volumeId })}
      >
        A file that any calendar opens, with a day for each share set and a reminder thirty days
        before. It holds no names and no secret. The days are this laptop’s; sync has a calendar of
        its own.
      </SaveToStick>
    </Actions>
  );
}

function Group({ group, refused }: { group: DueGroup; refused: boolean }) {
  const { standing, first, shares } = group;
  const { tone, icon, word } = STANDINGS[standing];
  const { label, mode, dueAt, count } = first;
  const who = shares.map(({ index, custodian }) => `${index} (${custodian})`);
  const named = `${shares.length === 1 ? 'Share' : 'Shares'} ${list(who)} of ${count}`;
  return (
    <section
      className={`${styles.card} ${styles[tone]}`}
      aria-label={`Shares of ${label} to be proved, ${word}`}
    >
      <div className={styles.setHead}>
        <h3>
          {label} <ModeTag mode={mode} />
        </h3>
        <p className={styles.standing}>
          <Icon name={icon} />
          {word}
        </p>
      </div>
      <p>
        {standing === 'failed'
          ? `${named}: called in a drill on ${sayDate(dueAt)}, and not proved since.`
          : standing === 'overdue'
            ? `${named}: to be proved since ${sayDate(dueAt)}.`
            : `${named}: to be proved by ${sayDate(dueAt)}.`}
      </p>
      <Actions>
        <Button
          label={`Hold a drill for ${label}`}
          disabled={refused && mode === 'production'}
          onPress={() => void call('ceremony:start', { ceremony: 'drill', mode })}
        >
          Hold a drill
        </Button>
      </Actions>
    </section>
  );
}
