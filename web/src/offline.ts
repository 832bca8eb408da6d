import { api } from './api/client';

/** How often the kept queue is looked at again, milliseconds. */
const AGAIN = 60_000;
const MINE = 'vigie-mine';
let last = 0;

/** Lets the browser keep the application and one's own queue readable without a network. */
export function keepForLater() {
  if ('serviceWorker' in navigator) void navigator.serviceWorker.register('/sw.js');
}

/** The cases one has to do are kept on this device; at most once a minute. */
export async function keepMine() {
  const worker = navigator.serviceWorker?.controller;
  if (!worker || Date.now() - last < AGAIN) return;
  last = Date.now();
  const mine = await api.GET('/api/v1/cases', { params: { query: { view: 'mine', limit: 100 } } }).catch(() => null);
  if (mine?.data) worker.postMessage({ keep: mine.data.cases.map((it) => it.id) });
}

/** Whoever signs out leaves no customer's words on the device. */
export async function forget(person: string) {
  last = 0;
  navigator.serviceWorker?.controller?.postMessage({ forget: true });
  if ('caches' in window) await caches.delete(MINE);
  for (const key of Object.keys(localStorage)) if (key.startsWith(`vigie.draft.${person}.`)) localStorage.removeItem(key);
}
