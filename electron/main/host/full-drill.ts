/**
 * A drill that opens sync’s test escrow.
 * @module
 */
import type { FullDrillPackage, Package } from '../../../shared/bundle/package.ts';

export const isFullDrill = (body: Package): body is FullDrillPackage =>
  body.kind === 'drill' && body.full !== undefined;
