// The appeals application: disputes that payers have, each with its decision, and the worklist of those to complete.
import { get, post } from "./api.js";
import { completeDispute } from "./dispute.js";
import { alertBox, el, spinner } from "./dom.js";
import { asked, heading, openPanel, show, startApplication, wentWrong } from "./inner.js";
import { layout, text } from "./layout.js";
import { card, listed, none, pairs, panel, section, table } from "./parts.js";
import { resultsPart } from "./results.js";
import { searchForm } from "./searchform.js";

const BASE = "/api/appeals";
const button = (words, click, shape = "button") => el("button", { class: shape, type: "button", on: { click } }, words);

function drawSearch() {
  show(heading(text.appealsHeading), el("p", { class: "lead" }, text.appealsLead), searchForm({
    base: BASE, press: text.findDisputes, busy: text.searching, clear: drawSearch, draw: drawResults,
    send: (filled) => post(`${BASE}/searches`, filled),
  }), el("div", { class: "buttons" }, button(text.openWorklist, () => drawWorklist())));
}

// What was found

function drawResults(found) {
  const opener = (row, from) => button(row.number, () => openDispute(row, from), "link");
  const parts = {
    heading: heading(text.disputesHeading),
    asked: el("p", { class: "lead" }, `${text.payer}: ${found.payer}. ${text.provider}: ${found.provider}.`),
    again: el("div", { class: "buttons" }, button(text.newSearch, drawSearch)),
    found: resultsPart(found, {
      caption: text.disputes, loading: text.loadingDisputes, columns: layout.appeals.columns, right: [],
      shape: "row disputes",
      ask: (from) => get(`${BASE}/searches/${found.reference}/rows?from=${from}`),
      clear: () => post(`${BASE}/searches/${found.reference}/clear`),
      cell: (row, key, from) => (key === "number" ? opener(row, from) : row[key]),
    }),
  };
  show(...layout.results.map((name) => parts[name]));
}

// One dispute

const openDispute = (row, from) => openPanel(from, text.disputeDetail, {
  get: () => get(`${BASE}/disputes/${row.reference}`),
  draw: (dispute, close) => disputePanel(dispute, close),
});

function disputePanel(dispute, close, alone = false) {
  const { detail, fields, number } = layout.appeals;
  const said = el("div", {});
  const showLetter = () => asked(async () => {
    const { window: address } = await post(`${BASE}/disputes/${dispute.reference}/letter`);
    window.open(address, "_blank");
  }, () => said.replaceChildren(wentWrong()));
  const parts = {
    dispute: () => pairs(listed([...number, ...fields.dispute], dispute.dispute)),
    member: () => card(listed(fields.member, dispute.member)),
    progress: () => pairs(listed(fields.progress, dispute.progress)),
    wanted: () => (dispute.wanted.length
      ? table(text.disputeSections.wanted, fields.wanted, dispute.wanted) : none(text.nothingWanted)),
    decision: () => (dispute.decision
      ? [pairs(listed(fields.decision, dispute.decision)), el("div", { class: "entries" }, said, button(text.letter, showLetter))]
      : none(text.noDecision)),
  };
  return panel(text.disputeDetail, close, text.close, alone,
    ...detail.map((name) => section(text.disputeSections[name], parts[name]())));
}

// The worklist: what was begun on a claim waits here

async function drawWorklist(added = null) {
  show(spinner(text.loading));
  return asked(async () => {
    const { rows } = await get(`${BASE}/worklist`);
    const complete = (reference) => completeDispute(reference, { leave: () => drawWorklist(), done: drawSearch });
    const waiting = rows.map((row) => ({ ...row, open: button(text.continueDispute, () => complete(row.reference), "link") }));
    show(heading(text.worklistHeading),
      added === null ? null : el("div", { class: "alert note", role: "status" }, el("p", {}, text.added),
        el("div", { class: "buttons" }, button(text.complete, () => complete(added), "button primary"))),
      el("div", { class: "card" },
        waiting.length ? table(text.worklist, layout.appeals.waiting, waiting) : none(text.nothingToDo)),
      el("div", { class: "buttons" }, button(text.toDisputes, drawSearch)));
  }, (refused) => show(refused.status === 404 ? alertBox("bad", el("p", {}, text.gone)) : wentWrong()));
}

// Beginning: the form; the worklist with what was just added; in a tab of its own one dispute

startApplication(async (page, reference) => {
  const added = new URLSearchParams(location.search).get("added");
  if (added !== null) return drawWorklist(added);
  if (page !== "dispute") return drawSearch();
  document.title = `${text.disputeDetail} | Practice Exchange`;
  return asked(async () => {
    show(disputePanel(await get(`${BASE}/disputes/${reference}?in=tab`), () => window.close(), true));
  }, () => show(wentWrong()));
});
