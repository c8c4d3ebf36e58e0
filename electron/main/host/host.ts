/**
 * The ceremony host: what the window's channels call. It owns the one running ceremony, the
 * laptop's store and what is known from it; it knows neither windows nor Electron.
 * @module
 */
import type { HomeView } from '../../../shared/ceremony/home.ts';
import { voidEntry } from '../../../shared/ceremony/ending.ts';
import type { CeremonyState } from '../../../shared/ceremony/machines.ts';
import { startActivate, startRetire } from '../../../shared/ceremony/change-version/state.ts';
import { startDestroy } from '../../../shared/ceremony/destroy/state.ts';
import { startCheck, startDrill } from '../../../shared/ceremony/drill/state.ts';
import { startMove } from '../../../shared/ceremony/move/state.ts';
import { startOrganisation } from '../../../shared/ceremony/organisation/state.ts';
import { startRecover, startRecoverMember } from '../../../shared/ceremony/recover/state.ts';
import { startRefresh } from '../../../shared/ceremony/refresh/state.ts';
import { startRoster } from '../../../shared/ceremony/roster/state.ts';
import { startAdopt } from '../../../shared/ceremony/adopt/state.ts';
import {
  startAddSet,
  startNewVersion,
  startRotate,
} from '../../../shared/ceremony/rotate/state.ts';
import { startSplit } from '../../../shared/ceremony/split/state.ts';
import type { View } from '../../../shared/ceremony/view.ts';
import { bytesToHex, utf8ToBytes } from '../../../shared/encoding/bytes.ts';
import { formatTime } from '../../../shared/encoding/schema.ts';
import { ledgerFile, ledgerInWords } from '../../../shared/ledger/export.ts';
import { openWays } from '../../../shared/ledger/who-opens.ts';
import {
  homeCeremonies,
  homeDue,
  homeSets,
  knownSetsData,
} from '../../../shared/ceremony/ledger-views.ts';
import { MODES, type Mode } from '../../../shared/mode.ts';
import type { CeremonyKind } from '../../../shared/transcript/log.ts';
import { randomBytes } from '../../../shared/secret/random.ts';
import { openContinuations } from './continue.ts';
import { checkFacts } from './check-facts.ts';
import { saveDueCalendar } from './due-calendar.ts';
import { destroyFacts, slotsOfBothModes, type SetAsked } from './destroy-facts.ts';
import { openKnowledge } from './knowledge.ts';
import { openPlan, printPlan, savePlan } from './plans.ts';
import type { CeremonyHost, Platform } from './ports.ts';
import { availablePrinters } from './readiness.ts';
import { refuseHost } from './refusals.ts';
import { resumeFromLog } from './resume.ts';
import { run, type Running } from './running.ts';
import { knownUnsealKeys, sayUnsealKeys } from './unseal-keys.ts';
import { documentName, openSticks, volumeInfo } from './sticks.ts';
import { openStore } from './store.ts';
import { makeTicket } from './tickets.ts';
import { continueTranscript, startTranscript, type TranscriptWriter } from './transcript-writer.ts';

const STARTS: Readonly<
  Record<
    Exclude<CeremonyKind, 'destroy'>,
    (start: Parameters<typeof startSplit>[0]) => CeremonyState
  >
> = {
  split: startSplit,
  adopt: startAdopt,
  rotate: startRotate,
  'new-version': startNewVersion,
  'add-set': startAddSet,
  recover: startRecover,
  'recover-member': startRecoverMember,
  'migrate-organisation': startOrganisation,
  'migrate-escrows': startMove,
  roster: startRoster,
  drill: startDrill,
  activate: startActivate,
  retire: startRetire,
  refresh: startRefresh,
};

export function createHost(platform: Platform): CeremonyHost {
  const store = openStore(platform.dataFolder);
  const sticks = openSticks(platform.rehearsalFolder);
  const knowledge = openKnowledge(store, platform.now);
  const continuations = openContinuations({ sticks, store });
  const listeners = new Set<(view: View | null) => void>();
  let running: Running | null = null;
  // A ticket and a ceremony both open entry windows and write to sticks: never side by side.
  let opening = 0;
  let makingTicket = false;

  const show = (view: View | null) => {
    for (const listener of listeners) listener(view);
  };

  function begin(
    state: CeremonyState,
    transcript: TranscriptWriter,
    gathered: ReturnType<typeof resumeFromLog>['gathered'],
  ): void {
    const { mode, ceremonyId } = state;
    running = run(state, {
      platform,
      store,
      sticks,
      transcript,
      gathered,
      knownSets: async () => knownSetsData(await knowledge.ledger(mode, ceremonyId), mode),
      envelopes: async () => (await knowledge.ledger(mode, ceremonyId)).envelopes,
      liveSlots: () => slotsOfBothModes(knowledge, ceremonyId),
      seenEpoch: (audience) => knowledge.seenEpoch(mode, audience),
      usedNonces: () => knowledge.usedNonces(mode, ceremonyId),
      keyIdentities: () => knowledge.keyIdentities(mode),
      onView: show,
    });
    show(running.view());
  }

  // Starting, resuming, leaving and looking for interrupted ceremonies: one after the other.
  let tail: Promise<unknown> = Promise.resolve();
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = tail.then(work);
    tail = result.catch(() => undefined);
    return result;
  }

  function openCeremony(work: () => Promise<void>): Promise<void> {
    if (makingTicket) return Promise.reject(refuseHost('ticket-being-made'));
    opening += 1;
    return inTurn(work).finally(() => {
      opening -= 1;
    });
  }

  /**
   * A ceremony that was cut off before its bundle is void: said once, in its own log. What a
   * destruction did stays done; the rest stays on the list.
   */
  async function noteInterrupted(): Promise<void> {
    if (running !== null) return;
    for (const mode of MODES) {
      const { ceremonies } = await knowledge.ledger(mode, null);
      for (const { ceremonyId, kind, standing, destroy } of ceremonies) {
        if (standing !== 'interrupted') continue;
        const transcript = continueTranscript(
          await store.reopenLog(mode, ceremonyId),
          platform.now,
        );
        const entry = voidEntry('It was interrupted before there was a bundle.', destroy);
        if (kind === 'destroy')
          await transcript.record('ceremony-closed', { outcome: 'interrupted' });
        else if (entry.effect === 'record') await transcript.record(entry.kind, entry.facts);
        await transcript.close();
      }
    }
  }

  async function leave(): Promise<void> {
    await running?.stop();
    running = null;
    show(null);
  }

  async function start(ceremony: CeremonyKind, mode: Mode, about?: SetAsked): Promise<void> {
    if (running !== null) throw refuseHost('ceremony-running');
    if (mode === 'production' && platform.productionRefused !== null) {
      throw refuseHost('production-refused', platform.productionRefused);
    }
    await noteInterrupted();
    const ceremonyId = bytesToHex(randomBytes(16));
    const opened = { mode, ceremonyId, startedAt: formatTime(platform.now()) };
    const check =
      ceremony === 'drill' && about !== undefined
        ? await checkFacts({ store, knowledge }, mode, about)
        : null;
    const state =
      ceremony === 'destroy'
        ? startDestroy(opened, await destroyFacts({ store, knowledge }, mode, about))
        : check === null
          ? STARTS[ceremony](opened)
          : startCheck(opened, check.facts);
    const transcript = await startTranscript(
      store,
      { mode, kind: ceremony, ceremonyId },
      platform.now,
    );
    await transcript.record('ceremony-opened', {
      ceremony,
      application: platform.application,
    });
    if (check !== null) {
      await transcript.addDocument(check.roster.envelope);
      await transcript.addDocument(check.manifest.envelope);
    }
    const nothing = {
      descriptor: null,
      package: null,
      manifest: check?.manifest ?? null,
      others: [],
      roster: check?.roster ?? null,
      moveFiles: null,
      next: null,
      refresh: null,
      newAdmins: null,
      bundle: null,
      unsigned: null,
    };
    begin(state, transcript, nothing);
  }

  async function resume(ceremonyId: string): Promise<void> {
    if (running !== null) throw refuseHost('ceremony-running');
    for (const mode of MODES) {
      const { ceremonies } = await knowledge.ledger(mode, null);
      const found = ceremonies.find((ceremony) => ceremony.ceremonyId === ceremonyId);
      if (found?.standing !== 'waiting-for-receipt') continue;
      const reopened = await store.reopenLog(mode, ceremonyId);
      const { state, gathered, unrecorded } = resumeFromLog(reopened.log);
      const transcript = continueTranscript(reopened, platform.now);
      if (unrecorded !== null) {
        await transcript.record('bundle-made', {
          digest: { type: 'digest', value: unrecorded.digest },
          signedEntries: unrecorded.body.transcript.entries,
        });
      }
      begin(state, transcript, gathered);
      return;
    }
    throw refuseHost('no-ceremony');
  }

  return {
    async home(): Promise<HomeView> {
      await inTurn(noteInterrupted);
      const views = await Promise.all(
        MODES.map(async (mode) => {
          const ledger = await knowledge.ledger(mode, running?.ceremonyId ?? null);
          return {
            sets: homeSets(ledger),
            ledger,
            unsealKeys: { mode, ...(await knownUnsealKeys(store, mode)) },
            syncs: (await knowledge.trusted(mode)).map(({ body }) => ({ name: body.name, mode })),
          };
        }),
      );
      return {
        productionRefused: platform.productionRefused,
        application: platform.application,
        sets: views.flatMap(({ sets }) => sets),
        ceremonies: homeCeremonies(...views.map(({ ledger }) => ledger)),
        due: homeDue(...views.map(({ ledger }) => ledger)),
        ways: views.flatMap(({ ledger }) => openWays(ledger)),
        unsealKeys: views.map(({ unsealKeys }) => unsealKeys),
        trustedSyncs: views.flatMap(({ syncs }) => syncs),
      };
    },

    start: (ceremony, mode, about) => openCeremony(() => start(ceremony, mode, about)),
    resume: (ceremonyId) => openCeremony(() => resume(ceremonyId)),

    view: () => running?.view() ?? null,
    onView: (listener) => void listeners.add(listener),

    async dispatch(event) {
      if (running === null) throw refuseHost('no-ceremony');
      await running.dispatch(event);
    },

    async leave() {
      if (running !== null && !running.mayLeave()) throw refuseHost('ceremony-running');
      await inTurn(leave);
    },

    volumes: async (mode) => (await sticks.list(mode)).map(volumeInfo),

    printers: (mode) => availablePrinters(mode, platform.rehearsalFolder),

    findDocuments: ({ kind, mode }) => sticks.documents(mode, kind),
    openChain: (input) => continuations.open(input),
    trustChain: (input) => continuations.trust(input),

    async makeTicket(input) {
      if (running !== null || opening > 0) throw refuseHost('ceremony-running');
      if (makingTicket) throw refuseHost('ticket-being-made');
      makingTicket = true;
      try {
        return await makeTicket(input, { platform, sticks, knowledge, store });
      } finally {
        makingTicket = false;
      }
    },

    savePlan: (input) => savePlan(input, sticks),
    openPlan: (input) => openPlan(input, sticks),
    printPlan: (input) => printPlan(input, platform),

    async saveCalendar({ mode, volumeId }) {
      const ledger = await knowledge.ledger(mode, running?.ceremonyId ?? null);
      return saveDueCalendar(ledger, { mode, volumeId, now: platform.now() }, sticks);
    },

    sayUnsealKeys: (input) => inTurn(() => sayUnsealKeys(input, store, platform.now())),

    async exportLog({ ceremonyId, volumeId }) {
      for (const mode of MODES) {
        const ledger = await knowledge.ledger(mode, running?.ceremonyId ?? null);
        if (!ledger.ceremonies.some((ceremony) => ceremony.ceremonyId === ceremonyId)) continue;
        const now = formatTime(platform.now());
        const { kept } = await knownUnsealKeys(store, mode);
        const files = new Map([
          [documentName('log', ceremonyId, 'jsonl'), await store.readLogBytes(mode, ceremonyId)],
          [documentName('ledger', ceremonyId), ledgerFile(ledger, mode, now, kept)],
          [
            documentName('ledger', ceremonyId, 'txt'),
            utf8ToBytes(ledgerInWords(ledger, mode, now, kept)),
          ],
        ]);
        return { description: await sticks.write(mode, volumeId, files) };
      }
      throw refuseHost('no-ceremony');
    },

    async shutdown() {
      await inTurn(async () => {
        await running?.stop();
        running = null;
      });
    },
  };
}
