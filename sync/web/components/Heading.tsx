/**
 * The heading of what has just opened.
 * @module
 */
import { useEffect, useRef } from 'react';

/** Whoever works by keyboard, or hears the page, is taken to what has just appeared. */
export function Heading({ children }: { children: string }) {
  const here = useRef<HTMLHeadingElement>(null);
  useEffect(() => here.current?.focus(), []);
  return (
    <h4 ref={here} tabIndex={-1}>
      {children}
    </h4>
  );
}
