/**
 * French spacing: narrow no-break space before ; ! ? and inside « », no-break space before : and
 * units, real apostrophes and ellipses. Applied to our own words only: a customer's are never
 * touched.
 */
export function french(text: string): string {
  return text
    .replace(/\.\.\./g, '…')
    .replace(/(\p{L})'/gu, '$1’')
    .replace(/ ([;!?])/g, '\u202f$1')
    .replace(/ :/g, '\u00a0:')
    .replace(/« /g, '«\u202f')
    .replace(/ »/g, '\u202f»')
    .replace(/(\d) (%|€|h\b|min\b|j\b|Mo\b)/g, '$1\u00a0$2')
    .replace(/n° /g, 'n°\u00a0');
}
