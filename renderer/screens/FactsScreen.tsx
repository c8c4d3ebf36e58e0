/**
 * Recover: everybody reads what will be opened, and agrees, before the first share is asked for.
 * @module
 */
import { Actions, Button } from '../../ui/Button.tsx';
import { Notice } from '../../ui/Note.tsx';
import { Stage } from '../components/Shell.tsx';
import { say } from '../lib/store.ts';
import { RecoverFacts } from './RecoverFacts.tsx';
import type { ScreenProps } from './screen.ts';

export function FactsScreen({ view }: ScreenProps<'facts'>) {
  return (
    <Stage heading="Read aloud what will be opened" turn={view.turn}>
      <RecoverFacts
        facts={view.facts}
        more={[
          { name: 'Package from', value: view.requestedFrom },
          { name: 'Place in the vault', value: view.vaultPath, code: true },
        ]}
      />
      <Notice title="What will be true afterwards">
        <p>
          This one survey can be opened again, by this one user. Nothing else is opened, and every
          share stays valid. It cannot be taken back. If anyone in the room does not agree, press
          “Something is wrong”.
        </p>
      </Notice>
      <Actions>
        <Button kind="primary" onPress={() => say({ type: 'agree' })}>
          Everyone agrees to open this survey
        </Button>
      </Actions>
    </Stage>
  );
}
