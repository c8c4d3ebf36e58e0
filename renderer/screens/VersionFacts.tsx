/**
 * A new platform key: everybody reads what comes and what goes on, and agrees, before the first share is
 * asked for.
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

export function VersionFacts({ view }: ScreenProps<'version-facts'>) {
  const { keyVersion, nextVersion, present, comes, changes } = view;
  return (
    <Stage heading="Read aloud what comes and what goes on" turn={view.turn}>
      <Facts
        facts={[
          { name: 'Comes', value: `a new platform key, version ${nextVersion}` },
          { name: `Its set: ${comes.label}`, value: planInWords(comes) },
          { name: 'Goes on', value: `the platform key of version ${keyVersion}` },
          { name: `Its set: ${present.label}`, value: planInWords(present) },
        ]}
      />
      <RosterChanges changes={changes} />
      <Notice title="What will be true afterwards">
        <p>
          There are two platform keys. Every survey opens with the shares of the version that it is
          stored under, and with no others: those of today with {present.label}. So nobody destroys
          a share of {present.label}, and whoever holds one goes on being a custodian.
        </p>
        <p>
          Version {keyVersion} stays the active one. Nothing is stored under {nextVersion} before it
          is activated, which is a step of its own. Whoever does not agree presses “Something is
          wrong”.
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
