/**
 * What every task of an entry window has: its instruction, hidden fields, and the other ways.
 * @module
 */
import { useEffect, useRef, type RefObject } from 'react';
import type { EntryWay } from '../../shared/ipc/entry.ts';
import { Button } from '../../ui/Button.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { Refused } from '../components/Refused.tsx';
import { useEntry } from './link.ts';
import styles from './Entry.module.css';

/** The instruction, and under it what the worker said of the last entry. */
export function Head({ heading }: { heading: string }) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (heading !== '') title.current?.focus();
  }, [heading]);
  const { busy, refused, accepted } = useEntry();
  return (
    <>
      <h1 ref={title} tabIndex={-1}>
        {heading}
      </h1>
      <div aria-live="polite" className={styles.live}>
        {busy === null && accepted !== null ? (
          <p className={styles.accepted}>
            <Icon name="done" /> {accepted}
          </p>
        ) : null}
        {busy === null ? null : <p className={styles.busy}>{busy}.</p>}
      </div>
      <div role="alert" className={styles.live}>
        {refused === null ? null : <Refused note={refused} />}
      </div>
    </>
  );
}

const WAYS: Readonly<Record<EntryWay, string>> = {
  camera: 'Use the camera instead',
  typed: 'Type the lines instead',
  file: 'Open a file instead',
};

/** The other ways that this sheet may come in. */
export function OtherWays(props: {
  readonly ways: readonly EntryWay[];
  readonly now: EntryWay;
  readonly use: (way: EntryWay) => void;
}) {
  const others = props.ways.filter((way) => way !== props.now);
  return others.map((way) => (
    <Button key={way} onPress={() => props.use(way)}>
      {WAYS[way]}
    </Button>
  ));
}

interface HiddenFieldProps {
  readonly id: string;
  readonly label: string;
  readonly ref: RefObject<HTMLInputElement | null>;
  readonly visible: boolean;
  /** Characters. */
  readonly longest: number;
  readonly describedBy?: string;
  readonly onInput: (value: string) => void;
}

/** What nobody else should read, with its label; off while the worker works. */
export function HiddenField({ id, label, ref, visible, ...field }: HiddenFieldProps) {
  const busy = useEntry((state) => state.busy);
  return (
    <>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      <input
        id={id}
        ref={ref}
        className={styles.input}
        type={visible ? 'text' : 'password'}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={field.longest}
        disabled={busy !== null}
        aria-describedby={field.describedBy}
        onInput={(event) => field.onInput(event.currentTarget.value)}
      />
    </>
  );
}

/** Fields show their letters while this is checked. */
export function ShowTyped(props: {
  readonly visible: boolean;
  readonly onChange: (on: boolean) => void;
}) {
  return (
    <label className={styles.check}>
      <input
        type="checkbox"
        checked={props.visible}
        onChange={(event) => props.onChange(event.target.checked)}
      />
      Show what I type
    </label>
  );
}
