// A member's coverage: cards of pairs, and the benefits on tabs by network, a card for each service.
import { el } from "./dom.js";
import { layout, text } from "./layout.js";
import { card, listed, none, pairs, section, table } from "./parts.js";

export function coveragePage(found) {
  const { fields, order } = layout.coverage;
  const names = text.coverageSections;
  const parts = {
    patient: () => card(listed(fields.patient, found.patient)),
    coverage: () => pairs(listed(fields.coverage, found.coverage)),
    care: () => pairs(listed(fields.care, found.care)),
    otherPayers: () => (found.otherPayers.length
      ? table(names.otherPayers, fields.otherPayers, found.otherPayers) : none(text.noOtherPayers)),
    messages: () => (found.messages.length
      ? el("ul", {}, ...found.messages.map((message) => el("li", {}, message))) : none(text.noMessages)),
    benefits: () => benefitTabs(found.networks),
  };
  return el("div", { class: "card" },
    found.disclaimer ? el("div", { class: "alert", role: "note" }, el("p", {}, text.disclaimer), el("p", {}, found.disclaimer)) : null,
    ...order.map((name) => section(names[name], parts[name]())));
}

function benefitTabs(networks) {
  if (!networks.length) return none(text.noBenefits);
  const tabs = el("div", { class: "tabs", role: "tablist" });
  const body = el("div");
  const open = (chosen) => {
    tabs.replaceChildren(...networks.map((network) => el("button", {
      class: network === chosen ? "tab open" : "tab", type: "button", role: "tab",
      "aria-selected": String(network === chosen), on: { click: () => open(network) },
    }, network.name)));
    body.replaceChildren(networkPanel(chosen));
  };
  open(networks[0]);
  return el("div", {}, tabs, body);
}

const networkPanel = (network) => el("div", { role: "tabpanel", "aria-label": network.name },
  el("h4", {}, text.yearlyAmounts),
  network.amounts.length
    ? el("div", { class: "tiles" }, ...network.amounts.map(amountTile)) : none(text.noAmounts),
  el("h4", {}, text.benefits),
  network.services.length
    ? el("div", {}, ...network.services.map(serviceCard)) : none(text.noBenefitsHere));

const amountTile = (amount) => el("div", { class: "amount" },
  el("div", { class: "bar" }, el("strong", {}, amount.kind), el("span", { class: "chip" }, amount.level)),
  el("div", { class: "gauge", "aria-hidden": "true" }, el("div", { class: "gauged", style: `width:${amount.share}%` })),
  pairs(listed(layout.coverage.amounts, amount)));

const serviceCard = (service) => el("article", { class: "service" }, el("h5", {}, service.name),
  table(service.name, layout.coverage.benefits, service.benefits));
