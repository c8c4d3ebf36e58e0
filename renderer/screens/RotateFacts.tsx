/**
 * New shares: everybody reads what ends and what comes, and agrees, before the first share is asked for.
 * @module
 */
import { changeInWords } from '../../shared/identity/roster-change.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { Notice } from '../../ui/Note.tsx';
import { Stage } from '../components/Shell.tsx';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';
import styles from './RosterFacts.module.css';

export function RotateFacts({ view }: ScreenProps<'rotate-facts'>) {
  const { keyVersion, before, after, changes, compared } = view;
  const inWords = ({ threshold, count, custodians }: typeof before) =>
    `any ${threshold} of ${count}: ${custodians.join(', ')}`;
  return (
    <Stage heading="Read aloud what ends and what comes" turn={view.turn}>
      <Facts
        facts={[
          { name: 'Key version', value: `${keyVersion}, which stays` },
          { name: `Ends: ${before.label}`, value: inWords(before) },
          { name: `Comes: ${after.label}`, value: inWords(after) },
        ]}
      />
      {changes.length === 0 ? (
        <p>Nobody comes or leaves.</p>
      ) : (
        <ol className={styles.changes}>
          {changes.map((change) => (
            <li key={`${change.name} ${change.what}`}>{changeInWords(change)}.</li>
          ))}
        </ol>
      )}
      <Notice title="What will be true afterwards">
        <p>
          Once sync has committed the bundle, only the new shares open the platform key with what
          sync keeps{compared === 'same' ? ' in Vault and the database' : ' in the database'}. With
          a backup of the old half the old ones still do: they are destroyed once a fresh package
          has shown the new half. Whoever does not agree presses “Something is wrong”.
        </p>
      </Notice>
      <Actions>
        <Button kind="primary" onPress={() => say({ type: 'agree' })}>
          Everyone agrees to this
        </Button>
      </Actions>
    </Stage>
  );
}
