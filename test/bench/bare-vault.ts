/**
 * Vault's KV version 2 with nothing around it: one connection that stays open, the root token.
 * @module
 */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import type { TestVault } from '../servers/vault.ts';

export interface BareVault {
  read(path: string): Promise<void>;
  put(path: string, data: Readonly<Record<string, string>>): Promise<void>;
  close(): void;
}

export function bareVault(vault: TestVault, mount: string): BareVault {
  const ca = readFileSync(vault.caFile ?? '');
  const agent = new Agent({ keepAlive: true, ca });
  const headers = { 'X-Vault-Token': vault.rootToken };

  function call(method: string, path: string, body?: unknown): Promise<void> {
    return new Promise((resolve, reject) => {
      const asked = request(
        `${vault.address}/v1/${mount}/data/${path}`,
        { method, agent, headers },
        (answer) => {
          answer.resume();
          answer.on('error', reject);
          answer.on('end', () => {
            if (answer.statusCode === 200) resolve();
            else reject(new Error(`Vault answered ${answer.statusCode}.`));
          });
        },
      );
      asked.on('error', reject);
      asked.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  return {
    read: (path) => call('GET', path),
    put: (path, data) => call('POST', path, { data }),
    close: () => agent.destroy(),
  };
}
