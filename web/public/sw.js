// Keeps the application and one person's own queue readable without a network. What is kept of
// customers' words is what that person has to do, on their device, until they sign out. Nothing is
// ever sent from here.
const SHELL = 'vigie-shell';
const MINE = 'vigie-mine';
/** The session is over: what is kept of it is nobody's any more. */
const SIGNED_OUT = 401;
const KEPT = /^\/api\/v1\/(me|people|causes|cards|tags|today|counts|saved-views)$/;
const CASE = /^\/api\/v1\/cases\/[0-9a-f-]{36}$/;

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== location.origin) return;
  if (event.request.mode === 'navigate' && !/^\/(api|a|f|p|c)\//.test(url.pathname))
    event.respondWith(page(event.request));
  else if (url.pathname.startsWith('/assets/')) event.respondWith(asset(event.request));
  else if (KEPT.test(url.pathname)) event.respondWith(fresh(event.request, url.pathname, true));
  else if (url.pathname === '/api/v1/cases')
    event.respondWith(fresh(event.request, wholeQueue(url) ? '/mine' : null, true));
  else if (CASE.test(url.pathname)) event.respondWith(fresh(event.request, url.pathname, false));
});

// The page lists the cases its person has to do; or says that the person left, and waits for the
// answer.
self.addEventListener('message', (event) => {
  if (event.data.keep) event.waitUntil(keep(event.data.keep));
  if (event.data.forget)
    event.waitUntil(forget().then(() => event.ports[0]?.postMessage('forgotten')));
});

/**
 * How many people have left. What was asked for before the last of them left is not kept when it
 * comes after.
 */
let left = 0;

async function forget() {
  left += 1;
  await caches.delete(MINE);
}

async function store(name, answer, asked) {
  if (asked === left) await (await caches.open(MINE)).put(name, answer);
}

/** The whole of one's queue, neither narrowed nor ordered otherwise, nor a further page of it. */
const wholeQueue = (url) =>
  url.searchParams.get('view') === 'mine' &&
  [...url.searchParams.keys()].every((it) => ['view', 'limit'].includes(it));

async function keep(ids) {
  const asked = left;
  if (!(await caches.has(MINE))) return;
  const mine = await caches.open(MINE);
  const wanted = new Set(ids.slice(0, 30).map((id) => `/api/v1/cases/${id}`));
  for (const request of await mine.keys()) {
    const path = new URL(request.url).pathname;
    if (CASE.test(path) && !wanted.has(path)) await mine.delete(request);
  }
  for (const path of wanted) {
    const answer = await fetch(path).catch(() => null);
    if (answer?.status === SIGNED_OUT) return forget();
    if (answer?.ok) await store(path, answer, asked);
  }
}

async function page(request) {
  const shell = await caches.open(SHELL);
  try {
    const answer = await fetch(request);
    if (answer.ok && (await answer.clone().text()).includes('id="app"'))
      await shell.put('/', answer.clone());
    return answer;
  } catch (why) {
    const kept = await shell.match('/');
    if (kept) return kept;
    throw why;
  }
}

async function asset(request) {
  const shell = await caches.open(SHELL);
  const kept = await shell.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await shell.put(request, answer.clone());
  return answer;
}

async function fresh(request, name, keeps) {
  const asked = left;
  try {
    const answer = await fetch(request);
    if (answer.status === SIGNED_OUT) await forget();
    if (name && keeps && answer.ok) await store(name, answer.clone(), asked);
    return answer;
  } catch (why) {
    const kept = name && (await caches.match(name, { cacheName: MINE }));
    if (kept) return kept;
    throw why;
  }
}
