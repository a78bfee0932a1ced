// A display: shows the scenes that its stream sends, and runs their clocks, also where the stream is lost.

const body = document.body, root = document.documentElement, scene = document.getElementById("scene");
const lost = document.getElementById("lost"), full = document.getElementById("full");
const form = document.getElementById("ask"), cheers = document.getElementById("cheers");
const LOST_AFTER = 5000, SILENT_AFTER = 10000, IDLE_AFTER = 4000, TURN_CARDS = 12000, ASTRAY = 2000, MOST_HANDS = 12;

// --- the time: instants of the server, by a difference of clocks that is estimated once

let offset = Number(body.dataset.now) - Date.now(), estimated = false;

function hear(now) {
  const difference = Number(now) - Date.now();
  // Once; again only where one of the clocks was set, or this computer slept.
  if (!estimated || Math.abs(difference - offset) > ASTRAY) offset = difference;
  estimated = true;
}

const two = (number) => String(number).padStart(2, "0");

function digits(seconds) {
  const hours = Math.floor(seconds / 3600), minutes = Math.floor(seconds / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

function tick() {
  for (const clock of scene.querySelectorAll(".clock")) {
    const { ends, begins, stands } = clock.dataset;
    const at = stands ? Number(stands) : Date.now() + offset;
    let state = "runs", seconds;
    if (begins && at < Number(begins)) {
      state = "begins";
      seconds = Math.ceil((begins - at) / 1000);
    } else {
      seconds = Math.ceil((ends - at) / 1000);
      if (seconds < 0) state = "over";
    }
    const label = clock.dataset[`label${stands ? "Stands" : state[0].toUpperCase() + state.slice(1)}`];
    write(clock.querySelector(".label"), label);
    const time = (state === "over" ? "+" : "") + digits(Math.abs(seconds));
    const figures = clock.querySelector(".digits"), wider = figures.textContent.length !== time.length;
    write(figures, time);
    clock.classList.toggle("long", time.length > 5);
    if (wider) arrange(); // what stands beside the clock has more room, or less
    clock.classList.toggle("over", state === "over");
    clock.classList.toggle("last", state === "runs" && seconds <= 30);
  }
  lost.hidden = Date.now() - heard < LOST_AFTER;
  if (Date.now() - heard > SILENT_AFTER) listen();
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// --- what fits: the largest letters between the smallest that are allowed, 1 rem, and those asked for

function fit(element) {
  const words = element.firstElementChild, most = Number(element.dataset.most);
  element.classList.remove("cut");
  words.style.webkitLineClamp = "";
  if (getComputedStyle(element).overflowY === "visible") return void (element.style.fontSize = "");
  const fits = (size) => {
    element.style.fontSize = `${size}rem`;
    return words.offsetHeight <= element.clientHeight + 1 && words.scrollWidth <= element.clientWidth + 1;
  };
  if (fits(most)) return;
  let low = 1, high = most;
  for (let step = 0; step < 8; step += 1) {
    const middle = (low + high) / 2;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  if (fits(low)) return;
  const line = parseFloat(getComputedStyle(words).lineHeight);
  element.classList.add("cut");
  words.style.webkitLineClamp = String(Math.max(1, Math.floor((element.clientHeight + 1) / line)));
}

// Shows as many parts of a list as have room; returns how many.
function reveal(list) {
  const room = list.getBoundingClientRect();
  let count = 0;
  for (const part of list.children) part.hidden = true;
  for (const part of list.children) {
    part.hidden = false;
    const { right, bottom } = part.getBoundingClientRect();
    if (count && (right > room.right + 1 || bottom > room.bottom + 1)) {
      part.hidden = true;
      break;
    }
    count += 1;
  }
  return count;
}

// Cards take turns where there are more than have room: those that were shown come last.
let cardsTurned = 0, cardsShown = 0, turned = Date.now();

function turnCards(count) {
  const list = scene.querySelector(".cards");
  for (let turn = 0; list && turn < count % list.children.length; turn += 1) list.append(list.firstElementChild);
}

function arrange() {
  for (const element of scene.querySelectorAll(".fit")) fit(element);
  for (const list of scene.querySelectorAll(".rows, .figures")) reveal(list);
  for (const list of scene.querySelectorAll(".cards")) cardsShown = reveal(list);
}

// Hands rise for the applause that came since: a few of many, and none where motion is not wanted.
function cheer(more) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  for (let hand = 0; hand < Math.min(more, MOST_HANDS); hand += 1) {
    const sign = document.createElement("span");
    sign.textContent = "👏";
    sign.style.left = `${5 + Math.random() * 90}%`;
    sign.style.animationDelay = `${hand * 90}ms`;
    sign.addEventListener("animationend", () => sign.remove());
    cheers.append(sign);
  }
}

let shown = "";

function show(html) {
  if (shown === html) return;
  shown = html;
  const before = scene.firstElementChild?.className, cheered = Number(scene.firstElementChild?.dataset.cheers);
  scene.innerHTML = html;
  if (scene.firstElementChild.className !== before) cardsTurned = 0;
  cheer(scene.firstElementChild.dataset.cheers - cheered);
  turnCards(cardsTurned);
  if (form) offer(scene.firstElementChild.dataset.about);
  tick();
  arrange();
}

// --- the stream, which begins again by itself

let heard = Date.now(), stream = null;

// The word by which the server knows this screen again: its place is kept while its network blinks. It is handed on to the
// next page of this tab alone, so that no second tab has the same.
function ownWord() {
  const fresh = crypto.getRandomValues(new Uint32Array(4)).join("-");
  try {
    const word = sessionStorage.getItem("screen") ?? fresh;
    sessionStorage.removeItem("screen");
    addEventListener("pagehide", () => sessionStorage.setItem("screen", word));
    addEventListener("pageshow", () => sessionStorage.removeItem("screen"));
    return word;
  } catch {
    return fresh; // where nothing may be kept, it holds as long as the page is open
  }
}

const word = ownWord();

function listen() {
  stream?.close();
  heard = Math.max(heard, Date.now() - LOST_AFTER);
  stream = new EventSource(`${body.dataset.here}/events?screen=${word}`);
  const on = (name, take) => stream.addEventListener(name, (event) => {
    heard = Date.now();
    take(event.data);
  });
  on("now", hear);
  on("scene", (data) => {
    full.hidden = true;
    show(JSON.parse(data).html);
  });
  on("full", (words) => {
    write(full, words);
    full.hidden = false;
    heard = Date.now() + 20000; // it asks again by itself
  });
  on("closed", () => {
    stream.close();
    clearInterval(ticking);
    lost.hidden = full.hidden = true;
    if (form) form.hidden = true;
    scene.replaceChildren(document.getElementById("closed").content.cloneNode(true));
    arrange();
  });
}

// --- questions of who has a link of their own

function offer(about) {
  const words = form.querySelector("textarea");
  // What was begun goes to the group it was meant for.
  if (!words.value) form.elements.about.value = about;
  form.hidden = !form.elements.about.value;
}

async function ask(event) {
  event.preventDefault();
  const said = document.getElementById("said"), words = form.querySelector("textarea");
  form.querySelector("button").disabled = true;
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams(new FormData(form)),
    });
    const told = await answer.json();
    said.classList.toggle("problem", !answer.ok);
    said.textContent = told.problem ?? told.notice;
    if (answer.ok) {
      words.value = "";
      offer(scene.firstElementChild.dataset.about);
    }
  } catch {
    said.classList.add("problem");
    said.textContent = lost.textContent;
  }
  form.querySelector("button").disabled = false;
}

// --- the screen itself

async function stayAwake() {
  try {
    if (document.visibilityState === "visible") await navigator.wakeLock?.request("screen");
  } catch {
    // not allowed here, or low on battery: the screen is as it is set
  }
}

function setScheme(scheme) {
  root.dataset.scheme = scheme;
  try {
    localStorage.setItem("scheme", scheme);
  } catch {
    // kept for this page only
  }
}

function isDark() {
  return (root.dataset.scheme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
}

let idling;

function stir() {
  body.classList.remove("idle");
  clearTimeout(idling);
  idling = setTimeout(() => body.classList.add("idle"), IDLE_AFTER);
}

const whole = document.getElementById("whole");
whole.hidden = !document.fullscreenEnabled;
whole.addEventListener("click", () => {
  if (document.fullscreenElement) document.exitFullscreen();
  else root.requestFullscreen();
});
document.getElementById("scheme").addEventListener("click", () => setScheme(isDark() ? "light" : "dark"));
try {
  const kept = localStorage.getItem("scheme");
  if (kept) root.dataset.scheme = kept;
} catch {
  // nothing is kept here
}
addEventListener("pointermove", stir);
addEventListener("keydown", stir);
addEventListener("resize", arrange);
document.addEventListener("visibilitychange", stayAwake);
document.fonts?.ready.then(arrange);
form?.addEventListener("submit", ask);
if (form) offer(scene.firstElementChild.dataset.about);
stir();
stayAwake();
listen();
tick();
arrange();
const ticking = setInterval(() => {
  tick();
  if (Date.now() - turned > TURN_CARDS) {
    turned = Date.now();
    cardsTurned += cardsShown;
    turnCards(cardsShown);
    arrange();
  }
}, 200);
