/**
 * What carries out the effects of the machines: one function for each.
 * @module
 */
import type { Effect } from '../../../shared/ceremony/effects.ts';
import type { HostEvent } from '../../../shared/ceremony/events.ts';
import type { EffectContext } from './effect-context.ts';

/** What takes time and answers. */
export type Lasting = Exclude<Effect, { effect: 'record' | 'trust-descriptor' | 'finish' }>;

/** A missing executor does not compile. */
export type Executors = {
  readonly [Name in Lasting['effect']]: (
    effect: Extract<Lasting, { effect: Name }>,
    context: EffectContext,
  ) => Promise<HostEvent>;
};

/** @throws Error a fault of the machine */
export function need<T>(value: T | null): T {
  if (value === null) throw new Error('The machine asked for this too early.');
  return value;
}
