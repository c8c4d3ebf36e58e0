/**
 * A YubiKey that comes out at each report of what is done with it after a Split, through a real worker:
 * an envelope locked anew, an identity made, opened and used, a slot erased. Afterwards the step was
 * repeated and is done, nothing was lost on the way, and what the log hears is true.
 */
import { expect, it } from 'vitest';
import { renewed } from '../../shared/ceremony/seat/stick.ts';
import { verifyEd25519 } from '../../shared/encoding/dsse.ts';
import type { KeyIdentity } from '../../shared/identity/key-identity.ts';
import type { KeyTask } from '../../shared/ipc/entry.ts';
import { keyEnvelopeDigest } from '../../shared/sharing/key-envelope.ts';
import { hmacConfig, writePayload } from '../../electron/devices/yubikey-otp/slot-config.ts';
import { ScriptedPerson } from '../support/entry-script.ts';
import type { KeyHands, RackedKey } from '../support/key-rack.ts';
import { envelopeBytes, keySittings, mending } from '../support/key-sittings.ts';
import { atEachReport, looseKey, type LooseKey } from '../support/loose-key.ts';
import { verifierIn } from '../support/software-key/slot-verifier.ts';

const { rack, worker, sit, write, give } = keySittings();
const INDEX = 2;
const TURN = { name: 'custodian 2', role: 'custodian', index: INDEX } as const;
const MESSAGE = new TextEncoder().encode('what happened here');
const again = { onRefused: mending(() => undefined) };
const touching = (does: string) => (task: KeyTask) => task.task === 'touch' && task.does === does;
const never = () => false;

it.each([false, true])(
  'while an envelope is locked anew and proved (number hidden: %s)',
  async (hides) => {
    const key = looseKey(rack, 52_000_001, { begins: touching('renew'), ends: never });
    key.own.otp.hidesSerial = hides;
    const sitting = await sit(INDEX, { own: key.own });
    await write(sitting, 'yubikey-otp');
    const onStick = () => keyEnvelopeDigest(envelopeBytes(sitting, INDEX));
    let before = onStick();
    let renewal: Awaited<ReturnType<typeof give>>['renewal'] = null;
    const reports = await atEachReport(
      rack,
      key,
      async (keys) => {
        ({ renewal } = await give({ ...sitting, keys }, INDEX, again));
      },
      {
        // The next one opens what this one left on the stick.
        async after(n) {
          const after = onStick();
          expect(renewal, `report ${n}`).toEqual({ done: true, before, after });
          expect(after).not.toBe(before);
          expect(renewal === null ? [] : renewed(TURN, renewal)).toMatchObject([
            { kind: 'envelope-renewed', facts: { after: { value: after } } },
          ]);
          before = after;
        },
      },
    );
    expect(reports).toBeGreaterThan(5);
  },
);

/** A seat of its own, with nothing in it. */
async function seated(): Promise<ScriptedPerson> {
  await worker().call('begin-seat', { turn: TURN });
  return new ScriptedPerson(TURN.name);
}

async function make(keys: KeyHands) {
  const input = { ceremonyId: 'ce'.repeat(16), listed: [] };
  const hands = { keys, ...again };
  const { publicKey, credential, key } = await worker().callWith(
    await seated(),
    hands,
    'new-key-identity',
    input,
  );
  return { identity: { name: TURN.name, publicKey, credential }, key };
}

const open = async (listed: KeyIdentity, keys: KeyHands) =>
  worker().callWith(await seated(), { keys, ...again }, 'open-key-identity', {
    listed: [listed],
  });

/** By whoever opened an identity in this seat. */
async function signedBy(keys: KeyHands): Promise<(publicKey: string) => boolean> {
  const { signatures } = await worker().callWith(
    new ScriptedPerson(TURN.name),
    { keys, ...again },
    'sign-identity',
    { messages: [MESSAGE] },
  );
  const [signature = new Uint8Array()] = signatures;
  return (publicKey) => verifyEd25519(signature, MESSAGE, publicKey);
}

/** The key in an ordinary hand. */
const steady = ({ own }: LooseKey): KeyHands => ({ rack, own });

it('while a personal identity is made', async () => {
  const key = looseKey(rack, 52_000_002, {
    begins: ({ task }) => task === 'pin',
    // From there on it is opened, which is counted below.
    ends: ({ task }) => task === 'key-replug',
  });
  let made: Awaited<ReturnType<typeof make>> | null = null;
  const reports = await atEachReport(
    rack,
    key,
    async (keys) => {
      made = await make(keys);
    },
    {
      async after(n) {
        if (made === null) throw new Error('Nothing was made.');
        const { identity } = made;
        expect(made.key, `report ${n}`).toMatchObject({ serial: 52_000_002 });
        expect(made.key.attestation, `report ${n}`).not.toBeNull();
        key.stay();
        // The credential that is said to make it does make it, after whatever was tried before.
        expect((await signedBy(steady(key)))(identity.publicKey), `report ${n}`).toBe(true);
      },
    },
  );
  expect(reports).toBeGreaterThan(30);
});

it('while a personal identity is opened, and while it signs', async () => {
  const key = looseKey(rack, 52_000_003);
  const { identity } = await make(steady(key));
  let opened: unknown;
  const opening = await atEachReport(
    rack,
    key,
    async (keys) => {
      opened = await open(identity, keys);
    },
    {
      after: async (n) =>
        expect(opened, `report ${n}`).toMatchObject({ publicKey: identity.publicKey }),
    },
  );
  await open(identity, steady(key));
  let fits = false;
  const signing = await atEachReport(
    rack,
    key,
    async (keys) => {
      fits = (await signedBy(keys))(identity.publicKey);
    },
    { after: async (n) => expect(fits, `report ${n}`).toBe(true) },
  );
  expect(Math.min(opening, signing)).toBeGreaterThan(5);
});

const configure = ({ otp }: RackedKey, place: 0 | 1) => {
  const secret = new Uint8Array(20).fill(place + 1);
  otp.memory.write(place, writePayload(hmacConfig(secret, true, undefined), undefined))?.();
};

it('while a slot shows its secret and is erased', async () => {
  const key = looseKey(rack, 52_000_004);
  const { otp } = key.own;
  configure(key.own, 0);
  configure(key.own, 1);
  const verifiers = [verifierIn(otp, 1)];
  const kept = verifierIn(otp, 0);
  let erased: unknown;
  const reports = await atEachReport(
    rack,
    key,
    async (keys) => {
      erased = await worker().callWith(await seated(), { keys, ...again }, 'erase-slot', {
        serial: 52_000_004,
        slot: 2,
        programmed: true,
        verifiers,
        title: 'share 2 of 4 of the set 2024 A',
        owners: [],
      });
    },
    {
      before: () => configure(key.own, 1),
      async after(n) {
        const done = { serial: 52_000_004, slot: 2, found: 'configured', proved: true };
        expect(erased, `report ${n}`).toEqual({ ...done, isEmpty: true });
        expect(otp.memory.hmac(1), `report ${n}`).toBeNull();
        expect(verifierIn(otp, 0), `report ${n}`).toBe(kept);
      },
    },
  );
  expect(reports).toBeGreaterThan(30);
});
