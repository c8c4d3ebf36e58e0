/** Passphrase-protected files, as the media of the laptop use them. @module */
export { AGE_FILE_LIMIT, openAge, sealAge, type SealOptions } from '../../shared/encoding/age.ts';
