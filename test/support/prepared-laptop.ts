/**
 * A laptop that was prepared for real ceremonies, as the probes of the environment check see it;
 * and what makes each of them fail, or not know.
 * @module
 */
import { checkEnvironment } from '../../electron/environment/check.ts';
import type { RuntimeFacts } from '../../electron/environment/facts.ts';
import type { Finding } from '../../electron/environment/finding.ts';
import type { ProbeId } from '../../shared/ceremony/laptop-check.ts';

export interface LaptopFacts {
  readonly files: Readonly<Record<string, string>>;
  /** Folder to its names. */
  readonly folders: Readonly<Record<string, readonly string[]>>;
  /** Folder to its file system. */
  readonly mounts: Readonly<Record<string, string>>;
  readonly runtime: RuntimeFacts;
}

const NO_SWAP = 'Filename Type Size Used Priority\n';
const coreLimit = (limit: string) => `Max core file size  ${limit}  ${limit}  bytes\n`;

export const PREPARED: LaptopFacts = {
  files: {
    '/proc/swaps': NO_SWAP,
    '/sys/power/state': 'freeze mem\n',
    '/proc/cmdline': 'quiet\n',
    '/proc/sys/kernel/core_pattern': 'core\n',
    '/proc/self/limits': coreLimit('0'),
    '/proc/self/status': 'TracerPid:\t0\n',
    '/sys/class/net/eth0/operstate': 'down\n',
    '/sys/class/net/eth0/flags': '0x1003\n',
  },
  folders: {
    '/sys/class/net': ['eth0', 'lo'],
    '/sys/class': ['net'],
    '/var/spool': ['cups'],
  },
  mounts: { '/tmp': 'tmpfs', '/var/spool/cups': 'tmpfs', '/dev/shm/profile': 'tmpfs' },
  runtime: {
    electronVersion: '45.4.1',
    packaged: true,
    arguments: ['/opt/conclave/conclave'],
    nodeOptions: undefined,
    userId: 1000,
    processIds: [],
    profileFolders: ['/dev/shm/profile'],
    temporaryFolder: '/tmp',
  },
};

/** What the product's own probes find on such a laptop. */
export function findingsOf({ files, folders, mounts, runtime }: LaptopFacts): Promise<Finding[]> {
  const known = <T>(table: Readonly<Record<string, T>>, key: string): Promise<T> => {
    const value = table[key];
    return value === undefined ? Promise.reject(new Error('not here')) : Promise.resolve(value);
  };
  return checkEnvironment({
    runtime,
    facts: {
      readFile: (path) => known(files, path),
      list: (path) => known(folders, path),
      async run(_tool, args) {
        const target = args[args.indexOf('--target') + 1] ?? '';
        const fstype = await known(mounts, target);
        const row = { target, source: 'none', fstype, options: 'rw' };
        return JSON.stringify({ filesystems: [row] });
      },
      now: () => Date.now(),
    },
  });
}

const file = (path: string, text: string): LaptopFacts => ({
  ...PREPARED,
  files: { ...PREPARED.files, [path]: text },
});
const mount = (folder: string, fstype: string): LaptopFacts => ({
  ...PREPARED,
  mounts: { ...PREPARED.mounts, [folder]: fstype },
});
const runtime = (change: Partial<RuntimeFacts>): LaptopFacts => ({
  ...PREPARED,
  runtime: { ...PREPARED.runtime, ...change },
});
const gone = (path: string): LaptopFacts => {
  const rest = <T>(table: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(table).filter(([name]) => name !== path));
  return {
    ...PREPARED,
    files: rest(PREPARED.files),
    folders: rest(PREPARED.folders),
    mounts: rest(PREPARED.mounts),
  };
};

/** Each probe that stops a real ceremony: one that fails, and one that does not know. */
export const STOPPING: readonly (readonly [ProbeId, 'fail' | 'unknown', LaptopFacts])[] = [
  ['swap', 'fail', file('/proc/swaps', `${NO_SWAP}/dev/sda3 partition 9 0 -2\n`)],
  ['swap', 'unknown', gone('/proc/swaps')],
  [
    'hibernation',
    'fail',
    {
      ...PREPARED,
      files: {
        ...PREPARED.files,
        '/sys/power/state': 'mem disk\n',
        '/proc/cmdline': 'quiet resume=/dev/sda3\n',
      },
    },
  ],
  ['hibernation', 'unknown', gone('/sys/power/state')],
  ['core-dumps', 'fail', file('/proc/self/limits', coreLimit('unlimited'))],
  ['core-dumps', 'unknown', gone('/proc/self/limits')],
  ['temporary-folder', 'fail', mount('/tmp', 'ext4')],
  ['temporary-folder', 'unknown', gone('/tmp')],
  ['print-spool', 'fail', mount('/var/spool/cups', 'ext4')],
  ['print-spool', 'unknown', gone('/var/spool/cups')],
  ['profile', 'fail', mount('/dev/shm/profile', 'btrfs')],
  ['profile', 'unknown', gone('/dev/shm/profile')],
  ['runtime', 'fail', runtime({ electronVersion: '22.3.25' })],
  ['runtime', 'unknown', runtime({ electronVersion: 'nightly' })],
  ['network', 'fail', file('/sys/class/net/eth0/operstate', 'up\n')],
  ['network', 'unknown', gone('/sys/class/net')],
  ['debugging', 'fail', runtime({ arguments: ['--inspect=0'] })],
  ['debugging', 'unknown', gone('/proc/self/status')],
];
