import type { CaseFull, Schemas } from '../api/client';
import { cut } from './highlight.svelte';

type Reason = Schemas['Reason'];

/** What was read in the words that each factor rests on. */
export const READ_IN: Record<string, string> = { harm: 'harm', blocked: 'urgent', gate: 'gate' };

export const ours = (emitter: string) => ['brand', 'employee', 'paid'].includes(emitter);

/** The last words of theirs. */
export const lastOfTheirs = (full: CaseFull) => full.messages.findLast((it) => !ours(it.emitter));

/** The words a factor rests on, as they were written; each once, three at most. */
export function quotes(full: CaseFull, factor: string): string[] {
  const field = READ_IN[factor];
  if (!field) return [];
  const found = full.messages
    .filter((it) => !ours(it.emitter))
    .flatMap((message) => {
      const spans = (message.reading?.why ?? []).filter(
        (it) => it.field === field && it.weight > 0 && it.start !== undefined,
      );
      return cut(
        message.text,
        spans.map((it) => ({ start: it.start ?? 0, end: it.end ?? 0 })),
      )
        .filter((it) => it.marked)
        .map((it) => it.text);
    });
  return [...new Set(found)].slice(0, 3);
}

/** Reasons in order of weight: what raised the case, then what lowered it. */
export function weighed(reasons: Reason[]): { raised: Reason[]; lowered: Reason[] } {
  const byWeight = (a: Reason, b: Reason) => Math.abs(b.points) - Math.abs(a.points);
  return {
    raised: reasons.filter((it) => it.points > 0).sort(byWeight),
    lowered: reasons.filter((it) => it.points < 0).sort(byWeight),
  };
}

/** The messages of theirs in which something was read that a person says is wrong. */
export function bearing(
  full: CaseFull,
  what: 'gate' | 'harm' | 'kind' | 'blocked',
): Schemas['MessageShown'][] {
  const theirs = full.messages.filter((it) => !ours(it.emitter) && it.reading);
  const worst = (
    full.why?.reasons.find((it) => it.factor === 'harm')?.evidence as { harm?: string } | undefined
  )?.harm;
  const bears = (it: Schemas['MessageShown']): boolean => {
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
export const mover = (full: CaseFull) =>
  full.why?.moved ? full.facts.findLast((it) => it.act === 'case.moved') : undefined;
