/**
 * Files that sync hands out, saved as the browser saves a download.
 * @module
 */
import type { FileAnswer } from '../../routes/answers.ts';
import { call } from './api.ts';

export function base64Of(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

export async function download(path: string): Promise<void> {
  save(await call<FileAnswer>('GET', path));
}

export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

export function save(file: FileAnswer): void {
  saveAs(file.fileName, new Blob([bytesOf(file.content)], { type: 'application/json' }));
}

export function saveAs(fileName: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
