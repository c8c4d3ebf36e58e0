/**
 * What the ceremony host needs from the platform it runs on: Electron's windows and utility
 * processes in the app, worker threads and a script in the headless rehearsal. The host itself
 * knows neither.
 * @module
 */
import type { HomeView } from '../../../shared/ceremony/home.ts';
import type { PersonEvent } from '../../../shared/ceremony/events.ts';
import type {
  Finding,
  FoundDocument,
  PrinterInfo,
  VolumeInfo,
} from '../../../shared/ceremony/types.ts';
import type { View } from '../../../shared/ceremony/view.ts';
import type { Input, Output } from '../../../shared/ipc/contract.ts';
import type { Mode } from '../../../shared/mode.ts';
import type { CeremonyKind } from '../../../shared/transcript/log.ts';
import type { WorkerProcess } from '../../worker/protocol.ts';
import type { SetAsked } from './destroy-facts.ts';

/** An entry window in front of the app: words, scanning, typing, passphrase. */
export interface EntryWindow {
  /** The worker's end of its port; transferred once. */
  readonly workerPort: unknown;
  /** Destroys the window and with it everything it held. */
  destroy(): void;
}

export interface Platform {
  startWorker(): Promise<WorkerProcess>;
  openEntryWindow(title: string): Promise<EntryWindow>;
  checkEnvironment(mode: Mode): Promise<readonly Finding[]>;
  /** `Conclave 0.1.0, Electron 45.4.1`: goes into the transcript. */
  readonly application: string;
  /** Why production is refused on this runtime, as a sentence; null when it is not. */
  readonly productionRefused: string | null;
  /** The folder for transcripts, manifests, roster, settings. Never a secret. */
  readonly dataFolder: string;
  /**
   * Rehearsal only: a folder that counts as a stick beside the real ones, and where sheets go as
   * PDF files when no printer is chosen. Null: sticks and printers only.
   */
  readonly rehearsalFolder: string | null;
  /** Empties the clipboard: at each change of seats nothing of the person before is left. */
  readonly clearClipboard: () => void;
  readonly now: () => Date;
}

/** What the window's channels call. One ceremony at a time. */
export interface CeremonyHost {
  home(): Promise<HomeView>;
  /** @param about the set that a destruction is about */
  start(ceremony: CeremonyKind, mode: Mode, about?: SetAsked): Promise<void>;
  /** Goes on with a ceremony that waits for its receipt. */
  resume(ceremonyId: string): Promise<void>;
  view(): View | null;
  onView(listener: (view: View | null) => void): void;
  dispatch(event: PersonEvent): Promise<void>;
  /** Leaves a closed, void or waiting ceremony. Refused while one is going on. */
  leave(): Promise<void>;
  volumes(mode: Mode): Promise<readonly VolumeInfo[]>;
  printers(mode: Mode): Promise<readonly PrinterInfo[]>;
  findDocuments(query: Input<'documents:find'>): Promise<readonly FoundDocument[]>;
  openChain(input: Input<'chain:open'>): Promise<Output<'chain:open'>>;
  trustChain(input: Input<'chain:trust'>): Promise<null>;
  makeTicket(input: Input<'ticket:make'>): Promise<Output<'ticket:make'>>;
  savePlan(input: Input<'plan:save'>): Promise<Output<'plan:save'>>;
  openPlan(input: Input<'plan:open'>): Promise<Output<'plan:open'>>;
  printPlan(input: Input<'plan:print'>): Promise<Output<'plan:print'>>;
  saveCalendar(input: Input<'calendar:save'>): Promise<Output<'calendar:save'>>;
  /** Keeps who holds Vault's unseal keys. */
  sayUnsealKeys(input: Input<'unseal-keys:say'>): Promise<null>;
  exportLog(input: Input<'log:export'>): Promise<Output<'log:export'>>;
  /** Stops the worker and every window: the app is closing. */
  shutdown(): Promise<void>;
}
