/**
 * Personal identities on YubiKeys: made at the seat, and found again by what the rosters say.
 * @module
 */
import type { HostEvent } from '../../../shared/ceremony/events.ts';
import type { KeyIdentity } from '../../../shared/identity/key-identity.ts';
import { keyIdentities } from '../../../shared/identity/roster.ts';
import type { EffectContext } from './effect-context.ts';

type Answer<Type extends HostEvent['type']> = Promise<Extract<HostEvent, { type: Type }>>;

/** @param title of the window in front */
export async function newKeyIdentity(
  title: string,
  context: EffectContext,
): Answer<'key-identity-made'> {
  const { ceremonyId } = context;
  const worker = await context.worker();
  const listed = inForce(context);
  const made = await worker.askInWindow(title, 'new-key-identity', { ceremonyId, listed });
  return { type: 'key-identity-made', ...made };
}

/** By the roster of the package; empty where it brings none. */
function inForce({ gathered }: EffectContext): readonly KeyIdentity[] {
  return gathered.roster === null ? [] : keyIdentities(gathered.roster.body);
}

/** The roster of the package first: it is the one in force. */
export async function openKeyIdentity(
  title: string,
  context: EffectContext,
): Answer<'identity-opened'> {
  const listed = [...inForce(context), ...(await context.keyIdentities())];
  const worker = await context.worker();
  const opened = await worker.askInWindow(title, 'open-key-identity', { listed });
  return { type: 'identity-opened', ...opened };
}
