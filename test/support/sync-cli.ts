import { spawn } from 'node:child_process';
import path from 'node:path';
import { Writable } from 'node:stream';
import { PROGRAM } from './sync-program.ts';

export interface CliEnd {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A running `conclave-sync`, as a process of its own. */
export interface CliProcess {
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly ended: Promise<CliEnd>;
  /** The first line on stdout that is whole. */
  readonly firstLine: Promise<string>;
}

/**
 * @param passphrase of an identity file: the process reads it from file descriptor 3, for
 *   `--passphrase-fd 3`
 */
export function startCli(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  passphrase?: string,
): CliProcess {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd: path.dirname(PROGRAM),
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe', ...(passphrase === undefined ? [] : ['pipe' as const])],
  });
  if (passphrase !== undefined) {
    const line = child.stdio[3];
    // A command that never reads it has closed its end.
    line?.on('error', () => {});
    if (line instanceof Writable) line.end(`${passphrase}\n`);
  }
  let out = '';
  let err = '';
  child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const firstLine = new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      if (out.includes('\n')) resolve(out.slice(0, out.indexOf('\n')));
    });
    child.once('close', () => reject(new Error(`it ended before its first line: ${err}`)));
  });
  // Whoever does not wait for the line must not see its rejection.
  firstLine.catch(() => {});
  const ended = new Promise<CliEnd>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, err }));
  });
  return { kill: (signal) => void child.kill(signal), ended, firstLine };
}

/** Runs one command to its end. */
export function runSync(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  passphrase?: string,
): Promise<CliEnd> {
  return startCli(args, env, passphrase).ended;
}
