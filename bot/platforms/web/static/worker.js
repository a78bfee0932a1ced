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
  if (await hasLeft()) return;
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

// --- closing the page without network: what is kept goes at once, and the server is told when there is network again

const LEFT = `left ${here}`; // a cache with the seal by which the server is told, and the words that are shown until then
const UNHEARD = 8000; // a network in name only may never answer

const hasLeft = () => caches.has(LEFT).catch(() => false);
// Whether the page is closed by such an answer: the server's 303, which a script is not shown, or that nobody has the page
// here (any more). A network in between may give any other answer for the server.
const isLeft = ({ ok, status, type }) => ok || type === "opaqueredirect" || [303, 403, 404, 410].includes(status);
const escape = (text) => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

// The page that stands where the closed one was, and goes on trying to tell the server.
function closedPage({ words, lang }) {
  const html = `<!doctype html><html lang="${escape(lang)}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>${escape(words.split(":")[0])}</title><main><p>${escape(words)}</p></main>
<script>
const again = () => navigator.serviceWorker.controller?.postMessage("leave");
addEventListener("online", again);
setInterval(again, 3000);
</script>`;
  const headers = {
    "Content-Type": "text/html",
    "Content-Security-Policy": "default-src 'none'; script-src 'unsafe-inline'",
    "Cache-Control": "no-store",
  };
  return new Response(html, { headers });
}

async function leaveLater(posted) {
  const [seal, words, lang] = ["seal", "later", "lang"].map((name) => String(posted.get(name)));
  const left = await caches.open(LEFT);
  await left.put(`${here}words`, new Response(JSON.stringify({ words, lang })));
  await left.put(`${here}leave`, new Response(new URLSearchParams({ seal }).toString()));
  await empty();
  for (const notification of await self.registration.getNotifications()) notification.close();
  for (const tab of await tabs()) if (new URL(tab.url).pathname !== `${here}leave`) tab.navigate(here).catch(() => {});
  self.registration.sync?.register("leave").catch(() => {});
  self.registration.pushManager?.getSubscription().then((rings) => rings?.unsubscribe()).catch(() => {});
  return closedPage({ words, lang });
}

// Tells the server, if that is still to be done. Throws without network, or where the server cannot do it now.
async function leaveNow() {
  if (!(await hasLeft())) return;
  const told = await (await caches.open(LEFT)).match(`${here}leave`);
  if (told) {
    const headers = { "Content-Type": "application/x-www-form-urlencoded" };
    const response = await fetch(`${here}leave`, { method: "POST", body: await told.text(), headers, redirect: "manual" });
    if (!isLeft(response)) throw new Error("later");
  }
  await caches.delete(LEFT);
}

async function leave(request) {
  const copy = request.clone();
  const late = new Promise((_done, fail) => setTimeout(fail, UNHEARD));
  try {
    const response = await Promise.race([fetch(request), late]);
    if (isLeft(response)) await empty();
    return response;
  } catch {
    return leaveLater(await copy.formData());
  }
}

self.addEventListener("sync", (event) => event.tag === "leave" && event.waitUntil(leaveNow()));

// Nobody sees a page again that was closed here, before the server knows of it.
async function visit(request, path) {
  if (path === `${here}leave` && request.method === "POST") return leave(request);
  try {
    await leaveNow();
  } catch {
    const words = await (await caches.open(LEFT)).match(`${here}words`);
    return closedPage(words ? await words.json() : { words: "", lang: "" });
  }
  try {
    const response = await fetch(request);
    if (path === here && isOver(response)) await empty();
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
  if (event.data === "leave") event.waitUntil(leaveNow().then(() => event.source.navigate(here)).catch(() => {}));
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
