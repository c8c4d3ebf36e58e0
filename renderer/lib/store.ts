/**
 * What the window knows: the last view that main pushed, and what main answered. Nothing else.
 * @module
 */
import { create } from 'zustand';
import type { HomeView } from '../../shared/ceremony/home.ts';
import type { PersonEvent } from '../../shared/ceremony/events.ts';
import type { View } from '../../shared/ceremony/view.ts';
import type { Channel, Input, Output } from '../../shared/ipc/contract.ts';
import type { RefusalNote } from '../../shared/refusal.ts';
import { bridge } from './bridge.ts';

/** What is shown while no ceremony is. */
export type Page =
  | 'home'
  | 'prepare'
  | 'ticket'
  | 'adopt-ticket'
  | 'rotate-ticket'
  | 'version-ticket'
  | 'drill-ticket'
  | 'move-ticket'
  | 'which-change'
  | 'who-opens'
  | 'continue';

interface Store {
  readonly loaded: boolean;
  readonly view: View | null;
  readonly home: HomeView | null;
  readonly page: Page;
  /** What main refused, outside a ceremony's own refusals. */
  readonly note: RefusalNote | null;
  /** A call is on its way: buttons wait. */
  readonly pending: boolean;
}

export const useStore = create<Store>(() => ({
  loaded: false,
  view: null,
  home: null,
  page: 'home',
  note: null,
  pending: false,
}));

/** Calls main; keeps a refusal for the screen. Answers undefined when it was refused. */
export async function call<C extends Channel>(
  channel: C,
  input: Input<C>,
): Promise<Output<C> | undefined> {
  useStore.setState({ pending: true, note: null });
  const answer = await bridge().call(channel, input);
  useStore.setState({ pending: false, note: answer.ok ? null : answer.note });
  return answer.ok ? answer.value : undefined;
}

/** Asks main for a list, in the background: refusals are not shown. */
export async function query<C extends Channel>(
  channel: C,
  input: Input<C>,
): Promise<Output<C> | undefined> {
  const answer = await bridge().call(channel, input);
  return answer.ok ? answer.value : undefined;
}

export function say(event: PersonEvent): void {
  void call('ceremony:dispatch', event);
}

export function openPage(page: Page): void {
  useStore.setState({ page, note: null });
  if (page === 'home') void loadHome();
}

export async function leave(): Promise<void> {
  const left = await call('ceremony:leave', undefined);
  if (left !== undefined) openPage('home');
}

export async function loadHome(): Promise<void> {
  const home = await query('home:get', undefined);
  if (home) useStore.setState({ home });
}

/** Once, at start. */
export async function connect(): Promise<void> {
  bridge().onView((view) => {
    useStore.setState({ view, note: null });
    if (view === null) void loadHome();
  });
  const [view] = await Promise.all([query('ceremony:view', undefined), loadHome()]);
  useStore.setState({ view: view ?? null, loaded: true });
}
