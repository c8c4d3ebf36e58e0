/**
 * How a sheet of paper comes in.
 * @module
 */
import type { Mode } from '../../shared/mode.ts';
import type { Choice } from '../../ui/Choices.tsx';

export type PaperWay = 'camera' | 'typed' | 'file';

const SHEET: readonly Choice<PaperWay>[] = [
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
];

/**
 * In a real ceremony a file is opened only after an exception sheet said why: another machine
 * held the share.
 */
export function paperWays(mode: Mode): readonly Choice<PaperWay>[] {
  return [
    ...SHEET,
    {
      id: 'file',
      icon: 'paper',
      title: 'Open an image or a PDF file of it',
      detail:
        mode === 'production'
          ? 'Only if nothing else works, and only after you wrote why under “Something is wrong”: another machine has seen the share.'
          : 'Only if nothing else works: another machine has seen the share.',
    },
  ];
}
