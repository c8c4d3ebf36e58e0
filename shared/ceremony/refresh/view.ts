/**
 * What the window shows of a refresh.
 * @module
 */
import { endingScreen, frameOf, openingScreen, stepsAt, type Head } from '../common-view.ts';
import { isEnding } from '../ending.ts';
import { isOpening } from '../opening.ts';
import type { RefreshPackageFacts } from '../package-facts.ts';
import { seatScreen } from '../seat/view.ts';
import type { Seat } from '../seat/state.ts';
import type { Step } from '../types.ts';
import type { Screen, View } from '../view.ts';
import { refreshSeatContext } from './seat-context.ts';
import { livingSet, type RefreshAgreed, type RefreshState } from './state.ts';

export function refreshView(state: RefreshState, head: Head): View {
  const own = {
    title: 'Refresh the shares, one by one',
    setLabel: state.refresh?.setLabel ?? null,
    steps: steps(state),
    turn: state.phase.at === 'seat' ? state.phase.seat.turn : null,
  };
  return { ...frameOf(state, own, head), ...screen(state, head) };
}

function screen(state: RefreshState, head: Head): Screen {
  const { phase, refresh, agreed } = state;
  if (isOpening(phase)) return openingScreen(state, phase);
  const syncName = state.sync?.name ?? 'sync';
  if (isEnding(phase)) {
    const ending = endingScreen(state, phase, syncName, head, takeHome(state));
    const page = { printed: state.witnessPage, page: agreed?.page ?? null };
    return ending.screen === 'waiting' ? { ...ending, witnessPage: page } : ending;
  }
  if (refresh === null) return { screen: 'package', syncName };
  if (phase.at === 'refresh-facts' || agreed === null) return facts(state, refresh, syncName);
  if (phase.at === 'refresh-ready') return ready(state, refresh, agreed);
  if (phase.at === 'who') return round(state, refresh, agreed);
  return sitting(state, { refresh, agreed }, phase.seat, head);
}

function facts({ agreed }: RefreshState, refresh: RefreshPackageFacts, syncName: string): Screen {
  const { setLabel, keyVersion, generation, threshold, custodians, operators } = refresh;
  return {
    screen: 'refresh-facts',
    label: setLabel,
    keyVersion,
    generation,
    threshold,
    custodians: custodians.map(({ index, name }) => ({ index, name })),
    operators: operators.map(({ name }) => name),
    chosen: agreed === null ? null : { ...agreed, operator: agreed.operator.name },
    syncName,
  };
}

function ready(
  { signedSet, witnessPage }: RefreshState,
  { setLabel, next }: RefreshPackageFacts,
  { page }: RefreshAgreed,
): Screen {
  return {
    screen: 'refresh-ready',
    label: setLabel,
    generation: next,
    words: signedSet?.words ?? '',
    digest: signedSet?.manifestDigest ?? '',
    witnessPage: { printed: witnessPage, page },
  };
}

function round(
  { accepted }: RefreshState,
  { custodians, next }: RefreshPackageFacts,
  { lives }: RefreshAgreed,
): Screen {
  return {
    screen: 'refresh-round',
    generation: next,
    shares: custodians.map(({ index, name }) => ({
      index,
      name,
      standing: accepted.includes(index) ? 'done' : lives.includes(index) ? 'waiting' : 'ends',
    })),
  };
}

function sitting(
  state: RefreshState,
  about: { readonly refresh: RefreshPackageFacts; readonly agreed: RefreshAgreed },
  seat: Seat,
  { words }: Head,
): Screen {
  const { refresh, agreed } = about;
  const { count, setLabel, next } = refresh;
  if (seat.step === 'refresh') {
    const index = seat.turn.index ?? 0;
    return { screen: 'refresh-share', index, count, label: setLabel, generation: next };
  }
  const own = refresh.custodians.find(({ index }) => index === (seat.before ?? seat.turn.index));
  return seatScreen(seat, {
    context: refreshSeatContext(state, refresh, agreed, seat),
    leaving: state.lastSeated,
    progress:
      seat.purpose === 'refresh' ? { done: state.accepted.length, of: agreed.lives.length } : null,
    words,
    media: own?.media ?? [],
    keyOn: own?.keyOn ?? [],
    spare: own?.spare ?? { backup: false, copy: false },
    gotUp: 0,
  });
}

/** Who takes what home, one line each. */
function takeHome({ refresh, agreed, media }: RefreshState): string[] {
  if (refresh === null || agreed === null) return [];
  return livingSet(refresh, agreed).custodians.map(
    ({ name }, at) =>
      `${name}: share ${at + 1} on ${(media[at + 1] ?? []).map(({ description }) => description).join(' and ')}`,
  );
}

function steps(state: RefreshState): Step[] {
  const { phase, refresh, agreed, accepted } = state;
  const set = refresh === null || agreed === null ? refresh : livingSet(refresh, agreed);
  const people = set?.custodians ?? [];
  const position = ((): number => {
    switch (phase.at) {
      case 'descriptor':
      case 'descriptor-words':
      case 'package':
        return 0;
      case 'environment':
      case 'clock':
        return 1;
      case 'refresh-facts':
        return 2;
      case 'who':
        return 3 + accepted.length;
      case 'seat':
        return phase.seat.purpose === 'refresh' ? 3 + accepted.length : 3 + people.length;
      case 'refresh-ready':
      case 'save-bundle':
        return 4 + people.length;
      case 'waiting':
        return 5 + people.length;
      case 'closed':
      case 'void':
        return 6 + people.length;
    }
  })();
  return stepsAt(position, [
    { id: 'package', label: 'Take the package of sync', who: 'Operator' },
    { id: 'laptop', label: 'Check this laptop', who: 'Operator' },
    { id: 'facts', label: 'Agree who is here', who: 'Everybody' },
    ...people.map((_, at) => ({
      id: `share-${at + 1}`,
      label: `Another share, ${at + 1} of ${people.length}`,
      who: people.find(({ index }) => index === accepted[at])?.name ?? 'A custodian',
    })),
    { id: 'sign', label: 'Sign the transcript', who: 'Witness and operator' },
    { id: 'bundle', label: 'Write the bundle', who: 'Operator' },
    { id: 'receipt', label: 'Wait for the receipt', who: 'Admin of sync' },
  ]);
}
