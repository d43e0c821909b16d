// Makes elements. Nothing is updated in place: what changes is made anew and put where the old one was.
import { cls } from "./names.js";

/** An id that no other load of the page has. */
export const uid = () => `e${crypto.getRandomValues(new Uint32Array(2)).join("").slice(0, 14)}`;

/** An element: `class` takes our own class names, `on` handlers by event, the rest are attributes. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") node.className = cls(...value.split(" "));
    else if (name === "on") for (const [event, handler] of Object.entries(value)) node.addEventListener(event, handler);
    else if (name === "value") node.value = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Makes elements of a shadow root look like the rest: the page's style sheet, adopted. */
let adopted = null;
export async function styleInto(root) {
  adopted ??= (async () => {
    const sheet = new CSSStyleSheet();
    await sheet.replace(await (await fetch(document.styleSheets[0].href)).text());
    return sheet;
  })();
  root.adoptedStyleSheets = [await adopted];
}

/** A caption with what stands beneath it. The caption is text, no label: that is how this site was built. */
export function field(caption, control, hint = "") {
  return el("div", { class: "field" },
    el("div", { class: "caption" }, caption),
    control,
    hint ? el("div", { class: "hint" }, hint) : null);
}

export const spinner = (text) => el("div", { class: "loading", role: "progressbar", "aria-label": text },
  el("span", { class: "spin", "aria-hidden": "true" }), el("span", {}, text));

export const alertBox = (kind, ...children) => el("div", { class: `alert ${kind}`, role: "alert" }, ...children);
