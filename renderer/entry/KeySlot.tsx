/**
 * Which slot of a YubiKey's OTP interface is used. One that holds something is overwritten only by
 * who types the number of the key.
 * @module
 */
import { useState } from 'react';
import { Form } from 'react-aria-components';
import type { KeyTask } from '../../shared/ipc/entry.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Choices, type Choice } from '../../ui/Choices.tsx';
import { Field } from '../../ui/Field.tsx';
import { Notice } from '../../ui/Note.tsx';
import { keyName, keySlotMeaning, typedSerial } from './key-words.ts';
import { send } from './link.ts';
import { Head } from './parts.tsx';
import styles from './Entry.module.css';

type Task = Extract<KeyTask, { task: 'key-slot' }>;
type Slot = Task['slots'][number];
type Id = `${1 | 2} ${'as-it-is' | 'program'}`;

export function KeySlot({ task }: { task: Task }) {
  const { key, slots } = task;
  const [id, setId] = useState<Id | null>(null);
  const [typed, setTyped] = useState('');
  const [tried, setTried] = useState(false);
  const chosen = slots.find(({ slot }) => id?.startsWith(String(slot)));
  const programs = id?.endsWith('program') === true;
  const overwrites = programs && chosen?.isConfigured === true;
  const serial = typedSerial(typed);
  const submit = () => {
    if (chosen === undefined) return;
    if (overwrites && serial === null) return setTried(true);
    send({
      type: 'slot',
      slot: chosen.slot,
      use: programs ? 'program' : 'as-it-is',
      typedSerial: overwrites ? serial : null,
    });
  };
  return (
    <>
      <Head heading={`Choose a slot of the ${keyName(key)}`} />
      <p>{keySlotMeaning(task)}</p>
      <Form
        className={styles.form ?? ''}
        autoComplete="off"
        validationBehavior="aria"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Choices
          label="Slots of this key"
          value={id}
          onChange={setId}
          choices={[...slots].reverse().flatMap((slot) => choicesOf(slot, key.serial !== null))}
        />
        {overwrites && chosen !== undefined ? (
          <>
            <Notice tone="bad" title={`What slot ${chosen.slot} holds now is gone for good.`}>
              <p>
                Whatever this key opens with slot {chosen.slot} today, it will not open any more.
                Its other slot and its FIDO2 side stay as they are.
              </p>
            </Notice>
            <Field
              label="Type the number that is printed on this key"
              value={typed}
              onChange={setTyped}
              fault={
                tried && serial === null ? 'Only the digits that are printed on it.' : undefined
              }
            />
          </>
        ) : null}
        <Actions>
          <Button kind={overwrites ? 'danger' : 'primary'} type="submit" disabled={id === null}>
            {overwrites && chosen !== undefined
              ? `Overwrite slot ${chosen.slot} of the ${keyName(key)}`
              : 'Use this slot'}
          </Button>
        </Actions>
      </Form>
    </>
  );
}

/** Why a slot that is in use cannot be overwritten; undefined where it can. */
function whyKept(opens: string | null, tellsNumber: boolean): string | undefined {
  if (!tellsNumber) {
    return 'Not possible: this key hides its number, so nobody can look up whether the slot opens somebody’s share.';
  }
  return opens === null ? undefined : `Not possible: it opens ${opens}, and may still be needed.`;
}

/** The second slot is the ordinary one, so it comes first. */
function choicesOf({ slot, isConfigured, touch, opens }: Slot, tellsNumber: boolean): Choice<Id>[] {
  if (!isConfigured) {
    return [
      {
        id: `${slot} program`,
        title: `Put a new secret into slot ${slot}`,
        detail: 'It is empty: nothing is lost. It will answer to a touch only.',
      },
    ];
  }
  return [
    {
      id: `${slot} as-it-is`,
      title: `Use slot ${slot} as it is`,
      detail: `${TOUCH_SAYS[String(touch) as keyof typeof TOUCH_SAYS]} It has to hold a secret for challenge and response; if it does not, the key says no and nothing is lost.`,
    },
    {
      id: `${slot} program`,
      title: `Overwrite slot ${slot} with a new secret`,
      detail: 'What it holds now is destroyed for good.',
      disabled: whyKept(opens, tellsNumber),
    },
  ];
}

const TOUCH_SAYS = {
  true: 'It answers to a touch only.',
  false:
    'It answers WITHOUT a touch: any program on a computer that it is plugged into can ask it.',
  null: 'It does not tell whether it asks for a touch.',
} as const;
