/**
 * Vault's KV version 2 with nothing around it: one connection that stays open, the root token.
 * @module
 */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import type { TestVault } from '../servers/vault.ts';

export interface BareVault {
  read(path: string): Promise<void>;
  /** The newest version's data; null when there is none. */
  get(path: string): Promise<Readonly<Record<string, unknown>> | null>;
  put(path: string, data: Readonly<Record<string, unknown>>): Promise<void>;
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

  function get(path: string): Promise<Readonly<Record<string, unknown>> | null> {
    return new Promise((resolve, reject) => {
      const asked = request(
        `${vault.address}/v1/${mount}/data/${path}`,
        { agent, headers },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('error', reject);
          answer.on('end', () => {
            if (answer.statusCode === 404) resolve(null);
            else if (answer.statusCode !== 200) {
              reject(new Error(`Vault answered ${answer.statusCode}.`));
            } else {
              const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as {
                data: { data: Record<string, unknown> };
              };
              resolve(body.data.data);
            }
          });
        },
      );
      asked.on('error', reject);
      asked.end();
    });
  }

  return {
    read: (path) => call('GET', path),
    get,
    put: (path, data) => call('POST', path, { data }),
    close: () => agent.destroy(),
  };
}
