/**
 * Yubico's own client and Conclave's driver on the same software key: what neither shares with the
 * other, they must agree on.
 * @module
 */
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { open as openKey } from '../../electron/devices/yubikey-otp/index.ts';
import { hurriedClock } from '../support/software-key/clock.ts';
import { SoftwareKey } from '../support/software-key/key.ts';
import { otpKey } from '../support/software-key/otp.ts';
import { fromHex, toHex, VECTORS } from '../support/software-key/plugged-otp.ts';
import { runYubicoClient } from '../support/software-key/python-bridge.ts';
import { transportOf } from '../support/software-key/transport.ts';

/** How many times faster the key lives than the client, so that 15 s without a touch pass soon. */
const HURRY = 50;
/** What yubikit calls waiting for a finger. */
const WANTS_TOUCH = 2;

function pluggedIn() {
  const clock = hurriedClock(HURRY);
  const key = new SoftwareKey({ clock, serial: 87_654_321 });
  otpKey(key).pace = { report: 20, write: 200, response: 100 };
  return { clock, key, transport: transportOf([key]) };
}

describe('yubikit on the software key', () => {
  it('does all that Conclave does, with the results of the reference', async () => {
    const { key } = pluggedIn();
    const found = await runYubicoClient('otp_session.py', key);
    const [[first, , answer], [, , second], [third, , thirdAnswer]] = VECTORS;
    expect(third).toHaveLength(40);
    const hmac = (end: string) =>
      createHmac('sha1', fromHex(third)).update(fromHex(end)).digest('hex');
    const none = [false, false];
    expect(first).toBe('0b'.repeat(20));
    expect(found).toEqual({
      version: '5.4.3',
      serial: 87_654_321,
      empty: [none, none],
      responses: [answer, answer, second, second, thirdAnswer, thirdAnswer],
      ends: ['00', '01', '0100'].map(hmac),
      configured: [
        [true, false],
        [true, false],
      ],
      touched: answer,
      blinked: [WANTS_TOUCH],
      state: [
        [true, false],
        [true, true],
      ],
      timed_out: true,
      cancelled: true,
      after: answer,
      refused: [true, true, true],
      still: answer,
      updated: answer,
      old_code: true,
      half: [[true, false], none],
      erased: [none, none],
      empty_refused: true,
      info: [87_654_321, '5.4.3', 'YubiKey 5 NFC'],
    });
  });

  it('answers as our driver does from a slot that our driver set up, and the other way round', async () => {
    const { clock, key, transport } = pluggedIn();
    const secret = fromHex(VECTORS[1][0]);
    const other = fromHex(VECTORS[2][0]);
    const challenge = fromHex('8badf00d00');
    const ours = await openKey(transport, undefined, clock);
    await ours.program(2, secret, { touch: true, accessCode: fromHex('010203040506') });
    const found = await runYubicoClient('otp_respond.py', key, [toHex(challenge), toHex(other)]);
    const expected = createHmac('sha1', secret).update(challenge).digest('hex');
    expect(found).toEqual({ response: expected });
    expect(toHex(await ours.challengeResponse(2, challenge))).toBe(expected);
    expect(toHex(await ours.challengeResponse(1, challenge))).toBe(
      createHmac('sha1', other).update(challenge).digest('hex'),
    );
  });
});
