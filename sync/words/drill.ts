/**
 * A drill in words: for the queue, for the receipt, and how a set stands after it.
 * @module
 */
import type { DrillBundle } from '../../shared/bundle/bundle.ts';
import { failureInWords } from '../../shared/bundle/drill.ts';
import { fullDrillInWords } from '../../shared/bundle/full-drill-words.ts';
import { formatTime } from '../../shared/encoding/schema.ts';
import { MEDIUM_NAMES } from '../../shared/sharing/manifest.ts';
import { daysUntil, type FullDrillStanding, leftOf, type SetStanding } from '../versions/drills.ts';
import { counted } from '../versions/findings.ts';

const numbersOf = (results: readonly { readonly index: number }[]): string =>
  results.map(({ index }) => String(index)).join(', ');

/** One sentence without its end. */
export function drillInWords({ keyVersion, proofs, failed, full }: DrillBundle): string {
  const proved =
    proofs.length === 0 ? 'no share was proved' : `proved by signature: ${numbersOf(proofs)}`;
  const not = failed.length === 0 ? '' : `; not proved: ${numbersOf(failed)}`;
  const drill = full === undefined ? 'a drill' : 'a full drill';
  const escrow =
    full === undefined ? '' : `; the test escrow was ${full.opened ? 'opened' : 'NOT opened'}`;
  return `Write down ${drill} of the shares of platform key version ${keyVersion}: ${proved}${not}${escrow}; it changes no key and no share`;
}

/** Label and value. */
export function drillFacts({ proofs, failed, full }: DrillBundle): [string, string][] {
  return [
    ...(full === undefined ? [] : [['test escrow', fullDrillInWords(full)] as [string, string]]),
    ...proofs.map(({ index, medium }): [string, string] => [
      `share ${index}`,
      `signed with its own key; read from ${MEDIUM_NAMES[medium]}, by the laptop’s word`,
    ]),
    ...failed.map((one): [string, string] => [
      `share ${one.index}`,
      `${failureInWords(one)}, by the laptop’s word`,
    ]),
  ];
}

/** For the receipt. */
export function drillStatement({ keyVersion, proofs, failed, full }: DrillBundle): string {
  const proved =
    proofs.length === 0
      ? `No share of key version ${keyVersion} was proved`
      : `Proved, each by its own signature, of the shares of key version ${keyVersion}: ${numbersOf(proofs)}`;
  const not = failed.length === 0 ? '' : ` Not proved: ${failed.map(failureInWords).join(', ')}.`;
  const escrow = full === undefined ? '' : ` ${fullDrillInWords(full)}`;
  return `${proved}.${not}${escrow} No key and no share has changed.`;
}

function shares(numbers: readonly number[], one: string, many: string): string {
  const [first, ...rest] = numbers;
  const last = rest.pop();
  if (last === undefined) return `Share ${first ?? ''} ${one}`;
  return `Shares ${[first, ...rest].join(', ')} and ${last} ${many}`;
}

/** What came of a full drill: whole sentences, without its day. */
export function fullStandingInWords({ result, restoreMs, wholeMs }: FullDrillStanding): string {
  if (result !== 'opened') return fullDrillInWords({ opened: false, why: result, wholeMs });
  return fullDrillInWords({ opened: true, signature: '', restoreMs: restoreMs ?? 0, wholeMs });
}

/** How a set stands, and what is to be done: one or more whole sentences. */
export function standingInWords(set: SetStanding, now: Date): string {
  const { threshold, count } = set;
  const failed = set.shares.filter((share) => share.failed !== null).map(({ index }) => index);
  const left = leftOf(set);
  if (failed.length > 0) {
    const what = shares(
      failed,
      'was not proved in its last drill',
      'were not proved in their last drills',
    );
    if (left < threshold) {
      return `${what}. Only ${left} of ${count} shares are left of which nothing bad is known, and ${threshold} are needed: find the others and prove them at once. If they stay lost, surveys open with their users’ own passwords only.`;
    }
    const spare = left - threshold;
    const then =
      spare === 0
        ? 'one more that is lost loses the key'
        : `${spare + 1} more that are lost lose the key`;
    return `${what}. ${left} of ${count} are left, any ${threshold} open the key, and ${then}: make new shares soon.`;
  }
  const dueNow = set.shares.filter(({ dueAt }) => dueAt < now).map(({ index }) => index);
  if (dueNow.length > 0) {
    return `${shares(dueNow, 'is', 'are')} due since ${formatTime(set.dueAt)}: hold a drill.`;
  }
  return `The next drill is due on ${formatTime(set.dueAt)}: ${counted(daysUntil(set.dueAt, now), 'day')} left.`;
}
