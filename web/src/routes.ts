import type { Component } from 'svelte';
import type { Words } from './words/en';

// A page may take the pieces of its path or ignore them.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Page = { default: Component<any> };
export type Route = { path: RegExp; load: () => Promise<Page>; open?: boolean };

/** Every path on one page; pages are loaded when they are first opened. */
export const routes: Route[] = [
  { path: /^\/$/, load: () => import('./today/Page.svelte') },
  { path: /^\/inbox(?:\/([a-z_]+))?(?:\/([0-9a-f-]{36}))?$/, load: () => import('./inbox/Page.svelte') },
  { path: /^\/customers$/, load: () => import('./customer/List.svelte') },
  { path: /^\/customers\/([0-9a-f-]{36})$/, load: () => import('./customer/Page.svelte') },
  { path: /^\/report(?:\/(seen|mine))?$/, load: () => import('./report/Page.svelte') },
  { path: /^\/search$/, load: () => import('./search/Page.svelte') },
  { path: /^\/past\/([0-9a-f-]{36})$/, load: () => import('./past/Page.svelte') },
  { path: /^\/settings(?:\/([a-z]+))?$/, load: () => import('./settings/Page.svelte') },
  { path: /^\/welcome\/([\w-]+)$/, load: () => import('./welcome/Ticket.svelte'), open: true },
];

/** The rail: what each person can open, with its key after G. */
export const rail: { path: string; word: keyof Words; key: string; right: string }[] = [
  { path: '/', word: 'today', key: 't', right: 'signed_in' },
  { path: '/inbox/open', word: 'inbox', key: 'i', right: 'see_cases' },
  { path: '/search', word: 'search', key: 'f', right: 'see_cases' },
  { path: '/customers', word: 'customers', key: 'c', right: 'see_customers' },
  { path: '/report', word: 'report', key: 'r', right: 'report' },
  { path: '/settings', word: 'settings', key: 's', right: 'signed_in' },
];
