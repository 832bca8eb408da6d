import type { Schemas } from '../api/client';
import { formatDuration, t } from './i18n.svelte';

type Wait = Schemas['WaitResponse'];

/** Below thirty only the interval is honest. */
export const FEW = 30;

/** "between 2 min and 5 min". */
export const between = (it: Wait) =>
  it.low == null || it.high == null
    ? t('too_few')
    : t('from_to', { low: formatDuration(it.low), high: formatDuration(it.high) });

/** A time with its interval, as far as so few observations allow one. */
export const wait = (it: Wait | null | undefined) =>
  !it ? '–' : it.n < FEW ? between(it) : `${formatDuration(it.estimate)} (${between(it)})`;
