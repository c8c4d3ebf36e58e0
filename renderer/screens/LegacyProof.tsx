/**
 * Adopt: what the comparison found, and what is tried now; more legacy shares may come first.
 * @module
 */
import { Actions, Button } from '../../ui/Button.tsx';
import { LegacyJudged } from '../components/LegacyJudged.tsx';
import { Stage } from '../components/Shell.tsx';
import { LEGACY_SHARE } from '../lib/legacy-words.ts';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

type Props = ScreenProps<'legacy-proof'>;

export function LegacyProof({ view }: Props) {
  const { judged, proof, split } = view;
  // Without anything to open, nobody can say which of several keys is right.
  const contradicts =
    judged?.standing === 'one-of' ||
    judged?.standing === 'several-wrong' ||
    (judged?.standing === 'wrong' && !judged.agreed);
  const stuck = proof === null && contradicts;
  const alone = judged?.standing === 'uncompared' || stuck;
  const more = (
    <Button kind={stuck ? 'primary' : 'quiet'} onPress={() => say({ type: 'legacy-more' })}>
      {split === null
        ? 'Back to the component'
        : alone
          ? 'Bring one more legacy share'
          : 'Back to the legacy shares'}
    </Button>
  );
  return (
    <Stage heading={headingOf(view, stuck)} turn={view.turn}>
      {split === null ? null : <p>{LEGACY_SHARE} This is how those that are here compare.</p>}
      {judged === null ? null : <LegacyJudged judged={judged} proves={proof !== null} />}
      <Next view={view} stuck={stuck} />
      <Actions>
        {stuck ? null : (
          <Button kind="primary" onPress={() => say({ type: 'continue' })}>
            {proof === null ? 'Go on to the two who answer' : 'Try it on the stored survey key'}
          </Button>
        )}
        {more}
      </Actions>
    </Stage>
  );
}

function headingOf({ proof }: Props['view'], stuck: boolean): string {
  if (stuck) return 'Bring one more legacy share';
  return proof === null
    ? 'Agree that nothing can prove the key'
    : 'Try the key on a stored survey key';
}

function Next({ view, stuck }: Props & { readonly stuck: boolean }) {
  const { proof, compared, judged } = view;
  if (proof !== null) {
    return (
      <>
        <p>
          Sync sealed one stored survey key into the package: that of survey {proof.surveyId}, user{' '}
          {proof.userId}. Only the right platform key opens it. It is opened in memory, here, and
          forgotten at once; the survey itself is not touched.
        </p>
        {compared === 'differs' ? (
          <p>
            Vault and the database row hold different vault components. Both are tried, and two of
            you then put your names to the one with which it opened.
          </p>
        ) : null}
        {judged?.standing === 'uncompared' ? (
          <p>If it does not open, a legacy share is wrong. One more would show which.</p>
        ) : null}
      </>
    );
  }
  return (
    <p>
      Sync has no stored survey key of this version in the package, so there is nothing that only
      the right platform key would open.{' '}
      {stuck
        ? 'Nothing is lost by waiting: the ceremony can be held again when one more legacy share was found.'
        : 'Two of you have to put your names to it. Whoever is not sure stops here: nothing has changed, and everything works as before.'}
    </p>
  );
}
