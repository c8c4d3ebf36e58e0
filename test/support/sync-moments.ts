/**
 * A moment of a deployment that several tests begin from: both places of it are prepared once, kept
 * as they lie on the disk, and put back for each test.
 * @module
 */
import { cp, rm } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import type { Deployment } from './sync-service.ts';

export interface Moment<World> {
  /** The world at that moment; none of its services runs. */
  begin(): Promise<World>;
  stop(): Promise<void>;
}

/**
 * @param prepare makes a deployment with servers of its own, and leaves it without a service
 */
export function momentOf<World extends { readonly deployment: Deployment }>(
  prepare: () => Promise<World>,
): Moment<World> {
  let world: World | undefined;
  return {
    async begin() {
      if (world === undefined) {
        world = await prepare();
        await keep(world.deployment);
      } else {
        await world.deployment.killServices();
        await putBack(world.deployment);
      }
      return world;
    },
    stop: async () => world?.deployment.stop(),
  };
}

async function keep(deployment: Deployment): Promise<void> {
  const { database, kept, storage, copy } = placesOf(deployment);
  await asSuperuser(deployment, [`CREATE DATABASE ${kept} TEMPLATE ${database}`]);
  await deployment.vault.kill();
  await cp(storage, copy, { recursive: true });
  await deployment.vault.restart();
}

async function putBack(deployment: Deployment): Promise<void> {
  const { database, kept, storage, copy } = placesOf(deployment);
  await asSuperuser(deployment, [
    `DROP DATABASE ${database} WITH (FORCE)`,
    `CREATE DATABASE ${database} TEMPLATE ${kept}`,
  ]);
  await deployment.vault.kill();
  await rm(storage, { recursive: true });
  await cp(copy, storage, { recursive: true });
  await deployment.vault.restart();
}

function placesOf({ ownerUrl, vault, folder }: Deployment) {
  const database = new URL(ownerUrl).pathname.slice(1);
  return {
    database,
    kept: `${database}_kept`,
    storage: path.join(vault.dir, 'storage'),
    copy: path.join(folder, 'vault-kept'),
  };
}

async function asSuperuser({ postgres }: Deployment, statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
