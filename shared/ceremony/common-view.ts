/**
 * The screens that every ceremony shares: its beginning and its end.
 * @module
 */
import type { CeremonyKind } from '../transcript/log.ts';
import type { EndingPhase, EndingState } from './ending.ts';
import { stopping } from './laptop-check.ts';
import type { OpeningPhase, OpeningState } from './opening.ts';
import { plannedView } from './planned.ts';
import type { PageSize, Step } from './types.ts';
import type { Frame, Screen } from './view.ts';
import type { WithWitnessPage } from './witness-page.ts';

/** The transcript at this moment. */
export interface Head {
  readonly entries: number;
  /** The head as four words. */
  readonly words: string;
}

/** What every screen of a ceremony has around it. */
export function frameOf(
  state: OpeningState & { readonly ceremony: CeremonyKind },
  own: Pick<Frame, 'title' | 'setLabel' | 'steps' | 'turn'>,
  head: Head,
): Frame {
  const { ceremony, ceremonyId, mode, startedAt, refusal, busy, paused } = state;
  return { ceremony, ceremonyId, mode, startedAt, refusal, busy, paused, transcript: head, ...own };
}

export function openingScreen(state: OpeningState, phase: OpeningPhase): Screen {
  switch (phase.at) {
    case 'descriptor':
      return { screen: 'descriptor', ...plannedView(state) };
    case 'descriptor-words':
      return {
        screen: 'descriptor-words',
        syncName: state.sync?.name ?? '',
        digest: state.sync?.digest ?? '',
      };
    case 'package':
      return { screen: 'package', syncName: state.sync?.name ?? '' };
    case 'environment':
      return {
        screen: 'environment',
        findings: phase.findings ?? [],
        stops: phase.findings !== null && stopping(state.mode, phase.findings).length > 0,
      };
    case 'clock':
      return {
        screen: 'clock',
        now: state.checkedAt,
        packageExpiresAt: state.package?.expiresAt ?? state.checkedAt,
      };
  }
}

export function endingScreen(
  state: EndingState,
  phase: EndingPhase,
  syncName: string,
  head: Head,
  takeHome: readonly string[],
): Screen {
  switch (phase.at) {
    case 'save-bundle':
      return { screen: 'save-bundle', goesTo: syncName };
    case 'waiting':
      return {
        screen: 'waiting',
        bundleDigest: state.bundle?.digest ?? '',
        words: state.bundle?.words ?? '',
        syncName,
        savedOn: state.savedOn,
        witnessPage: null,
      };
    case 'closed':
      return {
        screen: 'closed',
        outcome: phase.outcome,
        statement: phase.statement,
        media: phase.outcome === 'committed' ? takeHome : state.everWritten,
        words: head.words,
      };
    case 'void':
      return { screen: 'void', reason: phase.reason, media: state.everWritten };
  }
}

/** The end of a ceremony that writes no share, and offers the witness's page while it waits. */
export function endingWithPage(
  state: OpeningState & EndingState & WithWitnessPage,
  phase: EndingPhase,
  head: Head,
  page: PageSize | null,
): Screen {
  const ending = endingScreen(state, phase, state.sync?.name ?? 'sync', head, []);
  return ending.screen === 'waiting'
    ? { ...ending, witnessPage: { printed: state.witnessPage, page } }
    : ending;
}

/** The list on the left, with where it stands. */
export function stepsAt(position: number, all: readonly Omit<Step, 'standing'>[]): Step[] {
  return all.map((entry, at) => ({
    ...entry,
    standing: at < position ? 'done' : at === position ? 'now' : 'next',
  }));
}
