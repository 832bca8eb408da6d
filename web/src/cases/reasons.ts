import type { CaseResponse, Schemas } from '../api/client';
import { isOurs } from './emitters';
import { splitBySpans } from './highlight.svelte';

type Reason = Schemas['Reason'];

/** What was read in the words that each factor rests on. */
export const FIELD_OF_FACTOR: Record<string, string> = {
  harm: 'harm',
  blocked: 'urgent',
  gate: 'gate',
};

/** The last words of theirs. */
export const lastCustomerMessage = (full: CaseResponse) =>
  full.messages.findLast((it) => !isOurs(it.emitter));

/** The words a factor rests on, as they were written; each once, three at most. */
export function quotes(full: CaseResponse, factor: string): string[] {
  const field = FIELD_OF_FACTOR[factor];
  if (!field) return [];
  const found = full.messages
    .filter((it) => !isOurs(it.emitter))
    .flatMap((message) => {
      const spans = (message.reading?.why ?? []).filter(
        (it) => it.field === field && it.weight > 0 && it.start !== undefined,
      );
      return splitBySpans(
        message.text,
        spans.map((it) => ({ start: it.start ?? 0, end: it.end ?? 0 })),
      )
        .filter((it) => it.marked)
        .map((it) => it.text);
    });
  return [...new Set(found)].slice(0, 3);
}

/** Reasons in order of weight: what raised the case, then what lowered it. */
export function splitReasons(reasons: Reason[]): { raised: Reason[]; lowered: Reason[] } {
  const byWeight = (a: Reason, b: Reason) => Math.abs(b.points) - Math.abs(a.points);
  return {
    raised: reasons.filter((it) => it.points > 0).sort(byWeight),
    lowered: reasons.filter((it) => it.points < 0).sort(byWeight),
  };
}

/** The messages of theirs in which something was read that a person says is wrong. */
export function messagesBearing(
  full: CaseResponse,
  what: 'gate' | 'harm' | 'kind' | 'blocked',
): Schemas['MessageResponse'][] {
  const theirs = full.messages.filter((it) => !isOurs(it.emitter) && it.reading);
  const worst = (
    full.why?.reasons.find((it) => it.factor === 'harm')?.evidence as { harm?: string } | undefined
  )?.harm;
  const bears = (it: Schemas['MessageResponse']): boolean => {
    const reading = it.reading;
    if (!reading) return false;
    if (what === 'gate') return reading.gates.length > 0 && !it.correction?.no_gate;
    if (what === 'blocked') return it.correction?.urgent ?? reading.urgent;
    if (what === 'harm') return (it.correction?.harm ?? reading.harm) === worst;
    return (it.correction?.kind ?? reading.kind) === full.kind;
  };
  const found = theirs.filter(bears);
  return found.length ? found : theirs.slice(-1);
}

/** Who last moved the case by hand, if a move stands. */
export const lastMove = (full: CaseResponse) =>
  full.why?.moved ? full.facts.findLast((it) => it.act === 'case.moved') : undefined;
