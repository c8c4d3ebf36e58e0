/**
 * Commits that die between two of their writes, with nobody there to go on with them.
 * @module
 */
import { expect, vi } from 'vitest';
import { commitBundle } from '../../sync/flows/commit/resume.ts';
import type { BundleAnswer } from '../../sync/routes/answers.ts';
import type { TestShareSet } from './share-sets.ts';
import {
  approvedSetup,
  committed,
  importedRecovery,
  type MadeBundle,
  seededSurvey,
  shareSetFor,
  withPlatformKey,
} from './sync-ceremony.ts';
import { openReplica } from './sync-replica.ts';
import { deploy, type Deployment, type Servers, type Service } from './sync-service.ts';

/** No service runs; each start goes on with the commit. */
export interface Interrupted {
  readonly deployment: Deployment;
  readonly set: TestShareSet;
  readonly made: MadeBundle;
}

export interface InterruptedRecovery extends Interrupted {
  /** Of the request. */
  readonly code: string;
}

/** `meanwhile`: what happens at that moment, before it dies. */
interface Death {
  readonly at: string;
  readonly meanwhile?: (deployment: Deployment) => Promise<unknown>;
}

/** Commits until `step AT` of a commit (see {@link openReplica}) is reached. */
export async function commitDies(
  deployment: Deployment,
  { digest }: MadeBundle,
  { at, meanwhile = async () => {} }: Death,
): Promise<void> {
  const replica = await openReplica(deployment);
  let reached = false;
  const die = async (): Promise<never> => {
    await meanwhile(deployment);
    reached = true;
    throw new Error('died');
  };
  const commit = () => commitBundle(replica.context, replica.operator, digest);
  await replica.interrupt(`step ${at}`, die, commit).catch(() => undefined);
  await replica.close();
  if (!reached) throw new Error(`the commit never came to "${at}"`);
}

/**
 * Commits at a service that kills itself (SIGKILL) there; nothing may be answered.
 * @param running the service that runs, if any: it dies where it can, else it ends and another does
 */
export async function killedAt(
  deployment: Deployment,
  step: string,
  made: MadeBundle,
  running?: Service,
): Promise<void> {
  if (running?.dieAt === undefined) await running?.stop();
  const dying = running?.dieAt === undefined ? await deployment.start({ dieAt: '' }) : running;
  await dying.dieAt?.(step);
  await expect(committed(dying.admins, made)).rejects.toThrow();
  await dying.child.ended;
  expect(dying.child.output()).toContain(`dies at ${step}`);
}

/**
 * A start is enough: nobody asks for the commit again. The service that did it can be killed at
 * the next one (see {@link killedAt}): half of what a crash costs is the start of a process.
 */
export async function finishedByStart(deployment: Deployment, made: MadeBundle): Promise<Service> {
  const service = await deployment.start({ dieAt: '' });
  // It listens after some seconds at most, and finishes in the background if it takes longer.
  await vi.waitFor(
    async () => {
      const path = `/v1/bundles/${made.digest}`;
      const found = await service.admins.operator.get<BundleAnswer>(path);
      expect(found.state).toBe('committed');
      expect(await deployment.kv(`conclave/packages/${made.nonce}`)).toBeNull();
    },
    { timeout: 60_000, interval: 200 },
  );
  const open = await deployment.sql('SELECT 1 FROM conclave.intents WHERE finished_at IS NULL');
  expect(open).toEqual([]);
  return service;
}

/** A setup, approved by two, that waits to be committed. */
export async function waitingSetup(servers?: Servers): Promise<Interrupted> {
  const deployment = await deploy({ servers });
  const service = await deployment.start();
  const set = await shareSetFor(service.admins.operator, deployment.mode);
  const made = await approvedSetup(service.admins, set);
  await service.stop();
  return { deployment, set, made };
}

/** A setup, approved by two, whose commit died there. */
export async function interruptedSetup(servers: Servers, death: Death): Promise<Interrupted> {
  const waiting = await waitingSetup(servers);
  await commitDies(waiting.deployment, waiting.made, death);
  return waiting;
}

/** The recovery of the survey of the rehearsal, imported, that waits to be committed. */
export async function waitingRecovery(servers?: Servers): Promise<InterruptedRecovery> {
  const deployment = await deploy({ servers });
  const service = await deployment.start();
  const set = await withPlatformKey(deployment, service);
  const made = await importedRecovery(service.admins, set, seededSurvey(deployment));
  await service.stop();
  return { deployment, set, made, code: made.code };
}

/** The recovery of the survey of the rehearsal, whose commit died there. */
export async function interruptedRecovery(
  servers: Servers,
  death: Death,
): Promise<InterruptedRecovery> {
  const waiting = await waitingRecovery(servers);
  await commitDies(waiting.deployment, waiting.made, death);
  return waiting;
}

/** As if Vault had been restored without it, or somebody had deleted it. */
export async function loseKey({ deployment, made }: Interrupted): Promise<void> {
  const mount = deployment.env['VAULT_MOUNT'] ?? '';
  await deployment.vault.api('DELETE', `${mount}/metadata/conclave/packages/${made.nonce}`);
}
