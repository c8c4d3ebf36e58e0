/**
 * The modules of a QR code, to be drawn as vectors.
 *
 * SECURITY: the writer keeps its WebAssembly memory; it lives in the worker, which dies with the
 * ceremony.
 * @module
 */
import { prepareZXingModule, writeBarcode } from 'zxing-wasm/writer';
import { wasm } from './assets.ts';

/** A square of modules without quiet zone: `dark(column, row)`, both from 0 at the top left. */
export interface QrMatrix {
  readonly size: number;
  dark(column: number, row: number): boolean;
}

let ready: Promise<unknown> | undefined;

/**
 * @param text alphanumeric text of `toQrText`
 * @param errorCorrection M bears 15% of damage, Q 25%, at the price of smaller modules
 */
export async function qrMatrix(text: string, errorCorrection: 'M' | 'Q'): Promise<QrMatrix> {
  ready ??= prepareZXingModule({
    overrides: { wasmBinary: wasm('qr-writer') },
    fireImmediately: true,
  });
  await ready;
  const { symbol, error } = await writeBarcode(text, {
    format: 'QRCode',
    options: `ecLevel=${errorCorrection}`,
    scale: 1,
    addQuietZones: false,
  });
  const { width, height, data } = symbol;
  // The library's own message could quote the text; a square below version 1 is no code.
  if (error !== '' || width !== height || width < 21) throw new Error('no QR code could be made');
  return {
    size: width,
    dark: (column, row) => data[row * width + column] === 0,
  };
}
