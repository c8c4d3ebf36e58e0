/**
 * The whole memory of a running process, searched as the kernel shows it: what is used, what was
 * freed and not yet written over, and what it shares with others. As root.
 * @module
 */
import { open, readFile, type FileHandle } from 'node:fs/promises';

/** Bytes read at once. */
const CHUNK = 8 << 20;
const PAGE = 4096;

export interface Needle {
  readonly what: string;
  /** At least four. */
  readonly bytes: Uint8Array;
}

export interface MemorySearch {
  /** Names of the needles that are there. */
  readonly found: ReadonlySet<string>;
  /** How much was looked through, in bytes. */
  readonly searched: number;
}

/** Finds many needles in one pass: their first two bytes in a table, their first four in a map. */
class Finder {
  readonly longest: number;
  readonly #begins = new Uint8Array(1 << 16);
  readonly #byHead = new Map<number, Needle[]>();

  constructor(needles: readonly Needle[]) {
    for (const needle of needles) {
      const [a = 0, b = 0] = needle.bytes;
      this.#begins[(a << 8) | b] = 1;
      const head = Buffer.from(needle.bytes).readUInt32BE(0);
      this.#byHead.set(head, [...(this.#byHead.get(head) ?? []), needle]);
    }
    this.longest = Math.max(...needles.map(({ bytes }) => bytes.length));
  }

  look(memory: Buffer, found: Set<string>): void {
    const begins = this.#begins;
    let before = memory[0] ?? 0;
    for (let at = 0; at + 4 <= memory.length; at += 1) {
      const next = memory[at + 1] ?? 0;
      if (begins[(before << 8) | next] === 1) this.#compare(memory, at, found);
      before = next;
    }
  }

  #compare(memory: Buffer, at: number, found: Set<string>): void {
    for (const { what, bytes } of this.#byHead.get(memory.readUInt32BE(at)) ?? []) {
      if (memory.subarray(at, at + bytes.length).equals(bytes)) found.add(what);
    }
  }
}

/** Start and end of every part that the process can write to, or that it shares; below 2^48. */
async function writable(pid: number): Promise<readonly (readonly [number, number])[]> {
  const maps = await readFile(`/proc/${pid}/maps`, 'utf8');
  return [...maps.matchAll(/^([0-9a-f]+)-([0-9a-f]+) r(?:w..|.-s) /gm)].map(
    ([, from, to]) => [Number(`0x${from}`), Number(`0x${to}`)] as const,
  );
}

/** Pages that are there: the rest of a part was never touched. Bit 63 present, 62 swapped. */
async function touched(pagemap: FileHandle, from: number, to: number): Promise<[number, number][]> {
  const runs: [number, number][] = [];
  const entries = Buffer.alloc(8 * 65_536);
  for (let at = from; at < to;) {
    const wanted = ((to - at) / PAGE) * 8;
    const length = Math.min(wanted, entries.length);
    const { bytesRead } = await pagemap.read(entries, 0, length, (at / PAGE) * 8);
    if (bytesRead === 0) break;
    for (let entry = 0; entry < bytesRead; entry += 8) {
      const page = at + (entry / 8) * PAGE;
      if ((entries[entry + 7] ?? 0) < 0x40) continue;
      const last = runs.at(-1);
      if (last?.[1] === page) last[1] += PAGE;
      else runs.push([page, page + PAGE]);
    }
    at += (bytesRead / 8) * PAGE;
  }
  return runs;
}

/** @param pid of a process that this one may look into: its own child, as root */
export async function searchMemory(pid: number, needles: readonly Needle[]): Promise<MemorySearch> {
  const finder = new Finder(needles);
  const found = new Set<string>();
  const memory = await open(`/proc/${pid}/mem`, 'r');
  const pagemap = await open(`/proc/${pid}/pagemap`, 'r');
  const buffer = Buffer.alloc(CHUNK);
  let searched = 0;
  try {
    for (const [from, to] of await writable(pid)) {
      for (const [first, last] of await touched(pagemap, from, to)) {
        // Each piece begins a needle's length before the end of the one before.
        for (let at = first; at < last;) {
          const length = Math.min(last - at, CHUNK);
          // A part may be given back while one looks.
          const read = await memory.read(buffer, 0, length, at).catch(() => null);
          if (read === null || read.bytesRead === 0) break;
          finder.look(buffer.subarray(0, read.bytesRead), found);
          searched += read.bytesRead;
          const end = at + read.bytesRead;
          at = end === last ? end : end - finder.longest;
        }
      }
    }
  } finally {
    buffer.fill(0);
    await memory.close();
    await pagemap.close();
  }
  return { found, searched };
}
