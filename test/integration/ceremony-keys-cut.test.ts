/**
 * A power cut, or a worker that dies, right after the slot of a YubiKey was programmed, through the
 * real host: the register names the slot, although nobody came to report it.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Plan } from '../../shared/plan/set-plan.ts';
import { fact } from '../../shared/transcript/entry.ts';
import { entries } from '../../shared/transcript/log.ts';
import { narrateLog } from '../../shared/transcript/narrate.ts';
import { carrySetupPackage, openLaptop, PLAN, type Laptop } from '../support/headless-platform.ts';
import { readLog } from '../support/headless-steps.ts';
import { KeyRack, type RackedKey } from '../support/key-rack.ts';
import { verifierIn } from '../support/software-key/slot-verifier.ts';

const SERIAL = 11_111_111;
const KEY_PLAN: Plan = {
  ...PLAN,
  threshold: 2,
  custodians: [
    { name: 'custodian 3', medium: 'yubikey-otp' },
    { name: 'custodian 2', medium: 'usb' },
  ],
};

let rack: KeyRack;
let laptop: Laptop;
let own: RackedKey;

beforeEach(async () => {
  rack = new KeyRack();
  laptop = await openLaptop(rack);
  own = rack.add(SERIAL);
});
afterEach(async () => {
  await laptop.remove();
  rack.close();
});

/** Goes on until the window asks for the touch, when the slot holds its secret, and cuts there. */
async function splitUntilTouched(cut: () => void): Promise<string> {
  const { host, room, people } = laptop;
  const touched = new Promise<void>((resolve) => {
    people.get('custodian 3').hands = {
      keys: {
        rack,
        own,
        instead(task) {
          if (task.task !== 'touch') return undefined;
          cut();
          resolve();
          return null;
        },
      },
    };
  });
  await carrySetupPackage(laptop);
  await host.start('split', 'rehearsal');
  const { ceremonyId } = room.view;
  await room.until(({ screen }) => screen === 'plan');
  await room.say({ type: 'plan', plan: KEY_PLAN });
  await Promise.race([touched, room.until(({ screen }) => screen === 'replug')]);
  return ceremonyId;
}

async function expectNamed(ceremonyId: string): Promise<void> {
  expect(own.otp.memory.hmac(1)).not.toBeNull();
  const log = await readLog(laptop, ceremonyId);
  const kinds = entries(log).map((entry) => fact(entry, 'kind'));
  expect(kinds.filter((kind) => /^(share-w|slot-)/.test(String(kind)))).toEqual([
    'share-writing',
    'slot-programming',
  ]);
  // What nobody reported as taken is told from every other secret all the same.
  const verifiers = entries(log).map((entry) => fact(entry, 'verifier'));
  expect(verifiers).toContain(verifierIn(own.otp, 1));
  expect(narrateLog(log).join('\n')).toMatch(
    /slot 2 of the YubiKey.* 11111111 of custodian 3 was about to be programmed/,
  );
  const { sets, ceremonies } = await laptop.host.home();
  expect(ceremonies[0]?.destroy.at(-1)).toMatch(
    /share 1 of 2, custodian 3, slot 2 of the YubiKey.* 11111111, which was/,
  );
  expect(sets[0]).toMatchObject({ standing: 'void', remnants: { left: 2, of: 2 } });
}

test('a power cut', async () => {
  let cut: Promise<void> = Promise.resolve();
  const ceremonyId = await splitUntilTouched(() => {
    cut = laptop.restart();
  });
  await cut;
  // Opening the laptop again declares it void.
  await laptop.host.home();
  await expectNamed(ceremonyId);
});

test('a worker that dies', async () => {
  const ceremonyId = await splitUntilTouched(() => laptop.crashWorker());
  const { room, host } = laptop;
  await room.settled();
  await room.say({ type: 'abandon', reason: 'the worker is gone' });
  await host.leave();
  await expectNamed(ceremonyId);
});
