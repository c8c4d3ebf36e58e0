/**
 * What is printed without a secret on it.
 * @module
 */
import type { PageSize } from '../../../shared/ceremony/types.ts';
import type { RefusalNote } from '../../../shared/refusal.ts';
import type { PlanSheetFacts } from '../../media/paper/plan-sheet.ts';
import type { WitnessFacts } from '../../media/paper/witness-page.ts';

export interface PrintCommands {
  /** Prints the page for the witness's file; with `folder`, a PDF file there (rehearsal only). */
  'print-witness-page': {
    in: {
      printer: string | null;
      folder: string | null;
      page: PageSize;
      facts: WitnessFacts;
    };
    out: { description: string; warning: RefusalNote | null };
  };
  /** Prints the plan of a ceremony; with `folder`, a PDF file there (rehearsal only). */
  'print-plan': {
    in: {
      printer: string | null;
      folder: string | null;
      page: PageSize;
      facts: PlanSheetFacts;
    };
    out: { description: string; warning: RefusalNote | null };
  };
}
