import type { Schemas } from '../api/client';

export const VIEWS = [
  'open',
  'now',
  'quick',
  'plan',
  'later',
  'mine',
  'teams',
  'unowned',
  'orphans',
  'late',
  'waiting_customer',
  'waiting_colleague',
  'snoozed',
  'aside',
  'closed',
] as const;
/** What a volunteer is shown. */
export const VOLUNTEER_VIEWS = ['quick', 'mine', 'teams'] as const;
export const QUEUES = ['now', 'quick', 'plan', 'later'] as const;
export const ORDERS = ['pressing', 'newest', 'oldest'] as const;

/** What narrows a list; each is a parameter of its address. */
export const NARROWING = ['kind', 'feeling', 'channel', 'lang', 'tag', 'team', 'unread'] as const;
export type Narrowing = (typeof NARROWING)[number];

/** What each may be; tags and teams are the company's own. */
export const VALUES: Record<Exclude<Narrowing, 'tag' | 'team'>, readonly string[]> = {
  kind: ['complaint', 'question', 'praise', 'market', 'rumour', 'noise', 'unknown'],
  feeling: ['negative', 'neutral', 'positive', 'unsure'],
  channel: ['site', 'form', 'mail', 'shop', 'phone', 'after_sales', 'network'],
  lang: ['fr', 'en', 'de', 'es', 'it', 'nl', 'pt'],
  unread: ['true'],
};

/** What a list shows, as its address says it. */
export type Filters = { view: string } & Partial<
  Record<Narrowing | 'order' | 'import' | 'part' | 'q', string>
>;

const PARAMETERS = [...NARROWING, 'order', 'import', 'part', 'q'] as const;

/** Reads an address: its view, and the parameters that mean something. */
export function filtersOf(view: string, query: URLSearchParams): Filters {
  const present = PARAMETERS.flatMap((name) => (query.get(name) ? [[name, query.get(name)]] : []));
  return { view, ...(Object.fromEntries(present) as Partial<Filters>) };
}

/** The parameters of a list, for its address and for the API. */
export function parameters(filters: Filters): string {
  const { view: _, ...rest } = filters;
  return new URLSearchParams(
    PARAMETERS.flatMap((name) => (rest[name] ? [[name, rest[name] as string]] : [])),
  ).toString();
}

/** The address of a list, and of a case in it. */
export function address(filters: Filters, caseId = ''): string {
  const query = parameters(filters);
  return `/inbox/${filters.view}${caseId ? `/${caseId}` : ''}${query ? `?${query}` : ''}`;
}

/** What a kept view says: `view=open&kind=complaint`. */
export const serializeFilters = (filters: Filters): string =>
  [`view=${filters.view}`, parameters(filters)].filter(Boolean).join('&');

/** The filters of a kept view. */
export function parseFilters(text: string): Filters {
  const query = new URLSearchParams(text);
  return filtersOf(query.get('view') ?? 'open', query);
}

export const isNarrowed = (filters: Filters): boolean => NARROWING.some((name) => filters[name]);

/** Whether a row still belongs in a list, as far as a row says. */
export function matchesFilters(
  row: Schemas['CaseRowResponse'],
  filters: Filters,
  me: string,
): boolean {
  const open = row.state === 'open';
  const views: Record<string, boolean> = {
    open,
    mine: open && row.owner === me,
    teams: open && !row.owner && !!row.team,
    unowned: open && !row.owner,
    orphans: open && !row.owner,
    late: open,
  };
  for (const queue of QUEUES) views[queue] = open && row.queue === queue;
  const inView =
    views[filters.view] ?? (['past', 'found'].includes(filters.view) || row.state === filters.view);
  const same = (name: Narrowing, value: string) => !filters[name] || filters[name] === value;
  return (
    inView &&
    same('kind', row.kind) &&
    same('feeling', row.sentiment) &&
    same('channel', row.channel) &&
    (!filters.tag || row.tags.some((it) => it.id === filters.tag)) &&
    (!filters.team || row.team?.id === filters.team)
  );
}

/** The name under which a view's cases are counted. */
export const countName = (view: string): string =>
  ['mine', 'teams', 'unowned', 'orphans'].includes(view)
    ? view
    : (QUEUES as readonly string[]).includes(view)
      ? `queue:${view}`
      : `state:${view}`;
