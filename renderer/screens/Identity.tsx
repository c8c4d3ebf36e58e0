/**
 * Make a personal identity, or use the one from before.
 * @module
 */
import { useState } from 'react';
import type { PersonEvent } from '../../shared/ceremony/events.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Choices, type Choice } from '../../ui/Choices.tsx';
import { GetUp } from '../components/GetUp.tsx';
import { VolumePicker } from '../components/Pickers.tsx';
import { ReasonForm } from '../components/ReasonForm.tsx';
import { Stage } from '../components/Shell.tsx';
import { KEY_IDENTITY_MEANS } from '../lib/media.ts';
import { list } from '../lib/say.ts';
import { say } from '../lib/store.ts';
import { useKeyLost } from './KeyLost.tsx';
import { KeyLostIdentity } from './KeyLostIdentity.tsx';
import type { ScreenProps } from './screen.ts';

type How = Extract<PersonEvent, { type: 'identity' }>['how'];

const NEW: Choice<How> = {
  id: 'new',
  title: 'Make a new one',
  detail:
    'A locked file, on a stick or on paper. Your first ceremony, or you no longer have yours.',
  icon: 'person',
};
const NEW_KEY: Choice<How> = {
  id: 'new-key',
  title: 'Make one on my YubiKey',
  detail: KEY_IDENTITY_MEANS,
  icon: 'key',
};
const EXISTING_KEY: Choice<How> = {
  id: 'existing-key',
  title: 'Use mine, on my YubiKey',
  detail: 'You put it in, type its PIN and touch it; later once more, to sign.',
  icon: 'key',
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
  const choices = choicesOf(view, mayBeNew);
  const [how, setHow] = useState<How>(choices[0]?.id ?? 'existing-usb');
  const [volume, setVolume] = useState<string | null>(null);
  const [skipping, setSkipping] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const keyLost = useKeyLost(view);
  const ready = how !== 'existing-usb' || volume !== null;
  const go = () => {
    say({
      type: 'identity',
      how,
      ...(how === 'existing-usb' && volume !== null ? { volumeId: volume } : {}),
    });
  };
  if (keyLost.shown) {
    return (
      <KeyLostIdentity turn={view.turn} mayBeNew={mayBeNew} maySkip={view.maySkip}>
        {view.maySkip ? (
          <Button
            kind="primary"
            onPress={() => {
              keyLost.close();
              setSkipping(true);
            }}
          >
            Go on without my signature
          </Button>
        ) : null}
        <Button kind={view.maySkip ? 'quiet' : 'primary'} onPress={keyLost.close}>
          Choose another identity
        </Button>
      </KeyLostIdentity>
    );
  }
  if (leaving) {
    return <GetUp turn={view.turn} purpose={view.purpose} back={() => setLeaving(false)} />;
  }
  if (skipping) return <Skip view={view} back={() => setSkipping(false)} />;
  return (
    <Stage
      heading={mayBeNew ? 'Choose your personal identity' : 'Bring your personal identity'}
      turn={view.turn}
    >
      <p>
        With it you sign, under your own name, what happened here. It is a small locked file on your
        stick or sheet that only your six words or passphrase open
        {view.mayUseKey ? ', or your YubiKey makes it when you type its PIN and touch it.' : '.'}
      </p>
      {view.watched.length === 0 ? null : (
        <p>As the witness you sign, with all the rest, that {list(view.watched)}.</p>
      )}
      <Choices
        label="Personal identity"
        hideLabel
        value={how}
        onChange={setHow}
        choices={choices}
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
          {how === 'new' || how === 'new-key' ? 'Make my identity' : 'Open my identity'}
        </Button>
        {view.maySkip ? (
          <Button onPress={() => setSkipping(true)}>I do not have it with me</Button>
        ) : null}
        {view.mayGetUp === true ? (
          <Button onPress={() => setLeaving(true)}>I do not have it with me</Button>
        ) : null}
        {how === 'existing-key' ? (
          <Button onPress={keyLost.open}>My YubiKey does not work</Button>
        ) : null}
      </Actions>
    </Stage>
  );
}

/** What is most likely first; it is chosen already. */
function choicesOf(
  { mayUseKey, prefersKey, isListed = false }: ScreenProps<'identity'>['view'],
  mayBeNew: boolean,
): readonly Choice<How>[] {
  const ordered = (fresh: Choice<How>, existing: readonly Choice<How>[]) => {
    if (!mayBeNew) return existing;
    return isListed ? [...existing, fresh] : [fresh, ...existing];
  };
  const onKey = ordered(NEW_KEY, [EXISTING_KEY]);
  const files = ordered(NEW, EXISTING);
  if (!mayUseKey) return files;
  return prefersKey ? [...onKey, ...files] : [...files, ...onKey];
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
      {view.watched.length > 0 ? (
        <>
          The transcript will say “witness not signed”, and why. Then nobody who saw it vouches that{' '}
          {list(view.watched)}, and every auditor is told so.
        </>
      ) : (
        <>
          {view.purpose === 'destroy' || view.turn?.role === 'witness'
            ? 'What was destroyed is gone all the same.'
            : 'Your share counts all the same.'}{' '}
          The transcript will say that you gave no personal signature, and why.
        </>
      )}
    </ReasonForm>
  );
}
