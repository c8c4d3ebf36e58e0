/**
 * Make a ticket: its private half stays on the operator's stick.
 * @module
 */
import { useState } from 'react';
import { Form } from 'react-aria-components';
import type { Input, Output } from '../../shared/ipc/contract.ts';
import type { Mode } from '../../shared/mode.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Field } from '../../ui/Field.tsx';
import { Notice } from '../../ui/Note.tsx';
import { Choices } from '../../ui/Choices.tsx';
import { VolumePicker } from '../components/Pickers.tsx';
import { Words } from '../../ui/Words.tsx';
import { call, openPage, useStore } from '../lib/store.ts';
import { HomeFrame } from './Home.tsx';
import { ModeChoice } from './ModeChoice.tsx';
import styles from './Home.module.css';

type Ticket = Output<'ticket:make'>;

export function MakeTicket({ application, refused }: { application: string; refused: boolean }) {
  const [made, setMade] = useState<{ ticket: Ticket; mode: Mode } | null>(null);
  if (made !== null) return <Made application={application} {...made} />;
  return <Ask application={application} refused={refused} done={setMade} />;
}

function Ask(props: {
  application: string;
  refused: boolean;
  done: (made: { ticket: Ticket; mode: Mode }) => void;
}) {
  const [mode, setMode] = useState<Mode>(props.refused ? 'rehearsal' : 'production');
  const [operator, setOperator] = useState('');
  const [volumeId, setVolume] = useState<string | null>(null);
  const [identity, setIdentity] = useState<Input<'ticket:make'>['identity']>('usb');
  const [identityVolumeId, setIdentityVolume] = useState<string | null>(null);
  const pending = useStore((state) => state.pending);
  const ready =
    operator.trim() !== '' &&
    volumeId !== null &&
    (identity !== 'usb' || identityVolumeId !== null);
  const make = async () => {
    if (!ready || volumeId === null) return;
    const ticket = await call('ticket:make', {
      mode,
      operator: operator.trim(),
      volumeId,
      identity,
      identityVolumeId: identity === 'usb' ? identityVolumeId : null,
    });
    if (ticket) props.done({ ticket, mode });
  };
  return (
    <HomeFrame heading="Make a ticket for a recovery" application={props.application}>
      <Form
        className={styles.form ?? ''}
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        <p>
          Sync locks its package to this ticket. The half that opens it stays on your stick, under
          six words; the other half goes to sync. If the stick is lost, make a new ticket.
        </p>
        <ModeChoice mode={mode} onChange={setMode} refused={props.refused} />
        <Field
          label="Operator"
          hint="Your name, exactly as the roster has it."
          value={operator}
          onChange={setOperator}
        />
        <VolumePicker
          label="The stick for the ticket"
          mode={mode}
          value={volumeId}
          onChange={setVolume}
        />
        <Choices
          label="Your personal identity, to sign the ticket"
          inline
          value={identity}
          onChange={setIdentity}
          choices={[
            { id: 'usb', title: 'From a stick', icon: 'stick' },
            { id: 'paper', title: 'From a sheet', icon: 'paper' },
            { id: 'key', title: 'On my YubiKey', icon: 'key' },
          ]}
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

function Made(props: { application: string; ticket: Ticket; mode: Mode }) {
  const { application, ticket, mode } = props;
  return (
    <HomeFrame heading="Carry the stick to sync" application={application} mode={mode}>
      <div className={styles.form}>
        <Notice tone="good" title="The ticket is made.">
          <p>{ticket.description}</p>
        </Notice>
        <p>
          Read these eight words to sync’s operator by telephone; they are typed there. They are not
          secret.
        </p>
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
