/**
 * One running ceremony: the machine's state, its transcript, its worker. Events go through the
 * machine one after another; what it asks for is done in order, records first and durably.
 * @module
 */
import type { Effect } from '../../../shared/ceremony/effects.ts';
import type { CeremonyEvent, HostEvent, PersonEvent } from '../../../shared/ceremony/events.ts';
import { recoverTransition } from '../../../shared/ceremony/recover/transition.ts';
import { recoverView } from '../../../shared/ceremony/recover/view.ts';
import { splitTransition } from '../../../shared/ceremony/split/transition.ts';
import { splitView } from '../../../shared/ceremony/split/view.ts';
import type { View } from '../../../shared/ceremony/view.ts';
import { Refusal } from '../../../shared/refusal.ts';
import { dateInWords, execute } from './ceremony-effects.ts';
import type { EffectContext, Gathered } from './effect-context.ts';
import type { Platform } from './ports.ts';
import { refuseHost } from './refusals.ts';
import type { CeremonyState } from './resume.ts';
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
  readonly seenEpoch: EffectContext['seenEpoch'];
  readonly usedNonces: EffectContext['usedNonces'];
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

function next(state: CeremonyState, event: CeremonyEvent) {
  return state.ceremony === 'split'
    ? splitTransition(state, event)
    : recoverTransition(state, event);
}

export function run(start: CeremonyState, deps: RunningDeps): Running {
  const { platform, store, sticks, transcript, gathered } = deps;
  const { mode, ceremonyId } = start;
  let state = start;
  let worker: Promise<WorkerClient> | null = null;
  let tail: Promise<void> = Promise.resolve();
  let waiting = new AbortController();
  let stopped = false;

  const view = (): View => {
    const head = transcript.head();
    return state.ceremony === 'split' ? splitView(state, head) : recoverView(state, head);
  };

  function getWorker(): Promise<WorkerClient> {
    worker ??= startWorkerClient(platform, () => {
      void feed({ type: 'refused', note: refuseHost('worker-gone').note() });
    }).then(async (client) => {
      await client.ask('open', { mode });
      return client;
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
    seenEpoch: deps.seenEpoch,
    usedNonces: deps.usedNonces,
    signal: waiting.signal,
    sheet: () =>
      state.ceremony !== 'split' || state.plan === null || state.setId === null
        ? null
        : {
            setLabel: state.plan.label,
            setId: state.setId,
            keyVersion: state.package?.keyVersion ?? '',
            ceremonyId,
            threshold: state.plan.threshold,
            count: state.plan.custodians.length,
            date: dateInWords(platform.now()),
          },
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
        void answerOf(effect).then(feed);
    }
  }

  async function answerOf(effect: Parameters<typeof execute>[0]): Promise<HostEvent> {
    try {
      return await execute(effect, context());
    } catch (error) {
      if (error instanceof EntryCancelled) return { type: 'entry-cancelled' };
      if (error instanceof Refusal) {
        if (effect.effect === 'accept-share') {
          const { code, culprit } = error;
          await transcript.record('share-refused', {
            code,
            ...(culprit === undefined ? {} : { culprit }),
          });
        }
        return { type: 'refused', note: error.note() };
      }
      return { type: 'refused', note: refuseHost('laptop-fault').note() };
    }
  }

  async function handle(event: CeremonyEvent): Promise<void> {
    if (stopped) return;
    if (event.type === 'write-again' || event.type === 'abandon') {
      waiting.abort();
      waiting = new AbortController();
    }
    const result = next(state, event);
    const { effects } = result;
    // Records are durable before the screen shows that anything happened.
    for (const effect of effects) if (effect.effect === 'record') await perform(effect);
    state = result.state;
    deps.onView(view());
    for (const effect of effects) if (effect.effect !== 'record') await perform(effect);
  }

  function feed(event: CeremonyEvent): Promise<void> {
    tail = tail.then(() => handle(event));
    return tail;
  }

  return {
    view,
    dispatch: (event) => feed(event),
    mayLeave: () =>
      ['closed', 'void', 'waiting', 'save-bundle', 'descriptor'].includes(state.phase.at),
    async stop() {
      stopped = true;
      waiting.abort();
      await killWorker();
      await transcript.close();
    },
    mode,
    ceremonyId,
  };
}
