/**
 * How a share or an identity comes in, and how its sheets are printed.
 * @module
 */
import type { PageSize } from '../../shared/ceremony/types.ts';

/** How a share or an identity comes in. */
export type ReadHow = 'usb' | 'camera' | 'typed' | 'file';

/** What a sheet says besides the share itself. */
export interface SheetContext {
  readonly setLabel: string;
  readonly setId: string;
  readonly keyVersion: string;
  readonly ceremonyId: string;
  readonly threshold: number;
  readonly count: number;
  /** `3 May 2026` */
  readonly date: string;
}

/** How a seat's sheets are printed. */
export interface SheetOrder {
  readonly printer: string | null;
  /** Rehearsal only: PDF files go there instead. */
  readonly folder: string | null;
  readonly page: PageSize;
  /** Which sheet of this share and identity it will be, 1 to 99. */
  readonly sheetNumber: number;
  readonly sheet: SheetContext;
  readonly roles: readonly string[];
}
