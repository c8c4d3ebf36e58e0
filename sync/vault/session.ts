/**
 * Sync's token: AppRole login, renewal before it ends, one login again when Vault refuses it.
 *
 * Nothing runs in the background. Each call makes sure the token is fresh; calls that come
 * together share one login.
 * @module
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Refusal } from '../../shared/refusal.ts';
import type { Hidden } from '../hidden.ts';
import { HeldRefusal } from '../retry.ts';
import { refuseVault } from './refusals.ts';
import { factsOf, lookupCall, ROLE, type SecretIdFacts } from './secret-id.ts';
import { refusalForState } from './states.ts';
import type { Call, Reply, Transport } from './transport.ts';

export interface SessionOptions {
  readonly roleId: string;
  /** Read again at every login, so that a rotated secret id needs no restart. */
  readonly secretId: { readonly file: string } | { readonly value: Hidden };
  /** Monotonic milliseconds; a test moves it. */
  readonly clock?: () => number;
}

export interface TokenFacts {
  /** Until the token ends, as Vault said it; sync renews it before. */
  readonly seconds: number;
  readonly renewable: boolean;
}

interface Token {
  readonly text: string;
  readonly role: string;
  readonly from: number;
  readonly lease: number;
  readonly renewable: boolean;
}

/** After a refused login, the same secret id is not tried again for this long (milliseconds). */
const HOLD = { refused: 5 * 60_000, lockedOut: 15 * 60_000 };

const auth = z.object({
  auth: z.object({
    client_token: z.string().min(1),
    lease_duration: z.number(),
    renewable: z.boolean(),
    metadata: z
      .object({ role_name: z.string().regex(/^[A-Za-z0-9_.-]{1,200}$/) })
      .nullish()
      .catch(null),
  }),
});

export interface Session {
  /** Makes a call with a fresh token; logs in once more when Vault says the token is no good. */
  call(call: Omit<Call, 'token'>): Promise<Reply>;
  facts(): Promise<TokenFacts>;
  /** What Vault says of the secret id that the next login would use; undefined: it may not ask. */
  secretId(): Promise<SecretIdFacts | undefined>;
  /** Gives the token back. */
  close(): Promise<void>;
}

export function createSession(transport: Transport, options: SessionOptions): Session {
  const clock = options.clock ?? (() => performance.now());
  let token: Token | undefined;
  let pending: Promise<Token> | undefined;
  let hold:
    { readonly secret: string; readonly until: number; readonly refusal: Refusal } | undefined;

  function keep(reply: Reply): Token {
    const parsed = auth.safeParse(reply.body);
    if (!parsed.success) throw refuseVault('vault-content', 'auth');
    token = {
      text: parsed.data.auth.client_token,
      role: parsed.data.auth.metadata?.role_name ?? ROLE,
      from: clock(),
      lease: parsed.data.auth.lease_duration * 1_000,
      renewable: parsed.data.auth.renewable,
    };
    return token;
  }

  async function login(): Promise<Token> {
    // A string because Vault's API is JSON.
    const secretId = await readSecretId(options.secretId);
    const secret = createHash('sha256').update(secretId).digest('hex');
    // SECURITY: five failures lock the role out for everybody; a loop must not get there.
    if (hold !== undefined && hold.secret === secret && clock() < hold.until) {
      throw new HeldRefusal(hold.refusal, (hold.until - clock()) / 1_000);
    }
    const reply = await transport.call({
      method: 'POST',
      path: 'auth/approle/login',
      body: { role_id: options.roleId, secret_id: secretId },
    });
    if (reply.status === 200) {
      hold = undefined;
      return keep(reply);
    }
    const state = refusalForState(reply.status);
    if (state !== undefined) throw state;
    // Rotated between reading the file and asking: the new one is tried at once.
    if ((await readSecretId(options.secretId)) !== secretId) return login();
    const refusal = refuseVault(reply.status === 403 ? 'vault-locked-out' : 'vault-login');
    const wait = reply.status === 403 ? HOLD.lockedOut : HOLD.refused;
    hold = { secret, until: clock() + wait, refusal };
    throw new HeldRefusal(refusal, wait / 1_000);
  }

  async function renewOrLogin(old: Token): Promise<Token> {
    if (old.renewable && clock() - old.from < old.lease) {
      const reply = await transport.call({
        method: 'POST',
        path: 'auth/token/renew-self',
        body: {},
        token: old.text,
      });
      if (reply.status === 200) {
        const renewed = keep(reply);
        // Near the role's maximum Vault grants less and less: then a new token is due.
        if (renewed.lease > old.lease / 2) return renewed;
      }
    }
    return login();
  }

  function once(make: () => Promise<Token>): Promise<Token> {
    pending ??= make().finally(() => {
      pending = undefined;
    });
    return pending;
  }

  async function fresh(): Promise<Token> {
    if (pending !== undefined) return pending;
    const held = token;
    if (held === undefined) return once(login);
    if (clock() - held.from < (held.lease * 2) / 3) return held;
    return once(() => renewOrLogin(held));
  }

  async function ask(call: Omit<Call, 'token'>): Promise<Reply> {
    const first = await fresh();
    const reply = await transport.call({ ...call, token: first.text });
    if (reply.status !== 403 || isPolicyRefusal(reply)) return reply;
    // Another call may have logged in meanwhile; then its token is tried, not a third one.
    const second = token !== undefined && token !== first ? token : await once(login);
    const again = await transport.call({ ...call, token: second.text });
    if (again.status === 403 && !isPolicyRefusal(again)) throw refuseVault('vault-token');
    return again;
  }

  return {
    call: ask,
    async facts() {
      const held = await fresh();
      return { seconds: (held.from + held.lease - clock()) / 1_000, renewable: held.renewable };
    },
    async secretId() {
      const { role } = await fresh();
      const reply = await ask(lookupCall(role, await readSecretId(options.secretId)));
      const state = refusalForState(reply.status);
      if (state !== undefined) throw state;
      return reply.status === 403 ? undefined : factsOf(reply);
    },
    async close() {
      const held = token;
      token = undefined;
      if (held === undefined) return;
      await transport
        .call({ method: 'POST', path: 'auth/token/revoke-self', token: held.text })
        .catch(() => undefined);
    },
  };
}

/** Vault words the two kinds of 403 differently: a policy's names one error, and no invalid token. */
function isPolicyRefusal(reply: Reply): boolean {
  return reply.errors.includes('1 error occurred') && !reply.errors.includes('invalid token');
}

async function readSecretId(source: SessionOptions['secretId']): Promise<string> {
  if ('value' in source) return source.value.reveal();
  try {
    return (await readFile(source.file, 'utf8')).trim();
  } catch {
    throw refuseVault('vault-login');
  }
}
