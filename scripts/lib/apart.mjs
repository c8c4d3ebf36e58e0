// Parts of the tests beside each other that would find each other's sticks.
import { spawnSync } from 'node:child_process';

/**
 * Whether commands can have mounts of their own here (Linux, root, `unshare` of util-linux): what
 * one mounts, another neither sees nor lists.
 */
export function canBeApart() {
  return process.platform === 'linux' && spawnSync('unshare', ['--mount', 'true']).status === 0;
}

/** The command with mounts of its own. */
export function apart([command, args]) {
  return ['unshare', ['--mount', '--', command, ...args]];
}
