// One claim, in a panel over the list or alone in a tab.
import { el, field, uid } from "./dom.js";
import { layout, text } from "./layout.js";

/** What cannot be changed stands in fields that cannot be changed. */
const card = (pairs) => el("div", { class: "grid" }, ...pairs.map(([caption, value]) => {
  const input = el("input", { class: "input", id: uid(), type: "text", disabled: true });
  input.setAttribute("value", value);
  return field(caption, input);
}));

const pairs = (list) => el("div", { class: "pairs" }, ...list.map(([caption, value]) =>
  el("div", { class: "pair" }, el("span", { class: "key" }, caption), el("span", { class: "value" }, value))));

const described = (list) => el("dl", { class: "pairs" }, ...list.map(([caption, value]) =>
  el("div", { class: "pair" }, el("dt", { class: "key" }, caption), el("dd", { class: "value" }, value))));

const table = (name, columns, rows) => el("div", { class: "scroll" }, el("table", { class: "plain" },
  el("caption", {}, name),
  el("thead", {}, el("tr", {}, ...columns.map(([caption]) => el("th", { scope: "col" }, caption)))),
  el("tbody", {}, ...rows.map((row) => el("tr", {}, ...columns.map(([, key]) => el("td", {}, row[key])))))));

const listed = (fields, values) => fields.map(([caption, key]) => [caption, values[key]]);

/** `close` leaves the claim, `open(reference)` opens another; `alone`: it has a tab for itself. */
export function detailPanel(claim, { close, open, alone = false }) {
  const made = layout.pairs === "dl" ? described : pairs;
  const none = (sentence) => el("p", { class: "empty" }, sentence);
  const related = claim.related.map((one) => ({
    ...one,
    number: one.reference
      ? el("button", { class: "link", type: "button", on: { click: () => open(one.reference) } }, one.number)
      : one.number,
  }));
  const parts = {
    member: () => card(listed(layout.fields.member, claim.member)),
    claim: () => made(listed(layout.fields.claim, claim.claim)),
    money: () => made(listed(layout.fields.money, claim.money)),
    payment: () => (claim.payment ? made(listed(layout.fields.payment, claim.payment)) : none(text.noPayment)),
    lines: () => (claim.lines.length
      ? table(text.sections.lines, layout.fields.lines, claim.lines) : none(text.noLines)),
    requests: () => (claim.requests.length
      ? table(text.sections.requests, layout.fields.requests, claim.requests) : none(text.noRequests)),
    related: () => (related.length
      ? table(text.sections.related, layout.fields.related, related) : none(text.noRelated)),
    dispute: () => el("p", {}, `${text.dispute}: ${claim.dispute}`),
  };
  const section = (name) => el("section", { class: "part" }, el("h3", {}, text.sections[name]), parts[name]());
  const body = el("div");
  const fill = (names) => body.replaceChildren(...names.map(section));
  const tabs = layout.tabs.length > 1
    ? el("div", { class: "tabs", role: "tablist" }, ...layout.tabs.map(([caption, names]) => el("button", {
      class: "tab", type: "button", role: "tab", on: { click: () => fill(names) },
    }, caption)))
    : null;
  fill(layout.tabs[0][1]);
  const leave = el("button", { class: "button", type: "button", on: { click: close } }, text.close);
  const attributes = alone ? { class: "panel alone" } : { class: "panel", role: "dialog", "aria-label": text.detail };
  return el("div", attributes,
    el("div", { class: "bar" }, el("h2", {}, text.detail), layout.closeAtTop ? leave : null),
    tabs, body, layout.closeAtTop ? null : el("div", { class: "buttons" }, leave));
}
