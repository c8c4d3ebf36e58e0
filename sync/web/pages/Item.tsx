/**
 * One thing in the queue: its sentence, whom it waits for, its facts and history, and its buttons,
 * each with what it will do.
 * @module
 */
import { useId, useState } from 'react';
import { Button } from '../../../ui/Button.tsx';
import { Facts } from '../../../ui/Facts.tsx';
import { Icon } from '../../../ui/Icon.tsx';
import type { BundleAnswer } from '../../routes/answers.ts';
import type { QueueItem } from '../../routes/page-answers.ts';
import { Countdown } from '../components/Countdown.tsx';
import { Refused } from '../components/Refused.tsx';
import { Timeline } from '../components/Timeline.tsx';
import { call } from '../lib/api.ts';
import { download } from '../lib/files.ts';
import type { Done } from '../lib/outcome.tsx';
import { addressOf } from '../lib/route.ts';
import { sayTime, sayTimes } from '../lib/say.ts';
import { useTask } from '../lib/task.ts';
import { Approve } from './Approve.tsx';
import { Claim } from './Claim.tsx';
import { Deed } from './Deed.tsx';
import { KeyFiles } from './KeyFiles.tsx';
import { Passphrase } from './Passphrase.tsx';
import { Stop } from './Stop.tsx';
import card from '../components/Card.module.css';
import styles from './Item.module.css';

const PATHS = {
  request: 'requests',
  package: 'packages',
  bundle: 'bundles',
  admin: 'admins',
} as const;
const KINDS = { request: 'Request', package: 'Package', bundle: 'Bundle', admin: 'Admin' } as const;
const STOPS = { reject: 'Reject', cancel: 'Cancel', refuse: 'Refuse', object: 'Stop' } as const;

interface Props {
  readonly item: QueueItem;
  readonly ahead: number;
  /** What is true now. The item may then stand elsewhere on the page. */
  readonly onDone: Done;
  /** Code of the recovery that is open around it. */
  readonly within?: string;
}

type Doing = 'nothing' | 'approve' | 'hand-over' | QueueItem['stop'][number]['word'];

export function Item({ item, ahead, onDone, within }: Props) {
  const title = useId();
  const [doing, setDoing] = useState<Doing>('nothing');
  const { busy, problem, run } = useTask();
  const path = `/v1/${PATHS[item.kind]}/${item.subject}`;
  const stop = item.stop.find(({ word }) => word === doing);
  const back = () => setDoing('nothing');

  return (
    <article className={`${card.card} ${item.yours ? card.yours : ''}`} aria-labelledby={title}>
      <p className={card.kind}>
        <Icon name={item.yours ? 'person' : item.open ? 'clock' : 'done'} />
        {KINDS[item.kind]}, {item.yours ? 'waits for you' : item.state}
      </p>
      <h3 id={title} className={styles.title}>
        {item.sentence}.
      </h3>
      <p>
        <strong>{item.waitsFor}</strong>
      </p>
      {item.until === null ? null : (
        <Countdown
          until={item.until}
          ahead={ahead}
          before="Its delay runs for another"
          over="Its delay is over."
        />
      )}
      {item.expiresAt === null ? null : (
        <p className={card.quiet}>
          If nobody does anything, it ends at {sayTime(item.expiresAt)} and nothing is changed.
        </p>
      )}
      {item.notYours === null ? null : <p className={card.quiet}>Not for you: {item.notYours}</p>}
      <details className={card.more}>
        <summary>Facts and history</summary>
        <Facts facts={item.facts.map(([name, value]) => ({ name, value: sayTimes(value) }))} />
        <Timeline entries={item.history} />
      </details>
      {item.request === null || item.request === within ? null : (
        <p>
          <a href={addressOf('requests', item.request)}>
            {item.kind === 'request' && item.open ? 'Go on with' : 'See'} the recovery{' '}
            {item.request}
          </a>
        </p>
      )}
      {item.kind === 'admin' ? (
        <p>
          <a href={addressOf('admins')}>See all admins</a>
        </p>
      ) : null}
      {problem === null ? null : <Refused problem={problem} />}
      {doing === 'approve' ? (
        <Approve item={item} onDone={onDone} onBack={back} />
      ) : doing === 'hand-over' && item.handOver === 'passphrase' ? (
        <Passphrase digest={item.subject} onDone={onDone} onBack={back} />
      ) : doing === 'hand-over' && item.handOver === 'link' ? (
        <Claim digest={item.subject} onDone={onDone} onBack={back} />
      ) : stop !== undefined ? (
        <Stop
          path={`${path}/${stop.word}`}
          verb={`${STOPS[stop.word]} this ${item.kind}`}
          does={stop.does}
          onDone={onDone}
          onBack={back}
        />
      ) : (
        <ul className={styles.deeds} aria-label="What you can do">
          {item.approve === null ? null : (
            <Deed does={item.approve.does}>
              <Button
                kind="primary"
                onPress={() => setDoing('approve')}
                label={`Look and approve: ${item.sentence}`}
              >
                Look and approve
              </Button>
            </Deed>
          )}
          {item.commit ? (
            <Deed does="Writes what it says, and reads it back. Asking again is safe.">
              <Button
                kind="primary"
                disabled={busy}
                label={`Commit: ${item.sentence}`}
                onPress={() =>
                  void run(async () => {
                    const { sentence } = await call<BundleAnswer>('POST', `${path}/commit`);
                    await onDone('Committed', sentence);
                  })
                }
              >
                {busy ? 'Writing and reading back' : 'Commit'}
              </Button>
            </Deed>
          ) : null}
          {item.handOver === null ? null : (
            <Deed does={HAND_OVER[item.handOver].does}>
              <Button
                onPress={() => setDoing('hand-over')}
                label={`${HAND_OVER[item.handOver].verb}: ${item.sentence}`}
              >
                {HAND_OVER[item.handOver].verb}
              </Button>
            </Deed>
          )}
          {item.files.map((what) => (
            <Deed key={what} does={FILES[what]}>
              <Button
                disabled={busy}
                label={`Download the ${what}: ${item.sentence}`}
                onPress={() =>
                  void run(() => download(what === 'package' ? `${path}/file` : `${path}/receipt`))
                }
              >
                Download the {what}
              </Button>
            </Deed>
          ))}
          {item.keyFiles === null ? null : (
            <KeyFiles item={item} files={item.keyFiles} path={path} onDone={onDone} />
          )}
          {item.stop.map(({ word, does }) => (
            <Deed key={word} does={does}>
              <Button
                kind="danger"
                onPress={() => setDoing(word)}
                label={`${STOPS[word]}: ${item.sentence}`}
              >
                {STOPS[word]}
              </Button>
            </Deed>
          ))}
        </ul>
      )}
    </article>
  );
}

const HAND_OVER = {
  passphrase: {
    verb: 'One-time passphrase',
    does: 'Shows the seven words for the user once you say so. Every look is written down.',
  },
  link: {
    verb: 'Code for the user',
    does: 'Shows how the user gets in, and makes the code that goes with the mailed link.',
  },
} as const;

const FILES = {
  package: 'For the stick that goes to the laptop.',
  receipt: 'Signed; for the laptop and the file. It is the same however often you ask.',
} as const;
