// Running other programs from the launchers.
import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { root } from './cache.mjs';

/** One line of what a launcher does. Results go to standard output, progress does not. */
export function say(text) {
  console.error(`· ${text}`);
}

/** A fault that is told in its own words, without a stack: see `main`. */
export class Told extends Error {}

/** Runs a program in the checkout with its output shown, as progress. Throws when it fails. */
export function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['inherit', process.stderr, 'inherit'],
    ...options,
  });
  if (error) throw new Told(`${command}: ${error.message}`);
  if (status !== 0) throw new Told(`${command} ${args.join(' ')} failed (${status}).`);
}

/** The output of a program; undefined when it fails or is missing. */
export function output(command, args) {
  const { status, stdout } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/**
 * Runs a program to its end and passes its output on line by line, except the lines that `take`
 * returns true for. Signals that end the launcher end the program too. Returns its exit code.
 */
export async function watch(command, args, take) {
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const stop = () => child.kill('SIGTERM');
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, stop);
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
  for await (const line of createInterface({ input: child.stdout })) {
    if (!take(line)) console.log(line);
  }
  for (const signal of ['SIGTERM', 'SIGINT']) process.off(signal, stop);
  return ended;
}

/**
 * Runs a launcher: a `Told` fault is printed alone, and the exit code says how it went, `fault`
 * after any fault.
 */
export async function main(action, fault = 1) {
  try {
    process.exitCode = (await action()) ?? 0;
  } catch (error) {
    console.error(error instanceof Told ? error.message : error);
    process.exitCode = fault;
  }
}

/** Command and arguments that run a TypeScript file of this checkout, from any folder. */
export function typescript(file, args = [], flags = []) {
  return [
    process.execPath,
    [...flags, '--import', import.meta.resolve('tsx'), path.join(root, file), ...args],
  ];
}
