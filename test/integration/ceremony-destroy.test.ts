/**
 * What is left of a void set is destroyed through the real host without a window, with real media
 * and an OTP key: a split is declared void, then its slot is erased and read empty, its sheet, its
 * stick and its envelope are destroyed before a witness, over two days.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HomeSet } from '../../shared/ceremony/home.ts';
import type { Plan } from '../../shared/plan/set-plan.ts';
import { fact } from '../../shared/transcript/entry.ts';
import { encodeLog, entries, parseLog } from '../../shared/transcript/log.ts';
import { narrateLog } from '../../shared/transcript/narrate.ts';
import { verifyLog } from '../../shared/transcript/verify.ts';
import { carrySetupPackage, openLaptop, PLAN, type Laptop } from '../support/headless-platform.ts';
import { codeOf, readLog, splitToWaiting } from '../support/headless-steps.ts';
import { KeyRack, type RackedKey } from '../support/key-rack.ts';

const SERIAL = 11_111_111;
const KEY_PLAN: Plan = {
  ...PLAN,
  label: '2024 A',
  threshold: 2,
  custodians: [
    { name: 'custodian 1', medium: 'paper' },
    { name: 'custodian 2', medium: 'usb' },
    { name: 'custodian 3', medium: 'yubikey-otp' },
  ],
};

let rack: KeyRack;
let laptop: Laptop;
let own: RackedKey;
let ceremonyId: string;

beforeAll(async () => {
  rack = new KeyRack();
  laptop = await openLaptop(rack);
  own = rack.add(SERIAL);
  laptop.people.get('custodian 3').hands = { keys: { rack, own } };
  const { host, room } = laptop;
  await carrySetupPackage(laptop);
  await host.start('split', 'rehearsal');
  await room.until(({ screen }) => screen === 'plan');
  await room.say({ type: 'plan', plan: KEY_PLAN });
  await room.until((view) => view.screen === 'copy' && view.turn?.name === 'custodian 3');
  await room.say({ type: 'abandon', reason: 'a fire alarm' });
  await host.leave();
});
afterAll(async () => {
  await laptop.remove();
  rack.close();
});

async function setAtHome(label = '2024 A'): Promise<HomeSet> {
  const { sets } = await laptop.host.home();
  const set = sets.find((one) => one.label === label);
  if (set === undefined) throw new Error(`Home shows no set ${label}.`);
  return set;
}

const about = ({ setId, generation }: HomeSet) => ({ setId, generation });

/** From home to the choice of who destroys. */
async function begin(): Promise<void> {
  await laptop.host.start('destroy', 'rehearsal', about(await setAtHome()));
  ({ ceremonyId } = laptop.room.view);
  await laptop.room.until(({ screen }) => screen === 'destroyers');
}

test('a set that is in use, waits for its receipt, or is not known is not destroyed', async () => {
  const { host } = laptop;
  expect(await codeOf(host.start('destroy', 'rehearsal'))).toBe('no-set');
  const unknown = { setId: 'ab'.repeat(16), generation: 1 };
  expect(await codeOf(host.start('destroy', 'rehearsal', unknown))).toBe('no-set');
  expect(await codeOf(host.start('destroy', 'production', about(await setAtHome())))).toMatch(
    /^(no-set|production-refused)$/,
  );
  const other = await openLaptop();
  try {
    await splitToWaiting(other);
    await other.host.leave();
    const [waiting] = (await other.host.home()).sets;
    if (waiting === undefined) throw new Error('no set');
    expect(await codeOf(other.host.start('destroy', 'rehearsal', about(waiting)))).toBe(
      'set-in-use',
    );
  } finally {
    await other.remove();
  }
});

describe('the first day', () => {
  test('home offers it, with everything that was written', async () => {
    expect(await setAtHome()).toMatchObject({ standing: 'void', remnants: { left: 4, of: 4 } });
    expect(own.otp.memory.hmac(1)).not.toBeNull();
  });

  test('custodian 1 destroys the sheet and signs; the others are not here', async () => {
    const { room, host } = laptop;
    await begin();
    expect(room.view).toMatchObject({
      screen: 'destroyers',
      waiting: [
        { index: 1, left: 1 },
        { index: 2, left: 1 },
        { index: 3, left: 2 },
      ],
      witness: 'witness',
    });
    await room.say({ type: 'who', index: 1 });
    await room.until(({ screen }) => screen === 'destroyers');
    await room.say({ type: 'continue' });
    await room.until(({ screen }) => screen === 'destroyed');
    expect(room.view).toMatchObject({
      gone: [expect.stringContaining('sheet')],
      left: { length: 3 },
    });
    await host.leave();
    expect(await setAtHome()).toMatchObject({ remnants: { left: 3, of: 4 } });
  });
});

describe('the second day', () => {
  test('stops half way: what was done stays done, the log says so once, and it goes on', async () => {
    const { room } = laptop;
    await begin();
    await room.say({ type: 'who', index: 3 });
    await room.until(({ screen }) => screen === 'destroy');
    await room.say(await room.answerTo(room.view));
    expect(own.otp.memory.hmac(1)).toBeNull();
    const cut = ceremonyId;
    await laptop.restart();
    expect(await setAtHome()).toMatchObject({ remnants: { left: 2, of: 4 } });
    const kinds = async () =>
      entries(await readLog(laptop, cut)).map((entry) => fact(entry, 'kind'));
    expect((await kinds()).slice(-2)).toEqual(['slot-erased', 'ceremony-closed']);
    await laptop.restart();
    await laptop.host.home();
    expect((await kinds()).filter((kind) => kind === 'ceremony-closed')).toHaveLength(1);
    expect(verifyLog(await readLog(laptop, cut)).missing).toContainEqual(
      'The signature of the witness, witness, is missing.',
    );
  });

  test('custodians 2 and 3 destroy the rest, and the witness signs by himself', async () => {
    const { room, host } = laptop;
    await begin();
    await room.until(({ screen }) => screen === 'destroyed');
    expect(room.view).toMatchObject({ left: [], gone: { length: 2 } });
    await host.leave();
    const set = await setAtHome();
    expect(set.remnants).toEqual({ left: 0, of: 4, shares: 0 });
    expect(await codeOf(host.start('destroy', 'rehearsal', about(set)))).toBe('set-destroyed');
    const { ceremonies } = await host.home();
    expect(ceremonies.find(({ kind }) => kind === 'split')?.destroy).toEqual([]);
  });
});

test('the log of an erased slot tells whose it was and that it was read empty, signed by two people', async () => {
  const { host, room } = laptop;
  // A second void set, of which only the key's share was written.
  await carrySetupPackage(laptop);
  await host.start('split', 'rehearsal');
  await room.until(({ screen }) => screen === 'plan');
  const custodians = [...KEY_PLAN.custodians].reverse();
  await room.say({ type: 'plan', plan: { ...KEY_PLAN, label: '2024 B', custodians } });
  await room.until((view) => view.screen === 'copy' && view.turn?.name === 'custodian 3');
  await room.say({ type: 'abandon', reason: 'another fire alarm' });
  await host.leave();
  await host.start('destroy', 'rehearsal', about(await setAtHome('2024 B')));
  ({ ceremonyId } = room.view);
  await room.until(({ screen }) => screen === 'destroyed');
  const log = await readLog(laptop, ceremonyId);
  expect(encodeLog(parseLog(encodeLog(log)))).toEqual(encodeLog(log));
  const told = narrateLog(log).join('\n');
  expect(told).toContain(
    `Slot 2 of the YubiKey ${SERIAL} of custodian 3, for share 1, was found configured, showed that it held the secret that was drawn for this share, and was erased; read again, it is empty`,
  );
  const { standing, missing, signers } = verifyLog(log);
  expect(standing).toBe('self-consistent');
  expect(signers.map(({ who }) => who).sort()).toEqual([
    'custodian 3 (custodian)',
    'witness (witness)',
  ]);
  expect(missing).toEqual([expect.stringMatching(/^Entr.* not signed by anybody\.$/)]);
  expect(own.otp.memory.hmac(1)).toBeNull();
});
