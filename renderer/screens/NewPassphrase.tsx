/**
 * Enough shares are in: the owner of the organisation makes up its passphrase, and types it once more
 * when the surveys' keys were wrapped under it.
 * @module
 */
import { organisationInWords } from '../../shared/bundle/organisation.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Stage } from '../components/Shell.tsx';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

export function NewPassphrase({ view }: ScreenProps<'new-passphrase'>) {
  const { facts, surveys, isNew, progress } = view;
  return (
    <Stage heading={`Let ${facts.owner} sit down`} turn={view.turn}>
      <p>
        {progress.done} of {progress.of} shares are here, each checked.{' '}
        {isNew
          ? `${facts.owner} makes up a new passphrase of ${organisationInWords(facts)}, in a window of its own.`
          : `${facts.owner} types the passphrase of ${organisationInWords(facts)} that an earlier ceremony made, in a window of its own.`}{' '}
        The keys of {surveys} surveys are then wrapped under it, which takes about a second each.
      </p>
      <p>
        Then it is typed once more, exactly as CheckTick is going to ask for it, and every key is
        read back with what was typed. Nobody else should see the keyboard. Conclave keeps the
        passphrase nowhere: if it is forgotten again, all of this begins anew.
      </p>
      <Actions>
        <Button kind="primary" onPress={() => say({ type: 'owner', by: facts.owner })}>
          {facts.owner} is here
        </Button>
      </Actions>
    </Stage>
  );
}
