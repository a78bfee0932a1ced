// Keeps the demo's page in step with the gathering: its time, and the moves that were made.
"use strict";

const { path, lang } = document.body.dataset;
const EVERY = 1000;

const find = (id) => document.getElementById(id);

function show(state) {
  for (const name of ["time", "date", "until"]) {
    // A live region is written only when its words change: each writing is read out.
    if (find(name).textContent !== state[name]) find(name).textContent = state[name];
  }
  document.querySelector("[data-step=deadline]").disabled = !state.ahead;
  document.querySelector("[data-step=gathering]").disabled = !state.before;
  const moves = [...find("moves").children];
  const before = moves.filter((move) => move.matches(".made")).length;
  state.made.forEach((made, index) => moves[index].classList.toggle("made", made));
  // One is explained at a time: the first that is left, or whichever one opens.
  if (moves.filter((move) => move.matches(".made")).length > before) {
    for (const move of moves) move.querySelector("details").open = false;
    const next = moves.find((move) => !move.matches(".made"));
    if (next) next.querySelector("details").open = true;
  }
  speak("next", state.made.every(Boolean));
}

function speak(id, due) {
  const words = due ? find(id).dataset.words : "";
  if (find(id).textContent !== words) find(id).textContent = words;
}

async function ask(address, options) {
  try {
    const response = await fetch(`${path}/${address}?lang=${lang}`, options);
    if (response.ok) show(await response.json());
    speak("ended", false);
  } catch {
    speak("ended", true);
  }
}

async function watch() {
  if (!document.hidden) await ask("now");
  setTimeout(watch, EVERY);
}

for (const button of document.querySelectorAll("[data-step]")) {
  button.addEventListener("click", () => ask(`clock/${button.dataset.step}`, { method: "POST" }));
}

// Replaced, not followed: the browser's way back leads out of the demo, not through everyone it was looked at as.
function look(phone) {
  const who = phone.closest(".view").dataset.who;
  if (!phone.hidden) phone.contentWindow.location.replace(`${phone.dataset.at}${who}?lang=${lang}`);
}

for (const box of document.querySelectorAll(".platforms input")) {
  box.addEventListener("change", () => {
    find(box.value).hidden = !box.checked;
    look(find(box.value));
  });
}

find("who").addEventListener("change", ({ target }) => {
  const view = target.closest(".view");
  view.dataset.who = target.value;
  view.querySelectorAll("iframe").forEach(look);
  history.replaceState(null, "", `${path}?lang=${lang}&who=${target.value}`);
  for (const link of document.querySelectorAll("nav a")) {
    link.search = new URLSearchParams({ lang: link.hreflang, who: target.value });
  }
});

watch();
