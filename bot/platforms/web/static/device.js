// What the page does beyond its tab: it is installed, rings while it is closed, and is read and written without network.
// Where a browser can do none of this, or does not let it, the page works without.

const { dataset } = document.body;
const { here } = dataset;
const offer = document.getElementById("offer");
const installs = document.querySelectorAll(".install");
const bells = document.querySelectorAll(".ring");
const full = document.getElementById("full");
const standalone = matchMedia("(display-mode: standalone)").matches || navigator.standalone === true;
const onApple = /iPhone|iPad/.test(navigator.userAgent) || (navigator.platform === "MacIntel" && navigator.maxTouchPoints > 1);

// A page that was closed here without network may still be loaded past the worker, as Shift+Reload does. It is not shown,
// and now that there is network it is closed.
const wasClosed = window.caches?.has(`left ${here}`).catch(() => false) ?? Promise.resolve(false);

wasClosed.then((closed) => {
  if (!closed) return;
  document.body.style.display = "none";
  document.querySelector('form[action$="/leave"]').submit();
});

// What is only explained looks like no problem.
function tell(text, explained = false) {
  const notice = document.getElementById("notice");
  notice.textContent = text;
  notice.classList.toggle("explained", explained);
  if (text) document.querySelector("details.menu:has(.panel)")?.removeAttribute("open"); // it covers what is told
}

// What this device remembers of this page; nothing where the browser keeps nothing.
function remembered(what, value) {
  try {
    if (value !== undefined) localStorage.setItem(`${what} ${here}`, value);
    return localStorage.getItem(`${what} ${here}`);
  } catch {
    return null;
  }
}

const working = navigator.serviceWorker?.register(dataset.worker, { scope: here }).catch(() => null) ?? Promise.resolve(null);
const worker = async () => ((await working) ? navigator.serviceWorker.ready : null);

async function post(name, values) {
  const data = new URLSearchParams({ seal: dataset.seal, ...values });
  const response = await fetch(`${here}${name}`, { method: "POST", body: data, headers: { Accept: "application/json" } });
  return response.json();
}

// --- installing: offered once, beside the first message that one comes back to

let prompt = null; // the browser's own question, which may be asked once

const canBeInstalled = () => !standalone && window === top && Boolean(prompt || onApple);

addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  prompt = event;
  arrange();
});

addEventListener("appinstalled", () => {
  prompt = null;
  offer.hidden = true;
  arrange();
});

for (const install of document.querySelectorAll("button.install")) {
  install.addEventListener("click", async () => {
    if (!prompt) return tell(dataset.apple, true);
    prompt.prompt();
    await prompt.userChoice;
    prompt = null;
    arrange();
  });
}

// --- ringing: asked for by a button, never by the page itself

let rings = Boolean(dataset.rings);
const canRing = Boolean(dataset.key && "PushManager" in window && "Notification" in window && navigator.serviceWorker);

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const words = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

async function nameOf(endpoint) {
  return words(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint))).slice(0, 22);
}

// The subscription of this browser; one made for another key, as another gathering's, is given up.
async function subscription(registration) {
  const present = await registration.pushManager.getSubscription();
  const key = present?.options.applicationServerKey;
  if (!key || words(key) === dataset.key) return present;
  await present.unsubscribe();
  return null;
}

async function tellServer(subscribed) {
  const { endpoint } = subscribed;
  const [device, secret] = ["p256dh", "auth"].map((key) => words(subscribed.getKey(key)));
  const answer = await post("ring", { endpoint, device, secret, full: full.ariaPressed === "true" ? "1" : "" });
  if (answer.notice) {
    await subscribed.unsubscribe();
    tell(answer.notice);
  }
  rings = !answer.notice;
  dataset.rings = rings ? answer.rings : "";
}

// Returns whether the server was told.
async function startRinging() {
  if ((await Notification.requestPermission()) !== "granted") {
    tell(dataset.blocked);
    return false;
  }
  const registration = await worker();
  const options = { userVisibleOnly: true, applicationServerKey: bytes(dataset.key) };
  await tellServer((await subscription(registration)) ?? (await registration.pushManager.subscribe(options)));
  offer.hidden ||= rings && !canBeInstalled();
  return true;
}

async function stopRinging() {
  const registration = await worker();
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
  await post("unring", {});
  rings = false;
}

for (const bell of document.querySelectorAll("button.ring")) {
  bell.addEventListener("click", async () => {
    tell("");
    bell.disabled = true;
    try {
      await (rings ? stopRinging() : startRinging());
    } catch {
      tell(dataset.unrung);
    }
    bell.disabled = false;
    arrange();
  });
}

full.addEventListener("click", async () => {
  tell("");
  const before = full.ariaPressed;
  full.ariaPressed = String(before !== "true");
  full.disabled = true; // until the server has answered
  try {
    if (!(await startRinging())) full.ariaPressed = before;
  } catch {
    full.ariaPressed = before; // the server goes on as before: it must not look otherwise
    tell(dataset.unrung);
  }
  full.disabled = false;
  arrange();
});

// A browser may have changed its subscription, and the person may have ended it from elsewhere: the server's word counts.
async function compare() {
  if (!canRing || "kept" in dataset) return; // what is kept may have been true before
  const registration = await worker();
  const present = registration && (await subscription(registration));
  if (present && !rings) await present.unsubscribe();
  else if (present && (await nameOf(present.endpoint)) !== dataset.rings) await tellServer(present);
  else if (!present && rings) {
    await post("unring", {});
    rings = false;
  }
}

// --- what is shown of both

const lasting = () => document.querySelector("#log .message[data-lasting]:not([hidden])");

function arrange() {
  const [installable, ringable] = [canBeInstalled(), canRing];
  for (const install of installs) install.hidden = !installable;
  for (const bell of bells) {
    const inOffer = bell.closest("#offer");
    bell.hidden = !ringable || Boolean(rings && inOffer);
    if (!inOffer) bell.ariaPressed = String(rings);
  }
  full.hidden = !ringable || !rings;
  const worth = installable || (ringable && !rings && Notification.permission === "default");
  if (!offer.hidden || !worth || !lasting() || "kept" in dataset || remembered("offered")) return;
  remembered("offered", "yes");
  offer.hidden = false;
}

document.getElementById("not-now").addEventListener("click", () => (offer.hidden = true));

// What is read on the page need not stand among the phone's notifications.
async function clear() {
  if (document.visibilityState !== "visible") return;
  const registration = await working;
  for (const notification of (await registration?.getNotifications?.()) ?? []) notification.close();
}

document.addEventListener("shown", () => {
  arrange();
  clear();
});
document.addEventListener("visibilitychange", clear);

navigator.serviceWorker?.addEventListener("message", (event) => {
  if (!event.data.open) return;
  const message = document.getElementById(event.data.open);
  if (message) return document.dispatchEvent(new CustomEvent("led", { detail: message }));
  location.replace(`${here}#${event.data.open}`);
  location.reload();
});

// --- reading without network: the worker keeps the page, soon after it was opened and now and then after it changed

let keeping = 0;
let hurried = false;

function keepIn(seconds) {
  if ("kept" in dataset || keeping) return;
  keeping = setTimeout(async () => {
    keeping = 0;
    hurried = false;
    (await worker())?.active?.postMessage("keep");
  }, seconds * 1000);
}

document.addEventListener("shown", () => {
  const lost = document.querySelector("#log .arrived[data-withheld]");
  if (!lost && (hurried || !document.querySelector("#log .arrived [data-later]"))) return keepIn(20 + 40 * Math.random());
  clearTimeout(keeping); // who lost their role keeps nothing of it here
  keeping = 0;
  hurried = !lost;
  keepIn(lost ? 0 : 3); // what is pressed without network is needed without network soon
});

// --- writing without network: what did not leave waits here and leaves once, in order

const unsent = document.getElementById("unsent");
const queue = `${here}queue`; // in the cache that the worker empties where nobody has this page any more
const canWait = Boolean(window.caches && navigator.locks);

async function waiting() {
  if (await wasClosed) return [];
  const kept = await (await caches.open(`page ${here}`)).match(queue);
  return kept ? kept.json() : [];
}

// Another tab may change it too: each change begins with what is kept.
async function change(edit) {
  await navigator.locks.request(queue, async () => {
    const cache = await caches.open(`page ${here}`);
    const left = edit(await waiting());
    await (left.length ? cache.put(queue, new Response(JSON.stringify(left))) : cache.delete(queue));
    draw(left);
  });
}

function element(tag, text, properties = {}) {
  return Object.assign(document.createElement(tag), { textContent: text, ...properties });
}

const without = (token) => (items) => items.filter((item) => item.token !== token);

function draw(items) {
  unsent.hidden = !items.length;
  if (!items.length) return unsent.replaceChildren();
  const list = document.createElement("ul");
  const pressed = items.filter(({ payload, problem }) => payload && !problem).map(({ text }) => text);
  if (pressed.length) list.append(element("li", pressed.join(" · "), { dir: "auto" })); // each of them is in view
  for (const { token, text, payload, problem } of items) {
    if (payload && !problem) continue;
    const entry = element("li", text, { dir: "auto" });
    if (problem) {
      const anew = element("button", dataset.anew, { type: "button" });
      const drop = element("button", dataset.drop, { type: "button" });
      anew.addEventListener("click", () => {
        const composer = document.getElementById("words");
        composer.value = composer.value ? `${composer.value}\n${text}` : text;
        composer.focus();
        change(without(token));
      });
      drop.addEventListener("click", () => change(without(token)));
      entry.append(element("p", problem, { className: "problem" }), ...(payload ? [] : [anew]), drop);
    }
    list.append(entry);
  }
  const count = items.filter(({ problem }) => !problem).length;
  if (count) tryAgainIn(AGAIN);
  unsent.replaceChildren(...(count ? [element("p", dataset.waiting.replace("{count}", count))] : []), list);
}

// What is confidential does not wait here, where whoever has the device reads it: it stays where it was typed.
document.addEventListener("unsent", (event) => {
  const { token, text, payload } = event.detail;
  if (!canWait || (!payload && dataset.aim.startsWith("confidential-"))) return;
  event.preventDefault();
  change((items) => [...without(token)(items), { ...event.detail, aim: dataset.aim, at: Date.now() }]).catch(() => {
    if (!payload) document.getElementById("words").value = text;
    tell(dataset.unsent);
  });
});

let answered = ""; // the message that answered the last press: the next one changes that, if it has the same buttons

// The answer comes by the stream, like what is written elsewhere: no change is asked for beside it.
async function leave({ token, text, aim, payload, message, at }) {
  const ago = Math.max(0, Math.round((Date.now() - at) / 1000)) || 0; // not its time: the device's clock may be wrong
  const done = payload ? { payload, message: message || answered, ago } : { text, aim };
  const data = new URLSearchParams({ seal: dataset.seal, token, ...done, after: "999999999999999" });
  const name = payload ? "press" : "say";
  const response = await fetch(`${here}${name}`, { method: "POST", body: data, headers: { Accept: "application/json" } });
  if (response.status >= 500 || response.status === 429) throw { after: Number(response.headers.get("Retry-After")) };
  const { notice, focus } = await response.json();
  if (payload) answered = focus ?? answered;
  return notice ?? "";
}

async function leaveAll() {
  if (!canWait) return;
  await navigator.locks.request(`${queue} leaves`, async () => {
    for (;;) {
      const next = (await waiting()).find(({ problem }) => !problem);
      if (!next) return;
      const problem = await leave(next);
      const settle = (item) => (item.token === next.token ? { ...item, problem } : item);
      await change(problem ? (items) => items.map(settle) : without(next.token));
    }
  });
}

// As long as something waits it is tried again now and then, as a browser may not notice that there is network again. A
// busy server says when.
const AGAIN = 15; // seconds
let again = 0;

function tryAgainIn(seconds) {
  clearTimeout(again);
  again = setTimeout(leaveNow, seconds * 1000);
}

const leaveNow = () => leaveAll().catch(({ after }) => tryAgainIn(after || AGAIN));

// What is written without network waits, unless it is confidential.
const away = document.getElementById("away");

function tellAway() {
  if (canWait && !dataset.aim.startsWith("confidential-")) away.textContent = dataset.away;
}

addEventListener("offline", tellAway);
document.addEventListener("lost", tellAway);
if (!navigator.onLine) tellAway();

// Back online, or answered by the server, in whatever way.
function tellBack() {
  away.textContent = "";
  if ([dataset.unpressed, dataset.unread].includes(document.getElementById("notice").textContent)) tell("");
}

addEventListener("online", () => {
  tellBack();
  leaveNow();
});
document.addEventListener("answered", tellBack);

document.addEventListener("live", () => {
  tellBack();
  leaveNow().then(() => "kept" in dataset && location.reload());
});

if (canWait) waiting().then(draw, () => {});
keepIn(3);
arrange();
clear();
compare().catch(() => {}).then(arrange);
