/**
 * Lists that change by what people plug in: asked again every two seconds.
 * @module
 */
import { useEffect, useState } from 'react';
import type { Channel, Input, Output } from '../../shared/ipc/contract.ts';
import { query } from './store.ts';

const EVERY_MS = 2000;

/** The newest answer, or undefined until the first one came. */
export function usePolled<C extends Channel>(channel: C, input: Input<C>): Output<C> | undefined {
  const [answer, setAnswer] = useState<Output<C>>();
  const key = JSON.stringify(input ?? null);
  useEffect(() => {
    let stopped = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async () => {
      const next = await query(channel, (JSON.parse(key) ?? undefined) as Input<C>);
      if (stopped) return;
      if (next !== undefined) setAnswer(next);
      timer = setTimeout(() => void ask(), EVERY_MS);
    };
    void ask();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [channel, key]);
  return answer;
}
