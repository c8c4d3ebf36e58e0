/**
 * Personal identities on YubiKeys: made at the seat, and found again by what the rosters say.
 * @module
 */
import type { HostEvent } from '../../../shared/ceremony/events.ts';
import { keyIdentities } from '../../../shared/identity/roster.ts';
import type { EffectContext } from './effect-context.ts';

type Answer<Type extends HostEvent['type']> = Promise<Extract<HostEvent, { type: Type }>>;

/** @param title of the window in front */
export async function newKeyIdentity(
  title: string,
  { worker, ceremonyId }: EffectContext,
): Answer<'key-identity-made'> {
  const made = await (await worker()).askInWindow(title, 'new-key-identity', { ceremonyId });
  return { type: 'key-identity-made', ...made };
}

/** The roster of the package first: it is the one in force. */
export async function openKeyIdentity(
  title: string,
  context: EffectContext,
): Answer<'identity-opened'> {
  const { roster } = context.gathered;
  const present = roster === null ? [] : keyIdentities(roster.body);
  const listed = [...present, ...(await context.keyIdentities())];
  const worker = await context.worker();
  const opened = await worker.askInWindow(title, 'open-key-identity', { listed });
  return { type: 'identity-opened', ...opened };
}
