/**
 * What every ceremony screen has around it: the band, the steps, what this is, whose turn it is,
 * the transcript, and the two ways to stop.
 * @module
 */
import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { Turn } from '../../shared/ceremony/types.ts';
import type { View } from '../../shared/ceremony/view.ts';
import { Band } from '../../ui/Band.tsx';
import { Button } from '../../ui/Button.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { saySince, sayDuration } from '../lib/say.ts';
import { say, useStore } from '../lib/store.ts';
import { ExceptionSheet } from './ExceptionSheet.tsx';
import { Refused } from './Refused.tsx';
import { Steps } from './Steps.tsx';
import { Working } from './Working.tsx';
import styles from './Shell.module.css';

/** Screens where nothing goes on that could be paused. */
const RESTING = new Set<View['screen']>([
  'waiting',
  'closed',
  'void',
  'destroyed',
  'compared',
  'drill-checked',
]);

export function Shell({ view, children }: { view: View; children: ReactNode }) {
  const resting = RESTING.has(view.screen);
  return (
    <div className={styles.shell}>
      <Band mode={view.mode} />
      <header className={styles.top}>
        <p className={styles.title}>
          {view.title}
          {view.setLabel === null ? null : <span className={styles.set}>{view.setLabel}</span>}
        </p>
        {resting ? null : <Elapsed since={view.startedAt} />}
      </header>
      <div className={view.screen === 'void' ? styles.alone : styles.between}>
        {/* Of a ceremony that is void nothing is done, whatever was reached: no list of ticks. */}
        {view.screen === 'void' ? null : <Steps steps={view.steps} />}
        <main className={styles.stage}>
          {view.paused ? <Paused moving={isMoving(view)} /> : children}
        </main>
      </div>
      <footer className={styles.foot}>
        <p className={styles.transcript}>
          Transcript: {view.transcript.entries}{' '}
          {view.transcript.entries === 1 ? 'entry' : 'entries'}, ends in{' '}
          <span className={styles.head} aria-label="Last four words">
            {view.transcript.words}
          </span>
        </p>
        <div className={styles.exits}>
          {resting || view.paused ? null : (
            <Button onPress={() => say({ type: 'pause' })} disabled={view.busy !== null}>
              Pause
            </Button>
          )}
          <ExceptionSheet view={view} />
        </div>
      </footer>
    </div>
  );
}

function Elapsed({ since }: { since: string }) {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 20_000);
    return () => clearInterval(timer);
  }, []);
  return <p className={styles.elapsed}>Started {saySince(since, now)} ago</p>;
}

/** Something that nobody waits for goes on to its end. */
const isMoving = (view: View): boolean => view.screen === 'move-keys' && view.running;

function Paused({ moving }: { moving: boolean }) {
  return (
    <Stage heading="Go on when everyone is back" turn={null}>
      {moving ? <Working>The file at hand is being finished</Working> : null}
      <p>
        The ceremony is paused. Nothing secret is on this screen. Nobody should be alone with the
        laptop, the sticks or the sheets.
      </p>
      <div>
        <Button kind="primary" onPress={() => say({ type: 'resume' })}>
          Go on
        </Button>
      </div>
    </Stage>
  );
}

interface StageProps {
  /** One instruction that starts with a verb. */
  readonly heading: string;
  readonly turn: Turn | null;
  /** The heading says the person's name itself: no line above repeats it. */
  readonly namesPerson?: boolean;
  readonly children?: ReactNode;
}

/** The middle: whose turn it is, the instruction, a refusal, then the screen's own. */
export function Stage({ heading, turn, namesPerson = false, children }: StageProps) {
  const title = useRef<HTMLHeadingElement>(null);
  // Focus goes to the instruction, so that a screen reader starts there and no old field keeps it.
  useEffect(() => {
    if (heading === '') return;
    // SECURITY: what the one before selected stays no selection of the next.
    document.getSelection()?.removeAllRanges();
    title.current?.focus();
  }, [heading]);
  const view = useStore((state) => state.view);
  const note = useStore((state) => state.note);
  const busy = view?.busy ?? null;
  const refusal = note ?? view?.refusal ?? null;
  const shown = busy === null ? refusal : null;
  const alert = useRef<HTMLDivElement>(null);
  // Who pressed a button far below a long list must see that it was refused.
  useEffect(() => {
    if (shown !== null) alert.current?.scrollIntoView({ block: 'nearest' });
  }, [shown]);
  const acting = view?.steps.find(({ standing }) => standing === 'now')?.who ?? '';
  return (
    <div className={styles.middle}>
      {namesPerson ? null : turn === null ? <Acting who={acting} /> : <TurnLine turn={turn} />}
      <h1 ref={title} tabIndex={-1} className={styles.heading}>
        {heading}
      </h1>
      <div className={styles.live} aria-live="polite">
        {busy === null ? null : <BusyLine busy={busy} />}
      </div>
      <div ref={alert} className={styles.live} role="alert">
        {shown === null ? null : <Refused note={shown} />}
      </div>
      {/* While something runs, nothing on the screen can be changed. */}
      <div className={styles.body} inert={busy !== null}>
        {children}
      </div>
    </div>
  );
}

/** `custodian, share 2` */
export function roleOf({ role, index }: Turn): string {
  return index === null ? role : `${role}, share ${index}`;
}

function TurnLine({ turn }: { turn: Turn }) {
  return (
    <p className={styles.turn}>
      <Icon name="person" />
      <span>
        <strong>{turn.name}</strong> ({roleOf(turn)})
      </span>
    </p>
  );
}

/** Where nobody in particular sits: whose step it is. */
function Acting({ who }: { who: string }) {
  return who === '' ? null : (
    <p className={styles.turn}>
      <Icon name="person" />
      <strong>{who}</strong>
    </p>
  );
}

function BusyLine({ busy }: { busy: NonNullable<View['busy']> }) {
  return (
    <div className={styles.busy}>
      <span className={styles.spinner} aria-hidden="true" />
      <p>
        <strong>{busy.doing}.</strong>
        {busy.entryWindow ? ' Continue in the window in front.' : ''}
        {busy.seconds !== null && busy.seconds >= 10
          ? ` This takes ${sayDuration(busy.seconds)}.`
          : ''}
      </p>
    </div>
  );
}
