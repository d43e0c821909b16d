// A list of what was found: ten at a time, asked for as somebody turns the pages.
import { Refused } from "./api.js";
import { alertBox, el, spinner } from "./dom.js";
import { layout, text } from "./layout.js";

const ROWS = 10;

/**
 * `ask(from)` gives rows, `clear()` takes the filter off, `cell(row, key, list)` is what stands in a cell. `columns` are
 * caption and key, those in `right` stand at the right; `shape` is the style of the rows, `caption` the list's name.
 */
export function resultsPart(found, { caption, loading, columns, right, shape = "row", ask, clear, cell }) {
  const part = el("div", { class: "card" });
  let from = 0;

  const filterBar = () => (found.filter
    ? el("div", { class: "chips" },
      el("span", {}, `${text.filters}: `), el("span", { class: "chip" }, found.filter),
      el("button", { class: "button", type: "button", on: { click: unfilter } }, text.clearFilters))
    : null);
  async function unfilter() {
    part.replaceChildren(spinner(loading));
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

  const place = (key) => (right.includes(key) ? "cell right" : "cell");
  const grid = (rows) => el("div", { class: "table", role: "grid", "aria-label": caption },
    el("div", { class: `${shape} head`, role: "row" },
      ...columns.map(([words, key]) => el("div", { class: place(key), role: "columnheader" }, words))),
    ...rows.map((row) => el("div", { class: shape, role: "row" },
      ...columns.map(([, key]) => el("div", { class: place(key), role: "gridcell" }, cell(row, key, part))))));
  const table = (rows) => el("table", { class: "plain" }, el("caption", {}, caption),
    el("thead", {}, el("tr", {}, ...columns.map(([words]) => el("th", { scope: "col" }, words)))),
    el("tbody", {}, ...rows.map((row) => el("tr", {},
      ...columns.map(([, key]) => el("td", {}, cell(row, key, part)))))));

  async function draw() {
    if (!found.total) {
      fill(filterBar(), el("p", { class: "empty", role: "status" }, found.empty));
      return;
    }
    fill(spinner(loading));
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
