/**
 * What the app knows of itself, for the environment check; and what it can put right by itself.
 * @module
 */
import { app } from 'electron';
import { tmpdir } from 'node:os';
import { checkEnvironment, type CheckOptions } from '../environment/check.ts';
import { machineFacts, type RuntimeFacts } from '../environment/facts.ts';
import type { Finding } from '../environment/finding.ts';
import { hardenProcess } from '../environment/harden.ts';

function runtimeFacts(): RuntimeFacts {
  return {
    electronVersion: process.versions.electron,
    packaged: app.isPackaged,
    arguments: [...process.execArgv, ...process.argv],
    nodeOptions: process.env['NODE_OPTIONS'],
    userId: process.geteuid?.(),
    profileFolders: [app.getPath('userData'), app.getPath('sessionData')],
    processIds: app.getAppMetrics().map(({ pid }) => pid),
    temporaryFolder: tmpdir(),
  };
}

const options = (): CheckOptions => ({ facts: machineFacts, runtime: runtimeFacts() });

/** Forbids core dumps of every process that runs now; those that they start inherit it. */
export async function forbidCoreDumps(): Promise<void> {
  await hardenProcess(options());
}

export async function checkMachine(): Promise<readonly Finding[]> {
  await forbidCoreDumps();
  return checkEnvironment(options());
}
