/**
 * The envelope of an OTP key that is made anew after its share was given: a sheet, printed by the
 * worker with the key, then read back; or a stick, once more.
 * @module
 */
import type { Effect } from '../../../shared/ceremony/effects.ts';
import type { HostEvent } from '../../../shared/ceremony/events.ts';
import type { Manifest } from '../../../shared/sharing/manifest.ts';
import type { EffectContext } from './effect-context.ts';
import { noting } from './noting.ts';
import { availablePrinters } from './readiness.ts';
import { refuseHost } from './refusals.ts';
import { sheetOrder } from './sheet-order.ts';
import { requireWay, waysOf } from './sheet-ways.ts';

/** @param title of the entry window */
export async function renewEnvelope(
  title: string,
  { turn, index }: Extract<Effect, { effect: 'renew-envelope' }>,
  context: EffectContext,
): Promise<HostEvent> {
  const worker = await context.worker();
  const { renewal } = await worker.askInWindow(
    title,
    'renew-envelope',
    { person: turn.name, manifest: manifestOf(context), index, ceremonyId: context.ceremonyId },
    noting(context, { turn }),
  );
  return { type: 'envelope-tried', renewal };
}

/** @param title of the entry window */
export async function printEnvelope(
  title: string,
  { turn, index, printerId, sheetNumber }: Extract<Effect, { effect: 'print-envelope' }>,
  context: EffectContext,
): Promise<HostEvent> {
  const { mode, platform, ceremonyId } = context;
  const printers = await availablePrinters(mode, platform.rehearsalFolder);
  const page = printers.find(({ id }) => id === printerId)?.page ?? 'A4';
  const worker = await context.worker();
  const { warning } = await worker.askInWindow(title, 'print-envelope', {
    paper: sheetOrder(turn, { printerId, page, sheetNumber }, context),
    person: turn.name,
    manifest: manifestOf(context),
    index,
    ceremonyId,
  });
  return { type: 'envelope-printed', warning };
}

/** @param title of the entry window */
export async function proveEnvelope(
  title: string,
  { turn, index, how, sheetNumber }: Extract<Effect, { effect: 'prove-envelope' }>,
  context: EffectContext,
): Promise<HostEvent> {
  requireWay(how, context);
  const worker = await context.worker();
  const { after } = await worker.askInWindow(title, 'prove-envelope', {
    how,
    ways: waysOf(context),
    person: turn.name,
    manifest: manifestOf(context),
    index,
    sheetNumber,
  });
  return { type: 'envelope-proved', after };
}

function manifestOf({ gathered: { manifest } }: EffectContext): Manifest {
  if (manifest === null) throw refuseHost('laptop-fault');
  return manifest.body;
}
