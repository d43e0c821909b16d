// One claim, in a panel over the list or alone in a tab.
import { el } from "./dom.js";
import { layout, text } from "./layout.js";
import { card, listed, none, pairs, panel, section, table } from "./parts.js";

/** `close` leaves the claim, `open(reference)` opens another; `alone`: it has a tab for itself. */
export function detailPanel(claim, { close, open, alone = false }) {
  const related = claim.related.map((one) => ({
    ...one,
    number: one.reference
      ? el("button", { class: "link", type: "button", on: { click: () => open(one.reference) } }, one.number)
      : one.number,
  }));
  const parts = {
    member: () => card(listed(layout.fields.member, claim.member)),
    claim: () => pairs(listed(layout.fields.claim, claim.claim)),
    money: () => pairs(listed(layout.fields.money, claim.money)),
    payment: () => (claim.payment ? pairs(listed(layout.fields.payment, claim.payment)) : none(text.noPayment)),
    lines: () => (claim.lines.length
      ? table(text.sections.lines, layout.fields.lines, claim.lines) : none(text.noLines)),
    requests: () => (claim.requests.length
      ? table(text.sections.requests, layout.fields.requests, claim.requests) : none(text.noRequests)),
    related: () => (related.length
      ? table(text.sections.related, layout.fields.related, related) : none(text.noRelated)),
    dispute: () => el("p", {}, `${text.dispute}: ${claim.dispute}`),
  };
  const body = el("div");
  const fill = (names) => body.replaceChildren(...names.map((name) => section(text.sections[name], parts[name]())));
  const tabs = layout.tabs.length > 1
    ? el("div", { class: "tabs", role: "tablist" }, ...layout.tabs.map(([caption, names]) => el("button", {
      class: "tab", type: "button", role: "tab", on: { click: () => fill(names) },
    }, caption)))
    : null;
  fill(layout.tabs[0][1]);
  return panel(text.detail, close, text.close, alone, tabs, body);
}
