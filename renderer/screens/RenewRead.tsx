/**
 * Recover: the new sheet of an OTP key is read back, with one touch. Nothing counts before.
 * @module
 */
import { useState } from 'react';
import { Actions, Button } from '../../ui/Button.tsx';
import { HowToRead } from './HowToRead.tsx';
import { Stage } from '../components/Shell.tsx';
import { say } from '../lib/store.ts';
import { GoodSheet, KeepOld } from './RenewPrint.tsx';
import type { ScreenProps } from './screen.ts';
import type { PaperWay } from './ways.ts';

export function RenewRead({ view }: ScreenProps<'renew-read'>) {
  const { sheet, good } = view;
  const [way, setWay] = useState<PaperWay | null>('camera');
  const [leaving, setLeaving] = useState(false);
  if (leaving) return <KeepOld view={view} back={() => setLeaving(false)} />;
  return (
    <Stage heading={`Read sheet ${sheet} back with the YubiKey`} turn={view.turn}>
      <p>The next window reads the new sheet, then you touch the key once.</p>
      <GoodSheet good={good} />
      <HowToRead mode={view.mode} way={way} choose={setWay} />
      <Actions>
        <Button kind="primary" onPress={() => say({ type: 'read', how: way ?? 'camera' })}>
          Read sheet {sheet} back
        </Button>
        <Button onPress={() => say({ type: 'write-again' })}>
          It cannot be read: print another one
        </Button>
        <Button onPress={() => setLeaving(true)}>No new sheet today</Button>
      </Actions>
    </Stage>
  );
}
