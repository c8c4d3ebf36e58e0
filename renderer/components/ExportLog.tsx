/**
 * The ceremony log onto a stick, for the auditor.
 * @module
 */
import { useState } from 'react';
import { Dialog, DialogTrigger, Heading, Modal, ModalOverlay } from 'react-aria-components';
import type { Mode } from '../../shared/mode.ts';
import { Band } from '../../ui/Band.tsx';
import { Actions, Button } from '../../ui/Button.tsx';
import { Notice } from '../../ui/Note.tsx';
import { call } from '../lib/store.ts';
import { VolumePicker } from './Pickers.tsx';
import styles from './ExceptionSheet.module.css';

export function ExportLog({ ceremonyId, mode }: { ceremonyId: string; mode: Mode }) {
  return (
    <DialogTrigger>
      <Button>Save the ceremony log</Button>
      <ModalOverlay className={styles.overlay ?? ''}>
        <Modal className={styles.modal ?? ''}>
          <Dialog className={styles.dialog ?? ''}>
            {({ close }) => <Sheet ceremonyId={ceremonyId} mode={mode} close={close} />}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}

function Sheet(props: { ceremonyId: string; mode: Mode; close: () => void }) {
  const { ceremonyId, mode, close } = props;
  const [volumeId, setVolumeId] = useState<string | null>(null);
  const [saved, setSaved] = useState<string | null>(null);
  const save = async () => {
    if (volumeId === null) return;
    const answer = await call('log:export', { ceremonyId, volumeId });
    if (answer) setSaved(answer.description);
    else close();
  };
  return (
    <>
      <Band mode={mode} />
      <div className={styles.content}>
        <Heading slot="title" className={styles.heading ?? ''}>
          Save the ceremony log
        </Heading>
        <p>
          The log holds every entry and signature, and no secret. An auditor checks it without this
          app. Beside it comes the ledger: what this laptop knows of all sets and ceremonies.
        </p>
        {saved === null ? (
          <VolumePicker mode={mode} value={volumeId} onChange={setVolumeId} />
        ) : (
          <Notice tone="good" title="Saved.">
            <p>{saved}</p>
          </Notice>
        )}
        <Actions>
          {saved === null ? (
            <Button kind="primary" disabled={volumeId === null} onPress={() => void save()}>
              Save the log to this stick
            </Button>
          ) : null}
          <Button onPress={close}>Close</Button>
        </Actions>
      </div>
    </>
  );
}
