/**
 * One thing that somebody can do, with what it will do beside its button.
 * @module
 */
import type { ReactNode } from 'react';

export function Deed({ does, children }: { does: ReactNode; children: ReactNode }) {
  return (
    <li>
      {children}
      <span>{does}</span>
    </li>
  );
}
