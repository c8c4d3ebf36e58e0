/**
 * Recover: the stick with the ticket's private half.
 * @module
 */
import { useState } from 'react';
import { Actions, Button } from '../../ui/Button.tsx';
import { VolumePicker } from '../components/Pickers.tsx';
import { Stage } from '../components/Shell.tsx';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';
import styles from './codes.module.css';

export function TicketKey({ view }: ScreenProps<'ticket-key'>) {
  const [id, setId] = useState<string | null>(null);
  return (
    <Stage heading="Plug in the stick with the ticket" turn={view.turn}>
      <p>
        The package is locked to one ticket, made on the operator’s stick before. Its number begins
        with <span className={styles.code}>{view.ticketId.slice(0, 8)}</span>. You need the six
        words that were written down when it was made.
      </p>
      <VolumePicker mode={view.mode} forReading value={id} onChange={setId} />
      <Actions>
        <Button
          kind="primary"
          disabled={id === null}
          onPress={() => id !== null && say({ type: 'choose-volume', id })}
        >
          Open the package
        </Button>
      </Actions>
    </Stage>
  );
}
