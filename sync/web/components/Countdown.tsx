/**
 * How long something still waits, by the database's clock.
 * @module
 */
import { useEffect, useState } from 'react';
import { sayLeft, sayTime } from '../lib/say.ts';

export function Countdown(props: {
  readonly until: string;
  /** Of this browser's clock against the database's, in milliseconds. */
  readonly ahead: number;
  readonly before: string;
  readonly over: string;
}) {
  const { until, ahead, before, over } = props;
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const left = Date.parse(until) - (now - ahead);
  return (
    <p>
      {left > 0 ? (
        <>
          {before} <strong>{sayLeft(left)}</strong>, until {sayTime(until)}.
        </>
      ) : (
        over
      )}
    </p>
  );
}
