/**
 * How a sheet of paper may come in.
 * @module
 */
import type { ReadHow } from '../../worker/sheets.ts';
import type { EffectContext } from './effect-context.ts';
import { refuseHost } from './refusals.ts';

/**
 * Which ways of reading a sheet are offered. SECURITY: an image file was on another machine, so
 * production offers it only after an exception sheet in the same sitting.
 */
export function waysOf({ mode, excused }: EffectContext): ('camera' | 'typed' | 'file')[] {
  return mode === 'rehearsal' || excused() ? ['camera', 'typed', 'file'] : ['camera', 'typed'];
}

/** @throws Refusal `file-needs-exception` */
export function requireWay(how: ReadHow, context: EffectContext): void {
  if (how !== 'usb' && !waysOf(context).includes(how)) throw refuseHost('file-needs-exception');
}
