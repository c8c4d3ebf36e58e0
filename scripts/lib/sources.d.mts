/** SHA-256, hex, over the names and contents of all in `folders` and of `files`, tests apart. */
export function sourcesDigest(folders: readonly string[], files: readonly string[]): string;
