// What the applications in the site's frame share: they learn from the site for whom they work, and tell it their height.
import { listen, Refused, useBearer } from "./api.js";
import { hear, send } from "./bus.js";
import { alertBox, el, spinner } from "./dom.js";
import { text } from "./layout.js";

const room = document.body.firstElementChild;
const site = window.parent !== window ? window.parent : window.opener;
let context = null;

/** The site makes the frame as high as what is in it. */
export const tellSize = () => {
  if (window.parent === window) return;
  // The sheet itself is always as high as the frame: what counts is the panel on it.
  const last = document.body.lastElementChild;
  const panel = last === room ? 0 : (last.firstElementChild?.offsetHeight ?? 0);
  send(window.parent, "height", { height: Math.max(room.scrollHeight, panel) });
};
const sizes = new ResizeObserver(tellSize);

export const show = (...parts) => room.replaceChildren(el("main", { class: "app" }, ...parts));
export const heading = (words) => el("h1", {}, words);
export const wentWrong = () => alertBox("bad", el("p", {}, text.failed));
export const complaints = (messages) => alertBox("bad", el("p", {}, text.correct),
  el("ul", {}, ...messages.map((message) => el("li", {}, message))));

/** What the site refuses goes to `refused`; every other error is a mistake of ours. */
export async function asked(work, refused) {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return refused(error);
  }
}

/**
 * A panel over `from`, named `name`: `get()` asks for what is in it, `draw(found, close)` makes it.
 * An answer with `window` is opened in a tab instead.
 */
export async function openPanel(from, name, { get, draw }) {
  const sheet = el("div", { class: "sheet side" }, spinner(text.loading));
  from.setAttribute("aria-hidden", "true");
  document.body.append(sheet);
  const close = () => {
    sheet.remove();
    from.removeAttribute("aria-hidden");
    tellSize();
  };
  await asked(async () => {
    const found = await get();
    if (found.window) {
      close();
      window.open(found.window, "_blank");
      return;
    }
    sheet.replaceChildren(draw(found, close));
    sizes.observe(sheet.firstElementChild);
  }, () => sheet.replaceChildren(el("div", { class: "panel", role: "dialog", "aria-label": name },
    wentWrong(), el("button", { class: "button", type: "button", on: { click: close } }, text.close))));
}

/** Go to `path` of the site, with `inside` in its frame; a tab of its own goes to what is inside alone. */
export function goTo(path, inside) {
  if (window.parent === window) location.assign(inside);
  else send(window.parent, "go", { path, inside });
}

/** Begin as soon as the site has said for whom: `begin(page, reference)` gets what the address names, if anything. */
export function startApplication(begin) {
  // The answer to an ended session is whatever this address gives now.
  listen("ended", () => location.reload());
  listen("busy", (seconds) => send(window.parent, "busy", { seconds }));
  listen("left", (seconds) => send(window.parent, "left", { seconds }));
  listen("closed", (page) => send(window.parent, "closed", { page }));
  hear((kind, details, source) => {
    if (kind === "context" && source === site && context === null) {
      context = details.context;
      useBearer(context.token);
      const [, , , page, reference] = location.pathname.split("/");
      begin(page, reference);
    }
    // What has a tab of its own asks the application that opened it.
    if (kind === "who" && context !== null && source !== window.parent) send(source, "context", { context });
  });
  show(spinner(text.loading));
  if (site) send(site, "who");
  sizes.observe(room);
}
