/**
 * What happened, and which change answers it: what it costs, and who must come.
 * @module
 */
import { useState } from 'react';
import { Actions, Button } from '../../ui/Button.tsx';
import { Choices } from '../../ui/Choices.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { Notice } from '../../ui/Note.tsx';
import { openPage } from '../lib/store.ts';
import { CHANGES, TRIGGERS, type Answer, type TriggerId } from '../lib/triggers.ts';
import { HomeFrame } from './Home.tsx';
import styles from './WhichChange.module.css';

/** What begins with a package alone. */
const NO_TICKET: ReadonlySet<Answer> = new Set(['roster', 'drill', 'refresh', 'add-set']);

/** What does not end everything that it is chosen for, or opens the key to more people. */
const WEIGHS: ReadonlySet<Answer> = new Set(['new-key', 'add-set']);

export function WhichChange({ application }: { readonly application: string }) {
  const [chosen, setChosen] = useState<TriggerId | null>(null);
  const trigger = TRIGGERS.find(({ id }) => id === chosen);
  return (
    <HomeFrame heading="What has happened?" application={application}>
      <div className={styles.columns}>
        <Choices
          label="What has happened?"
          hideLabel
          value={chosen}
          onChange={setChosen}
          choices={TRIGGERS.map(({ id, title }) => ({ id, title }))}
        />
        <div className={styles.answer} aria-live="polite">
          {trigger === undefined ? (
            <p>Choose what fits best. Nothing is begun here, and nothing is written down.</p>
          ) : (
            <Notice
              tone={WEIGHS.has(trigger.answer) ? 'warn' : 'good'}
              title={CHANGES[trigger.answer].title}
            >
              <p>{trigger.why}</p>
            </Notice>
          )}
          <Actions>
            {trigger?.answer === 'new-shares' ? (
              <Button kind="primary" onPress={() => openPage('rotate-ticket')}>
                Make a ticket for new shares
              </Button>
            ) : null}
            {trigger?.answer === 'new-key' ? (
              <Button kind="primary" onPress={() => openPage('version-ticket')}>
                Make a ticket for a new platform key
              </Button>
            ) : null}
            <Button
              kind={trigger !== undefined && NO_TICKET.has(trigger.answer) ? 'primary' : 'quiet'}
              onPress={() => openPage('home')}
            >
              Back to home
            </Button>
          </Actions>
          {trigger === undefined ? null : <Facts facts={CHANGES[trigger.answer].facts} />}
        </div>
      </div>
    </HomeFrame>
  );
}
