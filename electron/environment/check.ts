/**
 * The environment check: may this laptop hold a production ceremony?
 *
 * design.md's list stops production: swap, hibernation, core dumps, the temporary folder, the print
 * spool and Chromium's profile on a disk, the runtime; and a network that is up. What cannot be
 * determined is "unknown", never "pass", and stops production just the same.
 * @module
 */
import { PROBE_IDS, type ProbeId } from '../../shared/ceremony/laptop-check.ts';
import {
  probeCoreDumps,
  probeFolders,
  probeHibernation,
  probeOtherDisks,
  probePrintSpool,
  probeSwap,
} from './disks.ts';
import type { EnvironmentFacts, RuntimeFacts } from './facts.ts';
import { type Finding, type Seen, unknown } from './finding.ts';
import {
  probeClock,
  probeDebugging,
  probeNetwork,
  probeRootUser,
  probeRuntime,
  probeWireless,
} from './surroundings.ts';

export interface CheckOptions {
  readonly facts: EnvironmentFacts;
  readonly runtime: RuntimeFacts;
}

interface Probe {
  /** Whether a production ceremony may not go on unless this passed. */
  readonly stops: boolean;
  readonly good: string;
  readonly bad: string;
  readonly fix: string;
  readonly look: (facts: EnvironmentFacts, runtime: RuntimeFacts) => Promise<Seen>;
}

const PROBES: Readonly<Record<ProbeId, Probe>> = {
  swap: {
    stops: true,
    good: 'Swap is off',
    bad: 'Memory may be written to a disk (swap)',
    fix: 'Run “sudo swapoff --all”, and remove swap from /etc/fstab.',
    look: probeSwap,
  },
  hibernation: {
    stops: true,
    good: 'The laptop cannot write its memory to a disk when it sleeps',
    bad: 'Sleeping may write all memory to a disk (hibernation)',
    fix: 'Start the laptop with the kernel option “nohibernate”.',
    look: probeHibernation,
  },
  'core-dumps': {
    stops: true,
    good: 'A crash leaves no copy of the memory',
    bad: 'A crash could leave a copy of the memory on a disk (core dump)',
    fix: 'Run “sudo sysctl kernel.core_pattern=core” and start the app after “ulimit -c 0”.',
    look: (facts, runtime) => probeCoreDumps(facts, runtime.processIds),
  },
  'temporary-folder': {
    stops: true,
    good: 'Temporary files are kept in memory',
    bad: 'Temporary files are kept on a disk',
    fix: 'Run “sudo mount -t tmpfs tmpfs /tmp” and start the app again.',
    look: (facts, runtime) => probeFolders(facts, [runtime.temporaryFolder]),
  },
  'print-spool': {
    stops: true,
    good: 'Printing leaves nothing on a disk',
    bad: 'What is printed is kept on a disk (print spool)',
    fix: 'Run “sudo mount -t tmpfs tmpfs /var/spool/cups” and restart printing (“sudo systemctl restart cups”).',
    look: probePrintSpool,
  },
  profile: {
    stops: true,
    good: 'The window keeps its data in memory',
    bad: 'The window keeps data on a disk (browser profile)',
    fix: 'Start the app from its menu entry, with /run/user or /dev/shm in memory.',
    look: (facts, runtime) => probeFolders(facts, runtime.profileFolders),
  },
  runtime: {
    stops: true,
    good: 'This is the installed app',
    bad: 'This is not the installed app',
    fix: 'Install the released package, after its hash was checked on a second machine.',
    look: (_facts, runtime) => probeRuntime(runtime),
  },
  network: {
    stops: true,
    good: 'No network is on',
    bad: 'A network is on',
    fix: 'Unplug the cable, switch to flight mode, and run “sudo ip link set NAME down” for each name.',
    look: probeNetwork,
  },
  debugging: {
    stops: true,
    good: 'Nobody is looking into the program',
    bad: 'The program can be looked into (debugging)',
    fix: 'Close the app and start it from its menu entry.',
    look: probeDebugging,
  },
  'other-disks': {
    stops: false,
    good: 'No disk can be written to by mistake',
    bad: 'Disks of this laptop can be written to',
    fix: 'Prefer a live system without mounted disks. Sticks that are in count too.',
    look: probeOtherDisks,
  },
  wireless: {
    stops: false,
    good: 'Every radio is off',
    bad: 'A radio (Wi-Fi, Bluetooth, mobile) is on',
    fix: 'Switch to flight mode, or run “sudo rfkill block all”.',
    look: probeWireless,
  },
  clock: {
    stops: false,
    good: 'The clock looks right',
    bad: 'The clock looks wrong',
    fix: 'Compare it with a watch, and set it (“sudo date --set …”, then “sudo hwclock --systohc”).',
    look: probeClock,
  },
  'root-user': {
    stops: false,
    good: 'The app has no more rights than it needs',
    bad: 'The app has more rights than it needs',
    fix: 'Start it from an ordinary account.',
    look: (_facts, runtime) => probeRootUser(runtime),
  },
};

/**
 * Runs every probe; none is left out, and none throws.
 *
 * @returns one finding for each of {@link PROBE_IDS}, in that order. In a rehearsal they are the
 *   same, `stopsProduction` included; what stops is judged by shared/ceremony/laptop-check.ts.
 */
export async function checkEnvironment(options: CheckOptions): Promise<Finding[]> {
  return Promise.all(PROBE_IDS.map((id) => findingFor(id, options)));
}

/** Runs one probe. Never throws. */
export async function findingFor(id: ProbeId, { facts, runtime }: CheckOptions): Promise<Finding> {
  const probe = PROBES[id];
  const { status, detail } = await probe
    .look(facts, runtime)
    .catch(() => unknown('This computer did not say.'));
  const good = status === 'pass';
  const headline = status === 'unknown' ? `Not known: ${lowerFirst(probe.bad)}?` : probe.bad;
  return {
    id,
    status,
    headline: good ? probe.good : headline,
    detail,
    // SECURITY: "unknown" stops as "fail" does.
    stopsProduction: probe.stops && !good,
    fix: good ? '' : probe.fix,
  };
}

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
