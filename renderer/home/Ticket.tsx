/**
 * Make a ticket: its private half stays on the operator's stick.
 * @module
 */
import { useState } from 'react';
import { Form } from 'react-aria-components';
import type { HomeView } from '../../shared/ceremony/home.ts';
import { normaliseWords } from '../../shared/encoding/words.ts';
import type { Input, Output } from '../../shared/ipc/contract.ts';
import type { Mode } from '../../shared/mode.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Choices, type Choice } from '../../ui/Choices.tsx';
import { wordsMissing } from '../../ui/eight.ts';
import { Field } from '../../ui/Field.tsx';
import { Notice } from '../../ui/Note.tsx';
import { Words } from '../../ui/Words.tsx';
import { VolumePicker } from '../components/Pickers.tsx';
import { call, openPage, useStore } from '../lib/store.ts';
import { DescriptorFields } from './DescriptorFields.tsx';
import { HomeFrame } from './Home.tsx';
import { ModeChoice } from './ModeChoice.tsx';
import styles from './Home.module.css';

type Wanted = Input<'ticket:make'>;
type Identity = Wanted['identity'];

interface Made {
  readonly ticket: Output<'ticket:make'>;
  readonly mode: Mode;
}

interface Texts {
  readonly heading: string;
  readonly about: string;
  readonly operatorHint: string;
  readonly identities: readonly Choice<Identity>[];
  /** What is done with the eight words. */
  readonly words: string;
}

const FILES: readonly Choice<Identity>[] = [
  { id: 'usb', title: 'From a stick', icon: 'stick' },
  { id: 'paper', title: 'From a sheet', icon: 'paper' },
  { id: 'key', title: 'On my YubiKey', icon: 'key' },
];

const TEXTS: Readonly<Record<Wanted['kind'], Texts>> = {
  recover: {
    heading: 'Make a ticket for a recovery',
    about:
      'Sync locks its package to this ticket. The half that opens it stays on your stick, under six words; the other half goes to sync. If the stick is lost, make a new ticket.',
    operatorHint: 'Your name, exactly as the roster has it.',
    identities: FILES,
    words:
      'Read these eight words to sync’s operator by telephone; they are typed there. They are not secret.',
  },
  adopt: {
    heading: 'Make a ticket for an adoption',
    about:
      'Sync locks its package to this ticket, because the package carries sync’s half of the key that exists. What opens it stays on your stick, under six words; the rest of the ticket goes to sync. If the stick is lost, make a new ticket.',
    operatorHint: 'Your name, as the plan of the ceremony is going to have it.',
    identities: [
      {
        id: 'new',
        title: 'Make a new one',
        detail: 'It is written to the same stick as the ticket, under six words of its own.',
        icon: 'person',
      },
      ...FILES,
    ],
    words:
      'Read these eight words by telephone: first to sync’s operator, then to each of the two approvers who release the package. All three type them. They are not secret.',
  },
  'rotate-shares': {
    heading: 'Make a ticket for new shares',
    about:
      'Sync locks its package to this ticket, because the package carries sync’s half of the key. What opens it stays on your stick, under six words; the rest of the ticket goes to sync. If the stick is lost, make a new ticket.',
    operatorHint: 'Your name, exactly as the roster has it.',
    identities: FILES,
    words:
      'Read these eight words to sync’s operator by telephone; they are typed there. They are not secret.',
  },
  drill: {
    heading: 'Make a ticket for a full drill',
    about:
      'Sync locks its package to this ticket, because the package carries sync’s half of the key. What opens it stays on your stick, under six words; the rest of the ticket goes to sync. If the stick is lost, make a new ticket.',
    operatorHint: 'Your name, exactly as the roster has it.',
    identities: FILES,
    words:
      'Read these eight words to sync’s operator by telephone; they are typed there. They are not secret.',
  },
  'new-version': {
    heading: 'Make a ticket for a new platform key',
    about:
      'Sync locks its package to this ticket, because the package carries sync’s half of the key in use. What opens it stays on your stick, under six words; the rest of the ticket goes to sync. If the stick is lost, make a new ticket.',
    operatorHint: 'Your name, exactly as the roster has it.',
    identities: FILES,
    words:
      'Read these eight words to sync’s operator by telephone; they are typed there. They are not secret.',
  },
  'migrate-escrows': {
    heading: 'Make a ticket for moving survey keys',
    about:
      'Sync locks its package to this ticket, because the package carries sync’s half of the key that is emptied. What opens it stays on your stick, under six words; the rest of the ticket goes to sync. If the stick is lost, make a new ticket.',
    operatorHint: 'Your name, exactly as the roster has it.',
    identities: FILES,
    words:
      'Read these eight words to sync’s operator by telephone; they are typed there. They are not secret.',
  },
};

interface Props {
  readonly application: string;
  readonly refused: boolean;
}

/** Where sync is trusted already: there is a share set of it. */
export function MakeTicket(props: Props & { readonly kind: Exclude<Wanted['kind'], 'adopt'> }) {
  return <Make {...props} trusted={null} />;
}

/** For an adoption: perhaps nothing was ever done on this laptop. */
export function MakeAdoptTicket(props: Props & { readonly trusted: HomeView['trustedSyncs'] }) {
  return <Make {...props} kind="adopt" />;
}

interface MakeProps extends Props {
  readonly kind: Wanted['kind'];
  /** Null: nobody asks for a descriptor. */
  readonly trusted: HomeView['trustedSyncs'] | null;
}

function Make(props: MakeProps) {
  const [made, setMade] = useState<Made | null>(null);
  return made === null ? (
    <Ask {...props} done={setMade} />
  ) : (
    <Carry application={props.application} words={TEXTS[props.kind].words} {...made} />
  );
}

function Ask(props: MakeProps & { readonly done: (made: Made) => void }) {
  const { kind, trusted, application, refused } = props;
  const { heading, about, operatorHint, identities } = TEXTS[kind];
  const [mode, setMode] = useState<Mode>(refused ? 'rehearsal' : 'production');
  const [operator, setOperator] = useState('');
  const [descriptor, setDescriptor] = useState<string | null>(null);
  const [words, setWords] = useState('');
  const [volumeId, setVolume] = useState<string | null>(null);
  const [identity, setIdentity] = useState<Identity>(kind === 'adopt' ? 'new' : 'usb');
  const [identityVolumeId, setIdentityVolume] = useState<string | null>(null);
  const pending = useStore((state) => state.pending);
  const [from, setFrom] = useState<'known' | 'other'>('known');
  const known = trusted?.find((sync) => sync.mode === mode) ?? null;
  const meets = trusted !== null && (known === null || from === 'other');
  const met = !meets || (descriptor !== null && wordsMissing(words) === 0);
  const ready =
    met &&
    operator.trim() !== '' &&
    volumeId !== null &&
    (identity !== 'usb' || identityVolumeId !== null);
  const make = async () => {
    if (!ready || volumeId === null) return;
    const ticket = await call('ticket:make', {
      mode,
      kind,
      operator: operator.trim(),
      ...(meets && descriptor !== null
        ? { descriptor: { id: descriptor, words: normaliseWords(words) } }
        : {}),
      volumeId,
      identity,
      identityVolumeId: identity === 'usb' ? identityVolumeId : null,
    });
    if (ticket) props.done({ ticket, mode });
  };
  return (
    <HomeFrame heading={heading} application={application}>
      <Form
        className={styles.form ?? ''}
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        <p>{about}</p>
        <ModeChoice mode={mode} onChange={setMode} refused={refused} />
        {known === null ? null : (
          <Choices
            label="The sync that the package comes from"
            value={from}
            onChange={setFrom}
            choices={[
              { id: 'known', title: known.name, detail: 'It is trusted on this laptop already.' },
              {
                id: 'other',
                title: 'Another sync',
                detail: 'Its descriptor is on a stick, and its operator reads eight words aloud.',
              },
            ]}
          />
        )}
        {meets ? (
          <DescriptorFields
            mode={mode}
            id={descriptor}
            onId={setDescriptor}
            words={words}
            onWords={setWords}
          />
        ) : null}
        <Field label="Operator" hint={operatorHint} value={operator} onChange={setOperator} />
        <VolumePicker
          label="The stick for the ticket"
          mode={mode}
          value={volumeId}
          onChange={setVolume}
        />
        <Choices
          label="Your personal identity, to sign the ticket"
          inline={kind !== 'adopt'}
          value={identity}
          onChange={setIdentity}
          choices={identities}
        />
        {identity === 'usb' ? (
          <VolumePicker
            label="The stick with your identity"
            mode={mode}
            forReading
            value={identityVolumeId}
            onChange={setIdentityVolume}
          />
        ) : null}
        <div aria-live="polite">
          {pending ? <p>Making the ticket. Continue in the window in front.</p> : null}
        </div>
        <Actions>
          <Button kind="primary" type="submit" disabled={!ready || pending}>
            Make the ticket
          </Button>
          <Button onPress={() => openPage('home')}>Back to home</Button>
        </Actions>
      </Form>
    </HomeFrame>
  );
}

function Carry(props: Made & { readonly application: string; readonly words: string }) {
  const { application, ticket, mode, words } = props;
  return (
    <HomeFrame heading="Carry the stick to sync" application={application} mode={mode}>
      <div className={styles.form}>
        <Notice tone="good" title="The ticket is made.">
          <p>{ticket.description}</p>
        </Notice>
        <p>{words}</p>
        <Words words={ticket.words} label="Eight words of the ticket" />
        <Actions>
          <Button kind="primary" onPress={() => openPage('home')}>
            The words were read, back to home
          </Button>
        </Actions>
      </div>
    </HomeFrame>
  );
}
