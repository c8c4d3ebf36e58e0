/**
 * By which number whoever destroys something is called: that of a share, or of a legacy share; new
 * legacy shares come behind all of those.
 * @module
 */
import { MAX_SHARES } from '../checktick/legacy/combine.ts';
import { LEGACY_NUMBERS } from '../checktick/legacy/share.ts';

export const newLegacyPlace = (number: number): number => LEGACY_NUMBERS + number;

export const MOST_PLACES = newLegacyPlace(MAX_SHARES);
