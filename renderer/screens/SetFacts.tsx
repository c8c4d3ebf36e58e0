/**
 * Another set of the same key: everybody reads who opens it today and who will as well, and agrees, before
 * the first share is asked for.
 * @module
 */
import { Actions, Button } from '../../ui/Button.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { Notice } from '../../ui/Note.tsx';
import { RosterChanges } from '../components/RosterChanges.tsx';
import { Stage } from '../components/Shell.tsx';
import { planInWords } from '../lib/ledger.ts';
import { count } from '../lib/say.ts';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

export function SetFacts({ view }: ScreenProps<'set-facts'>) {
  const { keyVersion, present, joined, comes, changes } = view;
  const stay = [present, ...joined];
  const fewest = Math.min(...stay.map(({ threshold }) => threshold));
  return (
    <Stage heading="Read aloud who will be able to open the key" turn={view.turn}>
      <Facts
        facts={[
          { name: 'Key version', value: `${keyVersion}, which stays` },
          ...stay.map((set) => ({ name: `Stays: ${set.label}`, value: planInWords(set) })),
          { name: `Comes: ${comes.label}`, value: planInWords(comes) },
        ]}
      />
      <RosterChanges changes={changes} />
      <Notice tone="warn" title="What will be true afterwards">
        <p>
          Each of these {stay.length + 1} sets opens the platform key by itself. Whoever holds
          shares of one does not notice when another is used. Shares of two sets never fit each
          other.
        </p>
        {comes.threshold < fewest ? (
          <p>
            {count(comes.threshold, 'person', 'people')} of {comes.label} are enough, where it took{' '}
            {fewest} until now: the key is as strong as its weakest set.
          </p>
        ) : null}
        <p>
          No set can be taken away alone: whoever wants one gone makes new shares, which end all of
          them. No share of today is destroyed. Whoever does not agree presses “Something is wrong”.
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
