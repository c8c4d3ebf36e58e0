/**
 * Calls of Vault with an operator's token, which is used and never kept.
 * @module
 */
import { z } from 'zod';
import type { Refusal } from '../../shared/refusal.ts';
import type { Hidden } from '../hidden.ts';
import { refuseVault } from './refusals.ts';
import { refusalForState } from './states.ts';
import type { Call, Reply, Transport } from './transport.ts';

/** One call with the operator's token. @throws Refusal where Vault refuses it or is in no state to answer */
export type Ask = (call: Omit<Call, 'token'>) => Promise<Reply>;

/** @param denied what a 403 is called: the right that the token lacks */
export function askAsOperator(transport: Transport, token: Hidden, denied: () => Refusal): Ask {
  return async (call) => {
    const reply = await transport.call({ ...call, token: token.reveal() });
    if (reply.status === 403) throw denied();
    const state = refusalForState(reply.status);
    if (state !== undefined) throw state;
    return reply;
  };
}

export function accept(reply: Reply): void {
  if (reply.status >= 300) throw refuseVault('vault-content', 'vault setup');
}

export function parse<T>(schema: z.ZodType<T>, reply: Reply): T {
  accept(reply);
  const parsed = schema.safeParse(reply.body);
  if (!parsed.success) throw refuseVault('vault-content', 'vault setup');
  return parsed.data;
}
