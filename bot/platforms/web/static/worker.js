// Runs for a page that is not open: shows what the page's server pushes, and opens the page where that is pressed. Without
// network it shows the page as it was kept last. Where nothing may be kept, the page works as without a worker.

const here = new URL(self.registration.scope).pathname;
const KEPT = `page ${here}`; // the cache in which the page's script keeps what was not sent, too
const PAGE = `${here}pocket`;
const AGE = `${here}age`;
const LONGEST = 7 * 24 * 3_600_000;
const LOADED = /(?:src|href)="([^"]*\/(?:static|picture)\/[^"]*)"/g;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// --- what is kept for the time without network: the page as the server draws it for that, and what it loads

const empty = () => caches.delete(KEPT).catch(() => false);
const isOver = ({ status }) => status === 404 || status === 410; // nobody has this page here any more

// The cache is opened before anything is asked for: if it is emptied meanwhile, what comes is put into one that is gone.
async function keep() {
  const cache = await caches.open(KEPT);
  const response = await fetch(PAGE);
  if (isOver(response)) return empty();
  if (!response.ok || response.redirected) return;
  const loaded = [...(await response.clone().text()).matchAll(LOADED)].map(([, address]) => address.replaceAll("&amp;", "&"));
  await cache.put(PAGE, response);
  await cache.put(AGE, new Response(String(Date.now())));
  const wanted = new Set([...loaded, `${here}queue`, PAGE, AGE].map((address) => new URL(address, self.location).href));
  for (const { url } of await cache.keys()) if (!wanted.has(url)) await cache.delete(url);
  for (const address of loaded) if (!(await cache.match(address))) await cache.add(address).catch(() => {});
}

// A clock that was set wrong, then or now, counts as too long ago as well.
async function keptPage() {
  const cache = await caches.open(KEPT);
  const [page, age] = await Promise.all([cache.match(PAGE), cache.match(AGE)]);
  if (page && age && Math.abs(Date.now() - Number(await age.text())) < LONGEST) return page;
  if (page) await empty();
  return null;
}

async function visit(request, path) {
  try {
    const response = await fetch(request);
    if (path === `${here}leave` ? response.status < 500 : path === here && isOver(response)) await empty();
    return response;
  } catch (error) {
    const page = path === here && request.method === "GET" && (await keptPage().catch(() => null));
    if (page) return page;
    throw error;
  }
}

async function load(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(request, { cacheName: KEPT }).catch(() => null);
    if (kept) return kept;
    throw error;
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(visit(request, pathname));
  else if (request.method === "GET" && /\/(static|picture)\//.test(pathname)) event.respondWith(load(request));
});

self.addEventListener("message", (event) => {
  if (event.data === "keep") event.waitUntil(keep().catch(() => {}));
});

// --- ringing

const tabs = async () => {
  const all = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  return all.filter((tab) => new URL(tab.url).pathname.startsWith(here));
};

// A push must show something, or the browser takes the permission back. Where the page is in front, that is silent and
// gone at once: the message is on the page. A push that comes twice has the same tag, and is shown once.
async function ring({ title, body, tag, open, action, lang }) {
  const looking = (await tabs()).some((tab) => tab.focused);
  await self.registration.showNotification(title, {
    body,
    tag,
    lang,
    dir: "auto",
    silent: looking,
    icon: new URL("icon-192.png", self.location).href,
    badge: new URL("badge.png", self.location).href,
    data: { open },
    actions: [{ action: "open", title: action }],
  });
  if (!looking) return;
  for (const notification of await self.registration.getNotifications({ tag })) notification.close();
}

self.addEventListener("push", (event) => event.data && event.waitUntil(ring(event.data.json())));

async function open(message) {
  const [tab] = await tabs();
  if (!tab) return self.clients.openWindow(`${here}#${message}`);
  tab.postMessage({ open: message });
  return tab.focus();
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data.open));
});
