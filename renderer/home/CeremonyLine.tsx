/**
 * One ceremony: waiting, interrupted, void or closed.
 * @module
 */
import type { HomeCeremony } from '../../shared/ceremony/home.ts';
import { ModeTag } from '../../ui/Band.tsx';
import { Actions, Button } from '../../ui/Button.tsx';
import { Icon, type IconName } from '../../ui/Icon.tsx';
import { ExportLog } from '../components/ExportLog.tsx';
import { Named } from '../components/MediaList.tsx';
import { sayDateTime } from '../lib/say.ts';
import { call } from '../lib/store.ts';
import type { Tone } from '../lib/ledger.ts';
import styles from './Home.module.css';

const STANDINGS: Readonly<
  Record<HomeCeremony['standing'], { tone: Tone; icon: IconName; word: string }>
> = {
  'waiting-for-receipt': { tone: 'warn', icon: 'clock', word: 'Waiting for its receipt' },
  closed: { tone: 'good', icon: 'done', word: 'Finished' },
  void: { tone: 'bad', icon: 'stop', word: 'Void' },
  interrupted: { tone: 'bad', icon: 'warning', word: 'Interrupted, and therefore void' },
};

export function CeremonyLine({ ceremony }: { ceremony: HomeCeremony }) {
  const { ceremonyId, title, mode, startedAt, standing, destroy } = ceremony;
  const { tone, icon, word } = STANDINGS[standing];
  return (
    <section
      className={`${styles.card} ${styles[tone]}`}
      aria-label={`${title}, ${word}, started ${sayDateTime(startedAt)}`}
    >
      <div className={styles.setHead}>
        <h3>
          {title} <ModeTag mode={mode} />
        </h3>
        <p className={styles.standing}>
          <Icon name={icon} />
          {word}
        </p>
      </div>
      <p className={styles.muted}>Started {sayDateTime(startedAt)}</p>
      {destroy.length === 0 ? null : (
        <>
          <p>Destroy these in front of the witness. They are refused for ever.</p>
          <Named media={destroy} label="To be destroyed" />
        </>
      )}
      <Actions>
        {standing === 'waiting-for-receipt' ? (
          <Button kind="primary" onPress={() => void call('ceremony:resume', { ceremonyId })}>
            Go on with it
          </Button>
        ) : null}
        <ExportLog ceremonyId={ceremonyId} mode={mode} />
      </Actions>
    </section>
  );
}
