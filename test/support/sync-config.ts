/**
 * The configuration of a sync in a test's own process.
 * @module
 */
import { loadConfig, type SyncConfig } from '../../sync/config/config.ts';

/** As sync-entry.ts reads it: what changes trust may be set to wait for nothing. */
export function testConfig(environment: Readonly<Record<string, string>>): SyncConfig {
  return loadConfig(environment, { leastTrustDelayHours: 0 });
}
