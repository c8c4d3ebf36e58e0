/**
 * What an entry window is headed with.
 * @module
 */
import type { Turn } from '../../../shared/ceremony/types.ts';

/** `Ada Adams (custodian)` */
export const seatTitle = (turn: Turn): string => `${turn.name} (${turn.role})`;
