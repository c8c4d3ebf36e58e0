/**
 * Test reconstruction: a random k of what was just read back gives the key, or where sync’s half is not
 * here, the custodians’ half of it.
 * @module
 */
import { Actions, Button } from '../../ui/Button.tsx';
import { Stage } from '../components/Shell.tsx';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

const KEY = {
  heading: 'Prove that the shares restore the key',
  does: 'restores the key from them alone',
  same: 'it is the same key',
  verb: 'Restore the key',
};

/** Of another set of the same key. */
const HALF: typeof KEY = {
  heading: 'Prove that the new shares give the half',
  does: 'puts the custodians’ half together from them alone',
  same: 'it is the half that was split',
  verb: 'Put the half together',
};

export function Prove({ view }: ScreenProps<'prove'>) {
  const { ceremony, count: total, threshold } = view;
  const { heading, does, same, verb } = ceremony === 'add-set' ? HALF : KEY;
  return (
    <Stage heading={heading} turn={view.turn}>
      <p>
        All {total} shares were written and read back. The laptop now takes {threshold} of them at
        random, as they were read from their sticks and sheets, and {does}.
      </p>
      <p>Only if {same} will the set be signed.</p>
      <Actions>
        <Button kind="primary" onPress={() => say({ type: 'continue' })}>
          {verb} from {threshold} shares
        </Button>
      </Actions>
    </Stage>
  );
}
