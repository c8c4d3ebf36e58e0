export interface InstalledElectron {
  readonly folder: string;
  readonly binary: string;
  readonly version: string;
  readonly supported: boolean;
}
export function fallbackFolder(): string;
export function installedElectron(): InstalledElectron | undefined;
export function electronPath(): string;
export function launchArgs(appFolder?: string, extra?: readonly string[]): string[];
