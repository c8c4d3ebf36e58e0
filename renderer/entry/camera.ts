/**
 * The camera: pictures one after the other to the scanner, until a code is found.
 * @module
 */
import wasmUrl from 'zxing-wasm/reader/zxing_reader.wasm?url';
import { createScanner, HINTS, type Scanner } from '../../shared/scanning/scanner.ts';

/** A pause between looks, so that the page stays responsive. */
const PAUSE_MS = 60;
/** So many looks in a row must come to the same before people are told another hint. */
const STEADY_LOOKS = 3;
/** After so long without a picture, people hear that the camera does not answer. */
const SILENCE_MS = 12_000;

export interface CameraDeps {
  readonly video: HTMLVideoElement;
  /** The text of a code, as bytes; the camera looks no further until `stop` and a new start. */
  onFound(text: Uint8Array): void;
  onHint(sentence: string): void;
  /** There is no camera, it does not answer, or nothing here can read its pictures. */
  onFailure(sentence: string): void;
}

let scanner: Promise<Scanner> | null = null;
/**
 * The sheet that was read last is still before the camera when the next one is asked for; the
 * worker has judged it already. SECURITY: 32 bits that are no way back to the text.
 */
let readLast: number | null = null;

/** FNV-1a. */
function fingerprint(text: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of text) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash;
}

function loadScanner(): Promise<Scanner> {
  scanner ??= fetch(wasmUrl)
    .then((response) => response.arrayBuffer())
    .then((wasmBinary) => createScanner({ wasmBinary }))
    .catch((error: unknown) => {
      // The next try starts afresh.
      scanner = null;
      throw error;
    });
  return scanner;
}

/**
 * Starts; returns what stops it and switches the camera off. `onFailure` is called at most once,
 * and then the camera is off.
 */
export function startCamera(deps: CameraDeps): () => void {
  let stopped = false;
  let stream: MediaStream | null = null;
  let eyes: Scanner | null = null;
  let silence: ReturnType<typeof setTimeout> | undefined;
  const stop = () => {
    stopped = true;
    clearTimeout(silence);
    for (const track of stream?.getTracks() ?? []) track.stop();
    deps.video.srcObject = null;
  };
  const fail = (sentence: string) => {
    if (stopped) return;
    stop();
    deps.onFailure(sentence);
  };
  silence = setTimeout(
    () => fail(stream !== null && eyes === null ? UNREADABLE : SILENT),
    SILENCE_MS,
  );
  void (async () => {
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { width: { ideal: 1280 }, height: { ideal: 720 } },
      });
    } catch (error) {
      fail(whyNoCamera(error));
      return;
    }
    if (stopped) {
      // It answered too late; the page may have started another.
      for (const track of stream.getTracks()) track.stop();
      return;
    }
    deps.video.srcObject = stream;
    try {
      await deps.video.play().catch(() => undefined);
      eyes = await loadScanner();
      const seen = () => clearTimeout(silence);
      await look(deps, eyes, { stopped: () => stopped, seen });
    } catch {
      fail(UNREADABLE);
    }
  })();
  return stop;
}

/** Passes a sentence on when it came often enough in a row: it must not change with each picture. */
export function steadily(onHint: (sentence: string) => void): (sentence: string) => void {
  let last = '';
  let times = 0;
  return (sentence) => {
    times = sentence === last ? times + 1 : 1;
    last = sentence;
    if (times === STEADY_LOOKS) onHint(sentence);
  };
}

async function look(
  deps: CameraDeps,
  eyes: Scanner,
  watch: { readonly stopped: () => boolean; readonly seen: () => void },
): Promise<void> {
  const { stopped, seen } = watch;
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('This page cannot draw.');
  const hint = steadily((sentence) => deps.onHint(sentence));
  while (!stopped()) {
    const { videoWidth: width, videoHeight: height } = deps.video;
    if (width > 0 && height > 0) {
      if (canvas.width !== width || canvas.height !== height) {
        canvas.width = width;
        canvas.height = height;
      }
      context.drawImage(deps.video, 0, 0);
      const frame = context.getImageData(0, 0, width, height);
      const result = await eyes.scanFrame(frame);
      seen();
      // SECURITY: the picture of a share is wiped as soon as it was looked at.
      frame.data.fill(0);
      context.clearRect(0, 0, width, height);
      if (stopped()) {
        result.found?.fill(0);
        return;
      }
      if (result.found === undefined) {
        hint(HINTS[result.hint]);
      } else if (fingerprint(result.found) === readLast) {
        result.found.fill(0);
        hint('This sheet was read already. Put it away, then show the next one.');
      } else {
        readLast = fingerprint(result.found);
        deps.onFound(result.found);
        return;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

const SILENT = 'The camera does not answer. Plug it out and in again.';
const UNREADABLE = 'The part of Conclave that reads codes could not be started.';

function whyNoCamera(error: unknown): string {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotFoundError') return 'No camera is connected. Plug one in.';
  if (name === 'NotReadableError') {
    return 'The camera is in use by another program. Close that program.';
  }
  return 'The camera cannot be used on this laptop.';
}
