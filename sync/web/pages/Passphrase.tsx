/**
 * The one-time passphrase of a recovered survey: shown when it is asked for, to one person, and gone
 * from the screen a minute later, or as soon as the window is left.
 * @module
 */
import { useCallback, useEffect, useState } from 'react';
import type { z } from 'zod';
import { Actions, Button } from '../../../ui/Button.tsx';
import { Notice } from '../../../ui/Note.tsx';
import { Words } from '../../../ui/Words.tsx';
import type { passphraseAnswer } from '../../routes/answers.ts';
import { Heading } from '../components/Heading.tsx';
import { Refused } from '../components/Refused.tsx';
import { call } from '../lib/api.ts';
import type { Done } from '../lib/outcome.tsx';
import { sayTime } from '../lib/say.ts';
import { useTask } from '../lib/task.ts';
import styles from './Item.module.css';

type Shown = z.infer<typeof passphraseAnswer>;

/** Seconds that the words stay on the screen. */
const SHOWN_FOR = 60;

export function Passphrase(props: {
  readonly digest: string;
  readonly onDone: Done;
  readonly onBack: () => void;
}) {
  const { digest, onDone, onBack } = props;
  const [shown, setShown] = useState<Shown | null>(null);
  const [looked, setLooked] = useState(false);
  const { busy, problem, run } = useTask();
  const hide = useCallback(() => setShown(null), []);
  useEffect(() => {
    if (shown === null) return;
    // SECURITY: nobody finds the words on a screen that was left.
    const timer = setTimeout(hide, SHOWN_FOR * 1_000);
    document.addEventListener('visibilitychange', hide);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', hide);
    };
  }, [shown, hide]);

  const show = () =>
    run(async () => {
      setShown(await call<Shown>('POST', `/v1/bundles/${digest}/passphrase`));
      setLooked(true);
    });
  const acknowledge = () =>
    run(async () => {
      hide();
      await call('POST', `/v1/bundles/${digest}/passphrase/acknowledge`);
      onBack();
      await onDone(
        'You said that the user is in',
        'Nobody can show the words again. Whether the survey opens, only the user knows.',
      );
    });

  if (shown !== null) {
    return (
      <div className={styles.statement}>
        <Heading key="words">The user’s seven words</Heading>
        <Words words={shown.passphrase} label="One-time passphrase" />
        <p>
          Read them to the user and to nobody else. They open the survey until{' '}
          {sayTime(shown.expiresAt)}. They leave this screen after a minute, or when you leave it.
        </p>
        <Actions>
          <Button kind="primary" onPress={hide}>
            Hide them
          </Button>
        </Actions>
      </div>
    );
  }
  return (
    <div className={styles.statement}>
      <Heading key="ask">One-time passphrase</Heading>
      <Notice tone="warn" title="Is anybody looking?">
        <p>
          Seven words open the survey of this user. Your name and the time of each look are written
          down for ever. Have the user on the telephone first.
        </p>
      </Notice>
      {problem === null ? null : <Refused problem={problem} />}
      <Actions>
        <Button kind={looked ? 'quiet' : 'primary'} onPress={() => void show()} disabled={busy}>
          {looked ? 'Show the words again' : 'Show the words'}
        </Button>
        <Button onPress={onBack} disabled={busy}>
          Go back
        </Button>
      </Actions>
      <p>
        Once the user is in and has set an own password: destroy the words. Afterwards nobody can
        show them again.
      </p>
      <Actions>
        <Button kind="danger" onPress={() => void acknowledge()} disabled={busy}>
          The user is in: destroy the words
        </Button>
      </Actions>
    </div>
  );
}
