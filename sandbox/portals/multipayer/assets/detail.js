// One claim, in a panel over the list or alone in a tab.
import { alertBox, el, spinner } from "./dom.js";
import { asked, goTo, wentWrong } from "./inner.js";
import { layout, text } from "./layout.js";
import { card, listed, none, pairs, panel, section, table } from "./parts.js";

/** The button that puts a dispute of the claim into the worklist of Appeals, or says why there can be none. */
function disputeButton(begin) {
  const said = el("div", { "aria-live": "polite" });
  let working = false;
  const press = async () => {
    if (working) return;
    working = true;
    said.replaceChildren(spinner(text.beginning));
    await asked(async () => {
      const { added, refused } = await begin();
      if (added) goTo("/claims/appeals", `/apps/appeals/?added=${added}`);
      else said.replaceChildren(alertBox("bad", el("p", {}, refused)));
    }, () => said.replaceChildren(wentWrong()));
    working = false;
  };
  return el("div", {}, said, el("button", { class: "button", type: "button", on: { click: press } }, text.disputeClaim));
}

/**
 * `close` leaves the claim, `open(reference)` opens another, `begin()` begins a dispute; `alone`: it has a tab for
 * itself.
 */
export function detailPanel(claim, { close, open, begin, alone = false }) {
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
    dispute: () => [
      el("p", {}, `${text.dispute}: ${claim.dispute}`),
      claim.dispute === "Yes" ? disputeButton(begin) : null,
    ],
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
