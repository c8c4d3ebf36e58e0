// Where windows can open.

/** Whether this session has a display. */
export function hasDisplay() {
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/**
 * The command, run in a display in memory where there is none (Debian's `xvfb`).
 * @param from the first display number to try: two that look for a free one at once find the same
 */
export function inDisplay([command, args], from = 99) {
  if (hasDisplay()) return [command, args];
  const screen = ['-s', '-screen 0 1600x1200x24'];
  return ['xvfb-run', ['-n', String(from), '-a', ...screen, command, ...args]];
}
