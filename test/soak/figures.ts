/**
 * Medians, slopes, and how they are printed.
 * @module
 */
import { figures } from '../bench/measure.ts';

export const median = (values: readonly number[]): number => figures(values).median;

/** The least-squares slope of values that are one unit apart. */
export function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let [above, below] = [0, 0];
  values.forEach((value, index) => {
    above += (index - middle) * (value - mean);
    below += (index - middle) ** 2;
  });
  return below === 0 ? 0 : above / below;
}
