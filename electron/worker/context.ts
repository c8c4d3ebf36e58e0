/**
 * What a handler may use: the secrets, randomness, and the entry window if the command has one.
 * @module
 */
import type { RandomSource } from '../../shared/secret/random.ts';
import type { SealOptions } from '../media/age.ts';
import type { KeySockets } from '../media/yubikey/keys.ts';
import type { EntrySession } from './entry.ts';
import type { CommandInput, CommandName, CommandOutput, Noted } from './protocol.ts';
import type { WorkerState } from './state.ts';

export interface Context {
  readonly state: WorkerState;
  readonly random: RandomSource;
  /** How hard age files are locked. */
  readonly seal: SealOptions;
  /** The entry window of this command. Refuses when main sent none. */
  readonly entry: () => EntrySession;
  readonly hasEntry: boolean;
  /**
   * Resolves when it stands durably in the transcript what is about to be done.
   * @throws Refusal `not-noted`
   */
  readonly note: (about: Noted) => Promise<void>;
  /** The YubiKeys of this machine. */
  readonly keys: KeySockets;
}

export type Handler<Name extends CommandName> = (
  input: CommandInput<Name>,
  context: Context,
) => Promise<CommandOutput<Name>> | CommandOutput<Name>;
