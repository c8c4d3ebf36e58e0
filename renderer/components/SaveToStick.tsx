/**
 * Something public onto a stick: a button, and the sheet on which the stick is chosen.
 * @module
 */
import { type ReactNode, useState } from 'react';
import { Dialog, DialogTrigger, Heading, Modal, ModalOverlay } from 'react-aria-components';
import type { Mode } from '../../shared/mode.ts';
import { Band } from '../../ui/Band.tsx';
import { Actions, Button } from '../../ui/Button.tsx';
import { Notice } from '../../ui/Note.tsx';
import { VolumePicker } from './Pickers.tsx';
import styles from './ExceptionSheet.module.css';

interface Props {
  readonly mode: Mode;
  /** The button's words, and the sheet's heading. */
  readonly heading: string;
  /** Of the button on the sheet. */
  readonly verb: string;
  /** What it is, and what for. */
  readonly children: ReactNode;
  /** Undefined: main refused, and said why. */
  readonly save: (volumeId: string) => Promise<{ readonly description: string } | undefined>;
}

export function SaveToStick(props: Props) {
  return (
    <DialogTrigger>
      <Button>{props.heading}</Button>
      <ModalOverlay className={styles.overlay ?? ''}>
        <Modal className={styles.modal ?? ''}>
          <Dialog className={styles.dialog ?? ''}>
            {({ close }) => <Sheet {...props} close={close} />}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}

function Sheet(props: Props & { readonly close: () => void }) {
  const { mode, heading, verb, children, save, close } = props;
  const [volumeId, setVolumeId] = useState<string | null>(null);
  const [saved, setSaved] = useState<string | null>(null);
  const saveIt = async () => {
    if (volumeId === null) return;
    const answer = await save(volumeId);
    if (answer) setSaved(answer.description);
    else close();
  };
  return (
    <>
      <Band mode={mode} />
      <div className={styles.content}>
        <Heading slot="title" className={styles.heading ?? ''}>
          {heading}
        </Heading>
        <p>{children}</p>
        {saved === null ? (
          <VolumePicker mode={mode} value={volumeId} onChange={setVolumeId} />
        ) : (
          <Notice tone="good" title="Saved.">
            <p>{saved}</p>
          </Notice>
        )}
        <Actions>
          {saved === null ? (
            <Button kind="primary" disabled={volumeId === null} onPress={() => void saveIt()}>
              {verb}
            </Button>
          ) : null}
          <Button onPress={close}>Close</Button>
        </Actions>
      </div>
    </>
  );
}
