const holes = (text: string): string =>
  [...text.matchAll(/\{\w+\}/g)]
    .map((it) => it[0])
    .sort()
    .join(' ');

/**
 * What a catalogue lacks, has too much, or fills otherwise than the one it is compared with: key by
 * key, in words.
 */
export function differences(
  words: Record<string, string>,
  model: Record<string, string>,
): string[] {
  const found = Object.keys(model)
    .filter((key) => !(key in words))
    .map((key) => `${key}: missing`);
  for (const [key, text] of Object.entries(words)) {
    if (!(key in model)) found.push(`${key}: nobody asks for it`);
    else if (!text.trim()) found.push(`${key}: empty`);
    else if (holes(text) !== holes(model[key] ?? ''))
      found.push(`${key}: fills ${holes(text)}, not ${holes(model[key] ?? '')}`);
  }
  return found;
}

/** Where French spaces, apostrophes or ellipses are not what printers use. */
export function frenchMistakes(words: Record<string, string>): string[] {
  const rules: [RegExp, string][] = [
    [/[ \u00a0]([;!?])/u, 'a narrow no-break space goes before ; ! ?'],
    [/\p{L}[;!?](?!\w)/u, 'a narrow no-break space goes before ; ! ?'],
    [/[ \u202f]:/u, 'a no-break space goes before :'],
    [/«[^\u202f]|[^\u202f]»/u, 'narrow no-break spaces go inside « »'],
    [/\.\.\./u, 'one character for …'],
    [/\p{L}'/u, 'a curved apostrophe'],
    [/\d (%|€)/u, 'a no-break space goes before % and €'],
  ];
  return Object.entries(words).flatMap(([key, text]) =>
    rules.filter(([rule]) => rule.test(text)).map(([, why]) => `${key}: ${why}`),
  );
}
