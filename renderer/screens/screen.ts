/**
 * What every screen gets.
 * @module
 */
import type { ScreenName, ViewOf } from '../../shared/ceremony/view.ts';

export interface ScreenProps<Name extends ScreenName> {
  readonly view: ViewOf<Name>;
}
