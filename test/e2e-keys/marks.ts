/**
 * What stands in the test's build of the worker, and in nothing that is shipped.
 * @module
 */

export const TEST_MARKS = ['CONCLAVE_TEST_KEYS', 'names the socket of the keys'] as const;
