/**
 * The screens that every ceremony shares: its beginning and its end.
 * @module
 */
import type { EndingPhase, EndingState } from './ending.ts';
import type { OpeningPhase, OpeningState } from './opening.ts';
import type { CeremonyKind } from '../transcript/log.ts';
import type { Frame, Screen } from './view.ts';

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

export function openingScreen(state: OpeningState, phase: OpeningPhase, stops: boolean): Screen {
  switch (phase.at) {
    case 'descriptor':
      return { screen: 'descriptor' };
    case 'descriptor-words':
      return {
        screen: 'descriptor-words',
        syncName: state.sync?.name ?? '',
        digest: state.sync?.digest ?? '',
      };
    case 'package':
      return { screen: 'package', syncName: state.sync?.name ?? '' };
    case 'environment':
      return { screen: 'environment', findings: phase.findings ?? [], stops };
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
