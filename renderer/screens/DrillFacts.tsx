/**
 * A drill: everybody reads what is proved and what a drill does not do, and agrees, before the first
 * share is asked for.
 * @module
 */
import { Actions, Button } from '../../ui/Button.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { Notice } from '../../ui/Note.tsx';
import { Stage } from '../components/Shell.tsx';
import { list } from '../lib/say.ts';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

export function DrillFacts({ view }: ScreenProps<'drill-facts'>) {
  const { label, keyVersion, threshold, count, custodians, syncName, full, byWord } = view;
  return (
    <Stage
      heading={byWord ? 'Read aloud what is read' : 'Read aloud what is proved'}
      turn={view.turn}
    >
      <Facts
        facts={[
          { name: 'Share set', value: `${label}: any ${threshold} of ${count} shares open it` },
          { name: 'Key version', value: keyVersion, code: true },
          { name: 'Custodians', value: list(custodians) },
          byWord
            ? { name: 'Package', value: 'None: on this laptop’s word' }
            : { name: 'Package from', value: syncName },
        ]}
      />
      <p>
        {full
          ? `One after the other, ${threshold} shares are read, checked, and sign a number that sync drew. Put together once with sync’s half, they open a test escrow, which is no survey’s. Targets: 15 minutes from the first share to the platform key, 4 hours for all of it.`
          : byWord
            ? 'One after the other, each share is read, checked, and is wiped before the next one comes. It signs nothing.'
            : 'One after the other, each share is read, checked, signs a number that sync drew, and is wiped before the next one comes.'}
      </p>
      <Notice title="What will be true afterwards">
        <p>
          {byWord
            ? 'This laptop remembers which shares could be read, and sync does not know of it: there they are due as before. '
            : `Sync knows which shares can be read${full ? ', and that together they open' : ''}. `}
          {full
            ? 'The platform key is wiped before anybody signs, and no key changes.'
            : 'No key is put together.'}{' '}
          Every share stays as it is and valid; only the envelope of a YubiKey’s OTP slot is locked
          anew, as after every reading.{full ? '' : ' Whoever is not here can come another day.'}
        </p>
      </Notice>
      <Actions>
        <Button kind="primary" onPress={() => say({ type: 'agree' })}>
          Everyone agrees to {byWord ? 'read' : 'prove'} these shares
        </Button>
      </Actions>
    </Stage>
  );
}
