/**
 * "Something is wrong": a sheet for whatever the steps do not foresee. It goes into the
 * transcript; before a bundle exists the ceremony can also be ended here.
 * @module
 */
import { useState } from 'react';
import { Dialog, DialogTrigger, Heading, Modal, ModalOverlay } from 'react-aria-components';
import type { View } from '../../shared/ceremony/view.ts';
import { Band } from '../../ui/Band.tsx';
import { Actions, Button } from '../../ui/Button.tsx';
import { Field } from '../../ui/Field.tsx';
import { Notice } from '../../ui/Note.tsx';
import { call, useStore } from '../lib/store.ts';
import { Refused } from './Refused.tsx';
import styles from './ExceptionSheet.module.css';

const SHORTEST = 3;
/** Screens after the bundle: the receipt ends the ceremony, nothing else can. */
const BUNDLE_EXISTS = new Set<View['screen']>(['save-bundle', 'waiting']);
/** The transcript is closed: nobody would sign what is written down now. */
const OVER = new Set<View['screen']>(['closed', 'void', 'destroyed', 'compared', 'drill-checked']);

export function ExceptionSheet({ view }: { view: View }) {
  if (OVER.has(view.screen)) return null;
  return (
    <DialogTrigger>
      <Button>Something is wrong</Button>
      <ModalOverlay className={styles.overlay ?? ''}>
        <Modal className={styles.modal ?? ''}>
          <Dialog className={styles.dialog ?? ''}>
            {({ close }) => <Sheet view={view} close={close} />}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}

function Sheet({ view, close }: { view: View; close: () => void }) {
  const [text, setText] = useState('');
  const [ending, setEnding] = useState(false);
  const [word, setWord] = useState('');
  const note = useStore((state) => state.note);
  const enough = text.trim().length >= SHORTEST;
  const mayEnd = !BUNDLE_EXISTS.has(view.screen) && view.busy === null && !view.paused;
  const destroys = view.ceremony === 'destroy';
  const send = async (type: 'exception' | 'abandon') => {
    const event =
      type === 'exception'
        ? { type, text: text.trim() }
        : { type, reason: text.trim().slice(0, 500) };
    if ((await call('ceremony:dispatch', event)) !== undefined) close();
  };
  return (
    <>
      <Band mode={view.mode} />
      <div className={styles.content}>
        <Heading slot="title" className={styles.heading ?? ''}>
          Exception sheet
        </Heading>
        <p>
          Say what happened, in your own words. It becomes an entry of the transcript, which
          everyone signs. Never write a secret here.
        </p>
        <Field
          label="What happened"
          value={text}
          onChange={setText}
          lines={3}
          wide
          hint="For example: the stick of custodian 3 fell and its case broke."
        />
        <div role="alert">{note === null ? null : <Refused note={note} />}</div>
        {ending ? (
          <>
            <Ending destroys={destroys} word={word} setWord={setWord} />
            <Actions>
              <Button
                kind="danger"
                disabled={!enough || word !== (destroys ? 'STOP' : 'VOID')}
                onPress={() => void send('abandon')}
              >
                {destroys ? 'Stop this destruction' : 'Declare this ceremony void'}
              </Button>
              <Button onPress={() => setEnding(false)}>Do not end it</Button>
            </Actions>
          </>
        ) : (
          <Actions>
            <Button kind="primary" disabled={!enough} onPress={() => void send('exception')}>
              Write it down
            </Button>
            <Button onPress={close}>Close</Button>
            {mayEnd ? (
              <Button kind="danger" onPress={() => setEnding(true)}>
                End this ceremony …
              </Button>
            ) : null}
          </Actions>
        )}
      </div>
    </>
  );
}

function Ending(props: { destroys: boolean; word: string; setWord: (word: string) => void }) {
  const { destroys, word, setWord } = props;
  return (
    <>
      <Notice tone="warn" title="Ending it cannot be undone.">
        <p>
          {destroys
            ? 'What was destroyed stays destroyed, and stands in the transcript, which nobody signs after this. The rest stays on the list of the home screen.'
            : 'This ceremony becomes void. What was already written is listed by name, must be destroyed, and is refused for ever. A new ceremony starts from the beginning.'}
        </p>
      </Notice>
      <Field
        label={`To end it, type ${destroys ? 'STOP' : 'VOID'}`}
        value={word}
        onChange={setWord}
      />
    </>
  );
}
