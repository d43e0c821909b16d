// The way in: the server says what stands on each page of it, this draws it and sends what was entered.
import { post, Refused } from "./api.js";
import { alertBox, el, field, spinner, uid } from "./dom.js";
import { text } from "./layout.js";

/** Draw a page of the way in; `go(answer)` takes what the server says to a press, `again()` begins anew. */
export function signInPage(page, go, again = () => {}) {
  const entered = {};
  const messages = el("div", { "aria-live": "polite" });
  if (page.alert) messages.append(alertBox(page.kind ?? "bad", el("p", {}, page.alert)));
  let working = false;
  const press = async (action) => {
    if (working) return;
    working = true;
    messages.replaceChildren(spinner(text.loading));
    try {
      go(await post(page.address ?? `/api/sign-in/${action}`, { page: page.page, fields: entered }));
    } catch (refused) {
      if (!(refused instanceof Refused)) throw refused;
      working = false;
      if (refused.status === 401 || refused.status === 403) again();
      else messages.replaceChildren(alertBox("bad", el("p", {}, text.signInFailed)));
    }
  };
  const controls = page.fields.map(({ name, caption, kind, choices, value }) => {
    const take = (event) => { entered[name] = event.target.value; };
    if (kind === "tick") {
      entered[name] = "no";
      const box = el("input", { type: "checkbox", id: uid(), on: { change: () => { entered[name] = box.checked ? "yes" : "no"; } } });
      return el("label", { class: "tick" }, box, el("span", {}, caption));
    }
    if (kind === "list") {
      const list = el("select", { class: "input", id: uid(), on: { change: take } },
        ...choices.map(([key, words]) => el("option", { value: key }, words)));
      list.value = value;
      entered[name] = value;
      return field(caption, list);
    }
    return field(caption, el("input", {
      class: "input", id: uid(), type: kind === "secret" ? "password" : "text", autocomplete: "off",
      ...(kind === "code" ? { inputmode: "numeric", maxlength: 6 } : {}), on: { input: take },
    }));
  });
  return el("div", { class: "narrow" },
    el("div", { class: "card" },
      el("h1", {}, page.heading), messages,
      ...page.text.map((words) => el("p", {}, words)),
      page.document.length
        ? el("section", { class: "terms", "aria-label": page.heading, tabindex: 0 }, ...page.document.map((words) => el("p", {}, words)))
        : null,
      el("form", { autocomplete: "off", on: { submit: (event) => { event.preventDefault(); press(page.actions[0].action); } } },
        ...controls,
        page.actions.length ? el("div", { class: "buttons" }, ...page.actions.map(({ action, caption }, place) => el("button", {
          class: place ? "button" : "button primary", type: place ? "button" : "submit",
          ...(place ? { on: { click: () => press(action) } } : {}),
        }, caption))) : null)));
}
