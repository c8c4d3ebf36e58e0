/**
 * Survey keys move: everybody reads what moves, how long it takes and who must come again if it is
 * interrupted, and agrees, before the first share is asked for.
 * @module
 */
import { keysInWords } from '../../shared/bundle/move.ts';
import type { ViewOf } from '../../shared/ceremony/view.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { Notice } from '../../ui/Note.tsx';
import { SetWords } from '../components/SetWords.tsx';
import { Stage } from '../components/Shell.tsx';
import { planInWords } from '../lib/ledger.ts';
import { count, list, sayMinutes } from '../lib/say.ts';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

type Shown = ViewOf<'move-facts'>;

/** No survey key is left: nothing but the half for organisations leaves. */
const onlyHandsOver = ({ files }: Shown): boolean => files.of === 0;

export function MoveFacts({ view }: ScreenProps<'move-facts'>) {
  const { keyVersion, movesTo, present, other, further } = view;
  const isHandingOver = onlyHandsOver(view);
  return (
    <Stage
      heading={
        isHandingOver
          ? 'Read aloud what is handed over'
          : 'Read aloud what moves, and how long it takes'
      }
      turn={view.turn}
    >
      <Facts facts={facts(view)} />
      <SetWords sets={[other, ...further]} />
      <Notice tone="warn" title="If it is interrupted">
        <p>
          The shares are in the memory of this laptop until{' '}
          {isHandingOver ? 'the half is sealed' : 'the last file is done'}, and nowhere else. If the
          laptop stops, they are gone from it: nothing is lost, and nobody can open anything with
          what is left. To go on, {present.threshold} of {list(present.custodians)} come again with
          their shares.{isHandingOver ? '' : ' Finished files are not done twice.'}
        </p>
      </Notice>
      {view.handsOver ? (
        <Notice title="The half for organisations">
          <p>
            Organisations keep survey keys under {keyVersion} that only an owner’s passphrase opens.
            What the shares of {present.label} bring to that is sealed for the custodians of{' '}
            {other.label}: with it and the owner’s passphrase they open what organisations keep. It
            opens nothing else, and the platform key stays here.
          </p>
        </Notice>
      ) : null}
      <Notice title="What will be true afterwards">
        <p>
          {isHandingOver ? handedOver(view) : moved(view)} Nothing changes before sync has committed
          the bundle. Nobody destroys a share of {present.label}: it is needed until {keyVersion} is
          retired. If anyone in the room does not agree, press “Something is wrong”.
        </p>
      </Notice>
      <Actions>
        <Button kind="primary" onPress={() => say({ type: 'agree' })}>
          {isHandingOver
            ? `Everyone agrees to hand it over to ${movesTo}`
            : `Everyone agrees to move them to ${movesTo}`}
        </Button>
      </Actions>
    </Stage>
  );
}

const setsOf = ({ other, further }: Shown) => list([other, ...further].map(({ label }) => label));

function moved(view: Shown): string {
  return `To recover a survey whose key moved takes the shares of ${setsOf(view)}. What does not move stays under ${view.keyVersion}, and is named.`;
}

function handedOver(view: Shown): string {
  return `What organisations keep stays where it is. Each can then be moved to ${view.movesTo}, with the shares of ${setsOf(view)} and the passphrase of its owner.`;
}

function facts(view: Shown) {
  const { keyVersion, movesTo, present, other, further, stored, files, minutes, handsOver } = view;
  const { checktick, sealed } = stored;
  const done = files.done === 0 ? '' : `; ${files.done} of them finished in a ceremony before`;
  return [
    {
      name: 'Move',
      value: onlyHandsOver(view)
        ? `No survey key: none is left under key version ${keyVersion}`
        : `${keysInWords(checktick + sealed)} of key version ${keyVersion}`,
    },
    { name: `Its set: ${present.label}`, value: planInWords(present) },
    { name: 'To', value: `key version ${movesTo}, which is in use` },
    ...[other, ...further].map((set) => ({
      name: `Its set: ${set.label}`,
      value: planInWords(set),
    })),
    ...(handsOver
      ? [{ name: 'And', value: `the half for organisations, for the custodians of ${movesTo}` }]
      : []),
    ...(onlyHandsOver(view)
      ? []
      : [
          { name: 'In', value: `${count(files.of, 'file')}${done}` },
          { name: 'Takes', value: `${sayMinutes(minutes)}, as this laptop was just measured` },
        ]),
  ];
}
