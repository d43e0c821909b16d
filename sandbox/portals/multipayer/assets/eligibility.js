// The eligibility application: an inquiry about one patient, and what the payer answers.
import { get, post } from "./api.js";
import { coveragePage } from "./coverage.js";
import { el, field } from "./dom.js";
import { asked, heading, show, startApplication, wentWrong } from "./inner.js";
import { layout, text } from "./layout.js";
import { listField, searchForm } from "./searchform.js";
import { dateField } from "./widgets.js";

const BASE = "/api/eligibility";
let services = [];

function drawSearch() {
  const own = { service: services[0].id, service_from: "", service_to: "" };
  const day = (name) => dateField("", (value) => { own[name] = value; });
  show(heading(text.eligibilityHeading), el("p", { class: "lead" }, text.eligibilityLead), searchForm({
    base: BASE, press: text.inquire, busy: text.inquiring, clear: drawSearch, own,
    more: [
      field(text.asOf, day("service_from")), field(text.through, day("service_to")),
      field(text.benefitType, listField(services.map(({ id, name }) => [id, name]), (value) => { own.service = value; })),
    ],
    send: (filled) => post(`${BASE}/inquiries`, filled),
    draw: drawAnswer,
  }));
}

// What the payer answers

function drawAnswer(answer) {
  const again = el("div", { class: "buttons" },
    el("button", { class: "button", type: "button", on: { click: drawSearch } }, text.newInquiry));
  const parts = {
    heading: heading(answer.members ? text.membersHeading : text.answerHeading),
    asked: el("p", { class: "lead" }, `${text.payer}: ${answer.payer}. ${text.provider}: ${answer.provider}.`),
    again,
    found: answer.found ? coveragePage(answer.found) : answer.members ? membersPart(answer) : rejection(answer.rejected),
  };
  show(...layout.results.map((name) => parts[name]));
}

const rejection = (sentence) => el("div", { class: "alert note", role: "status" },
  el("p", {}, text.noAnswer), el("p", {}, sentence));

/** More than one member fits: the visitor chooses. */
function membersPart(answer) {
  const part = el("div", { class: "card" });
  const open = (row) => asked(async () => {
    const { found } = await get(`${BASE}/members/${row.reference}`);
    drawAnswer({ payer: answer.payer, provider: answer.provider, found });
  }, () => part.prepend(wentWrong()));
  const cell = (row, key) => (key === "memberId"
    ? el("button", { class: "link", type: "button", on: { click: () => open(row) } }, row[key]) : row[key]);
  part.append(el("p", {}, text.severalMembers), el("table", { class: "plain" }, el("caption", {}, text.membersHeading),
    el("thead", {}, el("tr", {}, ...layout.coverage.members.map(([words]) => el("th", { scope: "col" }, words)))),
    el("tbody", {}, ...answer.members.map((row) => el("tr", {},
      ...layout.coverage.members.map(([, key]) => el("td", {}, cell(row, key))))))));
  return part;
}

startApplication(() => asked(async () => {
  ({ services } = await get(`${BASE}/services`));
  drawSearch();
}, () => show(wentWrong())));
