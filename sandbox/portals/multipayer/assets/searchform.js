// The form with which every application begins: a payer, a provider, a way to search and its fields.
import { get, post } from "./api.js";
import { el, field, spinner, uid } from "./dom.js";
import { asked, complaints, wentWrong } from "./inner.js";
import { layout, text } from "./layout.js";
import { dateField, payerField, providerField } from "./widgets.js";

export const textField = (take) => el("input", {
  class: "input", id: uid(), type: "text", autocomplete: "off", on: { input: (event) => take(event.target.value) },
});

export function listField(choices, take) {
  return el("select", { class: "input", id: uid(), on: { change: (event) => take(event.target.value) } },
    ...choices.map(([value, words]) => el("option", { value }, words)));
}

/**
 * `base` is the application's address. `more` are its own fields, `own` what they hold; `press` the words of the
 * button, `busy` those while it works. `send(asked)` asks, `draw(found)` shows the answer, `clear()` begins anew.
 */
export function searchForm({ base, more = [], own = {}, press, busy, send, draw, clear }) {
  const state = { payer: null, provider: null, options: null, option: "", values: {}, working: false };
  const messages = el("div", {});
  let choices = null;

  async function takePayer(payer) {
    if (state.payer?.id === payer?.id) return;
    Object.assign(state, { payer, options: null, option: "", values: {} });
    drawChoices();
    if (payer === null) return;
    await asked(async () => {
      const { options } = await get(`${base}/payers/${payer.id}/options`);
      if (state.payer?.id !== payer.id) return;
      state.options = options;
      drawChoices();
    }, () => choices.replaceChildren(wentWrong()));
  }

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
      return field(caption, kind === "date" ? dateField("", take) : textField(take), hint);
    }));
  }

  async function pressed() {
    if (state.working) return;
    state.working = true;
    messages.replaceChildren(spinner(busy));
    await asked(async () => {
      draw(await send({
        payer: state.payer?.id ?? "", provider: state.provider?.code ?? "", option: state.option,
        fields: state.values, ...own,
      }));
    }, (refused) => {
      messages.replaceChildren();
      if (refused.status === 422) messages.append(complaints(refused.body.messages));
      else if (refused.status !== 429 && refused.status !== 401) messages.append(wentWrong());
    });
    state.working = false;
  }

  const payer = payerField({
    chosen: null, taken: takePayer, search: async (typed) => (await post(`${base}/payers`, { typed })).payers,
  });
  const provider = providerField({
    chosen: null, taken: (one) => { state.provider = one; },
    search: async (typed) => (await post(`${base}/providers`, { typed })).providers,
  });
  const parts = {
    who: el("div", { class: "grid" }, field(text.payer, payer), field(text.provider, provider)),
    how: el("div", {}),
    buttons: el("div", { class: "buttons" },
      el("button", { class: "button primary", type: "button", on: { click: pressed } }, press),
      el("button", { class: "button", type: "button", on: { click: clear } }, text.clear)),
  };
  drawChoices();
  parts.how.append(choices, more.length ? el("div", { class: "grid" }, ...more) : "");
  return el("div", { class: "card" }, messages, ...layout.form.map((name) => parts[name]));
}
