/**
 * Runs a program of Yubico's Python clients on a software key: the reports come as lines of a
 * file descriptor of its own, see test/integration/yubico/bridge.py.
 * @module
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import {
  HidGone,
  type HidConnection,
} from '../../../electron/devices/yubikey-otp/hid/transport.ts';
import { yubicoClients } from '../../servers/yubico/install.ts';
import type { SoftwareKey } from './key.ts';
import { transportOf } from './transport.ts';

const PROGRAMS = fileURLToPath(new URL('../../integration/yubico', import.meta.url));
const USAGE_PAGES = { otp: 0x0001, fido: 0xf1d0 } as const;
type Channel = keyof typeof USAGE_PAGES;

const hex = (bytes: Uint8Array | null): string =>
  bytes === null ? 'none' : `ok ${Buffer.from(bytes).toString('hex')}`;

/** What a client asks for, one request after the other. */
function answering(key: SoftwareKey) {
  const transport = transportOf([key]);
  const open = new Map<string, HidConnection>();

  async function connect(channel: Channel): Promise<void> {
    const usagePage = USAGE_PAGES[channel];
    const place = (await transport.list()).find((other) => other.usagePage === usagePage);
    if (place === undefined) throw new HidGone(channel);
    open.set(channel, await transport.open(place.path));
  }

  return async function answer(line: string): Promise<string> {
    const [channel = '', verb = '', argument = ''] = line.split(' ');
    if (channel === 'finger') {
      if (verb === 'waits') key.finger.waits();
      else key.finger.hesitates(Number(argument));
      return 'ok';
    }
    try {
      if (verb === 'open') {
        await connect(channel as Channel);
        return 'ok';
      }
      const connection = open.get(channel);
      if (connection === undefined) throw new Error(`Not understood: ${line}`);
      const bytes = new Uint8Array(Buffer.from(argument, 'hex'));
      switch (verb) {
        case 'get':
          return hex(await connection.getFeature());
        case 'read':
          return hex(await connection.read(Number(argument)));
        case 'send':
          await connection.sendFeature(bytes);
          return 'ok';
        case 'write':
          await connection.write(bytes);
          return 'ok';
        case 'close':
          await connection.close();
          return 'ok';
        default:
          throw new Error(`Not understood: ${line}`);
      }
    } catch (error) {
      if (error instanceof HidGone) return 'gone';
      throw error;
    }
  };
}

export interface YubicoRun {
  readonly code: number | null;
  /** All its `found` lines in one object. */
  readonly found: Readonly<Record<string, unknown>>;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs test/integration/yubico/`program` to its end, however it ends.
 * @param stdin what comes in, and then no more
 */
export async function runYubicoProgram(
  program: string,
  key: SoftwareKey,
  args: readonly string[],
  stdin = '',
): Promise<YubicoRun> {
  const child = spawn('python3', [path.join(PROGRAMS, program), ...args], {
    env: { ...process.env, PYTHONPATH: await yubicoClients(), PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
  });
  const [, , , requests, answers] = child.stdio as unknown as [
    Writable,
    Readable,
    Readable,
    Readable,
    Writable,
  ];
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const said = Promise.all([text(child.stdout), text(child.stderr)]);
  child.stdin.end(stdin);
  const answer = answering(key);
  const found: Record<string, unknown> = {};
  try {
    for await (const line of createInterface({ input: requests })) {
      if (line.startsWith('found ')) Object.assign(found, JSON.parse(line.slice(6)));
      else answers.write(`${await answer(line)}\n`);
    }
  } catch (error) {
    child.kill();
    throw error;
  }
  const [stdout, stderr] = await said;
  return { code: await ended, found, stdout, stderr };
}

/** Runs a program that finds what it has to find. @returns what it found */
export async function runYubicoClient(
  program: string,
  key: SoftwareKey,
  args: readonly string[] = [],
): Promise<YubicoRun['found']> {
  const { code, found, stderr } = await runYubicoProgram(program, key, args);
  if (code !== 0) throw new Error(`${program} ended with ${code}:\n${stderr}`);
  return found;
}
