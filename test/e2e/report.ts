/**
 * Counts what was shown in the real window, and says so as it goes.
 * @module
 */

export interface Report {
  /** One thing that is shown; it throws when it is not so, and what depends on it does not run. */
  show<T>(what: string, work: () => Promise<T>): Promise<T>;
  /** As `show`, for what nothing else depends on: the others go on. */
  check(what: string, work: () => Promise<unknown>): Promise<void>;
  /** `12 passed, 0 failed`, as scripts/test.mjs sums it. */
  closing(): string;
  readonly failed: number;
}

export interface Reporting {
  /** Called with each failure while the windows still stand. */
  readonly onFailure: (what: string) => Promise<void>;
}

/** The beginning of what went wrong; the whole of it follows in the output, or in the log. */
function inOneLine(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  return said.replaceAll(/\s+/g, ' ').slice(0, 600);
}

export function startReport({ onFailure }: Reporting): Report {
  let passed = 0;
  let failed = 0;
  const began = Date.now();
  const clock = () => `${((Date.now() - began) / 1000).toFixed(0)} s`.padStart(6);

  async function show<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      const value = await work();
      passed += 1;
      console.log(`${clock()}  ok      ${what}`);
      return value;
    } catch (error) {
      failed += 1;
      // One line: it is what scripts/test.mjs says once more at the very end, of hundreds of thousands.
      console.log(`${clock()}  NOT OK  ${what}: ${inOneLine(error)}`);
      await onFailure(what).catch((fault: unknown) => console.log('   no picture:', fault));
      throw error;
    }
  }

  return {
    show,
    async check(what, work) {
      await show(what, work).catch((error: unknown) => console.log(error));
    },
    closing: () => `${passed} passed, ${failed} failed`,
    get failed() {
      return failed;
    },
  };
}
