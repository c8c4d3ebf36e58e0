/**
 * The camera's picture, blurred, and what it says while it does not read. What is read goes to the
 * worker.
 * @module
 */
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { Actions, Button } from '../../ui/Button.tsx';
import { Notice } from '../../ui/Note.tsx';
import { startCamera } from './camera.ts';
import { sendSecret, useEntry } from './link.ts';
import styles from './Entry.module.css';

const STARTING = 'Starting the camera.';

export function Camera(props: {
  /** How to hold it; the picture follows. */
  readonly how: string;
  /** What to do when there is no camera. */
  readonly otherwise: string;
  /** After a refusal: `Show another sheet`. */
  readonly another: string;
  /** Other ways, as buttons. */
  readonly children?: ReactNode;
}) {
  const { how, otherwise, another, children } = props;
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
      {failure === null ? (
        <p>
          {how} The picture here is blurred on purpose: nobody can photograph the code from this
          screen.
        </p>
      ) : (
        <Notice tone="warn">
          <p>
            {failure} {otherwise}
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
            {failure === null ? another : 'Try the camera again'}
          </Button>
        ) : null}
        {children}
      </Actions>
    </>
  );
}
