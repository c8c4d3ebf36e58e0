/**
 * Recover: how does this custodian bring the share?
 * @module
 */
import { useState } from 'react';
import type { Mode } from '../../shared/mode.ts';
import { isKeyMedium, type KeyMedium } from '../../shared/sharing/media-kinds.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Choices, type Choice } from '../../ui/Choices.tsx';
import { Notice } from '../../ui/Note.tsx';
import { GetUp } from '../components/GetUp.tsx';
import { VolumePicker } from '../components/Pickers.tsx';
import { Stage } from '../components/Shell.tsx';
import { count } from '../lib/say.ts';
import { say } from '../lib/store.ts';
import { KeyLostGiving, useKeyLost } from './KeyLost.tsx';
import { isOver, OverEnvelope } from './OverEnvelope.tsx';
import { paperWays, type PaperWay } from './ways.ts';
import type { ScreenProps } from './screen.ts';

type How = 'usb' | 'yubikey-otp' | 'yubikey-fido2' | PaperWay | `key-${PaperWay}`;

const STICK: Choice<How> = {
  id: 'usb',
  icon: 'stick',
  title: 'From a stick',
  detail: 'With the six words from your own paper, or your own passphrase.',
};

const KEYS: Readonly<Record<KeyMedium, Choice<How>>> = {
  'yubikey-otp': {
    id: 'yubikey-otp',
    icon: 'key',
    title: 'With my YubiKey and its stick',
    detail:
      'You touch the key, then type your six words or passphrase. Afterwards the share is locked anew: two more touches, three where the key hides its number, and the stick stays in until then.',
  },
  'yubikey-fido2': {
    id: 'yubikey-fido2',
    icon: 'key',
    title: 'With my YubiKey and its stick',
    detail: 'You type the PIN of the key and touch it once. A backup key does it as well.',
  },
};

/** The envelope of a key may lie on a sheet. */
const keySheetWays = (mode: Mode) =>
  paperWays(mode).map(({ id, title, icon, detail }): Choice<How> => ({
    id: `key-${id}`,
    icon: icon ?? 'paper',
    title: `With my YubiKey and its sheet: ${title.charAt(0).toLowerCase()}${title.slice(1)}`,
    detail,
  }));

/** The file on the stick says itself what locks it. */
const isOnStick = (how: How | null) =>
  how === 'usb' || how === 'yubikey-otp' || how === 'yubikey-fido2';

export function ShareIn({ view }: ScreenProps<'share-in'>) {
  const { media, keyOn, progress, index } = view;
  const ways: readonly Choice<How>[] = [
    ...(keyOn.includes('stick')
      ? [...new Set(media)].filter(isKeyMedium).map((kind) => KEYS[kind])
      : []),
    ...(keyOn.includes('sheet') ? keySheetWays(view.mode) : []),
    ...(media.includes('usb') ? [STICK] : []),
    ...(media.includes('paper') ? paperWays(view.mode) : []),
  ];
  const [how, setHow] = useState<How | null>(ways[0]?.id ?? null);
  const [volume, setVolume] = useState<string | null>(null);
  const [leaving, setLeaving] = useState(false);
  const keyLost = useKeyLost(view);
  const [setAside, setSetAside] = useState<string | null>(null);
  const hasKey = media.some(isKeyMedium);
  const ready = how !== null && (!isOnStick(how) || volume !== null);
  const read = () => {
    if (how === 'camera' || how === 'typed' || how === 'file') say({ type: 'read', how });
    else if (how === 'key-camera') say({ type: 'read', how: 'camera', sheet: 'key-share' });
    else if (how === 'key-typed') say({ type: 'read', how: 'typed', sheet: 'key-share' });
    else if (how === 'key-file') say({ type: 'read', how: 'file', sheet: 'key-share' });
    else if (volume !== null) say({ type: 'read', how: 'usb', volumeId: volume });
  };
  const over = isOver(view) ? (view.refusal?.happened ?? null) : null;
  // The next refusal brings its page again.
  if (over === null && setAside !== null) setSetAside(null);
  if (over !== null && over !== setAside && !leaving) {
    return <OverEnvelope view={view} back={() => setSetAside(over)} />;
  }
  if (hasKey && keyLost.shown && !leaving) {
    return <KeyLostGiving turn={view.turn} why={keyLost.why} view={view} back={keyLost.close} />;
  }
  if (leaving) {
    return <GetUp turn={view.turn} purpose={view.purpose} back={() => setLeaving(false)} />;
  }
  return (
    <Stage heading={`Bring share ${index}`} turn={view.turn}>
      <p>
        {progress.done} of {count(progress.of, 'share')}{' '}
        {view.purpose === 'refresh' ? 'made anew' : 'given'}. Yours is checked alone, at once. You
        take what you brought home again.
      </p>
      {keyOn.includes('sheet') && media.includes('yubikey-otp') ? (
        <p>
          With the sheet of an OTP key: you touch the key, then type your six words or passphrase.
          Afterwards the share is locked anew onto a new sheet, with two more touches, three where
          the key hides its number. The sheet that you bring stays good until the new one was read
          back.
        </p>
      ) : null}
      {media.includes('yubikey-otp') && !view.remembers ? (
        <Notice tone="warn" title="This laptop cannot know which envelope counts.">
          <p>
            It does not have every log of this set. If the share was given before, bring what was
            made or written last: an older sheet, or an older copy of the stick’s file, might be
            taken here without a word. The transcript says that nobody could know.
          </p>
        </Notice>
      ) : null}
      <Choices
        label="How you bring the share"
        hideLabel
        value={how}
        onChange={setHow}
        choices={ways}
      />
      {isOnStick(how) ? (
        <VolumePicker
          label="The stick with your share"
          mode={view.mode}
          forReading
          value={volume}
          onChange={setVolume}
        />
      ) : null}
      <Actions>
        <Button kind="primary" disabled={!ready} onPress={read}>
          Give share {index}
        </Button>
        {hasKey ? <Button onPress={keyLost.open}>My YubiKey does not work</Button> : null}
        <Button onPress={() => setLeaving(true)}>I cannot give it</Button>
      </Actions>
    </Stage>
  );
}
