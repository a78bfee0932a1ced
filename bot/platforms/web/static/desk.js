// The organisers' desk: a table, of which only the rows in sight are drawn, and boards of cards. What is shown comes by a
// stream; what is typed, pasted or dragged is posted, and said to be saved by the same stream.

const body = document.body;
const say = body.dataset;
const lang = document.documentElement.lang;
const [frame, grid, board, words, where, count, views, notice, state, waiting, effect, undo] = [
  ...["frame", "grid", "board", "words", "where", "count", "views", "notice", "state", "waiting", "effect", "undo"],
].map((id) => document.getElementById(id));
const links = [...document.querySelectorAll("nav [data-grid]")];
const link = links.find((each) => each.dataset.grid === new URLSearchParams(location.search).get("grid")) ?? links[0];
link.setAttribute("aria-current", "page");
grid.setAttribute("aria-label", link.textContent);
const key = link.dataset.grid;
const compare = new Intl.Collator(lang, { numeric: true, sensitivity: "base" }).compare;
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

let columns = [];
let labels = []; // a map of each column, from values to labels
let boards = [];
let applied = false; // whether what is changed waits until it is applied
let whole = false; // whether all rows have come
const rows = new Map(); // the cells of each row by its id
const unsaved = new Map(); // what was typed and is not saved yet, by «row column»
let order = []; // the ids of the rows as they are shown: they keep their place while cells change
let sort = null;
let active = { row: 0, column: 0 };
let anchor = active;
let looking = -1; // the board in view, -1 for the table
let editor = null;
const done = []; // changes that can be undone, the last at the end

function element(name, properties = {}, ...inside) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...inside);
  return made;
}

function with_role(role, text = "", name = "div") {
  const made = element(name, { textContent: text });
  made.setAttribute("role", role);
  return made;
}

const at = (id, column) => `${id} ${columns[column].key}`;
const labelOf = (column, value) => labels[column].get(value) ?? value;
const present = (id, column) => labelOf(column, rows.get(id)[column]);
const shown = (id, column) => {
  const typed = unsaved.get(at(id, column))?.typed;
  return typed === undefined ? present(id, column) : labelOf(column, typed);
};
const columnOf = (name) => columns.findIndex((column) => column.key === name);

function tell(lines) {
  notice.replaceChildren(...lines.map((line) => element("p", { textContent: line })));
}

// --- which rows are shown, and in which order

const wanted = () => fold(words.value).split(/\s+/).filter(Boolean);

function has(id, sought = wanted()) {
  if (!sought.length) return true;
  const among = where.value === "" ? columns.map((_column, place) => place) : [Number(where.value)];
  const text = fold(among.map((column) => shown(id, column)).join(" "));
  return sought.every((word) => text.includes(word));
}

function arrange() {
  const held = order[active.row];
  const sought = wanted();
  order = [...rows.keys()].filter((id) => has(id, sought));
  if (sort) {
    const numbers = columns[sort.column].number;
    const keys = new Map(order.map((id) => [id, shown(id, sort.column)]));
    const less = numbers ? (a, b) => Number(a) - Number(b) : compare;
    order.sort((a, b) => {
      const [one, other] = [keys.get(a), keys.get(b)];
      if (!one || !other) return Boolean(other) - Boolean(one); // what is empty stands last in either direction
      return less(one, other) * (sort.down ? -1 : 1);
    });
  }
  const place = order.indexOf(held);
  if (active.row >= 0) active = anchor = { ...active, row: Math.max(0, place) };
  draw();
}

function sortBy(column) {
  sort = sort?.column === column ? (sort.down ? null : { column, down: true }) : { column, down: false };
  drawHead();
  arrange();
  if (order.length && active.row >= 0) reveal();
}

// --- the table

const head = with_role("row");
const holder = with_role("rowgroup");
const headGroup = with_role("rowgroup");
headGroup.className = "head";
holder.className = "rows";
headGroup.append(head);
grid.append(headGroup, holder);
let height = 35;

// Makes these elements the children of another, and moves none that is there: a press on it would be lost with the focus.
function place_in(parent, wanted) {
  const kept = new Set(wanted);
  for (const child of [...parent.children]) if (!kept.has(child)) child.remove();
  wanted.forEach((child, place) => parent.children[place] !== child && parent.insertBefore(child, parent.children[place] ?? null));
}

// The cells of a row, of which those that are there are used again.
function fill(row, role, dress) {
  place_in(row, columns.map((_column, place) => row.children[place] ?? with_role(role)));
  for (const [place, cell] of [...row.children].entries()) {
    cell.dataset.column = place;
    cell.setAttribute("aria-colindex", place + 1);
    dress(cell, columns[place], place);
  }
}

function write(cell, text) {
  if (cell.textContent !== text) cell.textContent = text;
}

function drawHead() {
  head.setAttribute("aria-rowindex", 1);
  fill(head, "columnheader", (cell, column, place) => {
    write(cell, column.title);
    cell.id = `h-${place}`;
    cell.setAttribute("aria-sort", sort?.column !== place ? "none" : sort.down ? "descending" : "ascending");
    cell.classList.toggle("active", active.row < 0 && active.column === place);
  });
}

function measure() {
  const some = [...rows.keys()].slice(0, 200);
  const width = (column, place) => {
    const longest = some.reduce((most, id) => Math.max(most, present(id, place).length), 6);
    return `${Math.max(Math.min(longest, 28), column.title.length + 2) * 0.55 + 1.4}rem`; // a heading is read whole
  };
  grid.style.setProperty("--columns", columns.map(width).join(" "));
  grid.setAttribute("aria-colcount", columns.length);
}

const between = (value, one, other) => value >= Math.min(one, other) && value <= Math.max(one, other);
const selected = (row, column) =>
  between(row, active.row, anchor.row) && between(column, active.column, anchor.column);

let drawn = new Map(); // the rows in the table, by the id of what they show

function rowOf(place) {
  const id = order[place];
  const row = drawn.get(id) ?? with_role("row");
  row.setAttribute("aria-rowindex", place + 2);
  row.style.transform = `translateY(${place * height}px)`;
  row.dataset.place = place;
  fill(row, "gridcell", (cell, column, number) => {
    write(cell, shown(id, number));
    cell.id = `c-${id}-${number}`;
    cell.setAttribute("aria-selected", selected(place, number));
    if (column.editable) cell.removeAttribute("aria-readonly");
    else cell.setAttribute("aria-readonly", "true");
    cell.classList.toggle("unsaved", unsaved.has(at(id, number)));
    cell.classList.toggle("active", place === active.row && number === active.column);
  });
  return row;
}

function draw() {
  count.textContent = say.shown.replace("{shown}", order.length).replace("{all}", rows.size);
  if (looking >= 0) return drawBoard();
  height = head.offsetHeight || height;
  grid.setAttribute("aria-rowcount", order.length + 1);
  holder.style.height = `${order.length * height}px`;
  const first = Math.max(0, Math.floor(grid.scrollTop / height) - 5);
  const last = Math.min(order.length, first + Math.ceil(grid.clientHeight / height) + 10);
  const places = Array.from({ length: Math.max(0, last - first) }, (_each, place) => first + place);
  if (active.row >= 0 && active.row < order.length && !places.includes(active.row)) places.push(active.row);
  drawn = new Map(places.map((place) => [order[place], rowOf(place)]));
  place_in(holder, [...drawn.values()]);
  if (editor) placeEditor();
  holder.style.width = `${head.offsetWidth}px`;
  const current = active.row < 0 ? `h-${active.column}` : `c-${order[active.row]}-${active.column}`;
  if (document.getElementById(current)) grid.setAttribute("aria-activedescendant", current);
  else grid.removeAttribute("aria-activedescendant");
}

let asked = 0;
function drawSoon() {
  cancelAnimationFrame(asked);
  asked = requestAnimationFrame(draw);
}
grid.addEventListener("scroll", drawSoon, { passive: true });
addEventListener("resize", drawSoon);

function reveal() {
  if (active.row >= 0) {
    const top = active.row * height;
    const room = grid.clientHeight - 2 * height;
    if (top < grid.scrollTop) grid.scrollTop = top;
    if (top > grid.scrollTop + room) grid.scrollTop = top - room;
  }
  const cell = head.children[active.column];
  if (cell && cell.offsetLeft < grid.scrollLeft) grid.scrollLeft = cell.offsetLeft;
  if (cell && cell.offsetLeft + cell.offsetWidth > grid.scrollLeft + grid.clientWidth)
    grid.scrollLeft = cell.offsetLeft + cell.offsetWidth - grid.clientWidth;
}

function move(row, column, extend = false) {
  const onHead = active.row < 0;
  active = {
    row: Math.min(Math.max(row, extend ? 0 : -1), order.length - 1),
    column: Math.min(Math.max(column, 0), columns.length - 1),
  };
  if (!extend) anchor = active;
  if (onHead || active.row < 0) drawHead();
  reveal();
  draw();
}

// --- editing

const targets = () => {
  const found = [];
  for (let row = Math.min(active.row, anchor.row); row <= Math.max(active.row, anchor.row); row += 1)
    for (let column = Math.min(active.column, anchor.column); column <= Math.max(active.column, anchor.column); column += 1)
      if (row >= 0) found.push([order[row], column]);
  return found;
};

function edit(typed = null) {
  const column = columns[active.column];
  const id = order[active.row];
  if (!column?.editable || id === undefined) return;
  const value = unsaved.get(at(id, active.column))?.typed ?? rows.get(id)[active.column];
  const seen = rows.get(id)[active.column];
  const field = element(column.typed ? "input" : "select", { className: "editor" });
  field.setAttribute("aria-label", column.title);
  const blank = column.options.some(([option]) => option === "") ? [] : [["", "–"]];
  const options = () =>
    [...blank, ...column.options].map(([option, label]) => element("option", { value: option, textContent: label }));
  if (!column.typed) field.append(...options());
  else if (column.options.length) {
    const list = element("datalist", { id: "choices" }, ...column.options.map(([, label]) => element("option", { value: label })));
    document.getElementById("choices")?.remove();
    body.append(list);
    field.setAttribute("list", "choices");
  }
  field.value = typed ?? (column.typed ? labelOf(active.column, value) : value);
  editor = { field, id, column: active.column, seen, before: labelOf(active.column, value) };
  frame.append(field); // beside the rows, which are drawn anew while it is open
  placeEditor();
  field.focus();
  if (column.typed && typed === null) field.select();
}

function placeEditor() {
  const { field, id, column } = editor;
  const cell = head.children[column];
  const top = grid.offsetTop + (order.indexOf(id) + 1) * height - grid.scrollTop;
  field.style.transform = `translate(${cell.offsetLeft - grid.scrollLeft}px, ${top}px)`;
  field.style.width = `${Math.max(cell.offsetWidth, 120)}px`;
  field.style.height = `${height}px`;
}

function leave(keep, everywhere = false) {
  if (!editor) return;
  const { field, id, column, seen, before } = editor;
  const typed = field.value;
  editor = null;
  field.remove();
  grid.focus({ preventScroll: true });
  if (keep && everywhere) send(targets().map(([row, place]) => [row, place, typed]));
  else if (keep && typed !== (columns[column].typed ? before : rows.get(id)?.[column])) send([[id, column, typed, seen]]);
  draw();
}

// Cells are [row id, column, what was typed, the value as it was seen]; those that stay as they are are left out.
function send(cells) {
  const changed = cells
    .filter(([id, column]) => rows.has(id) && columns[column].editable)
    .map(([id, column, typed, seen]) => [id, columns[column].key, seen ?? rows.get(id)[column], typed])
    .filter(([id, name, seen, typed]) => typed !== seen && typed !== labelOf(columnOf(name), seen));
  for (const [id, name, seen, typed] of changed) unsaved.set(`${id} ${name}`, { id, name, seen, typed });
  if (applied) {
    for (const [id, column, typed] of cells)
      if (rows.has(id) && typed === rows.get(id)[column]) unsaved.delete(at(id, column)); // dragged back
    ask();
  } else if (changed.length) post("amend", { cells: changed });
  draw();
}

// --- what is posted, one after the other; without network it waits, and goes again with the same token

const queue = [];
let posting = false;

function token() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function post(to, values, then = null) {
  queue.push({ to, values, then, token: token() });
  pump();
}

async function request(to, values) {
  const data = new FormData();
  for (const [name, value] of Object.entries({ seal: say.seal, grid: key, ...values }))
    data.set(name, typeof value === "string" ? value : JSON.stringify(value));
  const response = await fetch(`${say.here}/${to}`, { method: "POST", body: data, headers: { Accept: "application/json" } });
  if (response.status === 404) location.reload();
  const answer = await response.json();
  return { done: response.ok, lines: answer.notice ? [answer.notice] : [], ...answer };
}

async function pump() {
  if (posting || !queue.length) return;
  posting = true;
  const { to, values, then, token: mine } = queue[0];
  try {
    const answer = await request(to, { ...values, token: mine });
    queue.shift();
    settle(to, values, answer);
    then?.(answer);
  } catch {
    tell([say.unsent]);
    setTimeout(pump, 3000);
    posting = false;
    return;
  }
  posting = false;
  pump();
}

function settle(to, values, answer) {
  for (const [id, name] of values.cells ?? []) if (answer.done || !applied) unsaved.delete(`${id} ${name}`);
  if (whole) take({ rows: answer.rows }); // as they read now: the stream may tell it a moment later
  if (answer.undo) done.push(answer.undo);
  undo.disabled = !done.length;
  tell(answer.done && to === "amend" ? [] : answer.lines);
  state.textContent = answer.done ? answer.lines.join(" ") : "";
  const [cell, ...others] = values.cells ?? [];
  if (to === "amend" && !answer.done && !applied && cell && !others.length && !editor && order.includes(cell[0])) {
    const [id, name, , typed] = cell; // what was typed is kept, to be corrected or left
    move(order.indexOf(id), columnOf(name));
    edit(columns[columnOf(name)].typed ? typed : null);
  }
  draw();
}

undo.addEventListener("click", takeBack);
function takeBack() {
  const entry = done.pop();
  undo.disabled = !done.length;
  if (entry) post("undo", { entry: String(entry) });
}

// --- what waits until it is applied

let effects = 0;
let agreed = "";
const cellsWaiting = () => [...unsaved.values()].map(({ id, name, seen, typed }) => [id, name, seen, typed]);
const apply = document.getElementById("apply");

async function ask(before = []) {
  const mine = (effects += 1);
  waiting.hidden = !unsaved.size;
  if (!unsaved.size) return;
  apply.disabled = true;
  try {
    const answer = await request("preview", { cells: cellsWaiting() });
    if (mine !== effects) return; // it is another change by now
    if (!answer.done && seeOthers()) return ask(answer.lines); // who wrote what: that is told, and then it may be applied
    agreed = answer.shown ?? "";
    apply.disabled = !answer.done;
    const lines = new Set([...before, ...answer.lines]);
    effect.replaceChildren(...[...lines].map((line) => element("p", { textContent: line })));
  } catch {
    effect.textContent = say.unsent;
  }
}

// Takes what others wrote in cells that wait as what was seen there; returns whether there is any.
function seeOthers() {
  const changed = [...unsaved.values()].filter(({ id, name, seen }) => rows.has(id) && rows.get(id)[columnOf(name)] !== seen);
  for (const each of changed) each.seen = rows.get(each.id)[columnOf(each.name)];
  return changed.length > 0;
}

apply.addEventListener("click", () => {
  apply.disabled = true;
  post("amend", { cells: cellsWaiting(), shown: agreed }, (answer) => ask(answer.done ? [] : answer.lines));
});

document.getElementById("drop").addEventListener("click", () => {
  unsaved.clear();
  ask();
  draw();
});

// --- the keyboard and the mouse in the table

const PAGE = () => Math.max(1, Math.floor(grid.clientHeight / height) - 2);
const MOVES = {
  ArrowUp: ({ row, column }) => [row - 1, column],
  ArrowDown: ({ row, column }) => [row + 1, column],
  ArrowLeft: ({ row, column }) => [row, column - 1],
  ArrowRight: ({ row, column }) => [row, column + 1],
  PageUp: ({ row, column }) => [Math.max(0, row - PAGE()), column],
  PageDown: ({ row, column }) => [row + PAGE(), column],
  Home: ({ row }, control) => [control ? 0 : row, 0],
  End: ({ row }, control) => [control ? order.length - 1 : row, columns.length - 1],
};

frame.addEventListener("keydown", (event) => {
  const control = event.ctrlKey || event.metaKey;
  if (editor) {
    if (event.target !== editor.field || event.isComposing) return;
    if (event.key === "Escape") leave(false);
    else if (event.key === "Enter") {
      leave(true, control);
      if (!control) move(active.row + 1, active.column);
    } else if (event.key === "Tab") {
      leave(true);
      move(active.row, active.column + (event.shiftKey ? -1 : 1));
    } else return;
    event.preventDefault();
    return;
  }
  if (control && event.key.toLowerCase() === "a") {
    anchor = { row: 0, column: 0 };
    active = { row: order.length - 1, column: columns.length - 1 };
    draw();
  } else if (control && event.key.toLowerCase() === "z") takeBack();
  else if (MOVES[event.key] && !event.altKey) move(...MOVES[event.key](active, control), event.shiftKey);
  else if (active.row < 0 && (event.key === "Enter" || event.key === " ")) sortBy(active.column);
  else if (event.key === "Enter" || event.key === "F2") edit();
  else if (event.key === "Delete" || event.key === "Backspace") send(targets().map(([id, column]) => [id, column, ""]));
  else if (event.key.length === 1 && !control && !event.altKey) edit(columns[active.column]?.typed ? event.key : null);
  else return;
  event.preventDefault();
});

let dragging = false;
grid.addEventListener("pointerdown", (event) => {
  const cell = event.target.closest("[role=gridcell]");
  const heading = event.target.closest("[role=columnheader]");
  if (editor && event.target !== editor.field) leave(true);
  if (heading) {
    active = anchor = { row: -1, column: Number(heading.dataset.column) };
    sortBy(active.column);
    drawHead();
  }
  if (!cell) return;
  dragging = true;
  move(Number(cell.parentElement.dataset.place), Number(cell.dataset.column), event.shiftKey);
});
grid.addEventListener("pointerover", (event) => {
  const cell = dragging && event.target.closest("[role=gridcell]");
  if (cell) move(Number(cell.parentElement.dataset.place), Number(cell.dataset.column), true);
});
addEventListener("pointerup", () => (dragging = false));
grid.addEventListener("dblclick", (event) => event.target.closest("[role=gridcell]") && edit());
frame.addEventListener("focusout", (event) => editor?.field === event.target && !frame.contains(event.relatedTarget) && leave(true));

// --- the clipboard: cells with tabs between them, as spreadsheets have them

// What people wrote must be no formula in a spreadsheet: an apostrophe stands before it, as in the tables that are sent.
const FORMULA = "(?:[\\s\"\\p{C}\\p{Z}\u3164\ufe00-\ufe0f]*[=+\\-@\uff1d\uff0b\uff0d\uff20]|[\\t\\r])";
const [BEGINS, DISARMED] = [new RegExp(`^${FORMULA}`, "u"), new RegExp(`^'(?=${FORMULA})`, "u")];
const harmless = (text) => (BEGINS.test(text) ? `'${text}` : text);
const quoted = (text) => (/[\t\n"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

function lines(text) {
  const found = [[]];
  const cell = /(?:"((?:[^"]|"")*)"(?=[\t\r\n]|$)|([^\t\r\n]*))(\t|\r\n|\n|\r|$)/gy;
  for (let match; (match = cell.exec(text)); ) {
    found.at(-1).push((match[1]?.replaceAll('""', '"') ?? match[2]).replace(DISARMED, ""));
    if (!match[3] || cell.lastIndex >= text.length) break;
    if (match[3] !== "\t") found.push([]);
  }
  return found;
}

function copied(event, cleared) {
  if (editor || looking >= 0 || active.row < 0 || document.activeElement !== grid) return;
  const text = new Map();
  for (const [id, column] of targets()) text.set(id, [...(text.get(id) ?? []), quoted(harmless(shown(id, column)))]);
  event.clipboardData.setData("text/plain", [...text.values()].map((cells) => cells.join("\t")).join("\n"));
  event.preventDefault();
  if (cleared) send(targets().map(([id, column]) => [id, column, ""]));
}

document.addEventListener("copy", (event) => copied(event, false));
document.addEventListener("cut", (event) => copied(event, true));
document.addEventListener("paste", (event) => {
  if (editor || looking >= 0 || active.row < 0 || document.activeElement !== grid) return;
  event.preventDefault();
  const block = lines(event.clipboardData.getData("text/plain"));
  const [row, column] = [Math.min(active.row, anchor.row), Math.min(active.column, anchor.column)];
  const pasted =
    block.length === 1 && block[0].length === 1
      ? targets().map(([id, place]) => [id, place, block[0][0]])
      : block.flatMap((cells, down) => cells.map((typed, across) => [order[row + down], column + across, typed]));
  const misfit = pasted.filter(
    ([id, place, typed]) => id === undefined || !columns[place] || (!columns[place].editable && typed !== shown(id, place)),
  );
  if (misfit.length) return tell([say.misfit.replace("{count}", misfit.length)]);
  tell([]);
  state.textContent = say.pasted.replace("{count}", pasted.length);
  return send(pasted);
});

// --- boards: rows as cards, in a place for each value of one column, or of two

let carried = null; // the id of the card that is carried

function look(place) {
  leave(true);
  looking = place;
  for (const [number, button] of [...views.children].entries()) button.setAttribute("aria-pressed", number === place + 1);
  frame.hidden = place >= 0;
  board.hidden = place < 0;
  draw();
}

function valuesOf(column) {
  const there = new Set([...rows.keys()].map((id) => unsaved.get(at(id, column))?.typed ?? rows.get(id)[column]));
  const options = columns[column].options.map(([value]) => value).filter((value) => !columns[column].typed || value);
  const others = [...there].filter((value) => !options.includes(value)).sort((a, b) => compare(labelOf(column, a), labelOf(column, b)));
  return [...new Set([...options, ...others])];
}

const valueNow = (id, column) => unsaved.get(at(id, column))?.typed ?? rows.get(id)[column];

function drawBoard() {
  const { across, down, shown: details } = boards[looking];
  const [x, y] = [columnOf(across), columnOf(down)];
  if (x < 0) return;
  const { id: held, values: heldPlace } = document.activeElement?.dataset ?? {};
  const place = (cards, ...values) => {
    const title = values.map((value, number) => labelOf([x, y][number], value) || say.none).join(", ");
    const made = element("div", { className: "place" });
    made.setAttribute("role", "group");
    made.setAttribute("aria-label", `${title} (${cards.length})`);
    made.tabIndex = -1;
    made.dataset.values = JSON.stringify(values);
    made.append(...(y < 0 ? [element("strong", { textContent: `${title} (${cards.length})` })] : []), ...cards.map(card));
    return made;
  };
  const card = (id) => {
    const name = shown(id, 0);
    const more = details.map((each) => shown(id, columnOf(each))).filter(Boolean).join(" · ");
    const made = element("button", { type: "button", className: "card", draggable: true, textContent: name });
    if (more) made.append(element("small", { textContent: more }));
    made.dataset.id = id;
    made.tabIndex = -1;
    made.setAttribute("aria-pressed", carried === id);
    made.classList.toggle("unsaved", [across, down].some((each) => unsaved.has(`${id} ${each}`)));
    return made;
  };
  const here = new Map();
  for (const id of order) {
    const values = JSON.stringify(y < 0 ? [valueNow(id, x)] : [valueNow(id, x), valueNow(id, y)]);
    here.set(values, [...(here.get(values) ?? []), id]);
  }
  const cards = (...values) => here.get(JSON.stringify(values)) ?? [];
  const lanes = valuesOf(x);
  if (y < 0) {
    board.replaceChildren(element("div", { className: "lanes" }, ...lanes.map((value) => place(cards(value), value))));
  } else {
    const heading = (text, scope) => element("th", { scope, textContent: text });
    const rowsOf = valuesOf(y).map((value) =>
      element("tr", {}, heading(labelOf(y, value) || say.none, "row"), ...lanes.map((lane) => element("td", {}, place(cards(lane, value), lane, value)))),
    );
    const top = element("tr", {}, element("td"), ...lanes.map((lane) => heading(labelOf(x, lane) || say.none, "col")));
    board.replaceChildren(element("table", {}, element("thead", {}, top), element("tbody", {}, ...rowsOf)));
  }
  const again = board.querySelector(`[data-id="${held}"]`) ?? board.querySelector(".card") ?? board.querySelector(".place");
  if (again) again.tabIndex = 0;
  if (held !== undefined) again?.focus({ preventScroll: true });
  if (heldPlace === undefined) return;
  const over = [...board.querySelectorAll(".place")].find((each) => each.dataset.values === heldPlace);
  over?.classList.toggle("over", carried !== null);
  over?.focus({ preventScroll: true }); // where somebody carries a card by keyboard
}

function put(id, place) {
  const { across, down } = boards[looking];
  const values = JSON.parse(place.dataset.values);
  carried = null;
  state.textContent = "";
  send([across, down].filter(Boolean).map((name, number) => [id, columnOf(name), values[number], undefined]));
  focusCard(id);
}

function focusCard(id) {
  for (const each of board.querySelectorAll("[tabindex='0']")) each.tabIndex = -1;
  const card = board.querySelector(`[data-id="${id}"]`);
  if (card) card.tabIndex = 0;
  card?.focus();
}

function carry(id) {
  carried = id;
  draw();
  state.textContent = say.carried.replace("{name}", shown(id, 0));
  const place = board.querySelector(`[data-id="${id}"]`)?.closest(".place");
  place?.focus();
  place?.classList.add("over");
}

board.addEventListener("keydown", (event) => {
  const card = event.target.closest(".card");
  const place = event.target.closest(".place");
  const control = event.ctrlKey || event.metaKey;
  if (!place) return;
  const places = [...board.querySelectorAll(".place")];
  const wide = place.closest("tr")?.querySelectorAll(".place").length ?? 1;
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -wide, ArrowDown: wide };
  const step = steps[event.key];
  const drops = ["Enter", " "].includes(event.key) || (control && event.key.toLowerCase() === "v");
  if (carried !== null) {
    if (step) {
      const next = places[places.indexOf(place) + step];
      if (next) {
        place.classList.remove("over");
        next.classList.add("over");
        next.focus();
      }
    } else if (drops) put(carried, place);
    else if (event.key === "Escape") {
      const id = carried;
      carried = null;
      state.textContent = "";
      draw();
      focusCard(id);
    } else return;
  } else if (step && card) {
    const here = [...place.querySelectorAll(".card")];
    const along = here[here.indexOf(card) + Math.sign(step)];
    const filled = places.filter((each) => each.querySelector(".card"));
    const beside = filled[filled.indexOf(place) + Math.sign(step)];
    const next = event.key.endsWith("Up") || event.key.endsWith("Down") ? (along ?? beside?.querySelector(".card")) : beside?.querySelector(".card");
    if (next) focusCard(next.dataset.id);
  } else if (card && (["Enter", " "].includes(event.key) || (control && event.key.toLowerCase() === "x"))) carry(Number(card.dataset.id));
  else if (control && event.key.toLowerCase() === "z") takeBack();
  else return;
  event.preventDefault();
});

board.addEventListener("dragstart", (event) => {
  const card = event.target.closest(".card");
  if (card) event.dataTransfer.setData("text/plain", card.dataset.id);
});
for (const kind of ["dragover", "dragleave", "drop"])
  board.addEventListener(kind, (event) => {
    const place = event.target.closest(".place");
    if (!place) return;
    event.preventDefault();
    place.classList.toggle("over", kind === "dragover");
    const id = Number(event.dataTransfer.getData("text/plain"));
    if (kind === "drop" && rows.has(id)) put(id, place);
  });

words.addEventListener("input", arrange);
where.addEventListener("change", arrange);

// --- live

let live = null;
let heard = 0;

let before = new Set(); // rows that were shown before all were sent again

function begin(shape) {
  const same = columns.map(({ key }) => key).join() === shape.columns.map(({ key }) => key).join();
  if (!same) {
    leave(false);
    rows.clear();
    order = [];
    active = anchor = { row: 0, column: 0 };
  }
  before = new Set(rows.keys());
  whole = same && whole;
  ({ columns, boards, applied } = shape);
  labels = columns.map((column) => new Map(column.options));
  where.replaceChildren(where.firstElementChild, ...columns.map((column, place) => element("option", { value: place, textContent: column.title })));
  const added = boards.map((each) => element("button", { type: "button", textContent: each.title }));
  views.replaceChildren(views.firstElementChild, ...added);
  views.hidden = !boards.length;
  for (const [number, button] of [...views.children].entries()) button.onclick = () => look(number - 1);
  look(Math.min(looking, boards.length - 1));
  drawHead();
}

function take({ rows: changed = [], gone = [] }) {
  const there = new Set(order);
  for (const [id, ...cells] of changed) {
    rows.set(id, cells);
    before.delete(id);
    if (whole && !there.has(id) && has(id)) order.push(id); // it is new, or has the words that are sought only now
  }
  for (const id of gone) rows.delete(id);
  if (gone.length) order = order.filter((id) => rows.has(id));
  const touched = new Set([...changed.map(([id]) => id), ...gone]);
  const waits = [...unsaved.values()].some(({ id }) => touched.has(id));
  for (const [name, { id }] of unsaved) if (gone.includes(id)) unsaved.delete(name);
  if (applied && waits && !posting) ask();
  if (gone.length && active.row >= order.length) active = anchor = { ...active, row: order.length - 1 };
  if (whole) return drawSoon();
  if (order.length === 0) {
    measure();
    order = [...rows.keys()];
    draw();
  }
}

function listen() {
  live?.close();
  const stream = (live = new EventSource(`${say.here}/events?grid=${key}`));
  heard = Date.now();
  stream.onopen = () => {
    if (state.textContent === say.offline) state.textContent = "";
    pump();
    if (applied && !queue.length) ask(); // what it would change may not have come without network
  };
  stream.addEventListener("table", (event) => begin(JSON.parse(event.data)));
  stream.addEventListener("message", (event) => {
    heard = Date.now();
    take(JSON.parse(event.data));
  });
  stream.addEventListener("ready", () => {
    take({ gone: [...before] });
    if (!whole) {
      whole = true;
      measure();
      arrange();
    }
    body.dataset.ready = "";
  });
  stream.addEventListener("elsewhere", () => {
    stream.close();
    live = null;
    state.textContent = say.elsewhere;
  });
  stream.addEventListener("closed", () => {
    stream.close();
    rows.clear();
    unsaved.clear();
    queue.length = 0;
    order = [];
    columns = [];
    document.querySelector("main").replaceChildren(element("p", { textContent: say.closed }));
  });
  stream.onerror = () => {
    state.textContent = say.offline;
    if (stream.readyState === EventSource.CLOSED) setTimeout(() => live === stream && listen(), 5000);
  };
}

for (const returned of ["focus", "pointerdown", "keydown"]) addEventListener(returned, () => live || listen());
addEventListener("pagehide", () => live?.close());
addEventListener("pageshow", (event) => event.persisted && location.reload());
addEventListener("beforeunload", (event) => unsaved.size && event.preventDefault());
listen();
