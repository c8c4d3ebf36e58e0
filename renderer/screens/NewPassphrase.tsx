/**
 * Enough shares are in: the owner of the organisation makes up its passphrase, and types it once more
 * when the surveys' keys were wrapped under it; or types the one in use, where it moves.
 * @module
 */
import { organisationInWords, type WhosePassphrase } from '../../shared/bundle/organisation.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Stage } from '../components/Shell.tsx';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

/** Behind the owner's name. @param whose the organisation */
const DOES: Readonly<Record<WhosePassphrase, (whose: string) => string>> = {
  new: (whose) => `makes up a new passphrase of ${whose}`,
  continued: (whose) => `types the passphrase of ${whose} that an earlier ceremony made`,
  kept: (whose) => `types the passphrase of ${whose} that is in use`,
};

export function NewPassphrase({ view }: ScreenProps<'new-passphrase'>) {
  const { facts, surveys, passphrase, progress } = view;
  return (
    <Stage heading={`Let ${facts.owner} sit down`} turn={view.turn}>
      <p>
        {progress.done} of {progress.of} shares are here, each checked. {facts.owner}{' '}
        {DOES[passphrase](organisationInWords(facts))}, in a window of its own. The keys of{' '}
        {surveys} surveys are then wrapped under it, which takes about a second each.
      </p>
      <p>
        {passphrase === 'kept'
          ? 'It has to open what is stored, and every key is read back before anything is signed. It is not typed a second time, because it stays.'
          : 'Then it is typed once more, exactly as CheckTick is going to ask for it, and every key is read back with what was typed.'}{' '}
        Nobody else should see the keyboard. Conclave keeps the passphrase nowhere
        {passphrase === 'kept' ? '.' : ': if it is forgotten again, all of this begins anew.'}
      </p>
      <Actions>
        <Button kind="primary" onPress={() => say({ type: 'owner', by: facts.owner })}>
          {facts.owner} is here
        </Button>
      </Actions>
    </Stage>
  );
}
