/**
 * A YubiKey that will not open its share: what is lost, what still works, what to do now.
 * @module
 */
import { useState } from 'react';
import type { Turn } from '../../shared/ceremony/types.ts';
import type { ScreenName, ViewOf } from '../../shared/ceremony/view.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Choices } from '../../ui/Choices.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { Notice } from '../../ui/Note.tsx';
import { Stage } from '../components/Shell.tsx';
import { say } from '../lib/store.ts';
import {
  isEnough,
  notEnough,
  otherWays,
  REASON,
  whatIsLost,
  whatStillWorks,
  whatToDo,
  whyOf,
  whysOf,
  writingFacts,
  type Why,
  type Writing,
} from './key-lost-words.ts';

interface KeyLost {
  readonly why: Why;
  readonly shown: boolean;
  readonly open: () => void;
  readonly close: () => void;
}

/** The page comes by itself after a refusal that says so, and when somebody asks for it. */
export function useKeyLost({ refusal }: Pick<ViewOf<ScreenName>, 'refusal'>): KeyLost {
  const [asked, setAsked] = useState(false);
  const [left, setLeft] = useState(false);
  const told = whyOf(refusal?.code);
  // The next refusal brings it again.
  if (told === null && left) setLeft(false);
  return {
    why: told ?? 'dead',
    shown: asked || (told !== null && !left),
    open: () => setAsked(true),
    close: () => {
      setAsked(false);
      setLeft(true);
    },
  };
}

interface Props {
  readonly turn: Turn | null;
  readonly back: () => void;
}

/** When a share is to be given: the set has to do without it. */
export function KeyLostGiving(
  props: Props & { readonly why: Why; readonly view: ViewOf<'share-in'> },
) {
  const { turn, back, view } = props;
  const { index, media, spare } = view;
  const ways = otherWays(spare);
  const [why, setWhy] = useState<Why | null>(props.why);
  return (
    <Stage heading={`See what is left without the YubiKey of share ${index}`} turn={turn}>
      {whyOf(view.refusal?.code) === null ? (
        <Choices
          label="What is wrong with the key"
          value={why}
          onChange={setWhy}
          choices={whysOf(media)}
        />
      ) : null}
      {why === null ? null : (
        <Facts
          facts={[
            { name: 'What is lost', value: whatIsLost(why, view) },
            { name: 'What still works', value: whatStillWorks(view) },
            { name: 'What to do now', value: whatToDo(view) },
          ]}
        />
      )}
      {isEnough(view) ? null : (
        <Notice tone="bad" title={`Without share ${index} there are not enough.`}>
          <p>{notEnough(view)}</p>
        </Notice>
      )}
      <Actions>
        <Button
          kind="primary"
          disabled={why === null}
          onPress={() => why !== null && say({ type: 'get-up', reason: REASON[why] })}
        >
          Get up without giving share {index}
        </Button>
        <Button onPress={back}>{ways === null ? 'Back' : `Back: I have ${ways}`}</Button>
      </Actions>
    </Stage>
  );
}

/** When a share is being written: nothing counts yet, so nothing is lost. */
export function KeyLostWriting(props: Props & Writing) {
  const { turn, back, step } = props;
  const { lost, works, next } = writingFacts(props);
  return (
    <Stage heading="Take another YubiKey, or another medium" turn={turn}>
      <Facts
        facts={[
          { name: 'What is lost', value: lost },
          { name: 'What still works', value: works },
          { name: 'What to do now', value: next },
        ]}
      />
      <Actions>
        {step === 'write' ? (
          <>
            <Button kind="primary" onPress={back}>
              Use another YubiKey
            </Button>
            <Button onPress={() => say({ type: 'another-copy', medium: 'usb' })}>
              Use a stick without a key
            </Button>
            <Button onPress={() => say({ type: 'another-copy', medium: 'paper' })}>
              Use paper instead
            </Button>
          </>
        ) : (
          <>
            <Button kind="primary" onPress={() => say({ type: 'write-again' })}>
              Write the share again
            </Button>
            <Button onPress={back}>Back: the key works after all</Button>
          </>
        )}
      </Actions>
    </Stage>
  );
}
