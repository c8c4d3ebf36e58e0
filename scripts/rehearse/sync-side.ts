/**
 * The other side of a rehearsal: sync's own service, and the admins who talk to it over HTTP, each
 * with a token of their own.
 * @module
 */
import { createClient, type Client } from '../../sync/cli/client.ts';
import { Hidden } from '../../sync/hidden.ts';
import {
  startRehearsalSync,
  type RehearsalSync,
  type RehearsalTokens,
} from '../../sync/rehearsal/start.ts';

type AdminName = keyof RehearsalTokens;

export interface SyncSide {
  readonly service: RehearsalSync;
  /** The admin's client. */
  as(admin: AdminName): Client;
  close(): Promise<void>;
}

/** @param dataFolder new; for the embedded database */
export async function startSyncSide(dataFolder: string): Promise<SyncSide> {
  const service = await startRehearsalSync({ dataFolder });
  const clients = new Map<AdminName, Client>();
  return {
    service,
    as(admin) {
      const client =
        clients.get(admin) ??
        createClient(service.address, undefined, new Hidden(service.tokens[admin]));
      clients.set(admin, client);
      return client;
    },
    async close() {
      for (const client of clients.values()) await client.close();
      await service.close();
    },
  };
}
