/**
 * A CheckTick-shaped database and Vault content for integration tests: the very one that
 * `npm run rehearse` uses.
 * @module
 */
export {
  checktickSchema,
  createCheckTickTables,
  escrowSurvey,
  seedCheckTick,
  seedPlatformKey,
  type SqlClient,
} from '../../sync/rehearsal/seed.ts';
