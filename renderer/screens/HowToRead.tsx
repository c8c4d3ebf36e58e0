/**
 * With camera, scanner or by hand: how a sheet is read.
 * @module
 */
import type { Mode } from '../../shared/mode.ts';
import { Choices } from '../../ui/Choices.tsx';
import { paperWays, type PaperWay } from './ways.ts';

export function HowToRead(props: {
  readonly mode: Mode;
  readonly way: PaperWay | null;
  readonly choose: (way: PaperWay) => void;
}) {
  const { mode, way, choose } = props;
  return (
    <Choices
      label="How to read it"
      hideLabel
      value={way}
      onChange={choose}
      choices={paperWays(mode)}
    />
  );
}
