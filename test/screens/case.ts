/**
 * What one screen's case is, and how a test brings a page there.
 * @module
 */
import type { Page } from 'playwright';
import type { PersonEvent } from '../../shared/ceremony/events.ts';
import type { HomeView } from '../../shared/ceremony/home.ts';
import type { Input } from '../../shared/ipc/contract.ts';
import type { View } from '../../shared/ceremony/view.ts';
import type { FromEntry, ToEntry } from '../../shared/ipc/entry.ts';

export interface ScreenCase {
  /** Also the picture's file name. */
  readonly name: string;
  /** The heading on top of what is shown, whole. */
  readonly heading: string;
  /** A text that must stand there too, where the heading alone fits another picture as well. */
  readonly says?: string;
  readonly view?: View;
  readonly home?: HomeView;
  readonly lists?: 'filled' | 'empty';
  readonly entry?: readonly ToEntry[];
  /** What fails in the entry window: a program for its page. */
  readonly broken?: string;
  /** Keep a picture in the dark too. */
  readonly dark?: boolean;
  /** Milliseconds until what is shown stands still. */
  readonly settle?: number;
  prepare?(page: Page): Promise<void>;
  leave?(page: Page): Promise<void>;
  /** What the window has said to the ceremony, or to the laptop, once it is left. */
  readonly said?: PersonEvent | Input<'unseal-keys:say'>;
  /** What the entry window has sent once it is left, last. */
  readonly heard?: FromEntry;
}

/** What each fixture must come to: its heading, and where that is not enough, another text. */
export type Marks<Name extends string> = Readonly<
  Record<Name, string | readonly [heading: string, says: string]>
>;

export const namesOf = <Name extends string>(marks: Marks<Name>) => Object.keys(marks) as Name[];

export function marked<Name extends string>(
  marks: Marks<Name>,
  name: Name,
): Pick<ScreenCase, 'heading' | 'says'> {
  const mark = marks[name];
  return typeof mark === 'string' ? { heading: mark } : { heading: mark[0], says: mark[1] };
}

export const press = (name: string) => (page: Page) =>
  page.getByRole('button', { name }).first().click();
export const escape = (page: Page) => page.keyboard.press('Escape');

/** One row of a list, in the group of this name or in the only one. */
export const pick = (page: Page, row: string, group?: string) =>
  (group === undefined ? page : page.getByRole('radiogroup', { name: group }))
    .locator('label')
    .filter({ hasText: row })
    .first()
    .click();
