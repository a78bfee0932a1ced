// Makes the page live. Everything here also works without it: a form is posted, and the answer is a page.

const body = document.body;
const log = document.getElementById("log");
const notice = document.getElementById("notice");
const status = document.getElementById("status");
const sheet = document.getElementById("sheet");
const composer = document.getElementById("composer");
const words = document.getElementById("words");
const files = document.getElementById("files");
const menu = document.querySelector(".menu");
const title = document.title;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

let revision = Number(body.dataset.revision);
let unread = 0;

// --- what is shown

const atEnd = () => innerHeight + scrollY > document.documentElement.scrollHeight - 120;
const behavior = () => (calm.matches ? "instant" : "smooth");

function elementOf(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content.firstElementChild;
}

// A message arrives twice, in the answer to a press and by the stream: the revision says which is newer.
function show(changed) {
  const present = document.getElementById(`m${changed.id}`);
  revision = Math.max(revision, changed.revision);
  if (present && Number(present.dataset.revision) >= changed.revision) return null;
  const message = elementOf(changed.html);
  message.classList.add("arrived");
  const held = present && present.contains(document.activeElement);
  if (present) {
    const within = present.scrollTop; // what is pinned scrolls by itself, and stays where the reader is in it
    present.replaceWith(message);
    message.scrollTop = within;
  } else {
    const later = [...log.querySelectorAll(".message")].find((other) => Number(other.id.slice(1)) > changed.id);
    log.insertBefore(message, later ?? null);
  }
  tellTimes(message);
  if (held) message.focus({ preventScroll: true });
  return message;
}

function showAll(changed, focus = null) {
  const follow = atEnd() || moving;
  const shown = changed.map(show).filter(Boolean);
  if (shown.length) passBy(shown);
  const message = focus === null ? follow && shown.at(-1) : document.getElementById(`m${focus}`);
  // The stream may have shown it first, and whoever uses the keyboard has moved on within it.
  const elsewhere = document.activeElement !== words && !(message && message.contains(document.activeElement));
  if (focus !== null && elsewhere) message?.focus({ preventScroll: true });
  if (message) lead(message, behavior());
  seen(shown);
}

// A passing word goes when something else is said.
function passBy(shown) {
  for (const toast of log.querySelectorAll(".toast")) if (!shown.some((message) => message.contains(toast))) toast.remove();
}

// Its end comes into view, and its beginning stays there, however long it is.
let led = null;
let moving = 0; // what comes while the page still scrolls to what came before is followed too

function lead(message, behavior) {
  led = message;
  const { top, bottom } = message.getBoundingClientRect();
  const pinned = log.querySelector(".pinned");
  const above = pinned && pinned.compareDocumentPosition(message) & Node.DOCUMENT_POSITION_FOLLOWING;
  const head = document.querySelector("header").offsetHeight + (above && !pinned.contains(message) ? pinned.offsetHeight : 0) + 8;
  const foot = innerHeight - document.querySelector("footer").offsetHeight - 8;
  const by = top < head || bottom - top > foot - head ? top - head : Math.max(0, bottom - foot);
  scrollBy({ top: by, behavior });
  clearTimeout(moving);
  moving = setTimeout(() => (moving = 0), 1000);
}

// A picture has its height only once it is there.
log.addEventListener("load", (event) => led?.contains(event.target) && lead(led, "instant"), { capture: true });

function tell(text) {
  const place = (sheet.open && sheet.querySelector(".notice-here")) || notice;
  place.textContent = text;
}

// --- times: the venue's are written already, the reader's own are added where they differ

function tellTimes(within) {
  const zone = body.dataset.zone;
  const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const full = { weekday: "long", day: "numeric", month: "long", ...clock };
  for (const time of within.querySelectorAll("time")) {
    const style = time.dataset.style;
    if (style === "date" || style === "left") continue;
    const instant = new Date(time.dateTime);
    const venue = new Intl.DateTimeFormat(document.documentElement.lang, { ...full, timeZone: zone }).format(instant);
    const own = new Intl.DateTimeFormat(document.documentElement.lang, full).format(instant);
    if (venue === own) continue;
    const sameDay = venue.slice(0, -5) === own.slice(0, -5);
    const short = new Intl.DateTimeFormat(document.documentElement.lang, sameDay ? clock : full).format(instant);
    if (time.closest(".stamp")) {
      time.textContent = style === "time" ? own.slice(-5) : own;
      continue;
    }
    const yours = document.createElement("span");
    yours.className = "yours";
    yours.textContent = ` (${body.dataset.yours.replace("{time}", short)})`;
    time.after(yours);
  }
  tellLeft();
}

// What is left until an end, as long as that is in sight: «in 12 minutes»; once it is past, the hour it was at.
// The server's clock counts: this device's may be wrong.
let ahead = 0;
const UNNOTICED = 2000; // how long the word of the time was under way, at most

function tellLeft() {
  const lang = document.documentElement.lang;
  const words = new Intl.RelativeTimeFormat(lang);
  const hour = new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: body.dataset.zone });
  for (const time of log.querySelectorAll('time[data-style="left"]')) {
    const end = new Date(time.dateTime);
    const minutes = Math.ceil((end - Date.now() - ahead - UNNOTICED) / 60_000);
    if (minutes <= 0) time.textContent = hour.format(end);
    else if (minutes <= 600) time.textContent = words.format(minutes, "minute");
  }
}

setInterval(tellLeft, 15_000);

// --- what is done

const freshToken = () => crypto.getRandomValues(new Uint32Array(4)).join("-");

async function post(form, submitter) {
  const data = new FormData(form, submitter);
  data.set("after", revision);
  const action = submitter?.getAttribute("formaction") ?? form.getAttribute("action");
  const response = await fetch(new URL(action, location.href), {
    method: "POST",
    headers: { Accept: "application/json" },
    body: data,
  });
  if (response.status === 404) location.reload();
  if (response.status === 410) end();
  if (response.status === 413 && form === composer) dropFiles(); // kept, they would be refused with the next words too
  return response.json();
}

// Who erased themselves reads that it is done; nothing else of them stays on the screen.
let over = false;

function end() {
  over = true;
  log.replaceChildren();
  composer.remove();
  menu.remove();
}

async function submit(form, submitter) {
  if (form.ariaBusy === "true") return;
  form.ariaBusy = "true";
  tell("");
  try {
    const answer = await post(form, submitter);
    if (answer.notice) return tell(answer.notice);
    // The token is used up. One whose answer never came is kept: sent again, it changes nothing twice.
    form.elements.token.value = freshToken();
    if (form === composer) {
      words.value = "";
      dropFiles();
      words.focus();
    }
    if (answer.form) return openSheet(answer.form);
    if (answer.lang !== document.documentElement.lang) return location.reload();
    if (form.matches(".sheet")) {
      opener = null; // the answer is what to look at next, not the button behind the form
      closeSheet();
    }
    showAll(answer.messages, answer.focus);
  } catch {
    tell(body.dataset.unsent);
  } finally {
    form.ariaBusy = "false";
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if ("plain" in form.dataset) return;
  event.preventDefault();
  menu.open = false;
  submit(form, event.submitter);
});

// Where more than one may be chosen, the last one allowed closes the others.
document.addEventListener("change", (event) => {
  const form = event.target.closest(".choice");
  if (!form || event.target.type !== "checkbox") return;
  const full = form.querySelectorAll(":checked").length >= Number(form.dataset.most);
  for (const box of form.querySelectorAll("[type=checkbox]:not(:checked)")) box.disabled = full;
});

// How many photos go along; without a script the browser's own field shows it.
function countFiles() {
  const count = files.files.length;
  files.closest("label").querySelector("output").textContent = count || "";
  words.placeholder = count ? [...files.files].map((file) => file.name).join(", ") : words.dataset.asks;
}

function dropFiles() {
  files.value = "";
  countFiles();
}

words.dataset.asks = words.placeholder;
files.addEventListener("change", countFiles);

words.addEventListener("keydown", (event) => {
  const typing = event.isComposing || event.shiftKey || !matchMedia("(pointer: fine)").matches;
  if (event.key !== "Enter" || typing) return;
  event.preventDefault();
  composer.requestSubmit();
});

// --- forms

let opener = null;

function openSheet(html) {
  sheet.replaceChildren(elementOf(html));
  if (!sheet.open) {
    opener = document.activeElement;
    opener.blur(); // Chromium gives focus back to a text field without its caret: it is given back below
    sheet.showModal();
  }
  (sheet.querySelector("[aria-invalid=true]") ?? sheet.querySelector("[autofocus]"))?.focus();
}

function closeSheet() {
  if (sheet.open) sheet.close();
}

sheet.addEventListener("click", (event) => {
  if (event.target.closest("[data-close]")) {
    event.preventDefault();
    closeSheet();
  }
});

sheet.addEventListener("close", () => {
  tell("");
  opener?.isConnected && opener.focus();
  sheet.replaceChildren();
});

// --- the menu closes as menus do

document.addEventListener("click", (event) => {
  if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && menu.open) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// --- what arrives by itself

async function markSeen() {
  unread = 0;
  document.title = title;
  const data = new URLSearchParams({ seal: body.dataset.seal, revision });
  await fetch(`${body.dataset.here}seen`, { method: "POST", body: data }).catch(() => {});
}

function seen(shown) {
  const pushed = shown.filter((message) => message.matches(".pushed")).length;
  if (!pushed) return;
  if (document.visibilityState === "visible") return markSeen();
  unread += pushed;
  document.title = `(${unread}) ${title}`;
}

document.addEventListener("visibilitychange", () => {
  if (unread && document.visibilityState === "visible") markSeen();
});

let live = null; // the open stream; none once newer tabs took its place

function listen() {
  const stream = (live = new EventSource(`${body.dataset.here}events?after=${revision}`));
  let lost = 0;
  let resting = false; // the server has no room just now: the browser asks again by itself
  stream.onopen = () => {
    clearTimeout(lost);
    status.textContent = "";
  };
  stream.onmessage = (event) => {
    const changed = JSON.parse(event.data);
    files.closest("label").hidden = !changed.files;
    showAll([changed]);
  };
  stream.addEventListener("now", (event) => {
    ahead = Number(event.data) - Date.now();
    tellLeft();
  });
  stream.addEventListener("later", () => (resting = true));
  // Too many tabs are live. This one waits until somebody looks at it again, instead of taking its turn by force.
  stream.addEventListener("elsewhere", () => {
    stream.close();
    live = null;
    status.textContent = body.dataset.elsewhere;
  });
  stream.addEventListener("closed", () => {
    stream.close();
    const asking = document.querySelector("[aria-busy=true]"); // the answer says what became of the page
    if (!over && !asking) location.reload();
  });
  stream.onerror = () => {
    clearTimeout(lost);
    if (!resting) lost = setTimeout(() => (status.textContent = body.dataset.offline), 3000);
    // A server that answers with an error ends the stream for good; one that is away is tried again by the browser.
    if (stream.readyState === EventSource.CLOSED) setTimeout(listen, 5000);
  };
  addEventListener("pagehide", () => stream.close(), { once: true });
}

// Back in front, or used again: live again, and the one that has been live longest ends.
for (const returned of ["focus", "pointerdown", "keydown"]) {
  addEventListener(returned, () => {
    if (!live && !over) listen();
  });
}

// A page taken out of the browser's memory shows the past: it is asked for again.
addEventListener("pageshow", (event) => event.persisted && location.reload());

function begin() {
  const first = document.getElementById("new")?.nextElementSibling ?? log.querySelector(".message:last-of-type");
  if (first) lead(first, "instant");
}

tellTimes(log);
listen();
// After the browser went where the address points, and without pointing there again when the page is reloaded.
addEventListener("load", () => {
  history.replaceState(null, "", location.pathname);
  begin();
});
