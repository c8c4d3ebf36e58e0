/**
 * The camera: pictures one after the other to the scanner, until a code is found.
 * @module
 */
import wasmUrl from 'zxing-wasm/reader/zxing_reader.wasm?url';
import { createScanner, HINTS, type Scanner } from '../../shared/scanning/scanner.ts';

/** A pause between looks, so that the page stays responsive. */
const PAUSE_MS = 60;

export interface CameraDeps {
  readonly video: HTMLVideoElement;
  /** The text of a code, as bytes; the camera looks no further until `stop` and a new start. */
  onFound(text: Uint8Array): void;
  onHint(sentence: string): void;
  /** There is no camera, or it may not be used. */
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
    .then((wasmBinary) => createScanner({ wasmBinary }));
  return scanner;
}

/** Starts; returns what stops it and switches the camera off. */
export function startCamera(deps: CameraDeps): () => void {
  let stopped = false;
  let stream: MediaStream | null = null;
  const stop = () => {
    stopped = true;
    for (const track of stream?.getTracks() ?? []) track.stop();
    deps.video.srcObject = null;
  };
  void (async () => {
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { width: { ideal: 1280 }, height: { ideal: 720 } },
      });
    } catch (error) {
      if (!stopped) deps.onFailure(whyNoCamera(error));
      return;
    }
    if (stopped) {
      stop();
      return;
    }
    deps.video.srcObject = stream;
    await deps.video.play().catch(() => undefined);
    const eyes = await loadScanner();
    await look(deps, eyes, () => stopped);
  })();
  return stop;
}

async function look(deps: CameraDeps, eyes: Scanner, stopped: () => boolean): Promise<void> {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) return;
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
      // SECURITY: the picture of a share is wiped as soon as it was looked at.
      frame.data.fill(0);
      context.clearRect(0, 0, width, height);
      if (stopped()) {
        result.found?.fill(0);
        return;
      }
      if (result.found === undefined) {
        deps.onHint(HINTS[result.hint]);
      } else if (fingerprint(result.found) === readLast) {
        result.found.fill(0);
        deps.onHint('This sheet was read already. Put it away, then show the next one.');
      } else {
        readLast = fingerprint(result.found);
        deps.onFound(result.found);
        return;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

function whyNoCamera(error: unknown): string {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotFoundError')
    return 'No camera is connected. Plug one in, or choose another way.';
  if (name === 'NotReadableError') {
    return 'The camera is in use by another program. Close that program, or choose another way.';
  }
  return 'The camera cannot be used on this laptop. Choose another way.';
}
