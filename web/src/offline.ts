import { api } from './api/client';

/** How often the kept queue is looked at again, milliseconds. */
const REFRESH_EVERY = 60_000;
const QUEUE_CACHE = 'vigie-mine';
/** How long the worker has to say that it forgot, milliseconds: it may be gone. */
const FORGET_TIMEOUT = 2_000;
let last = 0;

/** Lets the browser keep the application and one's own queue readable without a network. */
export function registerServiceWorker() {
  if ('serviceWorker' in navigator) void navigator.serviceWorker.register('/sw.js');
}

/** The cases one has to do are kept on this device; at most once a minute. */
export async function cacheMyQueue() {
  const worker = navigator.serviceWorker?.controller;
  if (!worker || Date.now() - last < REFRESH_EVERY) return;
  last = Date.now();
  const mine = await api
    .GET('/api/v1/cases', { params: { query: { view: 'mine', limit: 100 } } })
    .catch(() => null);
  if (mine?.data) worker.postMessage({ keep: mine.data.cases.map((it) => it.id) });
}

/** Whoever signs out leaves no customer's words on the device. */
export async function forget(person: string) {
  last = 0;
  const worker = navigator.serviceWorker?.controller;
  if (worker) await awaitForget(worker);
  if ('caches' in window) await caches.delete(QUEUE_CACHE);
  for (const key of Object.keys(localStorage))
    if (key.startsWith(`vigie.draft.${person}.`)) localStorage.removeItem(key);
}

/** The worker answers once nothing it still waits for can be kept any more. */
async function awaitForget(worker: ServiceWorker) {
  const { port1: here, port2: there } = new MessageChannel();
  const answered = new Promise<void>((done) => {
    here.onmessage = () => done();
    setTimeout(done, FORGET_TIMEOUT);
  });
  worker.postMessage({ forget: true }, [there]);
  await answered;
  here.close();
}
