/**
 * The heading of what has just opened.
 * @module
 */
import { useEffect, useRef } from 'react';

/** Whoever works by keyboard, or hears the page, is taken to what has just appeared. */
export function Heading({ children, level = 4 }: { children: string; level?: 3 | 4 }) {
  const here = useRef<HTMLHeadingElement>(null);
  useEffect(() => here.current?.focus(), []);
  const Level = `h${level}` as const;
  return (
    <Level ref={here} tabIndex={-1}>
      {children}
    </Level>
  );
}
