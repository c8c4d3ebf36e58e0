/**
 * Adopt: the platform key is there; now it is split anew.
 * @module
 */
import { Actions, Button } from '../../ui/Button.tsx';
import { Notice } from '../../ui/Note.tsx';
import { Stage } from '../components/Shell.tsx';
import { LegacyUnopened } from '../components/LegacyUnopened.tsx';
import { LEGACY_SHARE, openedInWords } from '../lib/legacy-words.ts';
import { list } from '../lib/say.ts';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

export function LegacyRestored({ view }: ScreenProps<'legacy-restored'>) {
  const { from, proof, decided, count: total, threshold } = view;
  const opened = proof === null ? null : openedInWords(proof);
  return (
    <Stage heading="Split the platform key anew" turn={view.turn}>
      {opened === null ? (
        <Notice tone="warn" title="The platform key is restored, and nothing proves it.">
          <p>
            It came from {from}.{decided === null ? '' : ` ${list(decided)} answer for it.`}
          </p>
        </Notice>
      ) : (
        <Notice tone="good" title="The platform key is restored and proved.">
          <p>
            It came from {from}, and it opened {opened}.
            {decided === null ? '' : ` ${list(decided)} answer for the vault component.`}
          </p>
          {proof === null || proof.wrong === null ? null : (
            <p>
              Legacy share {proof.wrong} was the wrong one and was left out. Whoever holds it marks
              it, so that nobody relies on it.
            </p>
          )}
        </Notice>
      )}
      <LegacyUnopened proof={proof} />
      <p>
        The key itself stays as it is, and CheckTick needs no change. The custodians’ component is
        now split into {total} new shares, of which any {threshold} restore it. Each custodian then
        gets one, and reads it back.
      </p>
      <p>
        <strong>What the key came from stays valid</strong>, legacy shares that were not brought
        today as well: as before, enough of them open the key, with Conclave or without.{' '}
        {LEGACY_SHARE} Lock everything away again. Destroy nothing of it before the receipt of sync
        is here and the new shares were proved.
      </p>
      <Actions>
        <Button kind="primary" onPress={() => say({ type: 'continue' })}>
          Split the platform key anew
        </Button>
      </Actions>
    </Stage>
  );
}
