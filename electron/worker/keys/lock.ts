/**
 * Locking the seat's share to the YubiKey of whoever sits here.
 * @module
 */
import type { KeyRecord } from '../../../shared/ceremony/types.ts';
import type { RandomSource } from '../../../shared/secret/random.ts';
import { wipingAfter, type Secret } from '../../../shared/secret/secret.ts';
import type { KeyEnvelope, KeyEnvelopeFacts } from '../../../shared/sharing/key-envelope.ts';
import type { LiveSlot } from '../../../shared/ledger/live-slots.ts';
import { shareName } from '../../../shared/sharing/refusals.ts';
import { shareAttested } from '../../../shared/identity/share-attested.ts';
import { fidoCode, type KnownCredential } from '../../devices/ctap/index.ts';
import {
  askCredential,
  attestationFacts,
  lockToCredentials,
  newCredential,
  type FidoAnswer,
} from '../../media/yubikey/fido.ts';
import { keyTitle, withFidoKey, type PluggedKey } from '../../media/yubikey/keys.ts';
import { lockToSlot } from '../../media/yubikey/otp.ts';
import { refuseKey } from '../../media/yubikey/refusals.ts';
import type { Context } from '../context.ts';
import { shown, type KeyHolder } from './holder.ts';
import { withPin } from './pin.ts';
import { requireNobodysElse, type OthersCredential } from './others.ts';
import { SlotMaker } from './ready-slot.ts';
import type { SlotTries } from './slot-tries.ts';

/** What is locked, and with what. */
export interface LockInput {
  readonly facts: KeyEnvelopeFacts;
  /** Wire bytes. */
  readonly share: Secret;
  readonly random: RandomSource;
  /** Numbers of the keys that open other shares of this set. */
  readonly taken: ReadonlySet<number>;
  /** Credentials of other custodians of this ceremony. */
  readonly others: readonly OthersCredential[];
  /** Slots that open shares: never overwritten. */
  readonly live: readonly LiveSlot[];
  readonly note: Context['note'];
  /** log2 of scrypt's N; only tests lower it. */
  readonly workFactor?: number;
}

export interface Locked {
  readonly envelope: KeyEnvelope;
  /** For the register: every key that opens it. */
  readonly keys: readonly KeyRecord[];
  /** FIDO2: what it hangs on. */
  readonly credentials: readonly KnownCredential[];
}

/** With a slot of the OTP interface and the words of the seat. */
export async function lockWithSlot(
  holder: KeyHolder,
  { facts, share, random, taken, live, note, workFactor }: LockInput,
  passphrase: Secret,
  tries: SlotTries,
): Promise<Locked> {
  const title = shareName(facts.index, facts.count);
  const maker = await SlotMaker.start(holder, tries, { random, live, note });
  return holder.withKeys(
    { method: 'otp-hmac', purpose: 'lock', title, wanted: [], not: taken },
    async ([key]) => {
      const { challenge, response, slot } = await maker.answer(key, await maker.ready(key));
      return wipingAfter([response], async () => {
        const facade = { serial: key.serial, slot: slot.slot, touch: slot.touch };
        const envelope = await share.use((wire) =>
          passphrase.use((words) =>
            lockToSlot(facts, wire, facade, challenge, words, async () => response, {
              random,
              ...(workFactor === undefined ? {} : { workFactor }),
            }),
          ),
        );
        return { envelope, keys: [{ ...registered(key, false), slot }], credentials: [] };
      });
    },
  );
}

/** With a FIDO2 key and its PIN, and with a backup key if there is one. */
export async function lockWithCredentials(
  holder: KeyHolder,
  { facts, share, random, taken, others }: LockInput,
): Promise<Locked> {
  const made: Made[] = [];
  try {
    made.push(await makeOne(holder, facts, random, { taken, others }, null));
    const [first] = made;
    if (first !== undefined && (await wantsBackup(holder, first.key))) {
      made.push(await makeOne(holder, facts, random, { taken, others }, first));
    }
    const answers = made.map(({ answer }) => answer);
    const envelope = await share.use((wire) => lockToCredentials(facts, wire, answers));
    const credentials = answers.map(({ credential }) => credential);
    return { envelope, keys: made.map(({ record }) => record), credentials };
  } finally {
    for (const { answer } of made) answer.response.fill(0);
  }
}

interface Made {
  readonly key: PluggedKey;
  readonly answer: FidoAnswer;
  readonly record: KeyRecord;
}

async function makeOne(
  holder: KeyHolder,
  facts: KeyEnvelopeFacts,
  random: RandomSource,
  { taken, others }: Pick<LockInput, 'taken' | 'others'>,
  other: Made | null,
): Promise<Made> {
  const { sockets } = holder;
  const title = shareName(facts.index, facts.count);
  const purpose = other === null ? 'lock' : 'backup';
  const first = other?.key.serial ?? null;
  const not = first === null ? taken : new Set([...taken, first]);
  if (other !== null) await holder.replugged('fido2', title);
  return holder.withKeys({ method: 'fido2', purpose, title, wanted: [], not }, async ([key]) => {
    const admit = async () => {
      if (other !== null && (await isSameKey(holder, key, other))) {
        throw refuseKey('key-taken', keyTitle(key));
      }
      await requireNobodysElse(holder, key, others);
    };
    await admit();
    return withPin(holder, key, title, async (pin) => {
      // No number says that it is still the one of the page.
      if (key.serial === null) await admit();
      const credential = await holder.touch([key], 'fido2', 'make-credential', (waiting) =>
        newCredential(sockets, key, pin, random, waiting, shareAttested(facts, holder.person)),
      );
      const challenge = random(32);
      const { response, userVerified } = await holder.touch([key], 'fido2', 'lock', (waiting) =>
        askCredential(sockets, key, { credential, challenge }, pin, waiting),
      );
      const { serial } = key;
      return {
        key,
        answer: { serial, credential, userVerified, challenge, response },
        record: {
          ...registered(key, other !== null),
          attestation: attestationFacts(credential.attestation),
        },
      };
    });
  });
}

/**
 * Whether the first credential is on this key: a path says nothing of that, and a number may be
 * hidden. Asked without PIN and touch.
 */
async function isSameKey({ sockets }: KeyHolder, key: PluggedKey, other: Made): Promise<boolean> {
  const { credential } = other.answer;
  try {
    const here = await withFidoKey(sockets, key.path, (open) => open.whichIsHere([credential]));
    // Without an answer two numbers must tell them apart.
    return here !== null || key.serial === null || other.key.serial === null;
  } catch (error) {
    if (fidoCode(error) === 'fido-wrong-key') return false;
    throw error;
  }
}

async function wantsBackup(holder: KeyHolder, key: PluggedKey): Promise<boolean> {
  const { wanted } = await holder.entry.ask(
    { task: 'backup-key', person: holder.person, key: shown(key) },
    (input) => (input.type === 'backup-key' ? { wanted: input.wanted } : undefined),
  );
  return wanted;
}

/** How a key stands in the register, before anything of slots and attestations. */
export function registered({ serial, model, firmware }: PluggedKey, isBackup: boolean) {
  return { serial, model, firmware, isBackup, slot: null, attestation: null };
}
