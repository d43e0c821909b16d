// The parts of which the site's pages are made: captions with what belongs to them, small tables, sections.
import { el, field, uid } from "./dom.js";
import { layout } from "./layout.js";

/** What cannot be changed stands in fields that cannot be changed. */
export const card = (pairs) => el("div", { class: "grid" }, ...pairs.map(([caption, value]) => {
  const input = el("input", { class: "input", id: uid(), type: "text", disabled: true });
  input.setAttribute("value", value);
  return field(caption, input);
}));

const spans = (list) => el("div", { class: "pairs" }, ...list.map(([caption, value]) =>
  el("div", { class: "pair" }, el("span", { class: "key" }, caption), el("span", { class: "value" }, value))));

const described = (list) => el("dl", { class: "pairs" }, ...list.map(([caption, value]) =>
  el("div", { class: "pair" }, el("dt", { class: "key" }, caption), el("dd", { class: "value" }, value))));

/** Captions and values side by side, as the version of the pages builds them. */
export const pairs = layout.pairs === "dl" ? described : spans;

export const table = (name, columns, rows) => el("div", { class: "scroll" }, el("table", { class: "plain" },
  el("caption", {}, name),
  el("thead", {}, el("tr", {}, ...columns.map(([caption]) => el("th", { scope: "col" }, caption)))),
  el("tbody", {}, ...rows.map((row) => el("tr", {}, ...columns.map(([, key]) => el("td", {}, row[key])))))));

export const none = (sentence) => el("p", { class: "empty" }, sentence);

/** Captions with their values, from what the server calls them. */
export const listed = (fields, values) => fields.map(([caption, key]) => [caption, values[key]]);

export const section = (name, ...parts) => el("section", { class: "part" }, el("h3", {}, name), ...parts);

/** A panel: `heading` and a button that closes it; `alone`: it has a tab for itself. */
export function panel(heading, close, closeWords, alone, ...parts) {
  const leave = el("button", { class: "button", type: "button", on: { click: close } }, closeWords);
  const attributes = alone ? { class: "panel alone" } : { class: "panel", role: "dialog", "aria-label": heading };
  return el("div", attributes,
    el("div", { class: "bar" }, el("h2", {}, heading), layout.closeAtTop ? leave : null),
    ...parts, layout.closeAtTop ? null : el("div", { class: "buttons" }, leave));
}
