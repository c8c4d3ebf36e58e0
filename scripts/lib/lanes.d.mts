export declare function inLanes<Part, Result>(
  parts: readonly Part[],
  count: number,
  work: (part: Part, lane: number) => Promise<Result>,
): Promise<Result[]>;
