export const root: string;
export function cacheFolder(): string;
