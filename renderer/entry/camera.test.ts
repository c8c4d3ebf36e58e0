import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startCamera, steadily } from './camera.ts';

/** What of a page the camera touches before it has a picture. */
function page(getUserMedia: () => Promise<unknown>) {
  vi.stubGlobal('navigator', { mediaDevices: { getUserMedia } });
  vi.stubGlobal('document', {
    createElement: () => ({ getContext: () => ({}) }),
  });
  const video = { srcObject: null, play: () => Promise.resolve(), videoWidth: 0, videoHeight: 0 };
  const failures: string[] = [];
  const stop = startCamera({
    video: video as unknown as HTMLVideoElement,
    onFound: () => failures.push('found'),
    onHint: () => undefined,
    onFailure: (sentence) => failures.push(sentence),
  });
  return { failures, stop };
}

function stream() {
  const track = { stop: vi.fn() };
  return { track, media: { getTracks: () => [track] } };
}

/** The bytes that the page gets for the scanner's program. */
const program = (bytes: Uint8Array) =>
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(bytes.slice().buffer)));

it('a hint is told once, when it has stood still, and not with each picture', () => {
  const told: string[] = [];
  const hint = steadily((sentence) => told.push(sentence));
  for (const sentence of 'dark far dark far far dark'.split(' ')) hint(sentence);
  expect(told).toEqual([]);
  for (let look = 0; look < 9; look += 1) hint('far');
  expect(told).toEqual(['far']);
  hint('dark');
  for (let look = 0; look < 3; look += 1) hint('far');
  expect(told).toEqual(['far', 'far']);
});

describe('the camera', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('that never answers is given up in words, and switched off when it answers too late', async () => {
    const { track, media } = stream();
    let answer: (media: unknown) => void = () => undefined;
    const { failures } = page(() => new Promise((resolve) => (answer = resolve)));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(failures).toEqual([expect.stringContaining('does not answer')]);
    answer(media);
    await vi.advanceTimersByTimeAsync(0);
    expect(track.stop).toHaveBeenCalled();
    expect(failures).toHaveLength(1);
  });

  it('that nobody may use says why', async () => {
    const { failures } = page(() => Promise.reject(new DOMException('', 'NotFoundError')));
    await vi.advanceTimersByTimeAsync(0);
    expect(failures).toEqual([expect.stringContaining('No camera is connected')]);
  });

  it.each([
    ['cannot be loaded', () => vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no')))],
    ['is no program', () => program(new Uint8Array(64))],
    ['never comes', () => vi.stubGlobal('fetch', () => new Promise<Response>(() => undefined))],
  ])('whose scanner %s is switched off, and another way is offered', async (_why, breakIt) => {
    breakIt();
    const { track, media } = stream();
    const { failures } = page(() => Promise.resolve(media));
    await vi.advanceTimersByTimeAsync(60_000);
    await vi.waitFor(() =>
      expect(failures).toEqual([expect.stringContaining('that reads codes could not be started')]),
    );
    expect(track.stop).toHaveBeenCalled();
  });

  it('that was stopped says nothing any more', async () => {
    const { failures, stop } = page(() => new Promise(() => undefined));
    stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(failures).toEqual([]);
  });
});
