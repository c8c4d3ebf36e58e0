/**
 * Enough shares are in: open the one survey key.
 * @module
 */
import { Actions, Button } from '../../ui/Button.tsx';
import { Stage } from '../components/Shell.tsx';
import { say } from '../lib/store.ts';
import { RecoverFacts } from './RecoverFacts.tsx';
import type { ScreenProps } from './screen.ts';

export function Recover({ view }: ScreenProps<'recover'>) {
  return (
    <Stage heading="Open the key of this survey" turn={view.turn}>
      <p>
        {view.progress.done} of {view.progress.of} shares are here, each checked. Together they open
        this and nothing else:
      </p>
      <RecoverFacts facts={view.facts} />
      <p>
        The key is never shown. It leaves this laptop only inside the bundle, locked for sync alone.
      </p>
      <Actions>
        <Button kind="primary" onPress={() => say({ type: 'continue' })}>
          Open the key of survey {view.facts.surveyId}
        </Button>
      </Actions>
    </Stage>
  );
}
