/** The end of the root token that the holders of the unseal keys made; its making: sync-step-zero.test.ts. */
import { describe, expect, it } from 'vitest';
import { Hidden } from '../hidden.ts';
import { revokeRoot } from './generate-root.ts';
import { refuseVault } from './refusals.ts';
import type { Call, Reply } from './transport.ts';

const TOKEN = 'hvs.of-this-test';
const reply = (status: number, body?: unknown): Reply => ({ status, body, errors: '' });
const self = reply(200, { data: { accessor: 'accessor-7' } });

/** A Vault that answers with these, one after the other. */
async function revoked(...answers: (Reply | Error)[]): Promise<readonly Call[]> {
  const calls: Call[] = [];
  const transport = {
    call: (call: Call) => {
      calls.push(call);
      const answer = answers.shift();
      return answer instanceof Error || answer === undefined
        ? Promise.reject(answer ?? new Error('nothing more was to be asked'))
        : Promise.resolve(answer);
    },
    close: () => Promise.resolve(),
  };
  await revokeRoot(transport, new Hidden(TOKEN));
  return calls;
}

describe('the root token', () => {
  it('is revoked, and Vault is asked with it once more', async () => {
    const calls = await revoked(self, reply(204), reply(403));
    expect(calls.map(({ method, path, token }) => [method, path, token])).toEqual([
      ['GET', 'auth/token/lookup-self', TOKEN],
      ['POST', 'auth/token/revoke-self', TOKEN],
      ['GET', 'auth/token/lookup-self', TOKEN],
    ]);
  });

  it.each([
    ['Vault says yes and still takes it', [self, reply(204), self]],
    ['Vault does not revoke it', [self, reply(500), self]],
    ['Vault is away when it is asked', [self, reply(204), refuseVault('vault-busy', 500)]],
    ['Vault is sealed meanwhile', [self, reply(503), reply(503)]],
  ])('is said to be alive, with the accessor that ends it: %s', async (_, answers) => {
    await expect(revoked(...answers)).rejects.toMatchObject({
      code: 'vault-root-alive',
      culprit: 'accessor-7',
      message: expect.not.stringContaining(TOKEN) as string,
    });
  });

  it('is said to be alive where not even its accessor is known', async () => {
    await expect(revoked(refuseVault('vault-busy', 500))).rejects.toMatchObject({
      code: 'vault-root-alive',
      culprit: 'unknown',
    });
  });
});
