// The claim status application. It runs in a frame of the site and learns from the site for whom it works.
import { get, listen, post, Refused, useBearer } from "./api.js";
import { hear, send } from "./bus.js";
import { detailPanel } from "./detail.js";
import { alertBox, el, field, spinner, uid } from "./dom.js";
import { layout, text } from "./layout.js";
import { resultsPart } from "./results.js";
import { dateField, payerField, providerField } from "./widgets.js";

const BASE = "/api/claim-status";
const room = document.body.firstElementChild;
const site = window.parent !== window ? window.parent : window.opener;

const fresh = (context) => ({
  context, payer: null, provider: null, options: null, option: "", values: {}, working: false,
});
let state = null;

/** The site makes the frame as high as what is in it. */
const tellSize = () => {
  if (window.parent === window) return;
  // The sheet itself is always as high as the frame: what counts is the panel on it.
  const last = document.body.lastElementChild;
  const panel = last === room ? 0 : (last.firstElementChild?.offsetHeight ?? 0);
  send(window.parent, "height", { height: Math.max(room.scrollHeight, panel) });
};
const sizes = new ResizeObserver(tellSize);

const show = (...parts) => room.replaceChildren(el("main", { class: "app" }, ...parts));

// The form

async function takePayer(payer) {
  if (state.payer?.id === payer?.id) return;
  Object.assign(state, { payer, options: null, option: "", values: {} });
  drawChoices();
  if (payer === null) return;
  try {
    const { options } = await get(`${BASE}/payers/${payer.id}/options`);
    if (state.payer?.id !== payer.id) return;
    state.options = options;
    drawChoices();
  } catch (refused) {
    if (!(refused instanceof Refused)) throw refused;
    choices.replaceChildren(wentWrong());
  }
}

const wentWrong = () => alertBox("bad", el("p", {}, text.failed));

let choices = null;
/** The list of ways to search and the fields of the chosen one: both are made anew whenever one of them changes. */
function drawChoices() {
  const made = el("div", { class: "choices" }, optionList(), optionFields());
  choices?.replaceWith(made);
  choices = made;
}

function optionList() {
  const list = el("select", {
    class: "input", id: uid(), disabled: state.options === null,
    on: { change: (event) => { Object.assign(state, { option: event.target.value, values: {} }); drawChoices(); } },
  },
  el("option", { value: "" }, state.options === null ? text.choosePayerFirst : text.chooseOption),
  ...(state.options ?? []).map((option) => el("option", { value: option.id }, option.name)));
  list.value = state.option;
  return field(text.searchBy, list);
}

function optionFields() {
  const option = state.options?.find((one) => one.id === state.option);
  if (!option) return el("div", { class: "hint" }, text.fieldsFollow);
  return el("div", { class: "grid" }, ...option.fields.map(({ name, caption, kind, hint }) => {
    const take = (value) => { state.values[name] = value; };
    const control = kind === "date"
      ? dateField("", take)
      : el("input", { class: "input", id: uid(), type: "text", autocomplete: "off", on: { input: (event) => take(event.target.value) } });
    return field(caption, control, hint);
  }));
}

function searchForm() {
  choices = null;
  const payer = payerField({
    chosen: state.payer, taken: takePayer, search: async (typed) => (await post(`${BASE}/payers`, { typed })).payers,
  });
  const provider = providerField({
    chosen: state.provider, taken: (one) => { state.provider = one; },
    search: async (typed) => (await post(`${BASE}/providers`, { typed })).providers,
  });
  const messages = el("div", {});
  const press = el("button", { class: "button primary", type: "button", on: { click: () => search(messages) } }, text.search);
  const clear = el("button", { class: "button", type: "button", on: { click: start } }, text.clear);
  const parts = {
    who: el("div", { class: "grid" }, field(text.payer, payer), field(text.provider, provider)),
    how: el("div", {}),
    buttons: el("div", { class: "buttons" }, press, clear),
  };
  drawChoices();
  parts.how.append(choices);
  return el("div", { class: "card" }, messages, ...layout.form.map((name) => parts[name]));
}

const complaints = (messages) => alertBox("bad", el("p", {}, text.correct),
  el("ul", {}, ...messages.map((message) => el("li", {}, message))));

function start() {
  state = fresh(state.context);
  drawSearch();
}

function drawSearch() {
  show(heading(text.searchHeading), el("p", { class: "lead" }, text.searchLead), searchForm());
}

const heading = (words) => el("h1", {}, words);

async function search(messages) {
  if (state.working) return;
  state.working = true;
  messages.replaceChildren(spinner(text.searching));
  try {
    const found = await post(`${BASE}/searches`, {
      payer: state.payer?.id ?? "", provider: state.provider?.code ?? "", option: state.option,
      fields: state.values,
    });
    drawResults(found);
  } catch (refused) {
    if (!(refused instanceof Refused)) throw refused;
    messages.replaceChildren();
    if (refused.status === 422) messages.append(complaints(refused.body.messages));
    else if (refused.status !== 429 && refused.status !== 401) messages.append(wentWrong());
  } finally {
    state.working = false;
  }
}

// What was found

function drawResults(found) {
  const again = () => el("button", { class: "button", type: "button", on: { click: start } }, text.newSearch);
  const parts = {
    heading: heading(text.resultsHeading),
    asked: el("p", { class: "lead" }, `${text.payer}: ${found.payer}. ${text.provider}: ${found.provider}.`),
    again: el("div", { class: "buttons" }, again()),
    found: found.notice
      ? el("div", { class: "alert note", role: "status" }, el("p", {}, found.notice))
      : resultsPart(found, {
        ask: (from) => get(`${BASE}/searches/${found.reference}/rows?from=${from}`),
        clear: () => post(`${BASE}/searches/${found.reference}/clear`),
        open: openClaim,
      }),
  };
  show(...layout.results.map((name) => parts[name]));
}

async function openClaim(row, from) {
  const sheet = el("div", { class: "sheet side" }, spinner(text.loading));
  from.setAttribute("aria-hidden", "true");
  document.body.append(sheet);
  const close = () => {
    sheet.remove();
    from.removeAttribute("aria-hidden");
    tellSize();
  };
  try {
    const claim = await get(`${BASE}/claims/${row.reference}`);
    if (claim.window) {
      close();
      window.open(claim.window, "_blank");
      return;
    }
    sheet.replaceChildren(detailPanel(claim, { close, open: openRelated }));
    sizes.observe(sheet.firstElementChild);
  } catch (refused) {
    if (!(refused instanceof Refused)) throw refused;
    sheet.replaceChildren(el("div", { class: "panel", role: "dialog", "aria-label": text.detail },
      wentWrong(), el("button", { class: "button", type: "button", on: { click: close } }, text.close)));
  }
}

const openRelated = (reference) => window.open(`/apps/claim-status/claim/${reference}`, "_blank");

// Beginning: in the frame the form, in a tab of its own one claim

async function begin(context) {
  useBearer(context.token);
  state = fresh(context);
  const [, , , page, reference] = location.pathname.split("/");
  if (page !== "claim") return drawSearch();
  document.title = `${text.detail} | Practice Exchange`;
  try {
    const claim = await get(`${BASE}/claims/${reference}?in=tab`);
    return show(detailPanel(claim, { close: () => window.close(), open: openRelated, alone: true }));
  } catch (refused) {
    if (!(refused instanceof Refused)) throw refused;
    return show(wentWrong());
  }
}

// The answer to an ended session is whatever this address gives now.
listen("ended", () => location.reload());
listen("busy", (seconds) => send(window.parent, "busy", { seconds }));
listen("left", (seconds) => send(window.parent, "left", { seconds }));
listen("closed", (page) => send(window.parent, "closed", { page }));

let begun = false;
hear((kind, details, source) => {
  if (kind === "context" && source === site && !begun) {
    begun = true;
    begin(details.context);
  }
  // A claim in a tab of its own asks the application that opened it.
  if (kind === "who" && state !== null && source !== window.parent) send(source, "context", { context: state.context });
});
show(spinner(text.loading));
if (site) send(site, "who");
sizes.observe(room);
