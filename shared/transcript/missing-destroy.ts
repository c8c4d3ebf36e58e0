/**
 * What one would expect in the log of a destruction and does not find.
 * @module
 */
import { foldName } from '../identity/fold-name.ts';
import { fact, type Entry } from './entry.ts';

const kind = (entry: Entry) => fact(entry, 'kind');

const isSame = (one: unknown, other: unknown): boolean =>
  typeof one === 'string' && typeof other === 'string' && foldName(one) === foldName(other);

/** Each a sentence. `signed`: personal keys that signed anything of it. */
export function missingFromDestruction(
  all: readonly Entry[],
  signed: ReadonlySet<string>,
): string[] {
  const agreed = all.find((entry) => kind(entry) === 'destruction-agreed');
  if (agreed === undefined) return ['No entry says what was to be destroyed.'];
  const listed = agreed.leaves.filter(({ path }) => path.startsWith('thing.')).length;
  const done = all.filter(
    (entry) =>
      kind(entry) === 'medium-destroyed' ||
      kind(entry) === 'legacy-destroyed' ||
      kind(entry) === 'slot-left' ||
      (kind(entry) === 'slot-erased' && fact(entry, 'empty') === true),
  ).length;
  const witness = fact(agreed, 'witness');
  const answers = fact(agreed, 'backups.by.name');
  const hasAnswered = all.some((entry) => {
    const key = fact(entry, 'publicKey');
    const isTheirs = kind(entry) === 'identity-ready' && isSame(fact(entry, 'name'), answers);
    return isTheirs && typeof key === 'string' && signed.has(key);
  });
  const hasWitnessed = all.some((entry) => {
    const key = fact(entry, 'publicKey');
    const isTheirs = kind(entry) === 'identity-ready' && fact(entry, 'role') === 'witness';
    return isTheirs && typeof key === 'string' && signed.has(key);
  });
  return [
    ...(done < listed
      ? [`Things to destroy: ${listed} listed, ${listed - done} not destroyed.`]
      : []),
    ...(answers === undefined || hasAnswered
      ? []
      : [
          `The signature of ${String(answers)}, who answers for it that no backup was tried, is missing.`,
        ]),
    ...(hasWitnessed
      ? []
      : [
          `The signature of the witness, ${String(witness ?? 'whose name is withheld')}, is missing.`,
        ]),
  ];
}
