/**
 * Addresses as they are shown where nobody needs the whole of them.
 * @module
 */
const ADDRESS = /([^\s<>"'(),;:@])[^\s<>"'(),;:@]*@([^\s<>"'(),;:@]+)/g;

/** `name@example.org` becomes `n…@example.org`, wherever in the text it stands. */
export function shortAddresses(text: string): string {
  return text.replaceAll(ADDRESS, '$1…@$2');
}
