/**
 * The other side of a rehearsal: sync's own service, and the admins who talk to it over HTTP, each
 * with a token of their own.
 * @module
 */
import { type AskedApproval, fetchStatement, signStatement } from '../../sync/cli/approval.ts';
import { createClient, type Client } from '../../sync/cli/client.ts';
import { Hidden } from '../../sync/hidden.ts';
import type { ApprovedAnswer } from '../../sync/routes/answers.ts';
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
  /** Shows the admin the statement and signs it with the admin's identity. */
  approve(admin: AdminName, asked: AskedApproval): Promise<ApprovedAnswer>;
  close(): Promise<void>;
}

/** @param dataFolder new; for the embedded database */
export async function startSyncSide(dataFolder: string): Promise<SyncSide> {
  const service = await startRehearsalSync({ dataFolder });
  const clients = new Map<AdminName, Client>();
  const as = (admin: AdminName): Client => {
    const client =
      clients.get(admin) ??
      createClient(service.address, undefined, new Hidden(service.tokens[admin]));
    clients.set(admin, client);
    return client;
  };
  return {
    service,
    as,
    async approve(admin, asked) {
      const open = await fetchStatement(as(admin), asked);
      return signStatement(as(admin), open, service.signers[admin]);
    },
    async close() {
      for (const client of clients.values()) await client.close();
      await service.close();
    },
  };
}
