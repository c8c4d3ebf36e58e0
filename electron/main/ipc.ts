/**
 * The one door between the window and main. Every call goes: who asks → parse what comes in → run
 * → parse what goes out → an answer. The type of {@link Handlers} maps over the contract, so a
 * channel without a handler does not compile.
 * @module
 */
import { ipcMain, type IpcMainInvokeEvent } from 'electron';
import {
  contract,
  type Answer,
  type Channel,
  type Input,
  type Output,
} from '../../shared/ipc/contract.ts';
import { answer } from './answer.ts';
import { refuseCall } from './refusals.ts';
import { PAGE_URLS } from './scheme.ts';

export type Handlers = { readonly [C in Channel]: (input: Input<C>) => Promise<Output<C>> };

/** The loop over all channels cannot know which one it is at; {@link Handlers} did. */
type AnyHandler = (input: Input<Channel>) => Promise<Output<Channel>>;

export interface IpcDeps {
  readonly handlers: Handlers;
  /** The id of the main window's web contents; null while there is none. */
  readonly knownSender: () => number | null;
}

export function registerIpc({ handlers, knownSender }: IpcDeps): void {
  for (const channel of Object.keys(contract) as Channel[]) {
    ipcMain.handle(channel, async (event, input: unknown): Promise<Answer<unknown>> => {
      if (!isAllowed(event, knownSender())) {
        return { ok: false, note: refuseCall('call-not-allowed').note() };
      }
      return answer(channel, handlers[channel] as AnyHandler, input);
    });
  }
}

/** SECURITY: the web contents that main made, its main frame, showing the page of the app. */
function isAllowed({ sender, senderFrame }: IpcMainInvokeEvent, known: number | null): boolean {
  if (sender.id !== known || !senderFrame) return false;
  if (senderFrame.parent !== null) return false;
  const [expected, actual] = [new URL(PAGE_URLS.main), new URL(senderFrame.url)];
  return actual.protocol === expected.protocol && actual.host === expected.host;
}
