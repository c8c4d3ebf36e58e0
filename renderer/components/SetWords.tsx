/**
 * The eight words of each set of a key version, which the witness compares with a paper.
 * @module
 */
import { Words } from '../../ui/Words.tsx';

interface WithWords {
  readonly label: string;
  readonly words: string;
}

export function SetWords({ sets }: { readonly sets: readonly WithWords[] }) {
  return (
    <>
      {sets.length < 2 ? null : (
        <p>
          Each set has words of its own. All of them open the same key, so the words of one set are
          enough: the witness says aloud of which set the paper is.
        </p>
      )}
      {sets.map(({ label, words }) => (
        <div key={label}>
          <p>The witness compares these words with the paper of the ceremony that made {label}:</p>
          <Words words={words} label={`Words of the set ${label}`} />
        </div>
      ))}
    </>
  );
}
