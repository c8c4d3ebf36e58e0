import { tmpdir } from 'node:os';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PROBE_IDS, type ProbeId, stopping } from '../../shared/ceremony/laptop-check.ts';
import { checkEnvironment, findingFor } from './check.ts';
import type { EnvironmentFacts, RuntimeFacts } from './facts.ts';
import { machineFacts } from './facts.ts';
import type { Finding } from './finding.ts';
import { hardenProcess } from './harden.ts';

/** A machine as a fixture: files by path, folders derived from them, mounts by folder. */
interface Machine {
  readonly files: Readonly<Record<string, string>>;
  /** Folders that exist, with their names; besides those the files give. */
  readonly folders: Readonly<Record<string, readonly string[]>>;
  /** Folder to its file system. */
  readonly mounts: Readonly<Record<string, string>>;
  readonly options?: string;
  readonly now: number;
  readonly runtime: RuntimeFacts;
}

const NOW = Date.UTC(2026, 10, 23, 9);
const limits = (soft: string, hard: string) =>
  `Limit                     Soft Limit           Hard Limit           Units     
Max stack size            8388608              unlimited            bytes     
Max core file size        ${soft.padEnd(20)} ${hard.padEnd(20)} bytes     
`;
const swapHeading = 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n';

/** A prepared laptop, started from a live system: everything passes. */
const good: Machine = {
  files: {
    '/proc/swaps': swapHeading,
    '/sys/power/state': 'freeze mem\n',
    '/proc/cmdline': 'BOOT_IMAGE=/vmlinuz quiet\n',
    '/proc/sys/kernel/core_pattern': 'core\n',
    '/proc/self/limits': limits('0', '0'),
    '/proc/self/status': 'Name:\tconclave\nTracerPid:\t0\n',
    '/proc/77/limits': limits('0', '0'),
    '/sys/class/net/eth0/operstate': 'down\n',
    '/sys/class/net/eth0/flags': '0x1003\n',
    '/sys/class/net/wlan0/operstate': 'down\n',
    '/sys/class/net/wlan0/flags': '0x1002\n',
    '/sys/class/rfkill/rfkill0/type': 'wlan\n',
    '/sys/class/rfkill/rfkill0/soft': '1\n',
    '/sys/class/rfkill/rfkill0/hard': '0\n',
    '/sys/class/rtc/rtc0/since_epoch': `${NOW / 1000 + 3}\n`,
  },
  folders: {
    '/sys/class/net': ['eth0', 'lo', 'wlan0'],
    '/sys/class/rfkill': ['rfkill0'],
    '/sys/class': ['net', 'rfkill'],
    '/var/spool': ['cups', 'mail'],
  },
  mounts: { '/tmp': 'tmpfs', '/var/spool/cups': 'tmpfs', '/dev/shm/profile': 'tmpfs' },
  options: 'ro,relatime',
  now: NOW,
  runtime: {
    electronVersion: '45.4.1',
    packaged: true,
    arguments: ['/opt/conclave/conclave'],
    nodeOptions: undefined,
    userId: 1000,
    processIds: [77],
    profileFolders: ['/dev/shm/profile'],
    temporaryFolder: '/tmp',
  },
};

function factsOf(machine: Machine): EnvironmentFacts {
  const absent = (what: string) => Promise.reject(new Error(`no ${what}`));
  return {
    readFile: (path) => {
      const text = machine.files[path];
      return text === undefined ? absent(path) : Promise.resolve(text);
    },
    list: (path) => {
      const names = machine.folders[path];
      return names === undefined ? absent(path) : Promise.resolve(names);
    },
    run: (tool, args) => {
      if (tool !== 'findmnt') return absent(tool);
      const at = args.indexOf('--target');
      const folder = at < 0 ? '/' : (args[at + 1] ?? '');
      const fstype = at < 0 ? 'ext4' : machine.mounts[folder];
      if (fstype === undefined) return absent(folder);
      const options = machine.options ?? '';
      const row = { target: folder, source: '/dev/sda2', fstype, options };
      return Promise.resolve(JSON.stringify({ filesystems: [row] }));
    },
    now: () => machine.now,
  };
}
const look = (machine: Machine) =>
  checkEnvironment({ facts: factsOf(machine), runtime: machine.runtime });

const withFile = (path: string, text: string): Machine => ({
  ...good,
  files: { ...good.files, [path]: text },
});
const withRuntime = (change: Partial<RuntimeFacts>): Machine => ({
  ...good,
  runtime: { ...good.runtime, ...change },
});
const withMount = (folder: string, fstype: string): Machine => ({
  ...good,
  mounts: { ...good.mounts, [folder]: fstype },
});
function without(...paths: string[]): Machine {
  const keep = ([path]: [string, unknown]) => !paths.includes(path);
  return {
    ...good,
    files: Object.fromEntries(Object.entries(good.files).filter(keep)),
    folders: Object.fromEntries(Object.entries(good.folders).filter(keep)),
    mounts: Object.fromEntries(Object.entries(good.mounts).filter(keep)),
  };
}

const bad: [ProbeId, string, Machine][] = [
  ['swap', 'a partition', withFile('/proc/swaps', `${swapHeading}/dev/sda3 partition 9 0 -2\n`)],
  [
    'swap',
    'compressed memory',
    withFile('/proc/swaps', `${swapHeading}/dev/zram0 partition 9 0 5\n`),
  ],
  [
    'hibernation',
    'a resume device',
    {
      ...good,
      files: {
        ...good.files,
        '/sys/power/state': 'freeze mem disk\n',
        '/proc/cmdline': 'quiet resume=/dev/sda3\n',
      },
    },
  ],
  [
    'hibernation',
    'swap to write to',
    {
      ...good,
      files: {
        ...good.files,
        '/sys/power/state': 'mem disk\n',
        '/proc/swaps': `${swapHeading}/swapfile file 9 0 -2\n`,
      },
    },
  ],
  ['core-dumps', 'a limit', withFile('/proc/self/limits', limits('unlimited', 'unlimited'))],
  [
    'core-dumps',
    'a limit that can be raised',
    withFile('/proc/self/limits', limits('0', 'unlimited')),
  ],
  ['core-dumps', 'another process', withFile('/proc/77/limits', limits('0', 'unlimited'))],
  [
    'core-dumps',
    'a program that takes them',
    withFile('/proc/sys/kernel/core_pattern', '|/usr/lib/systemd/systemd-coredump %P\n'),
  ],
  ['temporary-folder', 'a disk', withMount('/tmp', 'ext4')],
  ['print-spool', 'a disk', withMount('/var/spool/cups', 'ext4')],
  ['profile', 'a disk', withMount('/dev/shm/profile', 'btrfs')],
  ['runtime', 'plain Node', withRuntime({ electronVersion: undefined })],
  ['runtime', 'the development Electron', withRuntime({ electronVersion: '22.3.25' })],
  ['runtime', 'a source folder', withRuntime({ packaged: false })],
  ['network', 'a cable', withFile('/sys/class/net/eth0/operstate', 'up\n')],
  ['network', 'a driver without a state', withFile('/sys/class/net/eth0/operstate', 'unknown\n')],
  ['debugging', 'a flag', withRuntime({ arguments: ['--inspect=0'] })],
  ['debugging', 'a debugging port', withRuntime({ arguments: ['--remote-debugging-port=0'] })],
  ['debugging', 'options of Node', withRuntime({ nodeOptions: '--require x' })],
  ['debugging', 'a tracer', withFile('/proc/self/status', 'TracerPid:\t4711\n')],
  ['other-disks', 'a writable disk', { ...good, options: 'rw,relatime' }],
  ['wireless', 'a radio', withFile('/sys/class/rfkill/rfkill0/soft', '0\n')],
  ['clock', 'the year 1970', { ...good, now: 1_000_000 }],
  [
    'clock',
    'clocks that differ',
    withFile('/sys/class/rtc/rtc0/since_epoch', `${NOW / 1000 - 86_400}\n`),
  ],
  ['root-user', 'root', withRuntime({ userId: 0 })],
];

const notKnown: [ProbeId, Machine][] = [
  ['swap', without('/proc/swaps')],
  ['swap', withFile('/proc/swaps', '')],
  ['hibernation', without('/sys/power/state')],
  ['core-dumps', without('/proc/self/limits')],
  ['core-dumps', without('/proc/77/limits')],
  ['core-dumps', without('/proc/sys/kernel/core_pattern')],
  ['core-dumps', withFile('/proc/self/limits', 'Max stack size 1 2 bytes\n')],
  ['temporary-folder', without('/tmp')],
  ['print-spool', without('/var/spool')],
  ['print-spool', without('/var/spool/cups')],
  ['profile', without('/dev/shm/profile')],
  ['profile', withRuntime({ profileFolders: [] })],
  ['runtime', withRuntime({ electronVersion: 'nightly' })],
  ['network', without('/sys/class/net')],
  ['network', without('/sys/class/net/eth0/operstate')],
  ['network', withFile('/sys/class/net/eth0/flags', 'odd\n')],
  ['debugging', without('/proc/self/status')],
  ['wireless', without('/sys/class')],
  ['wireless', withFile('/sys/class/rfkill/rfkill0/hard', '?\n')],
  ['clock', without('/sys/class/rtc/rtc0/since_epoch')],
  ['root-user', withRuntime({ userId: undefined })],
];

const isReady = (findings: readonly Finding[]) =>
  stopping('production', findings, PROBE_IDS).length === 0;

/** Those design.md names, the network, and a debugger. */
const STOPPING: readonly ProbeId[] = PROBE_IDS.slice(0, 9);

describe('the environment check', () => {
  it('passes on a prepared laptop, with nothing to fix', async () => {
    const findings = await look(good);
    expect(findings.map(({ id }) => id)).toEqual(PROBE_IDS);
    for (const finding of findings) {
      expect(finding).toMatchObject({ status: 'pass', stopsProduction: false, fix: '' });
    }
    expect(isReady(findings)).toBe(true);
  });

  it.each(bad)('%s fails on %s', async (id, _what, machine) => {
    const findings = await look(machine);
    const failing = findings.filter(({ status }) => status === 'fail');
    expect(failing.map((finding) => finding.id)).toContain(id);
    const [finding] = failing.filter((each) => each.id === id);
    expect(finding?.stopsProduction).toBe(STOPPING.includes(id));
    expect(finding?.fix).not.toBe('');
    expect(isReady(findings)).toBe(!failing.some((f) => STOPPING.includes(f.id)));
    expect(stopping('rehearsal', findings, PROBE_IDS)).toEqual([]);
  });

  it.each(notKnown)(
    '%s is unknown, never a pass, and stops as a failure does',
    async (id, machine) => {
      const findings = await look(machine);
      const finding = findings.find((each) => each.id === id);
      expect(finding).toMatchObject({ status: 'unknown', stopsProduction: STOPPING.includes(id) });
      expect(finding?.headline).toMatch(/^Not known: /);
      expect(isReady(findings)).toBe(!STOPPING.includes(id));
    },
  );

  it('flips every probe both ways', () => {
    expect(new Set(bad.map(([id]) => id))).toEqual(new Set(PROBE_IDS));
    // Disks that are unknown are covered below: the same tool answers for other folders.
    const rest = new Set<ProbeId>([...notKnown.map(([id]) => id), 'other-disks']);
    expect(rest).toEqual(new Set(PROBE_IDS));
  });

  it('knows nothing of a machine that tells nothing, and stops', async () => {
    const silent: Machine = { ...good, files: {}, folders: {}, mounts: {} };
    const facts = { ...factsOf(silent), run: () => Promise.reject(new Error('no tools')) };
    const findings = await checkEnvironment({ facts, runtime: good.runtime });
    const known = findings.filter(({ status }) => status !== 'unknown').map(({ id }) => id);
    expect(known).toEqual(['runtime', 'root-user']);
    expect(isReady(findings)).toBe(false);
  });

  it('accepts other machines that are safe', async () => {
    const safe: [ProbeId, Machine][] = [
      ['hibernation', withFile('/sys/power/state', 'mem disk\n')],
      [
        'hibernation',
        {
          ...good,
          files: {
            ...good.files,
            '/sys/power/state': 'mem disk\n',
            '/proc/cmdline': 'nohibernate resume=/dev/sda3\n',
          },
        },
      ],
      ['core-dumps', withFile('/proc/sys/kernel/core_pattern', '|/bin/false\n')],
      ['print-spool', { ...good, folders: { ...good.folders, '/var/spool': ['mail'] } }],
      ['wireless', { ...good, folders: { ...good.folders, '/sys/class': ['net'] } }],
      // The battery clock in local time, as after a system of another maker.
      ['clock', withFile('/sys/class/rtc/rtc0/since_epoch', `${NOW / 1000 + 3600}\n`)],
    ];
    for (const [id, machine] of safe) {
      const finding = await findingFor(id, { facts: factsOf(machine), runtime: machine.runtime });
      expect(finding).toMatchObject({ id, status: 'pass' });
    }
  });

  it('repeats no value of a command line', async () => {
    const machine = withRuntime({ arguments: ['--inspect=canary', 'canary'] });
    expect(JSON.stringify(await look(machine))).not.toContain('canary');
  });
});

describe('this machine', () => {
  const runtime: RuntimeFacts = {
    electronVersion: process.versions['electron'],
    packaged: false,
    arguments: process.execArgv,
    nodeOptions: process.env['NODE_OPTIONS'],
    userId: process.getuid?.(),
    processIds: [],
    profileFolders: [tmpdir()],
    temporaryFolder: tmpdir(),
  };

  it('answers every probe, and is refused for production, as it runs no installed app', async () => {
    const findings = await checkEnvironment({ facts: machineFacts, runtime });
    expect(findings.map(({ id }) => id)).toEqual(PROBE_IDS);
    expect(findings.find(({ id }) => id === 'runtime')?.status).toBe('fail');
    expect(isReady(findings)).toBe(false);
  });

  it('takes away core dumps from this process and from another, for good', async () => {
    const child = spawn('sleep', ['60']);
    try {
      const id = child.pid;
      if (id === undefined) throw new Error('sleep did not start');
      await hardenProcess({ facts: machineFacts, runtime: { ...runtime, processIds: [id] } });
      for (const owner of ['self', String(id)]) {
        const text = readFileSync(`/proc/${owner}/limits`, 'utf8');
        expect(text).toMatch(/^Max core file size +0 +0 /m);
      }
    } finally {
      child.kill();
    }
  });

  it('does not believe a tool that did nothing', async () => {
    const machine = withFile('/proc/self/limits', limits('0', 'unlimited'));
    const facts = { ...factsOf(machine), run: () => Promise.resolve('') };
    expect((await hardenProcess({ facts, runtime: machine.runtime })).status).toBe('fail');
  });
});
