/**
 * The states of a Vault server by HTTP status, for any endpoint.
 * @module
 */
import type { Refusal } from '../../shared/refusal.ts';
import { refuseVault } from './refusals.ts';

/** A refusal where the status says "not now"; undefined for statuses that answer the question. */
export function refusalForState(status: number): Refusal | undefined {
  switch (status) {
    case 501:
      return refuseVault('vault-uninitialised');
    case 503:
      return refuseVault('vault-sealed');
    case 307:
    case 429:
      return refuseVault('vault-standby');
    case 472:
      return refuseVault('vault-secondary');
    case 473:
      return refuseVault('vault-performance-standby');
    case 412:
      return refuseVault('vault-replication');
    default:
      return status >= 500 ? refuseVault('vault-busy', status) : undefined;
  }
}
