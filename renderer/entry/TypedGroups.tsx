/**
 * What was typed, in groups of four, eight to a line, each line with its number: foreign characters
 * and groups that end early are marked.
 * @module
 */
import { useLayoutEffect, useRef, type RefObject } from 'react';
import type { TypedGroup, TypedView } from '../../shared/checktick/legacy/typed.ts';
import styles from './TypedGroups.module.css';

export function TypedGroups(props: {
  readonly view: TypedView;
  readonly field: RefObject<HTMLTextAreaElement | null>;
}) {
  const { view, field } = props;
  const list = useRef<HTMLOListElement>(null);
  // SECURITY: past React, whose old states would keep the digits.
  useLayoutEffect(() => {
    const bytes = new TextEncoder().encode(field.current?.value ?? '');
    const places = list.current?.querySelectorAll('[data-group]') ?? [];
    for (const [at, place] of places.entries()) {
      const { from = 0, to = 0 } = view.groups[at] ?? {};
      place.textContent = new TextDecoder().decode(bytes.subarray(from, to));
    }
    bytes.fill(0);
  }, [view, field]);
  return (
    <section className={styles.groups} aria-label="What you typed, in groups">
      {view.groups.length === 0 ? (
        <p className={styles.empty}>
          What you type appears here in groups of four, eight to a line, to be compared with your
          paper.
        </p>
      ) : (
        <ol ref={list}>
          {linesOf(view.groups).map((groups, at) => (
            <li key={at + 1}>
              <span className={styles.number}>{at + 1}</span>
              <span className={styles.line}>
                {groups.map(({ group, state }) => (
                  <span key={group} data-group={group} className={styles[state]} />
                ))}
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function linesOf(groups: readonly TypedGroup[]): readonly TypedGroup[][] {
  const lines: TypedGroup[][] = [];
  for (const one of groups) (lines[one.line - 1] ??= []).push(one);
  return lines;
}
