/**
 * A file that a person chose: its size is looked at before anything of it is read.
 * @module
 */

/** `half a megabyte`, in bytes and in words. */
export interface Limit {
  readonly bytes: number;
  readonly words: string;
}

/** Why it is not even read; null: it may be. */
export function fileFault(
  { name, size }: Pick<File, 'name' | 'size'>,
  limit: Limit,
): string | null {
  if (size === 0) return `${name} is empty. Choose another file.`;
  if (size > limit.bytes) {
    return `${name} is larger than ${limit.words}, so it is something else. Choose another file.`;
  }
  return null;
}

export const bytesOf = async (file: Blob): Promise<Uint8Array> =>
  new Uint8Array(await file.arrayBuffer());
