/**
 * Adopt: what the comparison found, and what is tried now; more legacy shares may come first.
 * @module
 */
import { Actions, Button } from '../../ui/Button.tsx';
import { LegacyJudged } from '../components/LegacyJudged.tsx';
import { Stage } from '../components/Shell.tsx';
import { LEGACY_SHARE, storedInWords } from '../lib/legacy-words.ts';
import { say } from '../lib/store.ts';
import { LegacyOwner } from './LegacyOwner.tsx';
import type { ScreenProps } from './screen.ts';

type Props = ScreenProps<'legacy-proof'>;

export function LegacyProof({ view }: Props) {
  const { judged, keys, split, tried, organisationKeys } = view;
  const proves = keys.length > 0;
  // Without anything to open, nobody can say which of several keys is right.
  const contradicts =
    judged?.standing === 'one-of' ||
    judged?.standing === 'several-wrong' ||
    (judged?.standing === 'wrong' && !judged.agreed);
  const stuck = !proves && contradicts;
  const alone = judged?.standing === 'uncompared' || stuck;
  const back =
    split === null
      ? 'Back to the component'
      : alone
        ? 'Bring one more legacy share'
        : 'Back to the legacy shares';
  if (organisationKeys.length > 0 && (tried || !proves)) {
    return <LegacyOwner view={view} answers={!proves && !contradicts} back={back} />;
  }
  const more = (
    <Button kind={stuck ? 'primary' : 'quiet'} onPress={() => say({ type: 'legacy-more' })}>
      {back}
    </Button>
  );
  return (
    <Stage heading={headingOf(view, stuck)} turn={view.turn}>
      {split === null ? null : <p>{LEGACY_SHARE} This is how those that are here compare.</p>}
      {judged === null ? null : <LegacyJudged judged={judged} proves={proves} />}
      <Next view={view} stuck={stuck} />
      <Actions>
        {stuck ? null : (
          <Button kind="primary" onPress={() => say({ type: 'continue' })}>
            {proves ? tryIt(keys) : 'Go on to the two who answer'}
          </Button>
        )}
        {more}
      </Actions>
    </Stage>
  );
}

const tryIt = ({ length }: Props['view']['keys']): string =>
  length === 1 ? 'Try it on the stored survey key' : `Try it on the ${length} stored survey keys`;

function headingOf({ keys }: Props['view'], stuck: boolean): string {
  if (stuck) return 'Bring one more legacy share';
  return keys.length === 0
    ? 'Agree that nothing can prove the key'
    : 'Try the key on a stored survey key';
}

function Next({ view, stuck }: Props & { readonly stuck: boolean }) {
  const { keys, compared, judged } = view;
  if (keys.length > 0) {
    return (
      <>
        <p>
          Sync sealed {storedInWords(keys)} into the package. Only the right platform key opens{' '}
          {keys.length === 1 ? 'it. It is' : 'them. They are'} opened in memory, here, and forgotten
          at once; {keys.length === 1 ? 'the survey itself is' : 'the surveys themselves are'} not
          touched.
        </p>
        {keys.length === 1 ? null : (
          <p>
            One that opens proves the key. One that does not open is damaged, or was stored under
            another key: it is named, and nobody can recover that survey with this key.
          </p>
        )}
        {compared === 'differs' ? (
          <p>
            Vault and the database row hold different vault components. Both are tried, and two of
            you then put your names to the one that opens a survey key.
          </p>
        ) : null}
        {judged?.standing === 'uncompared' ? (
          <p>If none opens, a legacy share is wrong. One more would show which.</p>
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
