/**
 * Destruction: what one custodian destroys, one thing after another, before everybody's eyes.
 * @module
 */
import { useState } from 'react';
import { STRIP_LENGTH } from '../../shared/ceremony/destroy/events.ts';
import type { ThingShown } from '../../shared/ceremony/destroy/screens.ts';
import type { Mode } from '../../shared/mode.ts';
import type { MediumKind } from '../../shared/sharing/media-kinds.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Choices } from '../../ui/Choices.tsx';
import { Field } from '../../ui/Field.tsx';
import type { IconName } from '../../ui/Icon.tsx';
import { Notice } from '../../ui/Note.tsx';
import { Named } from '../components/MediaList.tsx';
import { VolumePicker } from '../components/Pickers.tsx';
import { ReasonForm } from '../components/ReasonForm.tsx';
import { Stage } from '../components/Shell.tsx';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

type Props = ScreenProps<'destroy'>;
type Slot = Extract<ThingShown, { what: 'slot' }>;

const ICONS: Readonly<Record<MediumKind, IconName>> = {
  paper: 'paper',
  usb: 'stick',
  'yubikey-otp': 'stick',
  'yubikey-fido2': 'stick',
};

const SAID: Readonly<Record<MediumKind, string>> = {
  paper: 'sheet',
  usb: 'stick',
  'yubikey-otp': 'envelope',
  'yubikey-fido2': 'envelope',
};

/** What destroying it means. */
const MEANS: Readonly<Record<MediumKind, string>> = {
  paper:
    'The sheet is not locked. Shred it across its lines or burn it, all of it, so that nobody can put it together again.',
  usb: 'Break the stick, or have it wiped. Removing the file is not enough: a stick keeps what was on it in cells that nobody sees. If your personal identity lies on this stick only, make a copy of it first.',
  'yubikey-otp':
    'This is the envelope, not the key. With its slot erased nobody can open it; with the slot left as it is, it is the envelope that must be gone. Break the stick or shred the sheet. If your personal identity lies on this stick only, make a copy of it first.',
  'yubikey-fido2':
    'This is the envelope, not the key. The key keeps nothing of the share: what it made for it is no entry in its memory, cannot be deleted alone, and opens nothing without the envelope. So break the stick or shred the sheet, and keep the key as it is. Resetting it would destroy everything else that it is used for.',
};

const LEGACY =
  'Destroy everything that it lies on, today. Paper: shred it across its lines or burn it, all of it. A file: break the stick or have the disk wiped, because a file that was deleted is not gone: flash memory keeps what was on it in cells that nobody sees. Behind a YubiKey: destroy the files that end in .enc; the key itself may stay. Copies in a mail, a scan, a photograph or a password manager count as well.';

const iconOf = (one: ThingShown): IconName =>
  one.what === 'slot' ? 'key' : one.what === 'legacy' ? 'paper' : ICONS[one.kind];

const meaningOf = (one: Exclude<ThingShown, Slot>): string =>
  one.what === 'legacy' ? LEGACY : MEANS[one.kind];

/** What is done with it now. */
function headingOf(now: ThingShown): string {
  if (now.what !== 'slot') return `Destroy ${now.words}`;
  return now.notErased === null ? `Erase ${now.words}` : `Leave ${now.words} as it is`;
}

export function Destroy({ view }: Props) {
  const { things, piece } = view;
  const left = things.filter(({ gone }) => !gone);
  const gone = things.filter((one) => one.gone);
  const [chosen, setChosen] = useState<string | null>(null);
  const [asking, setAsking] = useState<'slot' | 'rest' | null>(null);
  const [strip, setStrip] = useState('');
  const number = strip.trim();
  const now = left.find(({ id }) => id === chosen) ?? left[0];
  if (now === undefined) return <Finished view={view} />;
  if (asking === 'rest') return <NotToday view={view} back={() => setAsking(null)} />;
  if (asking === 'slot' && now.what === 'slot') {
    return <LeaveSlot view={view} slot={now} back={() => setAsking(null)} />;
  }
  return (
    <Stage heading={headingOf(now)} turn={view.turn}>
      <p>
        {piece.charAt(0).toUpperCase() + piece.slice(1)}. {gone.length} of {things.length} done
        with. Everybody watches, and {view.turn?.name ?? 'the custodian'} does it.
      </p>
      {left.length === 1 ? null : (
        <Choices
          label="What is done now"
          value={now.id}
          onChange={(id) => {
            setChosen(id);
            // A number is of one thing.
            setStrip('');
          }}
          choices={left.map((one) => ({
            id: one.id,
            title: one.words,
            icon: iconOf(one),
          }))}
        />
      )}
      {now.what === 'slot' ? (
        <SlotMeaning slot={now} />
      ) : (
        <>
          <p>{meaningOf(now)}</p>
          {now.what === 'medium' && now.file !== null ? (
            <StickFile key={now.id} id={now.id} file={now.file} mode={view.mode} />
          ) : null}
          <Field
            label="Number of its bag or strip"
            value={strip}
            onChange={setStrip}
            hint="Empty: there was none."
            fault={number.length > STRIP_LENGTH ? `At most ${STRIP_LENGTH} characters.` : undefined}
          />
        </>
      )}
      <Actions>
        {now.what !== 'slot' ? (
          <Button
            kind="danger"
            disabled={number.length > STRIP_LENGTH}
            onPress={() => {
              say({ type: 'destroyed', id: now.id, ...(number === '' ? {} : { strip: number }) });
              setStrip('');
            }}
          >
            Everybody saw this {now.what === 'legacy' ? 'legacy share' : SAID[now.kind]} destroyed
          </Button>
        ) : now.notErased === null ? (
          <Button kind="danger" onPress={() => say({ type: 'erase-slot', id: now.id })}>
            Erase {now.words}
          </Button>
        ) : null}
        {now.what === 'slot' ? (
          <Button
            kind={now.notErased === null ? 'quiet' : 'primary'}
            onPress={() => setAsking('slot')}
          >
            Leave the slot as it is
          </Button>
        ) : null}
        <Button onPress={() => setAsking('rest')}>Not everything today</Button>
      </Actions>
    </Stage>
  );
}

/** Evidence besides: the file is gone when the stick is opened anew. */
function StickFile(props: {
  readonly id: string;
  readonly file: 'there' | 'reopen' | 'gone';
  readonly mode: Mode;
}) {
  const { id, file, mode } = props;
  const [volumeId, setVolumeId] = useState<string | null>(null);
  if (file === 'gone') {
    return (
      <Notice tone="good" title="The file was gone when the stick was opened again.">
        <p>That stands in the transcript. Now destroy the stick: its cells still hold it.</p>
      </Notice>
    );
  }
  if (file === 'reopen') {
    return (
      <Notice title="Pull the stick out and plug it in again.">
        <p>
          The file was removed. What the stick really holds shows when it is opened anew. This goes
          on by itself; or destroy the stick without it.
        </p>
      </Notice>
    );
  }
  return (
    <details>
      <summary>First have the file removed, as evidence</summary>
      <p>
        Conclave removes it, and looks for it once more when the stick was out. It takes the place
        of nothing: the stick is destroyed all the same.
      </p>
      <VolumePicker mode={mode} value={volumeId} onChange={setVolumeId} />
      <Actions>
        <Button
          disabled={volumeId === null}
          onPress={() => volumeId !== null && say({ type: 'remove-file', id, volumeId })}
        >
          Remove the file
        </Button>
      </Actions>
    </details>
  );
}

function SlotMeaning({ slot: { slot, programmed, isKnown, notErased } }: { readonly slot: Slot }) {
  if (notErased === 'in-use') {
    return (
      <Notice tone="warn" title="Conclave does not erase this slot.">
        <p>
          The same key opens a share of a set that is in use. Leave it, and destroy the envelope:
          without it the key opens nothing of this set.
        </p>
      </Notice>
    );
  }
  if (notErased === 'unknown') {
    return (
      <Notice tone="warn" title="Conclave does not erase this slot here.">
        <p>
          This laptop has no log of the ceremony that made the set, so nobody here knows which slot
          holds the secret of this share. The laptop that has that log can erase it. Or leave the
          slot, and destroy the envelope: without it the key opens nothing of this set.
        </p>
      </Notice>
    );
  }
  if (notErased === 'unnamed') {
    return (
      <Notice tone="warn" title="Conclave does not erase this slot.">
        <p>
          The key hides its number, so nobody can prove that it is the right one. Leave it, and
          destroy the envelope: without it the key opens nothing of this set.
        </p>
      </Notice>
    );
  }
  return programmed ? (
    <p>
      Conclave put a secret there that nobody else has.{' '}
      {isKnown
        ? 'You type the number of the key and touch it once, and the slot shows that it still holds exactly this secret; then it is emptied and read again. A slot that was set up for something else since is not erased.'
        : 'The log of the Split does not tell this secret from others, as those of today do: if you set the slot up for something else since, leave it. You type the number of the key and touch it once; then the slot is emptied and read again.'}{' '}
      No envelope of this share, wherever a copy may lie, can be opened after that. The other slot
      and the FIDO2 side stay as they are.
    </p>
  ) : (
    <Notice
      tone="warn"
      title={`Slot ${slot ?? ''} was in use before the share was locked with it.`}
    >
      <p>
        What else it opens today, it will not open any more. If you are not sure, leave the slot and
        destroy the envelope: without it the key opens nothing of this set.
      </p>
    </Notice>
  );
}

function Finished({ view }: Props) {
  return (
    <Stage heading="Sign for what you destroyed" turn={view.turn}>
      <Notice
        tone="good"
        title={`Nothing is left to destroy of ${view.things.some(({ what }) => what === 'legacy') ? view.piece : `share ${view.index}`}.`}
      >
        <p>Everything that this laptop knows of was dealt with before everybody’s eyes.</p>
      </Notice>
      <Named media={view.things.map(({ words }) => words)} label="Dealt with" />
      <Actions>
        <Button kind="primary" onPress={() => say({ type: 'continue' })}>
          Go on to my signature
        </Button>
      </Actions>
    </Stage>
  );
}

function LeaveSlot({
  view,
  slot,
  back,
}: Props & { readonly slot: Slot; readonly back: () => void }) {
  return (
    <ReasonForm
      heading={`Say why ${slot.words} is left as it is`}
      turn={view.turn}
      action={`Leave ${slot.slot === null ? 'the slot' : `slot ${slot.slot}`} as it is`}
      onReason={(reason) => {
        say({ type: 'leave-slot', id: slot.id, reason });
        back();
      }}
      back={back}
    >
      Whoever has this key, the envelope and the words could still open the share, so the envelope
      has to be destroyed. The transcript says that the slot was left, and why.
    </ReasonForm>
  );
}

function NotToday({ view, back }: Props & { readonly back: () => void }) {
  return (
    <ReasonForm
      heading="Say what is not destroyed today"
      turn={view.turn}
      action="Keep the rest on the list"
      onReason={(reason) => say({ type: 'get-up', reason })}
      back={back}
    >
      What is left stays on the list of the home screen until it is destroyed. The transcript says
      what, and why.
    </ReasonForm>
  );
}
