/**
 * A YubiKey that will not open its share: what is lost, what still works, what to do now.
 * @module
 */
import { useState } from 'react';
import type { Turn } from '../../shared/ceremony/types.ts';
import type { ScreenName, ViewOf } from '../../shared/ceremony/view.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Choices, type Choice } from '../../ui/Choices.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { Notice } from '../../ui/Note.tsx';
import { Stage } from '../components/Shell.tsx';
import { count } from '../lib/say.ts';
import { say } from '../lib/store.ts';

type Why = 'blocked' | 'dead' | 'lost';

const WHY: readonly Choice<Why>[] = [
  {
    id: 'blocked',
    title: 'Its PIN is blocked',
    detail: 'Eight wrong PINs were typed, here or anywhere else.',
  },
  {
    id: 'dead',
    title: 'It does not answer any more',
    detail: 'Also not in another socket, and not after a minute without power.',
  },
  { id: 'lost', title: 'It is not here', detail: 'Lost, stolen, or left at home.' },
];

const LOST: Readonly<Record<Why, string>> = {
  blocked:
    'What this key protects. Nobody can open it with this key any more: not Yubico, not this laptop. Resetting the key makes it usable again, but never for this share.',
  dead: 'What this key protects, unless it answers again. No copy of its secret exists anywhere.',
  lost: 'Nothing yet if the key turns up again. Whoever found it can do nothing without the stick and the PIN or the words.',
};

const REASON: Readonly<Record<Why, string>> = {
  blocked: 'The PIN of the YubiKey is blocked.',
  dead: 'The YubiKey does not answer any more.',
  lost: 'The YubiKey is not here.',
};

const BLOCKED = 'fido-pin-blocked';

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
  const blocked = refusal?.code === BLOCKED;
  // The next refusal brings it again.
  if (!blocked && left) setLeft(false);
  return {
    why: blocked ? 'blocked' : 'dead',
    shown: asked || (blocked && !left),
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
  const { index, media, progress } = view;
  const [why, setWhy] = useState<Why | null>(props.why);
  const others = view.count - progress.done - 1;
  const missing = progress.of - progress.done;
  const enough = others >= missing;
  const elsewhere = [
    ...(media.includes('yubikey-fido2')
      ? [
          'The backup key opens the share alone, if there is one: its number stands beside yours in the list of the set.',
        ]
      : []),
    ...(media.includes('usb') ? ['A copy of the share lies on a stick with words alone.'] : []),
    ...(media.includes('paper') ? ['A copy of the share lies on paper.'] : []),
  ];
  return (
    <Stage heading={`See what is left without the YubiKey of share ${index}`} turn={turn}>
      {view.refusal?.code === BLOCKED ? null : (
        <Choices label="What is wrong with the key" value={why} onChange={setWhy} choices={WHY} />
      )}
      {why === null ? null : (
        <Facts
          facts={[
            { name: 'What is lost', value: LOST[why] },
            {
              name: 'What still works',
              value: `${elsewhere.length === 0 ? 'This share has no other medium.' : elsewhere.join(' ')} ${remaining(view, others)}`,
            },
            { name: 'What to do now', value: advice(elsewhere.length > 0, enough) },
          ]}
        />
      )}
      {enough ? null : (
        <Notice tone="bad" title={`Without share ${index} there are not enough.`}>
          <p>
            {count(missing, 'share')} more {missing === 1 ? 'is' : 'are'} needed, and only{' '}
            {count(others, 'custodian')} can still come. Look for the backup key and for copies
            before anybody gets up.
          </p>
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
        <Button onPress={back}>Back: I have another key or a copy</Button>
      </Actions>
    </Stage>
  );
}

/** The threshold in people, as it stands without this share. */
function remaining({ progress, count: total }: ViewOf<'share-in'>, others: number): string {
  return `The other shares are untouched: any ${progress.of} of the ${total} open the key. ${progress.done} ${progress.done === 1 ? 'is' : 'are'} given, and ${count(others, 'other custodian')} can still come.`;
}

function advice(hasOther: boolean, enough: boolean): string {
  const first = hasOther
    ? 'Use the backup key or the copy if it is here. Otherwise get up'
    : 'Get up';
  return enough
    ? `${first}: another custodian sits down, and the transcript says why. Afterwards plan a new split soon, because the set has one share fewer; keep the stick until then.`
    : `${first} only when the key and every copy have been looked for. If they are lost, this set opens nothing any more, and what is escrowed under its key cannot be recovered: tell whoever looks after CheckTick today, and split a new key.`;
}

/** When a share is being written: nothing counts yet, so nothing is lost. */
export function KeyLostWriting(
  props: Props & { readonly what: string; readonly step: 'write' | 'read-back' },
) {
  const { turn, back, what, step } = props;
  return (
    <Stage heading="Take another YubiKey, or another medium" turn={turn}>
      <Facts
        facts={[
          {
            name: 'What is lost',
            value:
              'Nothing of this ceremony. A key with a blocked PIN, or a dead one, is of no use here any more; what else it opened elsewhere is another matter.',
          },
          {
            name: 'What still works',
            value: `Everything else. This laptop still holds ${what}, and no share counts before it was read back. The other custodians’ shares are untouched.`,
          },
          {
            name: 'What to do now',
            value:
              'Lock the share to another YubiKey, or choose a stick or paper for it. What lies on the stick for the dead key is written over or stays closed for ever.',
          },
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
