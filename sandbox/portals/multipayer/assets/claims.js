// The claim status application. It runs in a frame of the site and learns from the site for whom it works.
import { get, post } from "./api.js";
import { detailPanel } from "./detail.js";
import { el } from "./dom.js";
import { asked, heading, openPanel, show, startApplication, wentWrong } from "./inner.js";
import { layout, text } from "./layout.js";
import { resultsPart } from "./results.js";
import { searchForm } from "./searchform.js";

const BASE = "/api/claim-status";

function drawSearch() {
  show(heading(text.searchHeading), el("p", { class: "lead" }, text.searchLead), searchForm({
    base: BASE, press: text.search, busy: text.searching, clear: drawSearch, draw: drawResults,
    send: (filled) => post(`${BASE}/searches`, filled),
  }));
}

// What was found

function drawResults(found) {
  const again = () => el("button", { class: "button", type: "button", on: { click: drawSearch } }, text.newSearch);
  const opener = (row, from) => el("button", {
    class: "link", type: "button", on: { click: () => openClaim(row, from) },
  }, row.claimNumber);
  const parts = {
    heading: heading(text.resultsHeading),
    asked: el("p", { class: "lead" }, `${text.payer}: ${found.payer}. ${text.provider}: ${found.provider}.`),
    again: el("div", { class: "buttons" }, again()),
    found: found.notice
      ? el("div", { class: "alert note", role: "status" }, el("p", {}, found.notice))
      : resultsPart(found, {
        caption: text.claims, loading: text.loadingClaims, columns: layout.columns, right: ["charge"],
        ask: (from) => get(`${BASE}/searches/${found.reference}/rows?from=${from}`),
        clear: () => post(`${BASE}/searches/${found.reference}/clear`),
        cell: (row, key, from) => (key === "claimNumber" ? opener(row, from) : row[key]),
      }),
  };
  show(...layout.results.map((name) => parts[name]));
}

const openClaim = (row, from) => openPanel(from, text.detail, {
  get: () => get(`${BASE}/claims/${row.reference}`),
  draw: (claim, close) => detailPanel(claim, { close, open: openRelated, begin: beginner(row.reference) }),
});

const beginner = (reference) => () => post(`${BASE}/claims/${reference}/dispute`);

const openRelated = (reference) => window.open(`/apps/claim-status/claim/${reference}`, "_blank");

// Beginning: in the frame the form, in a tab of its own one claim

startApplication(async (page, reference) => {
  if (page !== "claim") return drawSearch();
  document.title = `${text.detail} | Practice Exchange`;
  return asked(async () => {
    const claim = await get(`${BASE}/claims/${reference}?in=tab`);
    show(detailPanel(claim, {
      close: () => window.close(), open: openRelated, begin: beginner(reference), alone: true,
    }));
  }, () => show(wentWrong()));
});
