/**
 * Show the sheet to the camera. While it does not read, the screen says why.
 * @module
 */
import { useEffect, useRef, useState } from 'react';
import type { EntryTask, EntryWay } from '../../shared/ipc/entry.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Notice } from '../../ui/Note.tsx';
import { startCamera } from './camera.ts';
import { Head, OtherWays } from './parts.tsx';
import { sendSecret, useEntry } from './link.ts';
import styles from './Entry.module.css';

const STARTING = 'Starting the camera.';

export function Scan(props: {
  readonly task: Extract<EntryTask, { task: 'scan' }>;
  readonly use: (way: EntryWay) => void;
}) {
  const { task, use } = props;
  const video = useRef<HTMLVideoElement>(null);
  const [round, setRound] = useState(0);
  const [found, setFound] = useState(false);
  const [hint, setHint] = useState(STARTING);
  const [failure, setFailure] = useState<string | null>(null);
  const refused = useEntry((state) => state.refused);
  useEffect(() => {
    // `round` counts the starts.
    if (!video.current || round < 0) return undefined;
    setFound(false);
    setFailure(null);
    setHint(STARTING);
    return startCamera({
      video: video.current,
      onFound: (text) => {
        setFound(true);
        sendSecret({ type: 'scanned', text }, text);
      },
      onHint: setHint,
      onFailure: setFailure,
    });
  }, [round]);
  return (
    <>
      <Head heading={`Show ${task.title} to the camera`} />
      {failure === null ? (
        <p>
          Hold the sheet flat before the camera, the large square towards it. The picture here is
          blurred on purpose: nobody can photograph the code from this screen.
        </p>
      ) : (
        <Notice tone="warn">
          <p>
            {failure}{' '}
            {task.ways.some((way) => way !== 'camera')
              ? 'Try again, or choose another way below.'
              : 'Try again, or choose Cancel: nothing is lost by that.'}
          </p>
        </Notice>
      )}
      <div hidden={failure !== null}>
        <div className={styles.view}>
          {/* SECURITY: blurred so far that a picture of this screen holds no code. */}
          <video ref={video} className={styles.video} muted playsInline aria-hidden="true" />
          <span className={styles.target} aria-hidden="true" />
        </div>
      </div>
      <p aria-live="polite" className={styles.hint} hidden={failure !== null}>
        {found ? 'A code was read.' : hint}
      </p>
      <Actions>
        {(found && refused !== null) || failure !== null ? (
          <Button kind="primary" onPress={() => setRound(round + 1)}>
            {failure === null ? 'Show another sheet' : 'Try the camera again'}
          </Button>
        ) : null}
        <OtherWays ways={task.ways} now="camera" use={use} />
      </Actions>
    </>
  );
}
