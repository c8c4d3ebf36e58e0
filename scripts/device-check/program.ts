/**
 * `npm run device-check`: the command without the process around it.
 * @module
 */
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import type { Clock } from '../../electron/devices/yubikey-otp/hid/clock.ts';
import type { HidTransport } from '../../electron/devices/yubikey-otp/hid/transport.ts';
import type { Slot } from '../../electron/devices/yubikey-otp/index.ts';
import { Refusal } from '../../shared/refusal.ts';
import { checkFido } from './fido.ts';
import { checkOtp } from './otp.ts';
import { keysText, sentences } from './print.ts';

/** Exit codes: every key answered; one did not; wrong arguments; there is no key. */
const FINE = 0;
const FAULT = 1;
const USAGE = 2;
const NONE = 3;

const NO_KEY = {
  happened: 'No YubiKey was found.',
  means: 'None is plugged in, or this computer does not show it to programs.',
  next: 'Plug one in and try again.',
};

export interface Surroundings {
  readonly transport: HidTransport;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Tests bring one; the real one when left out. */
  readonly clock?: Clock;
}

interface Options {
  readonly challenge?: Slot | true;
  readonly json?: true;
}

function slotOf(text: string): Slot {
  if (text === '1') return 1;
  if (text === '2') return 2;
  throw new InvalidArgumentError('A YubiKey has the slots 1 and 2.');
}

/** @returns the exit code */
export async function runDeviceCheck(
  args: readonly string[],
  { transport, out, err, clock }: Surroundings,
): Promise<number> {
  const command = new Command('device-check')
    .description(
      'Lists the YubiKeys that are plugged in: model, serial number, firmware, slots, FIDO2.',
    )
    .option('--challenge [SLOT]', 'ask slot 2, or SLOT, for one response', slotOf)
    .option('--json', 'print one JSON object instead')
    .exitOverride()
    .configureOutput({ writeOut: out, writeErr: err });
  try {
    command.parse(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? FINE : USAGE;
    throw error;
  }
  const { challenge, json } = command.opts<Options>();
  const slot = challenge === true ? 2 : (challenge ?? null);
  const onTouch = () => err('The key blinks: touch it now.\n');
  try {
    const otp = await checkOtp(transport, { slot, onTouch, ...(clock && { clock }) });
    const fido = await checkFido(transport, clock);
    const all = [...otp, ...fido];
    if (json === true) out(`${JSON.stringify({ otp, fido }, null, 2)}\n`);
    else out(all.length === 0 ? sentences(NO_KEY) : keysText(otp, fido));
    if (all.length === 0) return NONE;
    return all.some(({ refusal }) => refusal !== null) ? FAULT : FINE;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (json === true) out(`${JSON.stringify({ refusal: error.note() }, null, 2)}\n`);
    else out(sentences(error.sentences));
    return FAULT;
  }
}
