// Preloaded into a replica with `node --expose-gc --import probe.mjs`: at SIGUSR2 it collects
// garbage and writes on stderr how much memory is left. For the soak only; the product has no such
// thing.
import { getHeapSpaceStatistics } from 'node:v8';

let samples = 0;

process.on('SIGUSR2', () => {
  // Twice: what the first one finalises is freed by the second.
  globalThis.gc();
  globalThis.gc();
  samples += 1;
  const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
  const young = getHeapSpaceStatistics().find((space) => space.space_name === 'new_space');
  const figures = [rss, heapUsed, external, heapTotal, young.space_size];
  process.stderr.write(`memory ${samples} ${figures.join(' ')}\n`);
});
// Alone, it keeps no process alive.
process.stderr.write('memory probe ready\n');
