/**
 * Locking the seat's share to the YubiKey of whoever sits here.
 * @module
 */
import type { KeyRecord } from '../../../shared/ceremony/types.ts';
import { equalBytes } from '../../../shared/encoding/bytes.ts';
import type { RandomSource } from '../../../shared/secret/random.ts';
import type { Secret } from '../../../shared/secret/secret.ts';
import type { KeyEnvelope, KeyEnvelopeFacts } from '../../../shared/sharing/key-envelope.ts';
import { shareName } from '../../../shared/sharing/refusals.ts';
import { shareAttested } from '../../../shared/sharing/share-attested.ts';
import { fidoCode } from '../../devices/ctap/index.ts';
import type { Slot } from '../../devices/yubikey-otp/index.ts';
import {
  askCredential,
  attestationFacts,
  lockToCredentials,
  newCredential,
  type FidoAnswer,
} from '../../media/yubikey/fido.ts';
import { keyTitle, withFidoKey, type PluggedKey } from '../../media/yubikey/keys.ts';
import {
  askSlotOf,
  DEFAULT_SLOT,
  lockToSlot,
  programSlot,
  slotsOf,
} from '../../media/yubikey/otp.ts';
import { refuseKey } from '../../media/yubikey/refusals.ts';
import { shown, type KeyHolder } from './holder.ts';
import { withPin } from './pin.ts';

/** What is locked, and with what. */
export interface LockInput {
  readonly facts: KeyEnvelopeFacts;
  /** Wire bytes. */
  readonly share: Secret;
  readonly random: RandomSource;
  /** Numbers of the keys that open other shares of this set. */
  readonly taken: ReadonlySet<number>;
  /** log2 of scrypt's N; only tests lower it. */
  readonly workFactor?: number;
}

export interface Locked {
  readonly envelope: KeyEnvelope;
  /** For the register: every key that opens it. */
  readonly keys: readonly KeyRecord[];
}

/** With a slot of the OTP interface and the words of the seat. */
export async function lockWithSlot(
  holder: KeyHolder,
  { facts, share, random, taken, workFactor }: LockInput,
  passphrase: Secret,
): Promise<Locked> {
  const title = shareName(facts.index, facts.count);
  const challenge = random(32);
  let ready: ReadySlot | null = null;
  try {
    return await holder.withKeys(
      { method: 'otp-hmac', purpose: 'lock', title, wanted: [], not: taken },
      async ([key]) => {
        // A slot that was programmed a moment ago is not programmed again because of a late finger.
        if (ready?.serial !== key.serial || ready.serial === null) {
          ready?.answer?.fill(0);
          ready = await readySlot(holder, key, challenge, random);
        }
        const { slot, answer } = ready;
        const facade = { serial: key.serial, slot: slot.slot, touch: slot.touch };
        const ask = () => askOnce(holder, key, slot.slot, challenge, answer);
        const envelope = await share.use((wire) =>
          passphrase.use((words) =>
            lockToSlot(facts, wire, facade, challenge, words, ask, {
              random,
              ...(workFactor === undefined ? {} : { workFactor }),
            }),
          ),
        );
        return { envelope, keys: [{ ...registered(key, false), slot }] };
      },
    );
  } finally {
    (ready as ReadySlot | null)?.answer?.fill(0);
  }
}

/** A slot that answers challenges. */
interface ReadySlot {
  readonly serial: number | null;
  readonly slot: NonNullable<KeyRecord['slot']>;
  /** What it must answer to the first challenge, when it was programmed here. Secret. */
  readonly answer: Uint8Array | null;
}

async function askOnce(
  holder: KeyHolder,
  key: PluggedKey,
  slot: Slot,
  challenge: Uint8Array,
  answer: Uint8Array | null,
): Promise<Uint8Array> {
  const { response } = await holder.touch([key], 'otp-hmac', 'lock', (waiting) =>
    askSlotOf(holder.sockets, [key], slot, challenge, waiting),
  );
  if (answer === null || equalBytes(response, answer)) return response;
  response.fill(0);
  throw refuseKey('key-unsteady');
}

/**
 * An empty second slot is programmed without asking: nothing is lost. One that is in use is used as
 * it is, or programmed anew after its key's number was typed.
 */
async function readySlot(
  holder: KeyHolder,
  key: PluggedKey,
  challenge: Uint8Array,
  random: RandomSource,
): Promise<ReadySlot> {
  const slots = await slotsOf(holder.sockets, key);
  const program = async (slot: Slot, typedSerial: number | null): Promise<ReadySlot> => ({
    serial: key.serial,
    slot: { slot, touch: true, programmed: true },
    answer: await programSlot(holder.sockets, key, { slot, typedSerial }, challenge, random),
  });
  if (slots[DEFAULT_SLOT - 1]?.isConfigured === false) return program(DEFAULT_SLOT, null);
  return holder.entry.ask(
    { task: 'key-slot', person: holder.person, key: shown(key), slots: [...slots] },
    async (input) => {
      if (input.type !== 'slot') return undefined;
      const { slot, use, typedSerial } = input;
      const found = slots[slot - 1];
      const isConfigured = found?.isConfigured === true;
      if (use === 'program') {
        if (isConfigured && typedSerial === null) throw refuseKey('key-slot-choice', slot);
        return program(slot, isConfigured ? typedSerial : null);
      }
      if (!isConfigured) throw refuseKey('key-slot-empty', slot);
      const asItIs = { slot, touch: found.touch === true, programmed: false };
      return { serial: key.serial, slot: asItIs, answer: null };
    },
    // A number that was typed wrongly is typed again; a key that is gone is asked for anew.
    ({ code }) => !/^otp-(serial-differs|refused)$|^key-slot-/.test(code),
  );
}

/** With a FIDO2 key and its PIN, and with a backup key if there is one. */
export async function lockWithCredentials(
  holder: KeyHolder,
  { facts, share, random, taken }: LockInput,
): Promise<Locked> {
  const made: Made[] = [];
  try {
    made.push(await makeOne(holder, facts, random, taken, null));
    const [first] = made;
    if (first !== undefined && (await wantsBackup(holder, first.key))) {
      made.push(await makeOne(holder, facts, random, taken, first));
    }
    const answers = made.map(({ answer }) => answer);
    const envelope = await share.use((wire) => lockToCredentials(facts, wire, answers));
    return { envelope, keys: made.map(({ record }) => record) };
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
  taken: ReadonlySet<number>,
  other: Made | null,
): Promise<Made> {
  const { sockets } = holder;
  const title = shareName(facts.index, facts.count);
  const purpose = other === null ? 'lock' : 'backup';
  const first = other?.key.serial ?? null;
  const not = first === null ? taken : new Set([...taken, first]);
  if (other !== null) await holder.replugged('fido2', title);
  return holder.withKeys({ method: 'fido2', purpose, title, wanted: [], not }, async ([key]) => {
    if (other !== null && (await isSameKey(holder, key, other))) {
      throw refuseKey('key-taken', keyTitle(key));
    }
    return withPin(holder, key, title, async (pin) => {
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
