/**
 * The entry window's one connection: a port to the worker. What it shows follows from what the
 * worker says. Nothing secret is in here: words and entries pass through, as bytes.
 * @module
 */
import { create } from 'zustand';
import type { EntryTask, FromEntry, ToEntry } from '../../shared/ipc/entry.ts';
import type { Mode } from '../../shared/mode.ts';
import type { RefusalNote } from '../../shared/refusal.ts';

interface EntryState {
  readonly mode: Mode | null;
  readonly task: EntryTask | null;
  /** Counts tasks, so that each gets fresh fields. */
  readonly turn: number;
  readonly accepted: string | null;
  readonly refused: RefusalNote | null;
  /** Counts refusals, for what must start again after each. */
  readonly refusals: number;
  /** The worker waits until the step is tried once more. */
  readonly again: boolean;
  /** The YubiKey waits for the finger. */
  readonly blinking: boolean;
  readonly busy: string | null;
  readonly done: boolean;
}

export const useEntry = create<EntryState>(() => ({
  mode: null,
  task: null,
  turn: 0,
  accepted: null,
  refused: null,
  refusals: 0,
  again: false,
  blinking: false,
  busy: null,
  done: false,
}));

let port: MessagePort | null = null;
let showWords: ((words: Uint8Array) => void) | null = null;
let waitingWords: Uint8Array | null = null;

export function send(message: FromEntry): void {
  // A refusal stays on the page until something new is tried, over tasks too.
  useEntry.setState({ refused: null, again: false });
  port?.postMessage(message);
}

/** Sends secret bytes and wipes them here. The message is a copy. */
export function sendSecret(message: FromEntry, bytes: Uint8Array): void {
  try {
    send(message);
  } finally {
    bytes.fill(0);
  }
}

/**
 * SECURITY: the words go past the state straight to the page's own text, so that no old state
 * of the window holds them. Returns what stops listening.
 */
export function onWords(listener: (words: Uint8Array) => void): () => void {
  showWords = listener;
  if (waitingWords !== null) listener(waitingWords);
  waitingWords = null;
  return () => {
    showWords = null;
  };
}

function receive(message: ToEntry): void {
  const { setState, getState } = useEntry;
  switch (message.type) {
    case 'task':
      setState({
        mode: message.mode,
        task: message.task,
        turn: getState().turn + 1,
        // That another key was in is over once the page goes on by itself.
        refused: sawOther(getState().task) ? null : getState().refused,
        again: false,
        blinking: false,
        busy: null,
      });
      break;
    case 'words':
      if (showWords === null) waitingWords = message.words;
      else showWords(message.words);
      break;
    case 'accepted':
      setState({ accepted: message.sentence, refused: null, busy: null });
      break;
    case 'refused':
      setState({
        refused: message.note,
        accepted: null,
        busy: null,
        refusals: getState().refusals + 1,
        again: message.again === true,
        blinking: false,
      });
      break;
    case 'busy':
      setState({ busy: message.doing, accepted: null, blinking: false });
      break;
    case 'blinking':
      setState({ blinking: true });
      break;
    case 'done':
      setState({ done: true, busy: null });
      break;
  }
}

function sawOther(task: EntryTask | null): boolean {
  return task?.task === 'key-in' && task.state === 'other';
}

/** Waits for the port that the preload passes on, once. */
export function connect(): void {
  const take = (event: MessageEvent) => {
    const [given] = event.ports;
    // SECURITY: only this window's own preload, only the first port.
    if (event.source !== window || event.origin !== window.location.origin) return;
    if (event.data !== 'entry:port' || given === undefined || port !== null) return;
    window.removeEventListener('message', take);
    port = given;
    port.addEventListener('message', ({ data }: MessageEvent<ToEntry>) => receive(data));
    port.start();
    send({ type: 'ready' });
  };
  window.addEventListener('message', take);
  // A window that somebody closes is an entry that somebody gave up.
  window.addEventListener('pagehide', () => {
    if (!useEntry.getState().done) send({ type: 'cancel' });
  });
}
