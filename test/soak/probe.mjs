// Preloaded into a replica with `node --expose-gc --import probe.mjs`: at SIGUSR2 it collects
// garbage and writes on stderr how much memory is left. For the soak only; the product has no such
// thing.
let samples = 0;

process.on('SIGUSR2', () => {
  // Twice: what the first one finalises is freed by the second.
  globalThis.gc();
  globalThis.gc();
  samples += 1;
  const { rss, heapUsed, external } = process.memoryUsage();
  process.stderr.write(`memory ${samples} ${rss} ${heapUsed} ${external}\n`);
});
// Alone, it keeps no process alive.
process.stderr.write('memory probe ready\n');
