/**
 * Where secrets could stay behind: swap, hibernation, core dumps, and folders that lie on a disk.
 *
 * Sources: proc(5), core(5), swapon(8), the kernel's Documentation/power/swsusp.rst; findmnt(8).
 * @module
 */
import { z } from 'zod';
import type { EnvironmentFacts } from './facts.ts';
import type { Seen } from './finding.ts';
import { failed, passed, unknown } from './finding.ts';

/** File systems that live in memory alone. */
const IN_MEMORY = new Set(['tmpfs', 'ramfs']);
const mountAnswer = z.object({
  filesystems: z.array(
    z.object({
      target: z.string(),
      source: z.string().nullish(),
      fstype: z.string(),
      options: z.string(),
    }),
  ),
});

export async function probeSwap(facts: EnvironmentFacts): Promise<Seen> {
  const [heading, ...lines] = (await facts.readFile('/proc/swaps')).trim().split('\n');
  if (heading?.startsWith('Filename') !== true) return unknown('/proc/swaps was not understood.');
  if (lines.length === 0) return passed('No swap is in use.');
  const areas = lines.map((line) => line.split(/\s/)[0] ?? '?');
  // zram included: it can write back to a disk, and no ceremony needs it.
  return failed(`Swap is on: ${areas.join(', ')}.`);
}

/**
 * Suspend to disk is possible when the kernel offers "disk" and has somewhere to write. The image
 * goes to swap, so `resume=` or a swap area turns the offer into a danger.
 */
export async function probeHibernation(facts: EnvironmentFacts): Promise<Seen> {
  const states = (await facts.readFile('/sys/power/state')).trim().split(/\s+/);
  if (!states.includes('disk')) return passed('This computer cannot suspend to disk.');
  const commandLine = ` ${(await facts.readFile('/proc/cmdline')).trim()} `;
  if (/ (nohibernate|hibernate=no) /.test(commandLine)) {
    return passed('Suspending to disk is switched off at start.');
  }
  const resume = / resume=(\S+) /.exec(commandLine);
  if (resume !== null) return failed(`Suspending to disk is set up (resume=${resume[1]}).`);
  if ((await probeSwap(facts)).status !== 'pass') {
    return failed('Suspending to disk is possible, as swap is on.');
  }
  return passed('There is nowhere to suspend to: no swap and no resume device.');
}

/** A core dump is a copy of the memory on a disk. A pattern with "|" ignores the size limit. */
export async function probeCoreDumps(
  facts: EnvironmentFacts,
  processIds: readonly number[],
): Promise<Seen> {
  const pattern = (await facts.readFile('/proc/sys/kernel/core_pattern')).trim();
  if (/^\|\/(usr\/)?bin\/false( |$)/.test(pattern)) {
    return passed('Core dumps are thrown away by the system.');
  }
  if (pattern.startsWith('|')) {
    return failed(`Crashed programs are handed to ${pattern.slice(1).split(' ')[0]}.`);
  }
  for (const owner of ['self', ...processIds.map(String)]) {
    const limits = await facts.readFile(`/proc/${owner}/limits`);
    const limit = /^Max core file size +(\S+) +(\S+) /m.exec(limits);
    if (limit === null) return unknown('The core dump limit was not understood.');
    const [, now, most] = limit;
    if (now !== '0' || most !== '0') {
      return failed(`A crash may be written to a disk (limit now ${now}, at most ${most}).`);
    }
  }
  return passed('Core dumps are off for all processes of the app.');
}

/** Each folder must lie in memory. */
export async function probeFolders(
  facts: EnvironmentFacts,
  folders: readonly string[],
): Promise<Seen> {
  if (folders.length === 0) return unknown('No folder was named.');
  const seen: string[] = [];
  for (const folder of folders) {
    const mount = await mountOf(facts, folder);
    if (mount === undefined) return unknown(`It could not be found out where ${folder} lies.`);
    if (!IN_MEMORY.has(mount.fstype)) {
      return failed(`${folder} lies on ${mount.source ?? mount.target} (${mount.fstype}).`);
    }
    seen.push(folder);
  }
  return passed(`In memory: ${seen.join(', ')}.`);
}

/** What is printed waits in CUPS's spool as a file; without CUPS there is none. */
export async function probePrintSpool(facts: EnvironmentFacts): Promise<Seen> {
  const spool = '/var/spool/cups';
  const present = (await facts.list('/var/spool')).includes('cups');
  return present ? probeFolders(facts, [spool]) : passed('There is no print spool.');
}

/** Disks that could receive something by mistake: any block device mounted for writing. */
export async function probeOtherDisks(facts: EnvironmentFacts): Promise<Seen> {
  const { filesystems } = mountAnswer.parse(
    JSON.parse(
      await facts.run('findmnt', [
        '--json',
        '--list',
        '--real',
        '-o',
        'TARGET,SOURCE,FSTYPE,OPTIONS',
      ]),
    ),
  );
  const writable = filesystems.filter(
    ({ source, options }) =>
      source?.startsWith('/dev/') === true && options.split(',').includes('rw'),
  );
  if (writable.length === 0) return passed('No disk is mounted for writing.');
  return failed(`Mounted for writing: ${writable.map(({ target }) => target).join(', ')}.`);
}

async function mountOf(facts: EnvironmentFacts, folder: string) {
  const columns = 'TARGET,SOURCE,FSTYPE,OPTIONS';
  const args = ['--json', '--list', '-o', columns, '--target', folder];
  const answer = await facts.run('findmnt', args);
  // Mounts on top of each other: the last is the one that is seen.
  return mountAnswer.parse(JSON.parse(answer)).filesystems.at(-1);
}
