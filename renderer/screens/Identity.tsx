/**
 * Make a personal identity, or use the one from before.
 * @module
 */
import { useState } from 'react';
import type { PersonEvent } from '../../shared/ceremony/events.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Choices, type Choice } from '../../ui/Choices.tsx';
import { VolumePicker } from '../components/Pickers.tsx';
import { ReasonForm } from '../components/ReasonForm.tsx';
import { Stage } from '../components/Shell.tsx';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

type How = Extract<PersonEvent, { type: 'identity' }>['how'];

const NEW: Choice<How> = {
  id: 'new',
  title: 'Make a new one',
  detail: 'Your first ceremony, or you no longer have yours.',
  icon: 'person',
};
const EXISTING: readonly Choice<How>[] = [
  {
    id: 'existing-usb',
    title: 'Use mine, from a stick',
    detail: 'You made it before and have its six words or passphrase.',
    icon: 'stick',
  },
  {
    id: 'existing-paper',
    title: 'Use mine, from a sheet of paper',
    detail: 'Its code is read by the camera, then you type its six words or passphrase.',
    icon: 'paper',
  },
];

export function Identity({ view }: ScreenProps<'identity'>) {
  const mayBeNew = view.purpose === 'enrol' || view.purpose === 'share';
  const [how, setHow] = useState<How | null>(mayBeNew ? 'new' : 'existing-usb');
  const [volume, setVolume] = useState<string | null>(null);
  const [skipping, setSkipping] = useState(false);
  const ready = how !== null && (how !== 'existing-usb' || volume !== null);
  const go = () => {
    if (how === null) return;
    say({
      type: 'identity',
      how,
      ...(how === 'existing-usb' && volume !== null ? { volumeId: volume } : {}),
    });
  };
  if (skipping) return <Skip view={view} back={() => setSkipping(false)} />;
  return (
    <Stage
      heading={mayBeNew ? 'Choose your personal identity' : 'Bring your personal identity'}
      turn={view.turn}
    >
      <p>
        With it you sign, under your own name, what happened here. It is a small locked file on your
        stick or sheet; only your six words or passphrase open it.
      </p>
      <Choices
        label="Personal identity"
        hideLabel
        value={how}
        onChange={setHow}
        choices={mayBeNew ? [NEW, ...EXISTING] : EXISTING}
      />
      {how === 'existing-usb' ? (
        <VolumePicker
          label="The stick with your identity"
          mode={view.mode}
          forReading
          value={volume}
          onChange={setVolume}
        />
      ) : null}
      <Actions>
        <Button kind="primary" disabled={!ready} onPress={go}>
          {how === 'new' ? 'Make my identity' : 'Open my identity'}
        </Button>
        {view.maySkip ? (
          <Button onPress={() => setSkipping(true)}>I do not have it with me</Button>
        ) : null}
      </Actions>
    </Stage>
  );
}

function Skip({ view, back }: ScreenProps<'identity'> & { back: () => void }) {
  return (
    <ReasonForm
      heading="Say why you do not sign"
      turn={view.turn}
      action="Go on without my signature"
      onReason={(reason) => say({ type: 'skip-identity', reason })}
      back={back}
    >
      Your share counts all the same. The transcript will say that you gave no personal signature,
      and why.
    </ReasonForm>
  );
}
