import type { Schemas } from '../api/client';

type QueueReasons = Schemas['Explanation'];

/** The label whose words are shown in the reader: focus a reason, see what it rests on. */
class Highlight {
  field = $state('');

  of(message: Schemas['MessageResponse']): QueueReasons[] {
    if (!this.field) return [];
    return (message.reading?.why ?? []).filter(
      (it) => it.field === this.field && it.start !== undefined && it.weight > 0,
    );
  }
}

export const highlight = new Highlight();

/** A text cut at UTF-8 byte offsets, which are not JavaScript's. */
export function splitBySpans(
  text: string,
  spans: { start: number; end: number }[],
): { text: string; marked: boolean }[] {
  const bytes = new TextEncoder().encode(text);
  const decode = (from: number, to: number) => new TextDecoder().decode(bytes.slice(from, to));
  const pieces: { text: string; marked: boolean }[] = [];
  let at = 0;
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    if (span.start < at || span.end > bytes.length) continue;
    pieces.push(
      { text: decode(at, span.start), marked: false },
      { text: decode(span.start, span.end), marked: true },
    );
    at = span.end;
  }
  pieces.push({ text: decode(at, bytes.length), marked: false });
  return pieces.filter((piece) => piece.text);
}
