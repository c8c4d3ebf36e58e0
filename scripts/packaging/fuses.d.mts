interface Options {
  readonly standIn: boolean;
}
export function setFuses(binary: Buffer, options: Options): void;
export function burnFuses(file: string, options: Options): void;
