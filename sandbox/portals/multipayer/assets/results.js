// The list of claims: ten at a time, asked for as somebody turns the pages.
import { Refused } from "./api.js";
import { alertBox, el, spinner } from "./dom.js";
import { layout, text } from "./layout.js";

const ROWS = 10;

/** `ask(from)` gives rows, `clear()` takes the filter off, `open(row, list)` opens one. */
export function resultsPart(found, { ask, clear, open }) {
  const part = el("div", { class: "card" });
  let from = 0;

  const filterBar = () => (found.filter
    ? el("div", { class: "chips" },
      el("span", {}, `${text.filters}: `), el("span", { class: "chip" }, found.filter),
      el("button", { class: "button", type: "button", on: { click: unfilter } }, text.clearFilters))
    : null);
  async function unfilter() {
    part.replaceChildren(spinner(text.loadingClaims));
    found = await clear();
    from = 0;
    await draw();
  }
  const fill = (...parts) => part.replaceChildren(...parts.filter(Boolean));

  const pager = () => {
    const last = Math.min(from + ROWS, found.total);
    const turn = (by, name, glyph, possible) => el("button", {
      class: "icon", type: "button", "aria-label": name, disabled: !possible,
      on: { click: () => { from += by; draw(); } },
    }, glyph);
    return el("div", { class: "pager" },
      el("span", {}, `${from + 1}-${last} of ${found.total}`),
      turn(-ROWS, text.previous, "\u2039", from > 0),
      turn(ROWS, text.next, "\u203a", last < found.total));
  };

  const cell = (row, key) => {
    if (key !== "claimNumber") return row[key];
    return el("button", { class: "link", type: "button", on: { click: () => open(row, part) } }, row[key]);
  };
  const right = (key) => (key === "charge" ? "cell right" : "cell");
  const grid = (rows) => el("div", { class: "table", role: "grid", "aria-label": text.claims },
    el("div", { class: "row head", role: "row" },
      ...layout.columns.map(([caption, key]) => el("div", { class: right(key), role: "columnheader" }, caption))),
    ...rows.map((row) => el("div", { class: "row", role: "row" },
      ...layout.columns.map(([, key]) => el("div", { class: right(key), role: "gridcell" }, cell(row, key))))));
  const table = (rows) => el("table", { class: "plain" }, el("caption", {}, text.claims),
    el("thead", {}, el("tr", {}, ...layout.columns.map(([caption]) => el("th", { scope: "col" }, caption)))),
    el("tbody", {}, ...rows.map((row) => el("tr", {},
      ...layout.columns.map(([, key]) => el("td", {}, cell(row, key)))))));

  async function draw() {
    if (!found.total) {
      fill(filterBar(), el("p", { class: "empty", role: "status" }, found.empty));
      return;
    }
    fill(spinner(text.loadingClaims));
    try {
      const { rows } = await ask(from);
      fill(filterBar(), layout.table === "grid" ? grid(rows) : table(rows), pager());
    } catch (refused) {
      if (!(refused instanceof Refused)) throw refused;
      fill(alertBox("bad", el("p", {}, text.failed)),
        el("button", { class: "button", type: "button", on: { click: draw } }, text.again));
    }
  }
  draw();
  return part;
}
