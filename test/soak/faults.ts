/**
 * What goes wrong while bundles are taken in and committed, one after the other. Each fault lasts
 * until requests were really refused because of it: nothing here depends on how fast the machine is.
 * @module
 */
import { setTimeout } from 'node:timers/promises';
import type { Deployment, Service } from '../support/sync-service.ts';

/** The replicas that are up; one that was killed is replaced in its place. */
export class Replicas {
  readonly all: Service[] = [];
  readonly #deployment: Deployment;
  readonly #killed = new Set<Service>();
  readonly #fallen: string[] = [];

  constructor(deployment: Deployment) {
    this.#deployment = deployment;
  }

  async start(place: number): Promise<Service> {
    const service = await this.#deployment.start();
    this.all[place] = service;
    void service.child.ended.then(() => {
      if (!this.#killed.has(service)) this.#fallen.push(service.child.output());
    });
    return service;
  }

  async kill(place: number): Promise<void> {
    const service = this.all[place];
    if (service === undefined) return;
    this.#killed.add(service);
    await service.child.end('SIGKILL');
  }

  /** What those wrote that ended by themselves, which none should. */
  fallen = (): readonly string[] => [...this.#fallen];
}

export interface Fault {
  readonly name: string;
  /** Begins it, waits by `felt`, and ends it. */
  readonly happen: (felt: () => Promise<void>) => Promise<void>;
}

export function faultsOf(deployment: Deployment, replicas: Replicas): readonly Fault[] {
  const { vault, postgres } = deployment;
  return [
    {
      name: 'Vault sealed, then unsealed',
      async happen(felt) {
        await vault.seal();
        await felt();
        await vault.unseal();
      },
    },
    {
      name: 'Vault restarted, sealed at first',
      async happen(felt) {
        await vault.restart({ unsealed: false });
        await felt();
        await vault.unseal();
      },
    },
    {
      // No refusal to wait for: sync signs in again by itself.
      name: 'every token of sync revoked',
      async happen() {
        await vault.api('POST', 'sys/leases/revoke-prefix/auth/approle');
      },
    },
    {
      name: 'PostgreSQL killed (kill -9), then started',
      async happen(felt) {
        await postgres.kill9();
        await felt();
        await postgres.restart();
      },
    },
    {
      name: 'Vault killed (kill -9), then started',
      async happen(felt) {
        await vault.kill();
        await felt();
        await vault.restart();
      },
    },
    {
      name: 'a replica killed (kill -9), and another started',
      async happen(felt) {
        await replicas.kill(0);
        await felt();
        await replicas.start(0);
      },
    },
    {
      name: 'PostgreSQL restarted in the ordinary way',
      async happen() {
        await postgres.restart();
      },
    },
  ];
}

/** Requests that each fault must have spoiled before it ends. */
const SPOILED = 3;

/** What the faults happen to: work that knows how far it is, and what was refused. */
interface Disturbed {
  /** Waits until this share of it is done, 0 to 1. */
  reached(share: number): Promise<void>;
  refused(): number;
  isDone(): boolean;
  said(): string;
}

/**
 * Every fault, one after the other, spread over the work by what is done, so that each one meets a
 * busy service.
 * @returns their names
 */
export async function causeAll(
  all: readonly Fault[],
  work: Disturbed,
  onProgress: (said: string) => void,
): Promise<string[]> {
  for (const [index, { name, happen }] of all.entries()) {
    await work.reached((index + 1) / (all.length + 1));
    const before = work.refused();
    await happen(async () => {
      const goal = work.refused() + SPOILED;
      while (work.refused() < goal && !work.isDone()) await setTimeout(20);
    });
    onProgress(`${name}: ${work.refused() - before} requests spoiled; ${work.said()}`);
  }
  return all.map(({ name }) => name);
}
