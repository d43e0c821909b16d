// The site's own form controls: a date field and two kinds of type-ahead. Some keep their insides in a shadow root.
import { el, styleInto, uid } from "./dom.js";

const PAUSE = 180;

/** Puts slashes into a date while it is typed. */
function masked(text) {
  const digits = text.replace(/\D/g, "").slice(0, 8);
  if (/^\d{2}\/\d{2}\/\d{4}$/.test(text) || text.length !== digits.length) return text;
  return [digits.slice(0, 2), digits.slice(2, 4), digits.slice(4)].filter(Boolean).join("/");
}

/** `<px-date>`: one text field in a shadow root; says `change` with the text in `detail`. */
class DateField extends HTMLElement {
  connectedCallback() {
    if (this.shadowRoot) return;
    const root = this.attachShadow({ mode: "open" });
    const input = el("input", {
      class: "input", id: uid(), type: "text", placeholder: "MM/DD/YYYY", inputmode: "numeric", autocomplete: "off",
      maxlength: 10,
      on: {
        input: () => {
          if (masked(input.value) !== input.value) input.value = masked(input.value);
          this.dispatchEvent(new CustomEvent("change", { detail: input.value }));
        },
      },
    });
    input.value = this.getAttribute("text") ?? "";
    root.append(el("div", { class: "dated" }, input));
    styleInto(root);
  }
}
customElements.define("px-date", DateField);

/** The behaviour of both type-aheads: ask while somebody types, list what comes, take what is pressed. */
function typeAhead({ input, list, search, written, taken }) {
  let timer = null;
  let asked = 0;
  const close = () => list([]);
  const ask = async () => {
    const text = input.value.trim();
    asked += 1;
    const mine = asked;
    if (text.length < 3) return close();
    const found = await search(text).catch(() => []);
    if (mine !== asked) return undefined;
    return list(found.map((item) => el("li", {
      class: "option", role: "option", id: uid(),
      on: {
        mousedown: (event) => event.preventDefault(),
        click: () => {
          // What was still to be asked for is settled now.
          clearTimeout(timer);
          asked += 1;
          input.value = written(item);
          close();
          taken(item);
        },
      },
    }, el("span", {}, item.name), " ", el("span", { class: "code" }, item.code))));
  };
  input.addEventListener("input", () => {
    taken(null);
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  input.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
  input.addEventListener("blur", () => setTimeout(close, 250));
}

/** A type-ahead whose list is drawn at the end of the page, as dialogs are. */
export function payerField({ chosen, search, taken }) {
  const input = el("input", {
    class: "input", id: uid(), type: "text", role: "combobox", "aria-expanded": "false", autocomplete: "off",
    placeholder: "Start typing a payer",
  });
  const written = (item) => `${item.name} ${item.code}`;
  if (chosen) input.value = written(chosen);
  let shown = null;
  const list = (options) => {
    shown?.remove();
    shown = null;
    input.setAttribute("aria-expanded", String(options.length > 0));
    if (!options.length) return;
    const box = input.getBoundingClientRect();
    shown = el("ul", {
      class: "options", role: "listbox", id: uid(), "aria-label": "Payers",
      style: `left:${box.left + scrollX}px;top:${box.bottom + scrollY}px;width:${box.width}px`,
    }, ...options);
    document.body.append(shown);
  };
  typeAhead({ input, list, search, written, taken });
  return input;
}

/** `<px-provider>`: a type-ahead that keeps its list in its shadow root. Give it `search`, `chosen`, `taken` first. */
class ProviderField extends HTMLElement {
  connectedCallback() {
    if (this.shadowRoot) return;
    const root = this.attachShadow({ mode: "open" });
    const input = el("input", {
      class: "input", id: uid(), type: "text", role: "combobox", "aria-expanded": "false", autocomplete: "off",
      placeholder: "Name or NPI",
    });
    const written = (item) => `${item.name} ${item.code}`;
    if (this.chosen) input.value = written(this.chosen);
    const room = el("div", { class: "picker" }, input);
    // The input itself stays where it is: put back in, it would have lost the focus.
    let shown = null;
    const list = (options) => {
      shown?.remove();
      shown = null;
      input.setAttribute("aria-expanded", String(options.length > 0));
      if (!options.length) return;
      shown = el("ul", { class: "options inside", role: "listbox", "aria-label": "Providers", id: uid() }, ...options);
      room.append(shown);
    };
    typeAhead({ input, list, search: this.search, written, taken: this.taken });
    root.append(room);
    styleInto(root);
  }
}
customElements.define("px-provider", ProviderField);

export function dateField(text, changed) {
  const host = el("px-date", { text });
  host.addEventListener("change", (event) => changed(event.detail));
  return host;
}

export function providerField({ chosen, search, taken }) {
  const host = document.createElement("px-provider");
  Object.assign(host, { chosen, search, taken });
  return host;
}

/** A window over the page, with a dark sheet beneath. `buttons` are [text, handler]; each closes it. */
export function dialog(heading, text, buttons, { role = "dialog" } = {}) {
  const id = uid();
  const sheet = el("div", { class: "sheet" },
    el("div", { class: "dialog", role, "aria-modal": "true", "aria-labelledby": id },
      el("h2", { id }, heading),
      el("div", {}, text),
      el("div", { class: "buttons" }, ...buttons.map(([caption, handler]) => el("button", {
        class: "button", type: "button", on: { click: () => { sheet.remove(); handler(); } },
      }, caption)))));
  document.body.append(sheet);
  return sheet;
}
