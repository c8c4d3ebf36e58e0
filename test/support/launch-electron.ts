/**
 * Starts Electron under Playwright.
 * @module
 */
import { _electron, type ElectronApplication, errors } from 'playwright';

type Options = NonNullable<Parameters<typeof _electron.launch>[0]>;

/** Milliseconds; a start takes one or two seconds, ten on a busy machine. */
const LONGEST_START = 60_000;

/**
 * Playwright now and then loses a start: Electron runs, both debuggers are attached, and it waits
 * for ever. One more try, and it is said; whatever else is wrong is thrown at once.
 */
export async function launchElectron(options: Options): Promise<ElectronApplication> {
  const launch = () => _electron.launch({ ...options, timeout: LONGEST_START });
  try {
    return await launch();
  } catch (cause) {
    if (!(cause instanceof errors.TimeoutError)) throw cause;
    console.error('        Electron did not start under Playwright; once more.');
    return launch();
  }
}
