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

/** Waits until `count` has risen by `by`: so many requests were refused since it was called. */
export async function untilRisen(count: () => number, by: number, ended: () => boolean) {
  const goal = count() + by;
  while (count() < goal && !ended()) await setTimeout(20);
}
