import { describe, expect, it } from 'vitest';
import {
  fromHex,
  pluggedOtp,
  toHex,
  VECTORS,
  type Plugged,
} from '../../../test/support/software-key/plugged-otp.ts';
import type { OtpKey } from './index.ts';

const SERIAL = 12_345_678;
const [[OLD, OLD_CHALLENGE, OLD_RESPONSE], [NEW, NEW_CHALLENGE, NEW_RESPONSE]] = VECTORS;
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

interface Operation {
  readonly name: string;
  /** What slot 2 holds before. */
  readonly holds: 'nothing' | 'old' | 'old, with touch';
  readonly run: (key: OtpKey) => Promise<unknown>;
  /** What a repeat must do when slot 2 was found as it should become. */
  readonly repeat?: (key: OtpKey) => Promise<unknown>;
  /** What slot 2 answers in the end; null when it is empty. */
  readonly ends: readonly [challenge: string, response: string] | null;
}

const program = (key: OtpKey, overwrite?: { readonly typedSerial: number }) =>
  key.program(2, fromHex(NEW), { touch: false, ...(overwrite && { overwrite }) });
const asOld = [OLD_CHALLENGE, OLD_RESPONSE] as const;
const asNew = [NEW_CHALLENGE, NEW_RESPONSE] as const;

const OPERATIONS: readonly Operation[] = [
  { name: 'serial', holds: 'old', run: (key) => key.serial(), ends: asOld },
  { name: 'info', holds: 'old', run: (key) => key.info(), ends: asOld },
  { name: 'slots', holds: 'old', run: (key) => key.slots(), ends: asOld },
  {
    name: 'response',
    holds: 'old',
    run: (key) => key.challengeResponse(2, text(OLD_CHALLENGE)),
    ends: asOld,
  },
  {
    name: 'response after a touch',
    holds: 'old, with touch',
    run: (key) => key.challengeResponse(2, text(OLD_CHALLENGE)),
    ends: asOld,
  },
  {
    name: 'first write',
    holds: 'nothing',
    run: (key) => program(key),
    repeat: (key) => program(key, { typedSerial: SERIAL }),
    ends: asNew,
  },
  {
    name: 'write over another',
    holds: 'old',
    run: (key) => program(key, { typedSerial: SERIAL }),
    ends: asNew,
  },
  {
    name: 'erasing',
    holds: 'old',
    run: (key) => key.erase(2, { typedSerial: SERIAL }),
    ends: null,
  },
];

/** A key that is in no hurry, with slot 2 as the operation finds it. */
async function prepared({ holds }: Operation): Promise<{ plugged: Plugged; opened: OtpKey }> {
  const plugged = pluggedOtp();
  const opened = await plugged.open();
  if (holds !== 'nothing') {
    await opened.program(2, fromHex(OLD), { touch: holds === 'old, with touch' });
  }
  plugged.otp.pace = { report: 20, write: 100, response: 50 };
  return { plugged, opened };
}

async function reportsOf(operation: Operation): Promise<number> {
  const { plugged, opened } = await prepared(operation);
  const before = plugged.key.plug.reports;
  await operation.run(opened);
  return plugged.key.plug.reports - before;
}

const hexOf = (config: Uint8Array | null): string | null =>
  config === null ? null : toHex(config);

describe.each(OPERATIONS)('pulled out during: $name', (operation) => {
  it('at any report, it says so; the slot is wholly old or new, and a repeat succeeds', async () => {
    const { plugged: done, opened: whole } = await prepared(operation);
    const old = hexOf(done.otp.memory.at(1));
    await operation.run(whole);
    const becomes = hexOf(done.otp.memory.at(1));

    const reports = await reportsOf(operation);
    expect(reports).toBeGreaterThan(0);
    const found = new Set<string | null>();
    for (let at = 0; at < reports; at += 1) {
      const { plugged, opened } = await prepared(operation);
      plugged.key.plug.comeOutAfter(at);
      await expect(operation.run(opened)).rejects.toMatchObject({ code: 'otp-gone' });
      plugged.key.plug.in();
      await expect(opened.slots()).rejects.toMatchObject({ code: 'otp-gone' });

      const held = hexOf(plugged.otp.memory.at(1));
      expect([old, becomes]).toContain(held);
      found.add(held);
      const again = await plugged.open();
      const isDone = held === becomes && old !== becomes;
      await (isDone ? (operation.repeat ?? operation.run) : operation.run)(again);
      const [, slot] = await again.slots();
      expect(slot.isConfigured).toBe(operation.ends !== null);
      if (operation.ends === null) continue;
      const [challenge, response] = operation.ends;
      expect(toHex(await again.challengeResponse(2, text(challenge)))).toBe(response);
    }
    expect(found).toEqual(new Set([old, becomes]));
  });
});
