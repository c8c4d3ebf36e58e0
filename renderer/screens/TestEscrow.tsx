/**
 * A full drill: enough shares are proved. They give the platform key once, and that opens the test
 * escrow of the package; what came of it, and how long it took.
 * @module
 */
import type { FullDrillFailure } from '../../shared/bundle/full-drill.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Notice } from '../../ui/Note.tsx';
import { Stage } from '../components/Shell.tsx';
import { list } from '../lib/say.ts';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

const REFUSED: Readonly<Record<FullDrillFailure, string>> = {
  'too-few': 'Fewer shares came than are needed.',
  'not-restored': 'The shares and sync’s half gave no platform key that fits its check value.',
  'not-opened': 'The platform key fits, and the test escrow did not open with it.',
};

export function TestEscrow({ view }: ScreenProps<'test-escrow'>) {
  const { restored, refused, shares } = view;
  if (restored !== null) {
    return (
      <Stage heading="The test escrow is open" turn={view.turn}>
        <p>
          Shares {list(shares.map(String))} gave the platform key. The key in the test escrow signed
          sync’s number. Shares, platform key and sync’s half are wiped.
        </p>
        <p>From the first share to the platform key: {restored}.</p>
        <p>
          A missed target is no failure. It is written down, so that the next drill can be faster.
        </p>
        <Actions>
          <Button kind="primary" onPress={() => say({ type: 'continue' })}>
            The witness signs
          </Button>
        </Actions>
      </Stage>
    );
  }
  return (
    <Stage heading="Open the test escrow" turn={view.turn}>
      <p>
        Shares {list(shares.map(String))} are here. With sync’s half they give the platform key for
        a moment. It opens a key that sync drew for this drill, which belongs to no survey, and all
        of it is wiped.
      </p>
      {refused === null ? null : (
        <Notice title="The test escrow was not opened" tone="bad">
          <p>
            {REFUSED[refused]} Nothing is lost, and every share stays as it is. Try it once more; if
            it fails again, have it written down: sync must know.
          </p>
        </Notice>
      )}
      <Actions>
        <Button kind="primary" onPress={() => say({ type: 'continue' })}>
          {refused === null ? 'Open the test escrow' : 'Try once more'}
        </Button>
        {refused === null ? null : (
          <Button onPress={() => say({ type: 'leave-test-escrow' })}>
            Write down that it did not open
          </Button>
        )}
      </Actions>
    </Stage>
  );
}
