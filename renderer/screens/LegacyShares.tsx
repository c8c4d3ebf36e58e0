/**
 * Adopt: legacy shares come in, one sitting after the other, from whoever has them; what is there
 * can be taken back.
 * @module
 */
import { useState } from 'react';
import { Actions, Button } from '../../ui/Button.tsx';
import { Choices } from '../../ui/Choices.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { LegacyGive } from '../components/LegacyGive.tsx';
import { LegacyJudged } from '../components/LegacyJudged.tsx';
import { LegacySplitFields, splitFormOf, splitOf } from '../components/LegacySplitFields.tsx';
import { Stage } from '../components/Shell.tsx';
import { givenInWords, LEGACY_SHARE, splitInWords, stillNeeded } from '../lib/legacy-words.ts';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';
import styles from './LegacyShares.module.css';

type Props = ScreenProps<'legacy-shares'>;

export function LegacyShares({ view }: Props) {
  const { split, given, judged, enough, people } = view;
  const [splitting, setSplitting] = useState(false);
  if (splitting) return <SplitAgain view={view} back={() => setSplitting(false)} />;
  const whole = split === null;
  const several = judged?.standing === 'several-wrong';
  // Comparing the same ones again would say the same.
  const questioned = judged?.needed !== undefined;
  const goesOn = enough && !questioned && !(several && !judged.provable);
  return (
    <Stage heading={headingOf(view)} turn={view.turn}>
      <p>
        {whole
          ? 'It was never split into legacy shares, the ones that CheckTick’s own command makes: one person has all of it.'
          : `${LEGACY_SHARE} With ${splitInWords(split)} the component is restored.`}{' '}
        {whole || judged !== null ? null : <strong>{stillNeeded(split, numbersOf(view))}</strong>}
      </p>
      {judged === null ? null : <LegacyJudged judged={judged} proves={null} />}
      {given.length === 0 ? null : <Given view={view} />}
      {goesOn ? (
        <Actions>
          <Button kind="primary" onPress={() => say({ type: 'continue' })}>
            {whole ? 'Go on with this component' : 'Compare the legacy shares'}
          </Button>
        </Actions>
      ) : null}
      {whole && enough ? null : (
        // Afresh for the next person: no name and no way is left from the one before.
        <LegacyGive
          key={given.length}
          whole={whole}
          people={people}
          primary={!goesOn && !questioned}
        />
      )}
      {whole && enough ? null : (
        <Actions>
          <Button kind={questioned ? 'primary' : 'quiet'} onPress={() => setSplitting(true)}>
            {whole || given.length === 0
              ? 'It was split in another way'
              : `It was not ${splitInWords(split)}`}
          </Button>
        </Actions>
      )}
    </Stage>
  );
}

function headingOf({ split, given, judged, enough }: Props['view']): string {
  if (judged?.needed !== undefined) return 'Correct how many are needed';
  if (judged?.standing === 'several-wrong') return 'Find out which legacy shares are wrong';
  if (split === null) {
    return enough ? 'Go on with the component' : 'Bring the component that was never split';
  }
  if (enough) return 'Compare the legacy shares, or bring one more';
  return given.length === 0 ? 'Bring the first legacy share' : 'Bring the next legacy share';
}

const numbersOf = ({ given }: Props['view']): number =>
  given.reduce((sum, { numbers }) => sum + numbers.length, 0);

function Given({ view }: Props) {
  const suspects = view.judged?.suspects.map(({ number }) => number) ?? [];
  return (
    <ul className={styles.given} aria-label="What is here">
      {view.given.map((one) => {
        const words = givenInWords(one);
        return (
          <li key={one.id}>
            <span>
              <strong>{words}</strong>
              {one.numbers.some((number) => suspects.includes(number)) ? (
                <span className={styles.suspect}>
                  <Icon name="warning" />
                  {view.judged?.standing === 'wrong' ? 'wrong' : 'may be wrong'}
                </span>
              ) : null}
              <span className={styles.from}>
                {one.by}, {one.source}
              </span>
            </span>
            <Button
              label={`Take back ${words.charAt(0).toLowerCase()}${words.slice(1)}`}
              onPress={() => say({ type: 'legacy-take-back', id: one.id })}
            >
              Take back
            </Button>
          </li>
        );
      })}
    </ul>
  );
}

/** Said wrongly at first; whether it was split at all can change only before something is here. */
function SplitAgain({ view, back }: Props & { readonly back: () => void }) {
  const { split, given } = view;
  const [how, setHow] = useState<'shares' | 'whole'>(split === null ? 'whole' : 'shares');
  const [form, setForm] = useState(() => splitFormOf(split));
  const next = how === 'shares' ? splitOf(form) : null;
  const ready = how === 'whole' || next !== null;
  return (
    <Stage heading="Correct how the component was split" turn={view.turn}>
      <p>
        {given.length === 0
          ? 'Nothing is here yet, so nothing is lost by it.'
          : 'What is here stays, and is compared anew. Whether it was split at all can be changed only when everything was taken back.'}
      </p>
      {given.length === 0 ? (
        <Choices
          label="The custodians’ component"
          value={how}
          onChange={setHow}
          choices={[
            { id: 'shares', title: 'It was split into legacy shares' },
            { id: 'whole', title: 'It was never split' },
          ]}
        />
      ) : null}
      {how === 'shares' ? <LegacySplitFields form={form} onChange={setForm} /> : null}
      <Actions>
        <Button
          kind="primary"
          disabled={!ready}
          onPress={() => {
            say({ type: 'legacy-split', split: next });
            back();
          }}
        >
          It was like this
        </Button>
        <Button onPress={back}>Back</Button>
      </Actions>
    </Stage>
  );
}
