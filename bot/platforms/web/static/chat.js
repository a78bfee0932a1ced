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
const panel = menu.querySelector(".panel");
const pill = document.getElementById("pill");
const header = document.querySelector("header");
const name = header.querySelector(".name");
const pin = document.getElementById("pin");
const missed = document.getElementById("missed");
const sound = document.getElementById("sound");
const title = document.title;
const lang = document.documentElement.lang;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

let revision = Number(body.dataset.revision);
let older = document.getElementById("older"); // leads to what was said before what is shown; none where that is all

// --- what is shown

const atEnd = () => innerHeight + scrollY > document.documentElement.scrollHeight - 120;
const inFront = () => document.visibilityState === "visible";
const behavior = () => (calm.matches || !inFront() ? "instant" : "smooth");
const idOf = (message) => Number(message.id.slice(1));

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
  const furtherUp = older && changed.id < Number(older.dataset.before);
  if (furtherUp && !present && !message.matches(".pinned")) return null; // it is paged back to as it stands then
  message.classList.add("arrived");
  if ("withheld" in message.dataset) letListGo(trail[0]?.id); // who lost their role keeps nothing of it beside either
  const held = present && present.contains(document.activeElement);
  const again = Boolean(present) && !message.matches(".pinned") && isAgain(present, message);
  const place = again ? buttonsOf(present).indexOf(document.activeElement) : -1;
  const above = again && topOfButtons(present);
  if (present) {
    const within = present.scrollTop; // what is pinned and opened scrolls by itself, and stays where the reader is in it
    message.classList.toggle("open", present.matches(".open") && message.matches(".pinned"));
    present.replaceWith(message);
    message.scrollTop = within;
  } else {
    const later = [...log.querySelectorAll(".message")].find((other) => idOf(other) > changed.id);
    log.insertBefore(message, later ?? log.querySelector(":scope > .waiting"));
  }
  tellTimes(message);
  offerLocation(message);
  if (again) {
    redrawn.add(message);
    keepButtons(message, above);
  }
  if (held) (buttonsOf(message)[place] ?? message).focus({ preventScroll: true });
  return message;
}

// A list in which a line changed stays where it is in the window; another screen in its place is led to.
const redrawn = new WeakSet();
const buttonsOf = (message) => [...message.querySelectorAll(".buttons button")];
const topOfButtons = (message) => message.querySelector(".buttons").getBoundingClientRect().top;

function keepButtons(message, above) {
  const moved = topOfButtons(message) - above;
  if (moved) scrollBy({ top: moved, behavior: "instant" }); // what is pressed next is where it was
}

function isAgain(before, after) {
  const [were, are] = [leadsTo(before), new Set(leadsTo(after))];
  return were.filter((each) => are.has(each)).length * 2 > Math.max(were.length, are.size);
}

function showAll(changed, focus = null) {
  const follow = atEnd() || moving;
  const there = new Set(changed.filter(({ id }) => document.getElementById(`m${id}`)).map(({ id }) => id));
  const shown = changed.map(show).filter(Boolean);
  if (shown.length) passBy(shown);
  tellApart();
  const message = focus === null ? follow && ledBy(shown) : document.getElementById(`m${focus}`);
  // The stream may have shown it first, and whoever uses the keyboard has moved on within it.
  const elsewhere = document.activeElement !== words && !(message && message.contains(document.activeElement));
  if (focus !== null && elsewhere) message?.focus({ preventScroll: true });
  if (focus !== null && message !== pinned()) fold();
  if (message && !redrawn.has(message)) lead(message, behavior());
  tellPinned();
  const arrived = shown.filter((each) => !there.has(idOf(each)) && each.matches(".bot:not([hidden])"));
  if (arrived.some((each) => each.matches(".pushed"))) chime();
  if (menu.hidden && shown.length) renewMenu(); // beside the conversation it is always in view
  else if (focus !== null) renewNow(0); // what one did oneself is seen in the line at once
  else if (shown.some((each) => each.matches(".pushed"))) renewNow(RUSH);
  note(shown, message && inFront() ? arrived.filter((each) => idOf(each) > idOf(message)) : arrived);
  document.dispatchEvent(new CustomEvent("shown"));
}

// Where buttons of several messages read the same, each is described by the first line of its message.
function tellApart() {
  const buttons = [...log.querySelectorAll(".buttons button, .buttons .button")];
  const places = new Map();
  for (const button of buttons) {
    const message = button.closest(".message");
    const place = places.get(button.textContent) ?? message;
    places.set(button.textContent, place === message ? message : null);
  }
  for (const button of buttons) {
    const message = button.closest(".message");
    const line = message.querySelector(".bubble p:not(.toast, .stamp)");
    if (line) line.id ||= `about-${message.id}`;
    button.setAttribute("aria-describedby", line && !places.get(button.textContent) ? line.id : "");
  }
}

// Whoever follows is led to what comes at the end. What changes further up leads nobody there: it only moves what they
// are being led to, unless they read what is pinned.
function ledBy(shown) {
  const last = [...log.querySelectorAll(".message:not([hidden])")].at(-1);
  if (shown.includes(last)) return last;
  return moving && led && !pinned()?.matches(".open") && document.getElementById(led.id);
}

// A notification that was pressed leads to its message.
document.addEventListener("led", ({ detail: message }) => {
  message.focus({ preventScroll: true });
  lead(message, behavior(), true);
});

// A passing word goes when something else is said; a list below it stays where it is.
function passBy(shown) {
  const list = shown.find((message) => redrawn.has(message));
  const above = list && topOfButtons(list);
  for (const toast of log.querySelectorAll(".toast")) if (!shown.some((message) => message.contains(toast))) toast.remove();
  if (list) keepButtons(list, above);
}

// Its end comes into view, and its beginning stays there, however long it is.
let led = null;
let moving = 0; // what comes while the page still scrolls to what came before is followed too

function lead(message, behavior, atTop = false) {
  led = message;
  const { top, bottom } = message.getBoundingClientRect();
  const head = (message === pinned() ? headHeight() : headEnd()) + 8;
  const foot = innerHeight - document.querySelector("footer").offsetHeight - 8;
  const by = atTop || top < head || bottom - top > foot - head ? top - head : Math.max(0, bottom - foot);
  scrollBy({ top: by, behavior });
  clearTimeout(moving);
  moving = setTimeout(() => (moving = 0), 1000);
}

function letGo() {
  clearTimeout(moving);
  moving = 0;
  led = null;
}

// Whoever scrolls by themselves goes where they like.
for (const own of ["wheel", "touchmove"]) addEventListener(own, letGo, { passive: true });

// A picture has its height only once it is there.
log.addEventListener("load", (event) => led?.contains(event.target) && lead(led, "instant"), { capture: true });

// --- a line below the heading says what is on or next, and opens the menu. Where the team has pinned a card that it
// works with, the line is there once that is scrolled past: it says what it is, and opens it there.

const pinned = () => (side || !panel.querySelector(".now") ? log.querySelector(".pinned:not([hidden])") : null);
const headHeight = () => header.offsetHeight - name.offsetHeight; // of what stays while the name is scrolled away
const headEnd = () => headHeight() + (pinned() ? pin.offsetHeight : 0);

new ResizeObserver(() => header.style.setProperty("--name", name.offsetHeight)).observe(name);

function tellPinned() {
  const card = pinned();
  const now = panel.querySelector(".now");
  pin.classList.toggle("now", !card && Boolean(now));
  if (!card) {
    pin.classList.toggle("off", !now);
    if (now && now.innerHTML !== pin.firstElementChild.innerHTML) pin.firstElementChild.innerHTML = now.innerHTML;
    return;
  }
  const { top, bottom } = card.getBoundingClientRect();
  if (top > headEnd() + 1) card.classList.remove("open"); // it is scrolled back to: there it is whole
  const open = card.matches(".open");
  pin.classList.toggle("off", !open && !(bottom < headEnd()));
  pin.ariaExpanded = String(open);
  const named = card.querySelector(".bubble strong") ?? card.querySelector(".bubble p:not(.toast)");
  if (named) pin.firstElementChild.textContent = named.textContent;
}

function fold() {
  pinned()?.classList.remove("open");
  tellPinned();
}

pin.addEventListener("click", () => {
  const card = pinned();
  if (!card) return menu.open ? null : openMenu();
  log.style.setProperty("--head", `${headEnd()}px`);
  if (card.classList.toggle("open")) card.focus({ preventScroll: true });
  tellPinned();
});

document.addEventListener("click", (event) => event.target.closest(".pinned, #pin, #sheet") || fold());
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || sheet.open || !pinned()?.matches(".open")) return;
  fold();
  pin.focus({ preventScroll: true });
});
for (const moved of ["scroll", "resize"]) addEventListener(moved, () => pinned() && requestAnimationFrame(tellPinned), { passive: true });

function tell(text) {
  const place = (sheet.open && sheet.querySelector(".notice-here")) || notice;
  place.textContent = text;
  notice.classList.toggle("explained", over); // a page that its owner closed is no problem
}

// --- times: the venue's are written already, the reader's own are added where they differ

// A day as the server writes it (`bot.content.i18n`): «Tuesday 1 June», in French «mardi 1er juin».
function dayOf(instant, timeZone) {
  const full = { weekday: "long", day: "numeric", month: "long", timeZone };
  const written = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, full).format(instant);
  return lang === "fr" ? written.replace(" 1 ", " 1er ") : written;
}

// An hour as it does: «14:05», in French «14 h 05» or «14 h».
function hourOf(instant, timeZone) {
  const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone };
  const written = new Intl.DateTimeFormat("en", clock).format(instant);
  const [hour, minute] = written.split(":").map(Number);
  return lang === "fr" ? `${hour}\u00a0h${minute ? `\u00a0${written.slice(-2)}` : ""}` : written;
}

function tellTimes(within) {
  const zone = body.dataset.zone;
  let begun = ""; // of «from–until»: the reader's own hours follow once, after both
  for (const time of within.querySelectorAll("time")) {
    const style = time.dataset.style;
    if (["date", "weekday", "day", "left"].includes(style)) continue;
    const instant = new Date(time.dateTime);
    const hour = hourOf(instant);
    const sameDay = dayOf(instant) === dayOf(instant, zone);
    if (sameDay && hour === hourOf(instant, zone)) continue;
    const full = `${dayOf(instant)}, ${hour}`;
    const short = sameDay ? hour : full;
    if (time.closest(".stamp")) {
      time.textContent = style === "time" ? hour : full;
      continue;
    }
    const until = time.nextSibling?.nodeValue === "–" && time.nextElementSibling?.matches("time");
    if (until && sameDay) {
      begun = `${short}–`;
      continue;
    }
    const yours = document.createElement("span");
    yours.className = "yours";
    yours.textContent = ` (${body.dataset.yours.replace("{time}", begun + short)})`;
    begun = "";
    time.after(yours);
  }
  tellLeft();
}

// At the moment that the line names, it is another: it is asked for anew, not by everybody at once.
const RUSH = 10_000;
let renewing = 0;
let awaiting = 0;

function renewNow(within) {
  clearTimeout(renewing);
  renewing = setTimeout(renewMenu, Math.random() * within);
}

function awaitNow() {
  const time = pin.matches(".now") && pin.querySelector("time");
  clearTimeout(awaiting);
  if (!time) return;
  const due = Date.parse(time.dateTime) - Date.now() - ahead + UNNOTICED;
  awaiting = setTimeout(renewMenu, Math.min(Math.max(due, UNNOTICED) + Math.random() * RUSH, 2 ** 31 - 1));
}

// What is left until an end, as long as that is in sight: «in 12 minutes»; once it is past, the hour it was at.
// The server's clock counts: this device's may be wrong.
let ahead = 0;
const UNNOTICED = 2000; // how long the word of the time was under way, at most

function tellLeft() {
  const words = new Intl.RelativeTimeFormat(lang);
  for (const time of document.querySelectorAll('time[data-style="left"]')) {
    const end = new Date(time.dateTime);
    const minutes = Math.ceil((end - Date.now() - ahead - UNNOTICED) / 60_000);
    if (minutes <= 0) {
      const hour = time.nextElementSibling;
      if (hour?.dateTime === time.dateTime) {
        while (time.nextSibling !== hour) time.nextSibling.remove();
        hour.remove(); // it stands once
      }
      time.textContent = hourOf(end, body.dataset.zone);
    } else if (minutes <= 600) time.textContent = minutes % 60 ? words.format(minutes, "minute") : words.format(minutes / 60, "hour");
  }
}

setInterval(tellLeft, 15_000);

// --- what is done

const freshToken = () => crypto.getRandomValues(new Uint32Array(4)).join("-");

async function post(form, submitter, also) {
  const data = new FormData(form, submitter);
  for (const [name, value] of Object.entries(also ?? {})) data.set(name, value);
  data.set("after", revision);
  if (form === composer && isConfidential(form)) data.set("aim", body.dataset.aim); // it goes there, or nowhere
  const action = submitter?.getAttribute("formaction") ?? form.getAttribute("action");
  const response = await fetch(new URL(action, location.href), {
    method: "POST",
    headers: { Accept: "application/json" },
    body: data,
  });
  document.dispatchEvent(new CustomEvent("answered"));
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
  for (const gone of [composer, menu, panel, side, older?.parentElement]) gone?.remove();
}

// Where an answer is slow to come, dots stand where it will: in the message that changes, the form, or at the end.
const SLOW = 400;

function expectAnswer(form) {
  let dots = null;
  const late = setTimeout(() => {
    dots = document.getElementById("dots").content.firstElementChild.cloneNode(true);
    const follow = atEnd();
    const place = form.closest(".message, .sheet") ?? log;
    place.insertBefore(dots, place.querySelector(".actions"));
    if (follow) dots.scrollIntoView({ block: "nearest" });
  }, SLOW);
  return () => {
    clearTimeout(late);
    dots?.remove();
  };
}

async function submit(form, submitter, also = null) {
  if (form.ariaBusy === "true") return;
  form.ariaBusy = "true";
  tell("");
  const arrived = expectAnswer(form);
  const from = leave(form);
  try {
    const answer = await post(form, submitter, also);
    arrived();
    if (answer.notice) return tell(answer.notice);
    // The token is used up. One whose answer never came is kept: sent again, it changes nothing twice.
    form.elements.token.value = freshToken();
    if (form === composer) {
      words.value = "";
      dropFiles();
      words.focus({ preventScroll: true });
    }
    if (answer.form) return openSheet(answer.form);
    if (answer.lang !== document.documentElement.lang) return location.reload();
    if (form.matches(".sheet")) {
      opener = null; // the answer is what to look at next, not the button behind the form
      closeSheet();
    }
    showAll(answer.messages, answer.focus);
    body.dataset.aim = answer.aim ?? body.dataset.aim;
    arrive(from, submitter);
  } catch {
    if (also) tell(body.dataset.unplaced);
    else if (isConfidential(form)) tell(body.dataset.unkept);
    else if (!(form === composer ? waits() : waitsPressed(form, submitter))) tell(notSent(form));
  } finally {
    arrived();
    form.ariaBusy = "false";
  }
}

// A press has no words to keep.
const notSent = (form) => (form === composer || form.matches(".sheet") ? body.dataset.unsent : body.dataset.unpressed);

// What is confided is written nowhere on this device: it may be shared, or taken away.
const isConfidential = (form) => (form === composer ? body.dataset.aim.startsWith("confidential-") : "confidential" in form.dataset);

// Words that did not leave wait on this device, if it keeps them; photos do not. Returns whether they do.
function waits() {
  if (files.files.length || !words.value.trim()) return false;
  const { token } = composer.elements;
  const detail = { token: token.value, text: words.value };
  if (document.dispatchEvent(new CustomEvent("unsent", { cancelable: true, detail }))) return false;
  token.value = freshToken();
  words.value = "";
  return true;
}

// A press that may leave later waits too, once: the button is spent.
function waitsPressed(form, submitter) {
  if (!submitter || !("later" in submitter.dataset)) return false;
  const { token, message } = form.elements;
  const detail = { token: token.value, text: submitter.textContent, payload: submitter.value, message: message?.value ?? "" };
  if (document.dispatchEvent(new CustomEvent("unsent", { cancelable: true, detail }))) return false;
  token.value = freshToken();
  submitter.disabled = true;
  return true;
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if ("plain" in form.dataset) return;
  event.preventDefault();
  closeMenu();
  if (event.submitter?.matches(".locate")) locate(form, event.submitter);
  else submit(form, event.submitter);
});

// Where one is, the device tells once its owner allowed it; it goes nowhere but along with this one press.
const LOOKED_FOR = 20_000;
const REFUSED = 1; // as the standard numbers it; the others are that it was not found, and not in time

function offerLocation(within) {
  if (!navigator.geolocation) return;
  for (const button of within.querySelectorAll(".locate")) button.hidden = false;
}

async function locate(form, submitter) {
  if (form.ariaBusy === "true") return;
  form.ariaBusy = "true";
  tell("");
  const options = { enableHighAccuracy: true, timeout: LOOKED_FOR, maximumAge: 0 };
  let found = null;
  try {
    found = await new Promise((tellIt, fail) => navigator.geolocation.getCurrentPosition(tellIt, fail, options));
  } catch (problem) {
    tell(problem.code === REFUSED ? body.dataset.unallowed : body.dataset.unfound);
  } finally {
    form.ariaBusy = "false";
  }
  if (found) await submit(form, submitter, { latitude: found.coords.latitude, longitude: found.coords.longitude });
}

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

// --- the menu opens, is walked through and closes as menus do; beside the conversation it stays open

function closeMenu() {
  if (!menu.contains(panel)) return;
  menu.open = false;
}

document.addEventListener("click", (event) => {
  if (!menu.contains(event.target)) closeMenu();
});

// What can be done changes: the entries are asked for anew before they come into view, so that none moves under a finger.
let asked = 0;

async function renewMenu() {
  const mine = ++asked;
  const response = await fetch(new URL(`${body.dataset.here}menu`, location.href)).catch(() => null);
  if (!response?.ok || mine !== asked || !panel.isConnected) return;
  const entries = panel.querySelector(".entries");
  const fresh = elementOf(await response.text());
  if (!fresh.querySelector("button")) return;
  if (fresh.textContent === entries.textContent) return awaitNow();
  const held = entries.contains(document.activeElement) && document.activeElement.value;
  entries.replaceWith(fresh);
  if (held) [...fresh.querySelectorAll("button")].find((button) => button.value === held)?.focus();
  tellPinned();
  awaitNow();
}

async function openMenu() {
  await Promise.race([renewMenu(), new Promise((late) => setTimeout(late, SLOW))]);
  menu.open = true;
  panel.focus({ preventScroll: true });
}

menu.querySelector("summary").addEventListener("click", (event) => {
  if (menu.open) return;
  event.preventDefault();
  openMenu();
});

menu.addEventListener("toggle", () => {
  if (!pinned()) pin.ariaExpanded = String(menu.open);
});

menu.addEventListener("focusout", (event) => {
  if (event.relatedTarget && !menu.contains(event.relatedTarget)) closeMenu();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && menu.open) {
    closeMenu();
    menu.querySelector("summary").focus();
  }
});

for (const walked of [menu, panel]) {
  walked.addEventListener("keydown", (event) => {
    const entries = [...panel.querySelectorAll("button")];
    const at = entries.indexOf(document.activeElement);
    const steps = { ArrowDown: at + 1, ArrowUp: at < 0 ? -1 : at - 1, Home: 0, End: -1 };
    if (!(event.key in steps) || event.defaultPrevented) return;
    event.preventDefault();
    if (!menu.open && !menu.hidden) renewMenu();
    menu.open = true;
    entries.at(steps[event.key] % entries.length).focus();
  });
}

// --- two columns on a wide screen, for the team: the list that something was opened from stays beside it

const side = document.getElementById("side");
const wide = matchMedia("(min-width: 70rem)");
const A_LIST = 4; // buttons, at least
let trail = []; // the lists that led to what is shown, the nearest last

const leadsTo = (message) => [...message.querySelectorAll(".buttons [name=payload]")].map((button) => button.value);

function arrange() {
  const beside = Boolean(side) && wide.matches;
  body.classList.toggle("wide", beside);
  (beside ? side : menu).append(panel);
  menu.hidden = beside;
}

// What is left by a press, unless that is in a list kept beside already.
function leave(form) {
  const message = form.closest("#log .message:not(.pinned)");
  return message && { id: message.id, kept: message.cloneNode(true), buttons: leadsTo(message) };
}

function arrive(from, submitter) {
  if (!body.classList.contains("wide")) return;
  if (from) {
    if (trail.length && trail[0].id !== from.id) trail = [];
    const now = document.getElementById(from.id);
    const reached = new Set(now ? leadsTo(now) : []);
    const same = (list) => list.buttons.filter((each) => reached.has(each)).length * 2 > list.buttons.length;
    const back = trail.findIndex(same);
    if (back >= 0) trail = trail.slice(0, back);
    else if (from.buttons.length >= A_LIST && now && !same(from)) trail.push(from);
  }
  side.querySelector(".message")?.remove();
  const list = trail.at(-1);
  if (!list) return;
  const shown = list.kept.cloneNode(true);
  shown.classList.remove("arrived");
  for (const named of [shown, ...shown.querySelectorAll("[id]")]) named.removeAttribute("id");
  for (const token of shown.querySelectorAll("[name=token]")) token.value = freshToken();
  for (const passing of shown.querySelectorAll(".toast, .waiting, [aria-busy]")) {
    if (passing.matches(".toast, .waiting")) passing.remove();
    else passing.ariaBusy = "false";
  }
  const chosen = [...shown.querySelectorAll("[name=payload]")].find((button) => button.value === submitter?.value);
  if (chosen) chosen.ariaCurrent = "true";
  side.prepend(shown);
}

function letListGo(id) {
  if (!trail.length || trail[0].id !== id) return;
  trail = [];
  side.querySelector(".message")?.remove();
}

wide.addEventListener("change", arrange);
arrange();

// --- what was said before

older?.addEventListener("click", async (event) => {
  event.preventDefault();
  if (older.ariaBusy === "true") return;
  older.ariaBusy = "true";
  tell("");
  try {
    const response = await fetch(older.href, { headers: { Accept: "application/json" } });
    if (response.status === 404) return location.reload();
    const answer = await response.json();
    if (answer.notice) return tell(answer.notice);
    showBefore(answer);
  } catch {
    tell(body.dataset.unread);
  } finally {
    if (older) older.ariaBusy = "false";
  }
});

// What is read stays where it is. Nobody is read fifty old messages aloud: they are there to be gone back to.
function showBefore({ messages, older: further }) {
  const first = [...log.querySelectorAll(".message")].find((each) => idOf(each) >= Number(older.dataset.before));
  const height = first.getBoundingClientRect().top;
  log.ariaLive = "off";
  const missing = messages.filter(({ id }) => !document.getElementById(`m${id}`)).map(({ html }) => elementOf(html));
  first.before(...missing);
  missing.forEach(tellTimes);
  missing.forEach(offerLocation);
  tellApart();
  missing.at(-1)?.focus({ preventScroll: true });
  if (further) {
    older.href = older.href.replace(/before=[0-9]+/, `before=${further}`);
    older.dataset.before = further;
  } else {
    older.parentElement.remove();
    older = null;
  }
  letGo();
  scrollBy({ top: first.getBoundingClientRect().top - height, behavior: "instant" });
  setTimeout(() => (log.ariaLive = "polite"), 1000);
}

// --- what arrives by itself

// What came and was not looked at yet: below what is read, or while somebody else was in front.
const unread = new Set();
let toTell = false; // whether the server is to learn that it was seen
let telling = 0;

// A burst is told once.
function markSeen() {
  toTell = false;
  clearTimeout(telling);
  telling = setTimeout(() => {
    const data = new URLSearchParams({ seal: body.dataset.seal, revision });
    fetch(`${body.dataset.here}seen`, { method: "POST", body: data }).catch(() => {});
  }, 300);
}

function note(shown, unseen) {
  for (const message of unseen) unread.add(message.id);
  toTell ||= shown.some((message) => message.matches(".pushed"));
  look();
}

function look() {
  const foot = innerHeight - document.querySelector("footer").offsetHeight;
  for (const id of inFront() ? unread : []) {
    const message = document.getElementById(id);
    const { top, bottom } = message?.getBoundingClientRect() ?? {};
    if (!message || message.hidden || top < foot - 24) unread.delete(id);
    if (message && !message.hidden && bottom < headEnd()) passed.push(id);
  }
  tellMissed();
  const count = unread.size;
  document.title = count ? `(${count}) ${title}` : title;
  pill.hidden = !count;
  pill.lastElementChild.textContent = (count === 1 ? pill.dataset.one : pill.dataset.many).replace("{count}", count);
  if (toTell && !count && inFront()) markSeen();
}

// What came while nobody looked is further up than where one lands: a word leads to the first of it, until it is seen.
let passed = [...log.querySelectorAll("#new ~ .message.pushed:not([hidden])")].map((message) => message.id);

function tellMissed() {
  const first = document.getElementById(passed[0]);
  if (!first || first.hidden || first.getBoundingClientRect().top >= headEnd()) passed = [];
  const count = passed.length;
  missed.hidden = !count;
  const said = (count === 1 ? missed.dataset.one : missed.dataset.many).replace("{count}", count);
  if (count) missed.firstElementChild.textContent = said;
}

missed.addEventListener("click", (event) => {
  event.preventDefault();
  const message = document.getElementById(passed[0]);
  message.focus({ preventScroll: true });
  lead(message, behavior(), true);
  passed = [];
  tellMissed();
});

pill.addEventListener("click", () => {
  const message = document.getElementById([...unread][0]);
  if (!message) return look();
  message.focus({ preventScroll: true });
  lead(message, behavior(), true);
});

addEventListener("scroll", () => (unread.size || passed.length) && requestAnimationFrame(look), { passive: true });
document.addEventListener("visibilitychange", look);

// --- a sound when something arrives, for who switched it on, on this device

let audio = null; // browsers let nothing be heard before the page was touched

const wantsSound = (chosen) => {
  try {
    if (chosen !== undefined) localStorage.setItem("sound", chosen ? "on" : "off");
    return localStorage.getItem("sound") === "on";
  } catch {
    return chosen ?? false; // where nothing may be kept, it holds as long as the page is open
  }
};

function chime() {
  if (sound.ariaPressed !== "true" || !audio) return;
  for (const [after, pitch] of [[0, 660], [0.12, 880]]) {
    const [tone, loudness, start] = [audio.createOscillator(), audio.createGain(), audio.currentTime + after];
    tone.frequency.value = pitch;
    loudness.gain.setValueAtTime(0.12, start);
    loudness.gain.exponentialRampToValueAtTime(0.001, start + 0.3);
    tone.connect(loudness).connect(audio.destination);
    tone.start(start);
    tone.stop(start + 0.3);
  }
}

function wakeSound() {
  if (sound.ariaPressed === "true") (audio ??= new AudioContext()).resume();
}

sound.hidden = false;
sound.ariaPressed = String(wantsSound());
sound.addEventListener("click", () => {
  const chosen = sound.ariaPressed !== "true";
  wantsSound(chosen);
  sound.ariaPressed = String(chosen);
  wakeSound();
  chime();
});
for (const touched of ["pointerdown", "keydown"]) addEventListener(touched, wakeSound);

// --- the stream

let live = null; // the open stream; none once newer tabs took its place

let lost = 0; // runs from the first failure on, however often it is tried again meanwhile
let heard = Date.now();
const SILENT = 45_000; // the server says what time it is every 15 s: without a word for so long, nobody is there

let asOf = Number(body.dataset.now); // until when what is shown is certainly as it was, by the server's clock

function tellLost() {
  lost ||= setTimeout(() => {
    document.dispatchEvent(new CustomEvent("lost"));
    const time = new Date(asOf);
    status.textContent = `${body.dataset.offline} ${body.dataset.asof.replace("{time}", `${dayOf(time)}, ${hourOf(time)}`)}`;
  }, 3000);
}

function listen() {
  live?.close();
  const stream = (live = new EventSource(`${body.dataset.here}events?after=${revision}${"waits" in body.dataset ? "&waits=1" : ""}`));
  let resting = false; // the server has no room just now: the browser asks again by itself
  heard = Date.now();
  stream.onopen = () => {
    clearTimeout(lost);
    lost = 0;
    status.textContent = "";
    document.dispatchEvent(new CustomEvent("live"));
  };
  stream.onmessage = (event) => {
    const changed = JSON.parse(event.data);
    files.closest("label").hidden = !changed.files;
    const before = document.getElementById(`m${changed.id}`);
    showAll([changed]);
    body.dataset.aim = changed.aim;
    // Changed by somebody else: the list it came from may be another by now.
    if (before && !before.isConnected && !document.querySelector("[aria-busy=true]")) letListGo(before.id);
  };
  stream.addEventListener("now", (event) => {
    heard = Date.now();
    asOf = Number(event.data);
    const before = ahead;
    ahead = asOf - Date.now();
    if (Math.abs(ahead - before) > 60_000) renewNow(RUSH); // a clock was set: the line may be of another time
    tellLeft();
    awaitNow();
  });
  // What waited until this browser was confirmed is shown now, or a backup was restored. It is told again: what is being
  // written stays.
  stream.addEventListener("confirmed", () => words.value || sheet.open || location.reload());
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
    if (!resting) tellLost();
    // A server that answers with an error ends the stream for good; one that is away is tried again by the browser.
    if (stream.readyState === EventSource.CLOSED) setTimeout(() => live === stream && listen(), 5000);
  };
  addEventListener("pagehide", () => stream.close(), { once: true });
}

setInterval(() => {
  if (!live || over || Date.now() - heard < SILENT) return;
  tellLost();
  listen();
}, 15_000);

// Back in front, or used again: live again, and the one that has been live longest ends.
for (const returned of ["focus", "pointerdown", "keydown"]) {
  addEventListener(returned, () => {
    if (!live && !over) listen();
  });
}

// A page taken out of the browser's memory shows the past: it is asked for again.
addEventListener("pageshow", (event) => event.persisted && location.reload());

function begin(address) {
  const last = [...log.querySelectorAll(".message:not([hidden])")].at(-1);
  const pointed = address.startsWith("#m") && document.getElementById(address.slice(1));
  if (pointed || last) lead(pointed || last, "instant");
  tellPinned();
  awaitNow();
  tellMissed();
}

tellTimes(log);
offerLocation(log);
tellApart();
listen();
history.scrollRestoration = "manual"; // back online or renewed, it begins at what is new, not where it was scrolled to
const address = location.hash;
history.replaceState(null, "", location.pathname); // it does not point there again when the page is reloaded
begin(address);
addEventListener("load", () => led && lead(led, "instant")); // some browsers go where the address pointed only now
