// Where windows can open.

/** Whether this session has a display. */
export function hasDisplay() {
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/** The command, run in a display in memory where there is none (Debian's `xvfb`). */
export function inDisplay([command, args]) {
  if (hasDisplay()) return [command, args];
  return ['xvfb-run', ['-a', '-s', '-screen 0 1600x1200x24', command, ...args]];
}
