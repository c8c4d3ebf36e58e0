/**
 * New shares: everybody reads what ends and what comes, and agrees, before the first share is asked for.
 * @module
 */
import { Actions, Button } from '../../ui/Button.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { Notice } from '../../ui/Note.tsx';
import { RosterChanges } from '../components/RosterChanges.tsx';
import { Stage } from '../components/Shell.tsx';
import { planInWords } from '../lib/ledger.ts';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

export function RotateFacts({ view }: ScreenProps<'rotate-facts'>) {
  const { keyVersion, before, joined, after, changes, compared } = view;
  return (
    <Stage heading="Read aloud what ends and what comes" turn={view.turn}>
      <Facts
        facts={[
          { name: 'Key version', value: `${keyVersion}, which stays` },
          ...[before, ...joined].map((set) => ({
            name: `Ends: ${set.label}`,
            value: planInWords(set),
          })),
          { name: `Comes: ${after.label}`, value: planInWords(after) },
        ]}
      />
      <RosterChanges changes={changes} />
      <Notice title="What will be true afterwards">
        <p>
          Once sync has committed the bundle, only the new shares open the key with sync’s half
          {compared === 'same' ? '' : ', which is in the database'}. With a backup of the old half
          the old ones do until they are destroyed. Whoever disagrees presses “Something is wrong”.
        </p>
        {joined.length === 0 ? null : (
          <p>
            Every set of the key ends, and {after.label} alone takes their place. Whoever else is to
            have a set gets another one in a ceremony of its own, for which custodians of{' '}
            {after.label} come again.
          </p>
        )}
      </Notice>
      <Actions>
        <Button kind="primary" onPress={() => say({ type: 'agree' })}>
          Everyone agrees to this
        </Button>
      </Actions>
    </Stage>
  );
}
