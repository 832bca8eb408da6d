import type { Component } from 'svelte';
import type { Drawn } from './ui/Icon.svelte';
import type { Messages } from './i18n/languages/en';

// A page may take the pieces of its path or ignore them.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Page = { default: Component<any> };
export type Route = { path: RegExp; load: () => Promise<Page>; open?: boolean };

/** Every path on one page; pages are loaded when they are first opened. */
export const routes: Route[] = [
  { path: /^\/$/, load: () => import('./measures/Today.svelte') },
  {
    path: /^\/inbox(?:\/([a-z_]+))?(?:\/([0-9a-f-]{36}))?$/,
    load: () => import('./cases/Inbox.svelte'),
  },
  { path: /^\/customers$/, load: () => import('./customers/List.svelte') },
  { path: /^\/customers\/([0-9a-f-]{36})$/, load: () => import('./customers/Page.svelte') },
  { path: /^\/report(?:\/(seen|mine))?$/, load: () => import('./messages/Report.svelte') },
  { path: /^\/search$/, load: () => import('./searching/Page.svelte') },
  { path: /^\/friday$/, load: () => import('./measures/Friday.svelte') },
  { path: /^\/past\/([0-9a-f-]{36})$/, load: () => import('./past/Page.svelte') },
  { path: /^\/settings(?:\/([a-z]+))?$/, load: () => import('./settings/Page.svelte') },
  { path: /^\/welcome\/([\w-]+)$/, load: () => import('./people/Ticket.svelte'), open: true },
];

export type NavItem = {
  path: string;
  word: keyof Messages;
  key: string;
  right: string;
  icon: Drawn;
  wide?: boolean;
};

/**
 * The rail: what each person can open, with its key after G; on a telephone the wide ones stand in
 * the settings.
 */
export const navItems: NavItem[] = [
  { path: '/', word: 'today', key: 't', right: 'signed_in', icon: 'today' },
  { path: '/inbox', word: 'inbox', key: 'i', right: 'see_cases', icon: 'inbox' },
  { path: '/search', word: 'search', key: 'f', right: 'see_cases', icon: 'search' },
  {
    path: '/customers',
    word: 'customers',
    key: 'c',
    right: 'see_customers',
    icon: 'customers',
    wide: true,
  },
  { path: '/report', word: 'report', key: 'r', right: 'report', icon: 'report' },
  { path: '/friday', word: 'friday', key: 'v', right: 'see_customers', icon: 'friday', wide: true },
  { path: '/settings', word: 'settings', key: 's', right: 'signed_in', icon: 'settings' },
];
