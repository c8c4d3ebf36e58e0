/**
 * Recover: how does this custodian bring the share?
 * @module
 */
import { useState } from 'react';
import { Actions, Button } from '../../ui/Button.tsx';
import { Choices, type Choice } from '../../ui/Choices.tsx';
import { GetUp } from '../components/GetUp.tsx';
import { VolumePicker } from '../components/Pickers.tsx';
import { Stage } from '../components/Shell.tsx';
import { count } from '../lib/say.ts';
import { say } from '../lib/store.ts';
import { paperWays, type PaperWay } from './ways.ts';
import type { ScreenProps } from './screen.ts';

type How = 'usb' | PaperWay;

const STICK: Choice<How> = {
  id: 'usb',
  icon: 'stick',
  title: 'From a stick',
  detail: 'With the six words from your own paper, or your own passphrase.',
};

export function ShareIn({ view }: ScreenProps<'share-in'>) {
  const { media, progress, index } = view;
  const ways: readonly Choice<How>[] = [
    ...(media.some((kind) => kind !== 'paper') ? [STICK] : []),
    ...(media.includes('paper') ? paperWays(view.mode) : []),
  ];
  const [how, setHow] = useState<How | null>(ways[0]?.id ?? null);
  const [volume, setVolume] = useState<string | null>(null);
  const [leaving, setLeaving] = useState(false);
  const ready = how !== null && (how !== 'usb' || volume !== null);
  if (leaving) return <GetUp turn={view.turn} back={() => setLeaving(false)} />;
  return (
    <Stage heading={`Bring share ${index}`} turn={view.turn}>
      <p>
        {progress.done} of {count(progress.of, 'share')} given. Yours is checked alone, at once. You
        take the stick or the sheet home again.
      </p>
      <Choices
        label="How you bring the share"
        hideLabel
        value={how}
        onChange={setHow}
        choices={ways}
      />
      {how === 'usb' ? (
        <VolumePicker
          label="The stick with your share"
          mode={view.mode}
          forReading
          value={volume}
          onChange={setVolume}
        />
      ) : null}
      <Actions>
        <Button
          kind="primary"
          disabled={!ready}
          onPress={() =>
            how !== null &&
            say({
              type: 'read',
              how,
              ...(how === 'usb' && volume !== null ? { volumeId: volume } : {}),
            })
          }
        >
          Give share {index}
        </Button>
        <Button onPress={() => setLeaving(true)}>I cannot give it</Button>
      </Actions>
    </Stage>
  );
}
