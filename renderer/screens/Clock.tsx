/**
 * The laptop's clock against the operator's watch.
 * @module
 */
import { useEffect, useState } from 'react';
import { Actions, Button } from '../../ui/Button.tsx';
import { Stage } from '../components/Shell.tsx';
import { sayDate, sayDateTime, sayTime } from '../lib/say.ts';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';
import styles from './Clock.module.css';

export function Clock({ view }: ScreenProps<'clock'>) {
  const now = useTicking(view.now);
  const expired = Date.parse(view.packageExpiresAt) <= Date.parse(now);
  return (
    <Stage heading="Compare this clock with your watch" turn={view.turn}>
      <p className={styles.clock}>
        <span>{sayDate(now)}</span> <strong>{sayTime(now)}</strong>
      </p>
      <p>
        Every entry of the transcript carries this time, to the minute that people will remember. A
        minute or two of difference does not matter.
      </p>
      {view.ceremony === 'destroy' ? null : (
        <p>
          The package {expired ? 'was' : 'is'} valid until {sayDateTime(view.packageExpiresAt)}.
          {expired ? ' By this clock it has expired: sync will refuse its bundle.' : ''}
        </p>
      )}
      <Actions>
        <Button kind="primary" onPress={() => say({ type: 'clock', agrees: true })}>
          The date and time are right
        </Button>
        <Button onPress={() => say({ type: 'clock', agrees: false })}>They are wrong</Button>
        <Button onPress={() => say({ type: 'check-again' })}>Check the laptop again</Button>
      </Actions>
    </Stage>
  );
}

/** Goes on from the time that main gave, at this computer's pace. */
function useTicking(start: string): string {
  const [passed, setPassed] = useState(0);
  useEffect(() => {
    const began = performance.now();
    const timer = setInterval(() => setPassed(performance.now() - began), 1000);
    return () => clearInterval(timer);
  }, []);
  return new Date(Date.parse(start) + passed).toISOString();
}
