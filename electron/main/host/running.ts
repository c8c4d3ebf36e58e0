/**
 * One running ceremony: the machine's state, its transcript, its worker. Events go through the
 * machine one after another; what it asks for is done in order, records first and durably.
 * @module
 */
import type { Effect } from '../../../shared/ceremony/effects.ts';
import type { CeremonyEvent, HostEvent, PersonEvent } from '../../../shared/ceremony/events.ts';
import { transition, viewOf, type CeremonyState } from '../../../shared/ceremony/machines.ts';
import type { SheetContext } from '../../worker/sheets.ts';
import { enrolSeats } from '../../../shared/ceremony/roster/state.ts';
import type { View } from '../../../shared/ceremony/view.ts';
import { Refusal } from '../../../shared/refusal.ts';
import type { MediumKind } from '../../../shared/sharing/manifest.ts';
import { execute } from './ceremony-effects.ts';
import type { EffectContext, Gathered } from './effect-context.ts';
import type { Platform } from './ports.ts';
import { refusedShare } from './refused-share.ts';
import { refuseHost } from './refusals.ts';
import { dateInWords } from './sheet-order.ts';
import type { Sticks } from './sticks.ts';
import type { Store } from './store.ts';
import type { TranscriptWriter } from './transcript-writer.ts';
import { EntryCancelled, startWorkerClient, type WorkerClient } from './worker-client.ts';

export interface RunningDeps {
  readonly platform: Platform;
  readonly store: Store;
  readonly sticks: Sticks;
  readonly transcript: TranscriptWriter;
  readonly gathered: Gathered;
  readonly knownSets: EffectContext['knownSets'];
  readonly liveSlots: EffectContext['liveSlots'];
  readonly envelopes: EffectContext['envelopes'];
  readonly seenEpoch: EffectContext['seenEpoch'];
  readonly usedNonces: EffectContext['usedNonces'];
  readonly keyIdentities: EffectContext['keyIdentities'];
  readonly onView: (view: View) => void;
}

export interface Running {
  view(): View;
  dispatch(event: PersonEvent): Promise<void>;
  /** Whether leaving loses nothing: it is closed, void, or waits for its receipt. */
  mayLeave(): boolean;
  /** Ends the worker; the log stays as it is. */
  stop(): Promise<void>;
  readonly mode: CeremonyState['mode'];
  readonly ceremonyId: string;
}

/** Phases in which the worker has nothing left to do. */
const PAST_SECRETS = new Set([
  'refresh-ready',
  'save-bundle',
  'waiting',
  'closed',
  'void',
  'compared',
  'checked',
]);

/** Phases in which nobody did anything yet. */
const BEGUN = new Set(['descriptor', 'destruction']);

function asRefusal(error: unknown): Refusal {
  // SECURITY: an error of a library may quote what it was given; people get our own sentences.
  return error instanceof Refusal ? error : refuseHost('laptop-fault');
}

/** On what the plan writes shares and identities. */
function plannedMedia(state: CeremonyState): MediumKind[] {
  if (state.ceremony === 'destroy') return [];
  // Most write the new share on what the old one lies on.
  if (state.ceremony === 'refresh') {
    return state.refresh?.custodians.flatMap(({ media }) => [...media]) ?? [];
  }
  if (!('plan' in state) || state.plan === null) return [];
  if (state.ceremony === 'roster') return enrolSeats(state.plan).map(({ medium }) => medium);
  const { custodians, operator, witness } = state.plan;
  return [...custodians, operator, witness].map(({ medium }) => medium);
}

/** The facts on a sheet with a share of the set that is made; null: there is none yet. */
function sheetOf(state: CeremonyState, date: string): SheetContext | null {
  const { ceremonyId } = state;
  if (state.ceremony === 'refresh') {
    const { refresh, agreed } = state;
    if (refresh === null || agreed === null) return null;
    const { setLabel, setId, keyVersion, threshold } = refresh;
    const count = agreed.lives.length;
    return { setLabel, setId, keyVersion, ceremonyId, threshold, count, date };
  }
  if (!('setId' in state) || state.plan === null || state.setId === null) return null;
  const { label, threshold, custodians } = state.plan;
  return {
    setLabel: label,
    setId: state.setId,
    keyVersion: state.package?.keyVersion ?? '',
    ceremonyId,
    threshold,
    count: custodians.length,
    date,
  };
}

export function run(start: CeremonyState, deps: RunningDeps): Running {
  const { platform, store, sticks, transcript, gathered } = deps;
  const { mode, ceremonyId } = start;
  let state = start;
  let worker: Promise<WorkerClient> | null = null;
  let tail: Promise<void> = Promise.resolve();
  let waiting = new AbortController();
  let stopped = false;
  let excused = false;

  const view = (): View => viewOf(state, transcript.head());

  function getWorker(): Promise<WorkerClient> {
    worker ??= startWorkerClient(platform, () => {
      void answer({ type: 'refused', note: refuseHost('worker-gone').note() });
    })
      .then(async (client) => {
        await client.ask('open', { mode });
        return client;
      })
      .catch((error: unknown) => {
        // It never held anything, so the next attempt may start another.
        worker = null;
        throw error;
      });
    return worker;
  }

  const context = (): EffectContext => ({
    platform,
    store,
    sticks,
    mode,
    ceremonyId,
    transcript,
    gathered,
    worker: getWorker,
    knownSets: deps.knownSets,
    liveSlots: deps.liveSlots,
    envelopes: deps.envelopes,
    seenEpoch: deps.seenEpoch,
    usedNonces: deps.usedNonces,
    keyIdentities: deps.keyIdentities,
    seated: () => view().turn,
    signal: waiting.signal,
    excused: () => excused,
    plannedMedia: () => new Set(plannedMedia(state)),
    sheet: () => sheetOf(state, dateInWords(platform.now())),
  });

  async function killWorker(): Promise<void> {
    const client = worker;
    worker = null;
    await client?.then(
      (started) => started.kill(),
      () => undefined,
    );
  }

  /** Records at once; starts the one lasting effect, whose answer comes back as an event. */
  async function perform(effect: Effect): Promise<void> {
    switch (effect.effect) {
      case 'record':
        await transcript.record(effect.kind, effect.facts);
        return;
      case 'trust-descriptor':
        if (gathered.descriptor !== null) {
          await store.keep(mode, 'trusted', effect.digest, gathered.descriptor.envelope);
        }
        return;
      case 'finish':
        await killWorker();
        return;
      default:
        // Not awaited: the person may still say something (pause, exception sheet) meanwhile.
        void report(effect);
    }
  }

  async function report(effect: Parameters<typeof execute>[0]): Promise<void> {
    const { signal } = waiting;
    const event = await answerOf(effect);
    // The person gave this up: its late answer is no news to anybody.
    if (effect.effect === 'await-replug' && signal.aborted) return;
    await answer(event);
  }

  async function answerOf(effect: Parameters<typeof execute>[0]): Promise<HostEvent> {
    try {
      return await execute(effect, context());
    } catch (error) {
      if (error instanceof EntryCancelled) return { type: 'entry-cancelled' };
      const refusal = asRefusal(error);
      const facts = refusedShare(effect, refusal);
      if (facts !== null) await transcript.record('share-refused', facts).catch(() => undefined);
      return { type: 'refused', note: refusal.note() };
    }
  }

  async function handle(event: CeremonyEvent): Promise<void> {
    if (stopped) return;
    const { state: after, effects } = transition(state, event);
    // Records are durable before the screen shows that anything happened.
    for (const effect of effects) if (effect.effect === 'record') await perform(effect);
    if (event.type === 'exception') excused = true;
    else if (effects.some(({ effect }) => effect === 'begin-seat')) excused = false;
    if (state.awaiting === 'replugged' && after.awaiting !== 'replugged') {
      waiting.abort();
      waiting = new AbortController();
    }
    state = after;
    deps.onView(view());
    for (const effect of effects) if (effect.effect !== 'record') await perform(effect);
    // SECURITY: with the bundle signed nobody needs a secret any more.
    if (PAST_SECRETS.has(state.phase.at)) await killWorker();
  }

  function feed(event: CeremonyEvent): Promise<void> {
    const result = tail.then(() => handle(event));
    // One event that failed (a full disk) must not stop the next.
    tail = result.catch(() => undefined);
    return result;
  }

  /** A report that could not be recorded becomes a refusal: the step is still to do. */
  async function answer(event: HostEvent): Promise<void> {
    try {
      await feed(event);
    } catch (error) {
      await feed({ type: 'refused', note: asRefusal(error).note() });
    }
  }

  return {
    view,
    dispatch: (event) => feed(event),
    mayLeave: () =>
      PAST_SECRETS.has(state.phase.at) || (BEGUN.has(state.phase.at) && state.busy === null),
    async stop() {
      stopped = true;
      waiting.abort();
      await tail;
      await killWorker();
      await transcript.close();
    },
    mode,
    ceremonyId,
  };
}
