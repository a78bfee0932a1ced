// Draws a phone as the demo describes it, and sends what its visitor does there.
"use strict";

const { here, lang, ...words } = document.body.dataset;
const EVERY = 1000;
const TOAST = 4000;

const find = (id) => document.getElementById(id);

/** Make an element with properties and children; a property that is no name of a property is an attribute. */
function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (name in element && name !== "list") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== ""));
  return element;
}

// --- what the visitor does

let atWork = 0;

async function act(what, given = {}, form = undefined) {
  const body = new FormData(form);
  body.set("do", what);
  for (const [name, value] of Object.entries(given)) for (const one of [value].flat()) body.append(name, one);
  atWork += 1;
  find("typing").hidden = false;
  try {
    const response = await fetch(`${here}/act?lang=${lang}`, { method: "POST", body });
    if (!response.ok) return;
    const { toast, screen } = await response.json();
    atWork -= 1;
    show(screen);
    atWork += 1;
    if (toast) tell(toast);
  } catch {
    // The demo has ended: its own page says so.
  } finally {
    atWork -= 1;
    find("typing").hidden = atWork === 0;
  }
}

let untold;

function tell(toast) {
  find("toast").textContent = toast;
  find("toast").hidden = false;
  clearTimeout(untold);
  untold = setTimeout(() => { find("toast").hidden = true; }, TOAST);
}

// --- messages

function drawSpan({ text, styles, url }) {
  const span = make("span", { className: styles.join(" "), textContent: text });
  if (styles.includes("spoiler")) span.tabIndex = 0;
  return /^https?:/.test(url) ? make("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, span) : span;
}

function drawFile({ id, name, picture }) {
  const address = `${here}/file/${encodeURIComponent(id)}`;
  return picture ? make("img", { src: address, alt: name }) : make("a", { className: "file", href: address, download: name }, `↓ ${name}`);
}

function drawButton(message, { label, payload, url, look }) {
  if (url) return make("a", { className: `press ${look}`, href: url, target: "_blank", rel: "noopener noreferrer" }, `${label} ↗`);
  const press = make("button", { type: "button", className: `press ${look}`, "data-payload": payload }, label);
  press.addEventListener("click", async () => {
    press.setAttribute("aria-busy", "true");
    await act("press", { message: message.id, payload });
    press.removeAttribute("aria-busy");
  });
  return press;
}

function drawOptions(options, name, several, required = false) {
  return options.map(({ value, label, description, chosen }) => make(
    "label", { className: "option" },
    make("input", { type: several ? "checkbox" : "radio", name, value, checked: chosen, required: required && !several }),
    make("span", {}, label, description && make("small", {}, description)),
  ));
}

/** A menu opens over the message; one option is taken at once, several are sent together. */
function drawMenu(message, { payload, placeholder, options, least, most }) {
  const several = most > 1;
  const chosen = options.filter((option) => option.chosen).map((option) => option.label).join(", ");
  const form = make("form", { "data-payload": payload }, ...drawOptions(options, "value", several));
  if (several) form.append(make("button", { className: "press primary" }, words.choose));
  form.addEventListener(several ? "submit" : "change", (event) => {
    event.preventDefault();
    const count = new FormData(form).getAll("value").length;
    if (count >= least && count <= most) act("choose", { message: message.id, payload }, form);
  });
  return make("details", { className: "menu" }, make("summary", {}, chosen || placeholder || words.choose), form);
}

function draw(message) {
  const { own, time, edited, refused, reaction } = message;
  const notes = [message.private && words.private, edited && words.edited, time].filter(Boolean).join(" · ");
  return make(
    "article", { className: ["own", "private", "refused"].filter((name) => message[name]).join(" ") },
    make(
      "div", { className: "bubble" },
      refused ? make("strong", {}, words.refused) : "",
      ...message.files.map(drawFile),
      make("p", {}, ...message.spans.map(drawSpan)),
      make("small", {}, notes),
    ),
    reaction && make("span", { className: "reaction" }, reaction),
    ...message.menus.map((menu) => drawMenu(message, menu)),
    ...message.rows.map((row) => make("div", { className: "row" }, ...row.map((button) => drawButton(message, button)))),
  );
}

const drawn = new Map();

/** Draw what changed only: whoever is about to press keeps the place, and whoever listens hears what is new. */
function drawMessages(messages) {
  const log = find("log");
  const below = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  const there = new Set(messages.map((message) => message.id));
  for (const [id, { element }] of drawn) if (!there.has(id)) { element.remove(); drawn.delete(id); }
  let fresh = false;
  messages.forEach((message, place) => {
    const said = JSON.stringify(message);
    const before = drawn.get(message.id);
    if (before?.said !== said) {
      const element = draw(message);
      if (before) before.element.replaceWith(element);
      drawn.set(message.id, { said, element });
      fresh ||= !before;
    }
    const { element } = drawn.get(message.id);
    if (log.children[place] !== element) log.insertBefore(element, log.children[place] ?? null);
  });
  if (below || fresh) log.scrollTop = log.scrollHeight;
}

// --- what lies around them

function drawField(field) {
  const { kind, label, name, hint, value, required, longest, options } = field;
  if (kind === "note") return make("p", {}, label);
  if (kind === "choice") return make("fieldset", {}, make("legend", {}, label), ...drawOptions(options, name, false, required));
  const common = { name, required, "aria-description": hint || undefined };
  const input = kind === "files" ? make("input", { type: "file", ...common })
    : make(kind === "lines" ? "textarea" : "input", { ...common, value, ...(longest ? { maxLength: longest } : {}) });
  return make("label", {}, make("span", {}, label), hint && make("small", {}, hint), input);
}

function drawForm({ title, fields }) {
  const cancel = make("button", { type: "button", className: "press" }, words.cancel);
  const form = make("form", {}, make("h2", { id: "form-title" }, title), ...fields.map(drawField), cancel, make("button", { className: "press primary" }, words.send));
  cancel.addEventListener("click", () => act("close"));
  form.addEventListener("submit", (event) => { event.preventDefault(); act("fill", {}, form); });
  return form;
}

function drawChannel({ id, name, present }) {
  const button = make("button", { type: "button", "aria-current": present ? "true" : undefined }, name ? `# ${name}` : words.chat);
  button.addEventListener("click", () => act("turn", { channel: id }));
  return button;
}

/** Draw a part anew where what it shows has changed. */
function redraw(element, what, children) {
  const said = JSON.stringify(what);
  if (element.dataset.said === said) return false;
  element.dataset.said = said;
  element.replaceChildren(...children());
  return true;
}

function show({ messages, started, writable, typing, pinned, form, channels, commands }) {
  drawMessages(messages);
  redraw(find("channels"), channels, () => channels.map(drawChannel));
  find("channels").hidden = !channels.length;
  find("pinned").textContent = pinned;
  find("pinned").hidden = !pinned;
  find("typing").hidden = !(typing || atWork);
  find("start").hidden = started;
  find("composer").hidden = !started || !writable;
  redraw(find("commands"), commands, () => commands.map(([value, label]) => make("option", { value, label })));
  const dialog = find("form");
  if (redraw(dialog, form, () => (form ? [drawForm(form)] : []))) {
    if (form && !dialog.open) dialog.showModal();
    else if (!form) dialog.close();
  }
}

async function watch() {
  if (!document.hidden && !atWork) {
    try {
      const response = await fetch(`${here}/screen?lang=${lang}`);
      if (response.ok && !atWork) show(await response.json());
    } catch {
      // As above.
    }
  }
  setTimeout(watch, EVERY);
}

find("start").addEventListener("click", () => act("start"));
find("form").addEventListener("cancel", (event) => { event.preventDefault(); act("close"); });
find("composer").addEventListener("submit", async (event) => {
  event.preventDefault();
  const composer = find("composer");
  if (!find("words").value.trim() && !composer.elements.file.files.length) return;
  const sent = act("write", {}, composer);
  composer.reset();
  await sent;
});

watch();
