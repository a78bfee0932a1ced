// Runs for a page that is not open: shows what the page's server pushes, and opens the page where that is pressed.

const here = new URL(self.registration.scope).pathname;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

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
