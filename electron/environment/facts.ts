/**
 * The only way the environment check looks at the machine, so that a test can show it another one.
 * @module
 */
import { readFile, readdir } from 'node:fs/promises';
import { runTool } from '../files/tools.ts';

/** Every method rejects when the fact cannot be had; a probe then reports "unknown". */
export interface EnvironmentFacts {
  /** A small text file such as `/proc/swaps`. */
  readFile(path: string): Promise<string>;
  /** Names in a folder such as `/sys/class/net`. */
  list(path: string): Promise<readonly string[]>;
  /** Standard output of one of the system's tools, without a shell. */
  run(tool: string, args: readonly string[]): Promise<string>;
  /** Milliseconds since 1970, by this computer's clock. */
  now(): number;
}

/** What the program knows of itself; passed in, as this code also runs without Electron. */
export interface RuntimeFacts {
  /** `process.versions.electron`; undefined in plain Node (headless rehearsal). */
  readonly electronVersion: string | undefined;
  /** Whether the app runs from its package (`app.isPackaged`) and not from a source folder. */
  readonly packaged: boolean;
  /** `process.execArgv` and the command line: debugging shows there. */
  readonly arguments: readonly string[];
  /** `NODE_OPTIONS` and the like. */
  readonly nodeOptions: string | undefined;
  /** Effective user id; 0 is root. Undefined where there is none. */
  readonly userId: number | undefined;
  /** Where the app keeps Chromium's profile (`app.getPath('userData')`, `'sessionData'`). */
  readonly profileFolders: readonly string[];
  /** The app's other processes, whose core dump limits count too (window processes, worker). */
  readonly processIds: readonly number[];
  /** `os.tmpdir()`. */
  readonly temporaryFolder: string;
}

/** The real machine. */
export const machineFacts: EnvironmentFacts = {
  readFile: (path) => readFile(path, 'utf8'),
  list: (path) => readdir(path),
  run: runTool,
  now: () => Date.now(),
};
