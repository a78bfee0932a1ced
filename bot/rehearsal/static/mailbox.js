// Puts new letters on top of a mailbox of the demo, and leaves the open one open.
"use strict";

const EVERY = 1000;
const letters = document.getElementById("letters");

async function watch() {
  try {
    if (!document.hidden) {
      const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
      const fresh = [...page.querySelectorAll(".letter")].slice(0, page.querySelectorAll(".letter").length - letters.querySelectorAll(".letter").length);
      if (fresh.length) letters.querySelector(".none")?.remove();
      letters.prepend(...fresh.map((letter) => document.adoptNode(letter)));
    }
  } catch {
    // The demo has ended: its page says so.
  }
  setTimeout(watch, EVERY);
}

watch();
