/**
 * What the worker holds of a refresh, from the drawing until it ends.
 * @module
 */
import type { PublicShare } from '../../shared/ceremony/types.ts';
import type { RefreshValue } from '../../shared/sharing/refresh.ts';
import type { RefreshStatement } from '../../shared/sharing/refresh-statement.ts';

/** A share that became another one. Public. */
export interface RefreshedShare {
  /** Its number in the set of before. */
  readonly before: number;
  readonly share: PublicShare;
  /** By the share of before: 64 bytes in hex. */
  readonly signature: string;
}

export interface OpenRefresh {
  /** What the statement of each share says besides the share itself. */
  readonly said: Omit<RefreshStatement, 'before' | 'index' | 'publicKey'>;
  /** Numbers of before, of the shares that live on. */
  readonly lives: readonly number[];
  /** What is added to each of them, in the same order. */
  readonly values: readonly RefreshValue[];
  /** By the number of before, so that main may ask again. */
  readonly made: Map<number, RefreshedShare>;
}

export function wipeRefresh({ values }: OpenRefresh): void {
  for (const { value } of values) value.fill(0);
}
