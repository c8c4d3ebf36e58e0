/**
 * Change seats. The one before leaves nothing on the screen.
 * @module
 */
import { useState } from 'react';
import type { SeatPurpose } from '../../shared/ceremony/view.ts';
import { isKeyMedium, type MediumKind } from '../../shared/sharing/media-kinds.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { GetUp } from '../components/GetUp.tsx';
import { roleOf, Stage } from '../components/Shell.tsx';
import { count } from '../lib/say.ts';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';
import styles from './Handover.module.css';

const PURPOSES: Readonly<Record<SeatPurpose, string>> = {
  enrol: 'You make your personal identity, with which you sign what you saw today.',
  share: 'You receive your share, read it back and sign for it. It takes about five minutes.',
  'give-share': 'You give your share, from what it lies on. You keep it afterwards.',
  refresh:
    'You give your share, get another one made of it, read that back and sign for it. It takes about ten minutes.',
  destroy: 'You destroy what is left of your share, before everybody’s eyes, and sign for it.',
  sign: 'You sign the transcript with your personal identity.',
};

/** What should be in the person's hands before sitting down. */
function bring(purpose: SeatPurpose, media: readonly MediumKind[]): string {
  const key = media.find(isKeyMedium);
  switch (purpose) {
    case 'enrol':
      return 'Have a pen, a paper of your own and your stick ready.';
    case 'share':
      return `Have a pen, a paper of your own and your ${key === undefined ? 'stick' : 'stick and YubiKey'} ready.`;
    case 'give-share':
      return `Have your ${key === undefined ? 'stick or sheet' : 'YubiKey and its stick or sheet'} ready, and ${key === 'yubikey-fido2' ? 'know the PIN of the key' : 'your six words or passphrase'}.`;
    case 'refresh':
      return `Have what your share lies on ready, a stick or sheet for the new one, your ${key === undefined ? 'six words or passphrase' : 'YubiKey with its PIN or words'}, and your personal identity.`;
    case 'destroy':
      return 'Have everything ready that your share lies on, your YubiKey if it has one, and the stick or sheet with your identity.';
    case 'sign':
      return 'Have the stick or sheet with your identity ready, and your six words or passphrase.';
  }
}

const OWN_KEY = 'Have the YubiKey for your identity ready, and know its PIN.';
const ALSO_KEY = 'Your identity is on a YubiKey: have that ready as well, and know its PIN.';

export function Handover({ view }: ScreenProps<'handover'>) {
  const { arriving, leaving, purpose, media, identityOnKey, progress } = view;
  const [absent, setAbsent] = useState(false);
  const mayBeAbsent = purpose !== 'enrol' && purpose !== 'share' && purpose !== 'sign';
  if (absent) {
    return <GetUp turn={arriving} purpose={purpose} absent back={() => setAbsent(false)} />;
  }
  return (
    <Stage heading={`Sit down, please: ${arriving.name}`} turn={null} namesPerson>
      <div className={styles.card}>
        <Icon name="person" large />
        <div>
          <p className={styles.role}>{roleOf(arriving)}</p>
          <p>{PURPOSES[purpose]}</p>
          <p>
            {identityOnKey && (purpose === 'enrol' || purpose === 'destroy' || purpose === 'sign')
              ? OWN_KEY
              : `${bring(purpose, media)}${identityOnKey ? ` ${ALSO_KEY}` : ''}`}
          </p>
        </div>
      </div>
      <p className={styles.away}>
        <strong>
          {purpose === 'destroy'
            ? 'Everyone else: watch what is destroyed; look away while words or a PIN are typed.'
            : 'Everyone else: look away from the screen and the keyboard.'}
        </strong>
        {leaving === null
          ? ''
          : ` ${leaving} has left the seat, and nothing of theirs is left on this laptop’s screen.`}
      </p>
      {progress === null ? null : (
        <p>
          {progress.done} of {count(progress.of, 'share')}{' '}
          {purpose === 'give-share' ? 'given' : 'written and read back'}.
        </p>
      )}
      <Actions>
        <Button kind="primary" onPress={() => say({ type: 'seated' })}>
          I am {arriving.name}, and I sit alone
        </Button>
        {mayBeAbsent ? (
          <Button onPress={() => setAbsent(true)}>{arriving.name} cannot come</Button>
        ) : null}
      </Actions>
    </Stage>
  );
}
