/**
 * Operations with a key: how many reports each takes by our code, how many the protocol asks for at
 * least, and the time of both. The key is the software one, touched at once; what a key says while it
 * waits for a finger is not counted.
 * @module
 */
import { systemClock } from '../../electron/devices/yubikey-otp/hid/clock.ts';
import type { HidTransport } from '../../electron/devices/yubikey-otp/hid/transport.ts';
import { figures, interleave, timed } from './measure.ts';

/** Milliseconds of one report: a full-speed key is asked every second frame. */
export const TRANSFER = 2;

export interface KeyOperation {
  readonly name: string;
  readonly ours: () => Promise<unknown>;
  /** The same in the fewest reports, unchecked. */
  readonly bare: () => Promise<unknown>;
  /** By key-minimum.ts. A function where it takes the bare side's message lengths. */
  readonly fewest: number | (() => number);
  /** How many reports more ours takes, and why. */
  readonly more: number;
  readonly because?: string;
  /** Before each of the two, uncounted. */
  readonly before?: () => Promise<unknown>;
}

export interface OperationRow {
  readonly name: string;
  readonly reports: number;
  /** Of the bare side, as it ran, and as the protocol's text says. */
  readonly bare: number;
  readonly fewest: number;
  /** What ours may take at most. */
  readonly bound: number;
  readonly because: string | null;
  /** Median milliseconds; null where nothing is moved. */
  readonly times: { readonly ours: number; readonly bare: number } | null;
}

/** A bus that takes its time for each report. */
export function slowBus(transport: HidTransport, milliseconds = TRANSFER): HidTransport {
  const pause = () => systemClock.sleep(milliseconds);
  return {
    ...transport,
    open: async (path) => {
      const connection = await transport.open(path);
      return {
        ...connection,
        write: (report) => pause().then(() => connection.write(report)),
        read: (wait) => pause().then(() => connection.read(wait)),
        getFeature: () => pause().then(() => connection.getFeature()),
        sendFeature: (report) => pause().then(() => connection.sendFeature(report)),
      };
    },
  };
}

/**
 * @param plug counts the reports of the one key that all of them use
 * @param rounds 0 counts and measures no time
 */
export async function measureOperations(
  operations: readonly KeyOperation[],
  plug: { readonly reports: number },
  rounds: number,
): Promise<readonly OperationRow[]> {
  const counted = async (work: () => Promise<unknown>): Promise<number> => {
    const before = plug.reports;
    await work();
    return plug.reports - before;
  };
  const rows: OperationRow[] = [];
  for (const { name, ours, bare, before, ...operation } of operations) {
    await before?.();
    const bareReports = await counted(bare);
    const fewest = typeof operation.fewest === 'number' ? operation.fewest : operation.fewest();
    await before?.();
    const reports = await counted(ours);
    const run = (work: () => Promise<unknown>) => async () => {
      await before?.();
      return timed(work);
    };
    const isMoved = rounds > 0 && fewest > 0;
    const sides = isMoved ? await interleave(rounds, { ours: run(ours), bare: run(bare) }) : null;
    rows.push({
      name,
      reports,
      bare: bareReports,
      fewest,
      bound: fewest + operation.more,
      because: operation.because ?? null,
      times: sides && { ours: figures(sides.ours).median, bare: figures(sides.bare).median },
    });
  }
  return rows;
}

/** `response to 32 bytes: 18 reports, at least 18 (1.00), bound 18: met; 39.1 ms to 38.9 (1.01)` */
export function inWords(row: OperationRow): string {
  const { name, reports, fewest, bound, because, times } = row;
  const ratio = (a: number, b: number) => (b === 0 ? '' : ` (${(a / b).toFixed(2)})`);
  const verdict = reports <= bound ? 'met' : 'NOT met';
  const time =
    times === null
      ? ''
      : `; ${times.ours.toFixed(1)} ms to ${times.bare.toFixed(1)}${ratio(times.ours, times.bare)}`;
  const why = because === null ? '' : `; more: ${because}`;
  return `${name}: ${reports} reports, at least ${fewest}${ratio(reports, fewest)}, bound ${bound}: ${verdict}${time}${why}`;
}
