// The keys of the desk. Everything here clicks or focuses what is on the page; without script the same is a click away.
//
//   data-key="n"      this key clicks the link, button or box, or moves into the field; "g t" is g and then t; what
//                     opens (a summary) is entered at its first field
//   data-list         a list that one walks by j and k; each of its data-row is focused at its link (or first field)
//   data-row          Enter opens its link (o too), x marks its box
//   data-all          a box that marks every row of its list;  data-marked: shows how many are marked
//   data-says="..."   what the key is called in the list of keys, where the element's own words do not say it
//
// Never while somebody types. Escape leaves a field, Ctrl+Enter sends the form that one is in, ? lists the keys.

const PATIENCE = 1500; // ms between the first and the second key of two
const OFF = "portalwright.keys"; // where this browser remembers that somebody wants no single keys

const typed = (element) =>
  element.isContentEditable ||
  element.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit])");
const shown = (element) => element.getClientRects().length > 0 && !element.disabled && !element.closest("[inert]");
const first = (elements) => [...elements].find(shown);

let begun = "";
let begunAt = 0;
let on = remembered();

function keyed(key) {
  const dialog = document.querySelector("dialog[open]");
  return first([...(dialog ?? document).querySelectorAll("[data-key]")].filter((one) => one.dataset.key === key));
}

function use(element) {
  if (typed(element)) {
    element.focus();
    element.select?.();
  } else {
    element.focus();
    element.click();
    if (element.matches("summary") && element.parentElement.open) {
      first(element.parentElement.querySelectorAll("input:not([type=hidden]), select, textarea, button"))?.focus();
    }
  }
}

function listHere() {
  return document.activeElement?.closest("[data-list]") ?? first(document.querySelectorAll("[data-list]"));
}

function rowHere() {
  return document.activeElement?.closest("[data-row]");
}

function stepTo(row) {
  const target = first(row.querySelectorAll("a[href]")) ?? first(row.querySelectorAll("button, input, select, textarea, summary"));
  target?.focus();
  row.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const rows = [...(listHere()?.querySelectorAll("[data-row]") ?? [])].filter(shown);
  if (rows.length === 0) return false;
  const at = rows.indexOf(rowHere());
  stepTo(rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))]);
  return true;
}

function mark() {
  const box = first(rowHere()?.querySelectorAll("input[type=checkbox], input[type=radio]") ?? []);
  box?.click();
  return box !== undefined;
}

function open() {
  const link = first(rowHere()?.querySelectorAll("a[href]") ?? []);
  link?.click();
  return link !== undefined;
}

function pressed(key) {
  if (document.querySelector("dialog[open]")) {
    const inside = keyed(key);
    if (inside) use(inside);
    return inside !== undefined;
  }
  if (begun && performance.now() - begunAt < PATIENCE) {
    const both = keyed(`${begun} ${key}`);
    begun = "";
    if (both) {
      use(both);
      return true;
    }
  }
  begun = "";
  const found = keyed(key);
  if (found) {
    use(found);
    return true;
  }
  if (document.querySelector(`[data-key^="${CSS.escape(key)} "]`)) {
    begun = key;
    begunAt = performance.now();
    return true;
  }
  const moves = { j: () => step(1), k: () => step(-1), x: mark, o: open, "?": tell };
  return Object.hasOwn(moves, key) && moves[key]();
}

function send(form) {
  const button = first(form.querySelectorAll("button:not([type=button], [type=reset]), input[type=submit]"));
  form.requestSubmit(button);
}

function called(element) {
  const words = element.labels?.[0] ?? element;
  const copy = words.cloneNode(true);
  copy.querySelectorAll("kbd, .hint, input, select, textarea").forEach((one) => one.remove());
  return element.dataset.says ?? element.getAttribute("aria-label") ?? copy.textContent.trim().replace(/\s+/g, " ");
}

function tell() {
  const dialog = document.getElementById("keys");
  if (!dialog || dialog.open) return false;
  const rows = [];
  if (document.querySelector("[data-list] [data-row]")) {
    rows.push(["j / k", "Next and previous row"], ["Enter / o", "Open the row"]);
    if (document.querySelector("[data-row] :is(input[type=checkbox], input[type=radio])")) rows.push(["x", "Mark the row"]);
  }
  const seen = new Set();
  for (const element of document.querySelectorAll("[data-key]")) {
    if (!shown(element) || seen.has(element.dataset.key)) continue;
    seen.add(element.dataset.key);
    rows.push([element.dataset.key.replace(" ", " then "), called(element)]);
  }
  if (document.querySelector("main form")) rows.push(["Ctrl+Enter", "Send the form"], ["Esc", "Leave the field"]);
  rows.push(["?", "This list"]);
  const list = dialog.querySelector("dl");
  list.replaceChildren(
    ...rows.flatMap(([key, words]) => {
      const term = document.createElement("dt");
      const kbd = document.createElement("kbd");
      kbd.textContent = key;
      term.append(kbd);
      const said = document.createElement("dd");
      said.textContent = words;
      return [term, said];
    }),
  );
  dialog.showModal();
  return true;
}

function remembered() {
  try {
    return localStorage.getItem(OFF) !== "off";
  } catch {
    return true; // a browser that remembers nothing
  }
}

function count() {
  for (const place of document.querySelectorAll("[data-marked]")) {
    place.textContent = String(document.querySelectorAll("[data-row] input[type=checkbox]:checked").length);
  }
}

document.addEventListener("keydown", (event) => {
  const at = event.target instanceof Element ? event.target : document.body;
  if (event.defaultPrevented || event.isComposing) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const form = at.form ?? at.closest("form");
    if (form) {
      event.preventDefault();
      send(form);
    }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && typed(at) && !at.closest("dialog")) {
    at.blur();
    return;
  }
  if (typed(at) || !on || event.key.length !== 1 || event.key === " ") return;
  if (pressed(event.key)) event.preventDefault();
});

document.addEventListener("change", (event) => {
  const box = event.target;
  if (box.matches("[data-all]")) {
    const rows = box.closest("[data-list], table, form")?.querySelectorAll("[data-row] input[type=checkbox]:enabled") ?? [];
    rows.forEach((one) => (one.checked = box.checked));
  }
  if (box.matches("input[type=checkbox]")) count();
});

const button = document.getElementById("keys-button");
const choice = document.getElementById("keys-wanted");
if (button && choice) {
  button.hidden = false;
  button.addEventListener("click", tell);
  choice.checked = on;
  choice.addEventListener("change", () => {
    on = choice.checked;
    try {
      localStorage.setItem(OFF, on ? "on" : "off");
    } catch {
      // Nothing is remembered; the box counts until the page is left.
    }
  });
}
addEventListener("pageshow", count);
