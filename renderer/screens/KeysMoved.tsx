/**
 * How many survey keys moved, and which stay: everybody reads it before there is a bundle.
 * @module
 */
import { keysInWords, staying, STAYS_IN_WORDS } from '../../shared/bundle/move.ts';
import { STAYS } from '../../shared/escrow/move.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { Notice } from '../../ui/Note.tsx';
import { Stage } from '../components/Shell.tsx';
import { count, digits } from '../lib/say.ts';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

/** A reason stands behind a name elsewhere, and here by itself. */
const beginning = (words: string): string => `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;

function compared(moved: number, without: number): string {
  if (moved === 0) return 'none, because none moved';
  if (without === 0) return 'each of them';
  const others = without === 1 ? 'the other one' : `the other ${digits(without)}`;
  return `${digits(moved - without)}; ${others} with nothing, because CheckTick keeps no hash of ${without === 1 ? 'it' : 'them'}`;
}

export function KeysMoved({ view }: ScreenProps<'keys-moved'>) {
  const { keyVersion, movesTo, counts, staying: named, files, stick, handsOver } = view;
  const { moved, notCompared, stays } = counts;
  const stay = staying(counts);
  const unnamed = stay - named.length;
  // No survey key was left: nothing but the half for organisations leaves.
  if (files === 0) return <HandedOver view={view} />;
  return (
    <Stage heading="Read what moved, and what stays" turn={view.turn}>
      <Facts
        facts={[
          { name: `Moved to ${movesTo}`, value: keysInWords(moved) },
          {
            name: 'Compared with CheckTick’s hash',
            value: compared(moved, notCompared),
          },
          { name: `Stay under ${keyVersion}`, value: keysInWords(stay) },
          { name: 'Written and read back', value: `${count(files, 'file')} on ${stick}` },
          ...(handsOver
            ? [{ name: 'Handed over', value: `the half for organisations, sealed for ${movesTo}` }]
            : []),
        ]}
      />
      {stay === 0 ? null : (
        <>
          <Notice title="What stays is untouched" tone="warn">
            {STAYS.filter((why) => stays[why] > 0).map((why) => (
              <p key={why}>
                {stays[why]}: {STAYS_IN_WORDS[why]}.
              </p>
            ))}
            <p>
              It takes the shares of {keyVersion} as before, which must not be destroyed. Tell the
              admin of sync which they are.
            </p>
          </Notice>
          <h2>Stay: {stay}</h2>
          <Facts
            facts={named.map(({ surveyId, userId, why }) => ({
              name: `Survey ${surveyId} of user ${userId}`,
              value: beginning(STAYS_IN_WORDS[why]),
            }))}
          />
          {unnamed > 0 ? <p>{unnamed} more are named in the transcript and at sync.</p> : null}
        </>
      )}
      <Notice title="Nothing is written yet">
        <p>
          Sync writes these keys when the bundle is committed. Until then everything is recovered as
          before. If anyone in the room does not agree, press “Something is wrong”.
        </p>
      </Notice>
      <Actions>
        <Button kind="primary" onPress={() => say({ type: 'agree' })}>
          Everyone has read it
        </Button>
      </Actions>
    </Stage>
  );
}

function HandedOver({ view }: ScreenProps<'keys-moved'>) {
  const { keyVersion, movesTo } = view;
  return (
    <Stage heading="Read what is handed over" turn={view.turn}>
      <Facts
        facts={[
          { name: 'Handed over', value: `the half for organisations, sealed for ${movesTo}` },
          { name: 'Moved', value: `nothing: no survey key was left under ${keyVersion}` },
        ]}
      />
      <Notice title="Nothing is changed yet">
        <p>
          Sync keeps the half when the bundle is committed. Then each organisation can be moved to{' '}
          {movesTo}, in a ceremony of its own. Until then what it keeps opens as before. If anyone
          in the room does not agree, press “Something is wrong”.
        </p>
      </Notice>
      <Actions>
        <Button kind="primary" onPress={() => say({ type: 'agree' })}>
          Everyone has read it
        </Button>
      </Actions>
    </Stage>
  );
}
