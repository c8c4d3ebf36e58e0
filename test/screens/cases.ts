/**
 * Every screen that is shown, measured and photographed.
 * @module
 */
import { adoptScreens } from './adopt-cases.ts';
import type { ScreenCase } from './case.ts';
import { ceremonies, special } from './ceremony-cases.ts';
import { entries } from './entry-cases.ts';
import { homes } from './home-cases.ts';
import { keyScreens } from './key-cases.ts';
import { keyIdentityScreens } from './key-identity-cases.ts';
import { keyEntries } from './key-entry-cases.ts';
import { legacyEntries } from './legacy-entry-cases.ts';
import { preparations } from './preparation-cases.ts';

export const cases: readonly ScreenCase[] = [
  ...homes,
  ...preparations,
  ...ceremonies,
  ...special,
  ...adoptScreens,
  ...keyScreens,
  ...entries,
  ...keyEntries,
  ...legacyEntries,
  ...keyIdentityScreens,
];
