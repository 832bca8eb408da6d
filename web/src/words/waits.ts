import type { Schemas } from '../api/client';
import { lasting, w } from './words.svelte';

type Wait = Schemas['WaitShown'];

/** Below thirty only the interval is honest. */
export const FEW = 30;

/** "between 2 min and 5 min". */
export const between = (it: Wait) =>
  it.low == null || it.high == null
    ? w('too_few')
    : w('from_to', { low: lasting(it.low), high: lasting(it.high) });

/** A time with its interval, as far as so few observations allow one. */
export const wait = (it: Wait | null | undefined) =>
  !it ? '–' : it.n < FEW ? between(it) : `${lasting(it.estimate)} (${between(it)})`;
