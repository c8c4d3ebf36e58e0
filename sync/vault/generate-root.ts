/**
 * A root token for one piece of work, made by the holders of the unseal keys.
 *
 * A deployment that follows Vault's advice has revoked its root token long ago. Vault makes a new
 * one when a quorum of its unseal keys asks (`sys/generate-root`, Vault's HTTP API), masked by a
 * one-time pad that only whoever began the attempt knows. The token is used here, revoked, and
 * its end is looked at; it is never shown.
 * @module
 */
import { z } from 'zod';
import { Hidden } from '../hidden.ts';
import { parse } from './operator.ts';
import { refuseVault } from './refusals.ts';
import { refusalForState } from './states.ts';
import type { Call, Reply, Transport } from './transport.ts';

const ATTEMPT = 'sys/generate-root/attempt';

const status = z.object({
  started: z.boolean(),
  nonce: z.string(),
  progress: z.int().min(0),
  required: z.int().min(1),
  complete: z.boolean(),
});
const begun = status.extend({ otp: z.string().min(16) });
const updated = status.extend({ encoded_token: z.string().default('') });
const ownToken = z.object({ data: z.object({ accessor: z.string().min(1) }) });

/** How far the holders are. */
export interface RootProgress {
  /** Names the attempt: holders who give their key elsewhere compare it. */
  readonly nonce: string;
  /** Keys that were given, and that are needed. */
  readonly given: number;
  readonly required: number;
}

/** What became of one key. */
export type KeyGiven =
  | { readonly state: 'more'; readonly progress: RootProgress }
  /** Vault had this key already. */
  | { readonly state: 'again'; readonly progress: RootProgress }
  /** One of the keys is wrong. Vault does not say which: all are given again. */
  | { readonly state: 'wrong'; readonly progress: RootProgress }
  /** Secret, and good for everything in this Vault: revoke it. */
  | { readonly state: 'made'; readonly token: Hidden };

export interface RootAttempt {
  /** Asks Vault: another holder may have given a key elsewhere. @throws Refusal `vault-root-gone` */
  progress(): Promise<RootProgress>;
  /** @param key base64 or hex, as Vault gave it out; see {@link isUnsealKey} */
  give(key: Hidden): Promise<KeyGiven>;
  /** Ends it where it is not complete; the keys that were given count for nothing. */
  end(): Promise<void>;
}

/** Whether a text has the form of an unseal or recovery key: 32 or 33 bytes in hex or base64. */
export function isUnsealKey(text: string): boolean {
  return /^(?:[0-9a-f]{64}(?:[0-9a-f]{2})?|[A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{44})$/.test(text);
}

/**
 * @throws Refusal `vault-root-attempt` where somebody else's attempt is under way, or what
 *   refusalForState says
 */
export async function beginRootAttempt(transport: Transport): Promise<RootAttempt> {
  const found = parse(status, await ask(transport, { method: 'GET', path: ATTEMPT }));
  if (found.started) throw refuseVault('vault-root-attempt', found.nonce);
  const { nonce, otp } = parse(
    begun,
    await ask(transport, { method: 'PUT', path: ATTEMPT, body: {} }),
  );
  const pad = new Hidden(otp);
  // Vault forgets a complete attempt.
  let last = 0;
  const mine = (now: z.infer<typeof status>): RootProgress => {
    // SECURITY: keys given to an attempt whose pad somebody else knows make a token for them.
    if (!now.started || now.nonce !== nonce) throw refuseVault('vault-root-gone');
    last = now.progress;
    return { nonce, given: now.progress, required: now.required };
  };
  const progress = async (): Promise<RootProgress> =>
    mine(parse(status, await ask(transport, { method: 'GET', path: ATTEMPT })));
  return {
    progress,
    async give(key) {
      const before = last;
      const path = 'sys/generate-root/update';
      const body = { key: key.reveal(), nonce };
      const reply = await ask(transport, { method: 'PUT', path, body });
      if (reply.status === 400) {
        // For a key that it has, as for keys that do not fit: then it has forgotten all of them.
        const after = await progress();
        return { state: before > 0 && after.given === before ? 'again' : 'wrong', progress: after };
      }
      const now = parse(updated, reply);
      if (now.complete) return { state: 'made', token: unmask(now.encoded_token, pad) };
      return { state: 'more', progress: mine(now) };
    },
    async end() {
      const now = parse(status, await ask(transport, { method: 'GET', path: ATTEMPT }));
      if (now.started && now.nonce === nonce) await endRootAttempt(transport, nonce);
    },
  };
}

/**
 * Ends the attempt that this nonce names, whoever began it.
 * @throws Refusal `vault-root-gone` where there is none of that name
 */
export async function endRootAttempt(transport: Transport, nonce: string): Promise<void> {
  const now = parse(status, await ask(transport, { method: 'GET', path: ATTEMPT }));
  if (!now.started || now.nonce !== nonce) throw refuseVault('vault-root-gone');
  const reply = await ask(transport, { method: 'DELETE', path: ATTEMPT, body: { nonce } });
  if (reply.status >= 300) throw refuseVault('vault-content', ATTEMPT);
}

/**
 * Revokes the token, and asks Vault with it: only the refusal of it is proof.
 * @throws Refusal `vault-root-alive`, with the accessor by which an operator ends it
 */
export async function revokeRoot(transport: Transport, token: Hidden): Promise<void> {
  const call = (method: 'GET' | 'POST', path: string): Promise<Reply> =>
    transport.call({ method, path, token: token.reveal() });
  let accessor = 'unknown';
  try {
    const self = ownToken.safeParse((await call('GET', 'auth/token/lookup-self')).body);
    if (self.success) accessor = self.data.data.accessor;
    await call('POST', 'auth/token/revoke-self');
    if ((await call('GET', 'auth/token/lookup-self')).status === 403) return;
  } catch (cause) {
    throw Object.assign(refuseVault('vault-root-alive', accessor), { cause });
  }
  throw refuseVault('vault-root-alive', accessor);
}

async function ask(transport: Transport, call: Call): Promise<Reply> {
  const reply = await transport.call(call);
  const state = refusalForState(reply.status);
  if (state !== undefined) throw state;
  return reply;
}

/** `encoded_token` is base64 without padding of token XOR pad. */
function unmask(encoded: string, pad: Hidden): Hidden {
  const masked = Buffer.from(encoded, 'base64');
  const mask = Buffer.from(pad.reveal());
  if (masked.length === 0 || masked.length !== mask.length) {
    throw refuseVault('vault-content', 'sys/generate-root');
  }
  const token = Buffer.from(masked.map((byte, at) => byte ^ (mask[at] ?? 0)));
  try {
    return new Hidden(token.toString('latin1'));
  } finally {
    for (const bytes of [masked, mask, token]) bytes.fill(0);
  }
}
