/**
 * Change of the roster: everybody reads what changes, and agrees, before the first share is asked
 * for.
 * @module
 */
import { Actions, Button } from '../../ui/Button.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { Notice } from '../../ui/Note.tsx';
import { RosterChanges } from '../components/RosterChanges.tsx';
import { Stage } from '../components/Shell.tsx';
import { Words } from '../../ui/Words.tsx';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';
import styles from './RosterFacts.module.css';

export function RosterFacts({ view }: ScreenProps<'roster-facts'>) {
  const { changes, people, admins, serial } = view;
  return (
    <Stage heading="Read aloud what changes" turn={view.turn}>
      <RosterChanges changes={changes} />
      {admins.map(({ name, userId, roles, words }) => (
        <section key={name} className={styles.admin}>
          <Facts
            facts={[
              { name: 'New admin of sync', value: name },
              { name: 'Number in CheckTick', value: String(userId) },
              { name: 'Roles', value: roles.join(', ') },
            ]}
          />
          <p>
            {name} compares these words of the new identity with sync later, and writes them down:
          </p>
          <Words words={words} label={`Words of the identity of ${name}`} />
        </section>
      ))}
      <Facts
        facts={[
          {
            name: `Roster ${serial}`,
            value: people.map(({ name, roles }) => `${name} (${roles.join(', ')})`).join(', '),
          },
        ]}
      />
      <Notice title="What will be true afterwards">
        <p>
          Once sync has put it in force, only these people take part, with these identities. Every
          share stays valid and nothing is opened.
          {admins.length === 0
            ? ''
            : ' Every present admin of sync is disabled, and these two take their place.'}{' '}
          If anyone in the room does not agree, press “Something is wrong”.
        </p>
      </Notice>
      <Actions>
        <Button kind="primary" onPress={() => say({ type: 'agree' })}>
          Everyone agrees to these changes
        </Button>
      </Actions>
    </Stage>
  );
}
