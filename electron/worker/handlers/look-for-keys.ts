/**
 * Can YubiKeys be used on this laptop? Asked by the check of the laptop, in the process that will
 * use them.
 * @module
 */
import { machineFacts } from '../../environment/facts.ts';
import { keysFinding } from '../../environment/keys.ts';
import type { Handler } from '../context.ts';

export const lookForKeys: Handler<'look-for-keys'> = async ({ media }, { keys }) => ({
  finding: await keysFinding({
    sockets: keys,
    media,
    facts: machineFacts,
    userId: process.geteuid?.(),
  }),
});
