/**
 * The way out of the room, and the program itself: network, radio, clock, runtime, debugging.
 *
 * Source: the kernel's Documentation/ABI/testing/sysfs-class-net, sysfs-class-rfkill, rtc.
 * @module
 */
import type { EnvironmentFacts, RuntimeFacts } from './facts.ts';
import type { Seen } from './finding.ts';
import { failed, passed, unknown } from './finding.ts';

/** The Electron that Conclave is built, fused and reviewed for. */
export const SUPPORTED_ELECTRON_MAJOR = 45;
/** A clock before the year this was written in has lost its battery; one far ahead is broken. */
const EARLIEST_YEAR = 2026;
const LATEST_YEAR = 2060;
/** Between the system's clock and the battery clock: ten minutes, in seconds. */
const CLOCK_TOLERANCE = 600;
/** IFF_UP of `flags`: switched on, with or without a cable. */
const SWITCHED_ON = 0x1;
/** Of `operstate`: nothing can be sent (no cable, no station). */
const NOTHING_CONNECTED = new Set(['down', 'notpresent', 'lowerlayerdown']);

/** Any interface but loopback that is switched on and not surely without a cable or station. */
export async function probeNetwork(facts: EnvironmentFacts): Promise<Seen> {
  const root = '/sys/class/net';
  const up: string[] = [];
  const names = await facts.list(root);
  if (!names.includes('lo')) return unknown('The list of network interfaces is not complete.');
  for (const name of names) {
    // bonding_masters is a file of a driver, not an interface.
    if (name === 'lo' || name === 'bonding_masters') continue;
    const state = (await facts.readFile(`${root}/${name}/operstate`)).trim();
    const flags = Number((await facts.readFile(`${root}/${name}/flags`)).trim());
    if (!Number.isInteger(flags)) return unknown(`The state of ${name} was not understood.`);
    // Drivers without an operstate say "unknown" while they send: only a sure "down" is believed.
    if ((flags & SWITCHED_ON) !== 0 && !NOTHING_CONNECTED.has(state)) up.push(name);
  }
  if (up.length > 0) return failed(`Connected: ${up.join(', ')}.`);
  return passed('No network interface is connected.');
}

/** Wi-Fi, Bluetooth and mobile radio, by the kernel's radio switches. */
export async function probeWireless(facts: EnvironmentFacts): Promise<Seen> {
  const root = '/sys/class/rfkill';
  const classes = await facts.list('/sys/class');
  if (!classes.includes('rfkill')) {
    const found = classes.filter((name) => name === 'bluetooth' || name === 'ieee80211');
    if (found.length === 0) return passed('This computer has no radio that is in use.');
    return unknown(`There is a radio (${found.join(', ')}) but no switch to read.`);
  }
  const on: string[] = [];
  for (const name of await facts.list(root)) {
    const kind = (await facts.readFile(`${root}/${name}/type`)).trim();
    const hard = (await facts.readFile(`${root}/${name}/hard`)).trim();
    const soft = (await facts.readFile(`${root}/${name}/soft`)).trim();
    if (!/^[01]$/.test(hard) || !/^[01]$/.test(soft)) {
      return unknown(`The switch of ${kind} was not understood.`);
    }
    if (hard === '0' && soft === '0') on.push(kind);
  }
  return on.length > 0 ? failed(`Not blocked: ${on.join(', ')}.`) : passed('Every radio is off.');
}

/** Only a hint: the operator compares with a watch. Sync's database decides about expiry. */
export async function probeClock(facts: EnvironmentFacts): Promise<Seen> {
  const now = new Date(facts.now());
  const shown = `${now.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  if (now.getUTCFullYear() < EARLIEST_YEAR || now.getUTCFullYear() > LATEST_YEAR) {
    return failed(`This computer believes it is ${shown}.`);
  }
  const battery = Number((await facts.readFile('/sys/class/rtc/rtc0/since_epoch')).trim());
  if (!Number.isInteger(battery) || battery <= 0) return unknown('The battery clock is not set.');
  const apart = Math.round(Math.abs(battery - facts.now() / 1000));
  // A battery clock kept in local time is off by whole quarters of an hour, up to 14 hours.
  const localTime = apart <= 14 * 3600 + CLOCK_TOLERANCE && nearQuarter(apart);
  if (apart > CLOCK_TOLERANCE && !localTime) {
    return failed(
      `It is ${shown} by one clock of this computer, ${apart} seconds off by the other.`,
    );
  }
  return passed(`It is ${shown} by both clocks of this computer.`);
}

function nearQuarter(seconds: number): boolean {
  const rest = seconds % 900;
  return Math.min(rest, 900 - rest) <= 60;
}

/** SECURITY: only the packaged app on the reviewed Electron has the fuses and patches we rely on. */
export async function probeRuntime(runtime: RuntimeFacts): Promise<Seen> {
  const { electronVersion, packaged } = runtime;
  if (electronVersion === undefined) return failed('It runs without a window, in plain Node.');
  const major = Number(electronVersion.split('.')[0]);
  if (!Number.isInteger(major)) return unknown('The version of Electron was not understood.');
  if (major !== SUPPORTED_ELECTRON_MAJOR) {
    return failed(`It runs on Electron ${electronVersion}, not ${SUPPORTED_ELECTRON_MAJOR}.`);
  }
  if (!packaged) return failed('It runs from a source folder, not from its installed package.');
  return passed(`Installed package on Electron ${electronVersion}.`);
}

/** A debugger reads every secret. */
export async function probeDebugging(
  facts: EnvironmentFacts,
  runtime: RuntimeFacts,
): Promise<Seen> {
  const risky =
    /^--(inspect|remote-debugging|debug|js-flags|expose-internals|no-sandbox|disable-web-security)/;
  const found = runtime.arguments.filter((argument) => risky.test(argument));
  if (found.length > 0) {
    // Names only: a value could be anything.
    return failed(`Started with ${found.map((flag) => flag.split('=')[0]).join(', ')}.`);
  }
  if ((runtime.nodeOptions ?? '') !== '') return failed('NODE_OPTIONS is set.');
  const status = await facts.readFile('/proc/self/status');
  const tracer = /^TracerPid:\s*(\d+)$/m.exec(status)?.[1];
  if (tracer === undefined) return unknown('It could not be found out whether a debugger is on.');
  return tracer === '0'
    ? passed('No debugger is attached.')
    : failed(`A debugger is attached (process ${tracer}).`);
}

export async function probeRootUser(runtime: RuntimeFacts): Promise<Seen> {
  if (runtime.userId === undefined) return unknown('The account could not be found out.');
  return runtime.userId === 0
    ? failed('The app runs as root.')
    : passed('The app runs in an ordinary account.');
}
