// The remittance viewer: payments of a payer, each with its 835 to save and its paper form to look at.
import { file, get, post } from "./api.js";
import { alertBox, el } from "./dom.js";
import { asked, heading, openPanel, show, startApplication, wentWrong } from "./inner.js";
import { layout, text } from "./layout.js";
import { listed, none, pairs, panel, section, table } from "./parts.js";
import { resultsPart } from "./results.js";
import { searchForm } from "./searchform.js";

const BASE = "/api/remittance-viewer";

function drawSearch() {
  show(heading(text.remittancesHeading), el("p", { class: "lead" }, text.remittancesLead), searchForm({
    base: BASE, press: text.findPayments, busy: text.searching, clear: drawSearch, draw: drawResults,
    send: (filled) => post(`${BASE}/searches`, filled),
  }));
}

// What was found

function drawResults(found) {
  const complaint = el("div", {});
  const linked = (words, click) => el("button", { class: "link", type: "button", on: { click } }, words);
  const cell = (row, key, from) => {
    if (key === "trace") return linked(row.trace, () => openPayment(row, from));
    if (key === "era") return row.era ? linked(text.era, () => saveEra(row, complaint)) : text.noDocument;
    if (key === "eob") return row.eob ? linked(text.eob, () => showEob(row, complaint)) : text.noDocument;
    return row[key];
  };
  const parts = {
    heading: heading(text.paymentsHeading),
    asked: el("p", { class: "lead" }, `${text.payer}: ${found.payer}. ${text.provider}: ${found.provider}.`),
    again: el("div", { class: "buttons" },
      el("button", { class: "button", type: "button", on: { click: drawSearch } }, text.newSearch)),
    found: el("div", {}, complaint, resultsPart(found, {
      caption: text.payments, loading: text.loadingPayments, columns: layout.payments.columns, right: ["amount"],
      shape: "row payments",
      ask: (from) => get(`${BASE}/searches/${found.reference}/rows?from=${from}`),
      clear: () => post(`${BASE}/searches/${found.reference}/clear`),
      cell,
    })),
  };
  show(...layout.results.map((name) => parts[name]));
}

const refusedIn = (complaint) => (refused) => {
  if (refused.status === 401) return;
  complaint.replaceChildren(refused.status === 404 ? alertBox("bad", el("p", {}, text.documentGone)) : wentWrong());
};

/** The 835 comes as an answer to the script, which gives it to the browser as a file to save. */
function saveEra(row, complaint) {
  complaint.replaceChildren();
  return asked(async () => {
    const { blob, name } = await file(`${BASE}/payments/${row.reference}/era`);
    const address = URL.createObjectURL(blob);
    const anchor = el("a", { href: address, download: name });
    document.body.append(anchor);
    anchor.click();
    anchor.remove();
    setTimeout(() => URL.revokeObjectURL(address), 30000);
  }, refusedIn(complaint));
}

/** The paper form opens in a tab of its own. */
function showEob(row, complaint) {
  complaint.replaceChildren();
  return asked(async () => {
    const { window: address } = await post(`${BASE}/payments/${row.reference}/eob`);
    window.open(address, "_blank");
  }, refusedIn(complaint));
}

// One payment

const openPayment = (row, from) => openPanel(from, text.paymentDetail, {
  get: () => get(`${BASE}/payments/${row.reference}`),
  draw: (payment, close) => paymentPanel(payment, close),
});

function paymentPanel(payment, close, alone = false) {
  const { fields } = layout.payments;
  const names = text.paymentSections;
  return panel(text.paymentDetail, close, text.close, alone,
    section(names.payment, pairs(listed(fields.payment, payment.payment))),
    section(names.claims, payment.claims.length
      ? table(names.claims, fields.claims, payment.claims) : none(text.noPaidClaims)),
    section(names.adjustments, payment.adjustments.length
      ? table(names.adjustments, fields.adjustments, payment.adjustments) : none(text.noAdjustments)));
}

// Beginning: in the frame the form, in a tab of its own one payment

startApplication(async (page, reference) => {
  if (page !== "payment") return drawSearch();
  document.title = `${text.paymentDetail} | Practice Exchange`;
  return asked(async () => {
    show(paymentPanel(await get(`${BASE}/payments/${reference}?in=tab`), () => window.close(), true));
  }, () => show(wentWrong()));
});
