/**
 * Personal identities on YubiKeys: making one, opening one of before, and lending the seed for one
 * signature. Each asks for the key, its PIN and its touch; between them nothing secret is kept.
 * @module
 */
import { describeCredential, type KeyIdentity } from '../../../shared/identity/key-identity.ts';
import { isNamed } from '../../../shared/identity/roster-change.ts';
import { wipingAfter } from '../../../shared/secret/secret.ts';
import { attestationFacts, compressed } from '../../media/yubikey/fido.ts';
import {
  identityCredential,
  knownCredential,
  listedSeed,
  requireListed,
  seedOf,
} from '../../media/yubikey/identity.ts';
import { KeyHolder, type KeyAsked } from '../keys/holder.ts';
import { registered, type LockInput } from '../keys/lock.ts';
import { requireNobodysElse } from '../keys/others.ts';
import { withPin } from '../keys/pin.ts';
import type { CommandOutput } from '../protocol.ts';
import { refuseWorker } from '../refusals.ts';
import { identityOwners } from '../state.ts';
import type { Context, Handler } from '../context.ts';

const TITLE = 'your personal identity';
const SIGNATURE = 'your signature';

export const newKeyIdentity: Handler<'new-key-identity'> = async (
  { ceremonyId, listed },
  context,
) => {
  const { state } = context;
  const holder = holderOf(context, listed);
  const others = listed.filter((identity) => !isNamed(holder.person)(identity));
  const taken = new Set([...state.keysOfOthers(holder.person), ...identityOwners(others).keys()]);
  const listedElsewhere = others.map((identity) => ({
    credential: knownCredential(identity),
    owner: identity.name,
  }));
  const theirs = [...state.credentialsOfOthers(holder.person), ...listedElsewhere];
  const made = await make(holder, ceremonyId, { taken, others: theirs }, context);
  const identity = { name: holder.person, ...made };
  // Read back: by a key that lost its power, and only then is it an identity.
  await holder.replugged('fido2', TITLE);
  await askListed(holder, context, [identity], 'read-back', () => ({ same: true }));
  state.keyIdentities.push({
    name: identity.name,
    publicKey: made.publicKey,
    credential: made.credential,
  });
  state.keepKeyIdentity(identity);
  return made;
};

export const openKeyIdentity: Handler<'open-key-identity'> = async ({ listed }, context) => {
  const { state } = context;
  const { name } = state.needSeat().turn;
  const known = [...state.keyIdentities, ...listed];
  const [first, ...more] = known.filter(isNamed(name));
  if (first === undefined) throw refuseWorker('identity-no-credential', name);
  const holder = holderOf(context, known);
  const own = [first, ...more] as const;
  const identity = await askListed(holder, context, own, 'open', (_, found) => found);
  state.keepKeyIdentity(identity);
  return identity;
};

/** Lends the seed of the seat's identity for the call. The key, its PIN and a touch, each time. */
export function withKeyIdentity<T extends object>(
  context: Context,
  does: 'sign',
  work: (seed: Uint8Array) => Promise<T>,
): Promise<T> {
  const { name, publicKey, credential } = context.state.needIdentity();
  if (credential === null) throw refuseWorker('worker-out-of-order', 'an identity on a YubiKey');
  return askListed(holderOf(context), context, [{ name, publicKey, credential }], does, work);
}

function holderOf(context: Context, listed: readonly KeyIdentity[] = []): KeyHolder {
  const { state, keys } = context;
  const { name } = state.needSeat().turn;
  const owners = new Map([...identityOwners(listed), ...state.keyOwners()]);
  return new KeyHolder(context.entry(), keys, name, owners);
}

/** The credential and what it makes; two touches. @param taken keys of others, by their numbers */
function make(
  holder: KeyHolder,
  ceremonyId: string,
  { taken, others }: Pick<LockInput, 'taken' | 'others'>,
  { state, random }: Context,
): Promise<CommandOutput<'new-key-identity'>> {
  const { sockets, person: name } = holder;
  const { mode } = state;
  const facts = { mode, name, ceremonyId };
  return holder.withKeys(
    {
      method: 'fido2',
      purpose: 'identity',
      title: TITLE,
      wanted: [],
      not: taken,
    },
    async ([key]) => {
      await requireNobodysElse(holder, key, others);
      return withPin(holder, key, TITLE, async (pin) => {
        // No number says that it is still the one of the page.
        if (key.serial === null) await requireNobodysElse(holder, key, others);
        const credential = await holder.touch([key], 'fido2', 'make-credential', (waiting) =>
          identityCredential(sockets, key, facts, pin, random, waiting),
        );
        const { seed, publicKey } = await holder.touch([key], 'fido2', 'identity', (waiting) =>
          seedOf(sockets, key, facts, [credential], pin, waiting),
        );
        seed.fill(0);
        const { credentialId, attestation } = credential;
        const point = compressed(credential.publicKey);
        return {
          publicKey,
          credential: describeCredential(credentialId, point, key.serial),
          key: { ...registered(key, false), attestation: attestationFacts(attestation) },
        };
      });
    },
  );
}

/** What is asked of a key that makes an identity already. */
type Does = 'read-back' | 'open' | 'sign';

const ASKED = {
  'read-back': { purpose: 'open', title: TITLE, touch: 'identity-again' },
  open: { purpose: 'open', title: TITLE, touch: 'identity-again' },
  sign: { purpose: 'sign', title: SIGNATURE, touch: 'sign' },
} as const satisfies Record<Does, Pick<KeyAsked, 'purpose' | 'title'> & { readonly touch: string }>;

/** Lends the seed of one of the identities for the call, and wipes it. */
function askListed<T extends object>(
  holder: KeyHolder,
  { state }: Context,
  listed: readonly [KeyIdentity, ...KeyIdentity[]],
  does: Does,
  work: (seed: Uint8Array, identity: KeyIdentity) => Promise<T> | T,
): Promise<T> {
  const { purpose, title, touch } = ASKED[does];
  const wanted = listed.map(({ credential: { serial } }) => ({ serial, isBackup: false }));
  return holder.withKeys({ method: 'fido2', purpose, title, wanted }, async ([key]) => {
    await requireListed(holder.sockets, key, listed);
    return withPin(holder, key, title, async (pin) => {
      const { seed, identity } = await holder.touch([key], 'fido2', touch, (waiting) =>
        listedSeed(holder.sockets, key, state.mode, listed, pin, waiting),
      );
      return wipingAfter([seed], () => work(seed, identity));
    });
  });
}
