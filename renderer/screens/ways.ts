/**
 * How a sheet of paper comes in.
 * @module
 */
import type { Choice } from '../components/Choices.tsx';

export type PaperWay = 'camera' | 'typed' | 'file';

export const PAPER_WAYS: readonly Choice<PaperWay>[] = [
  {
    id: 'camera',
    icon: 'camera',
    title: 'Show it to the camera',
    detail: 'The quickest. The picture is not kept.',
  },
  {
    id: 'typed',
    icon: 'keyboard',
    title: 'Type the lines below the code',
    detail: 'Each line is checked as soon as you finish it.',
  },
  {
    id: 'file',
    icon: 'paper',
    title: 'Open an image or a PDF file of it',
    detail:
      'Only if nothing else works: another machine has seen the share. It is noted in the transcript.',
  },
];
