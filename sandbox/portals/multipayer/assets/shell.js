// The site itself: it is loaded once, and after that only its parts are drawn anew as somebody moves about.
import { get, listen, post, Refused, useCsrf } from "./api.js";
import { hear, send } from "./bus.js";
import { alertBox, el, spinner, uid } from "./dom.js";
import { layout, text } from "./layout.js";
import { signInPage } from "./signin.js";
import { dialog } from "./widgets.js";

const room = document.body.firstElementChild;
const ROUTES = {
  "/home": home, "/sign-in": signIn, "/sign-out": signOut, "/organization": organization,
};
/** The applications that open in a frame: name, words, menu, and what the tile says; by path. */
const APPLICATIONS = {
  "/claims/status": ["claim-status", text.claimStatus, text.claimsMenu, text.claimStatusAbout],
  "/claims/appeals": ["appeals", text.appeals, text.claimsMenu, text.appealsAbout],
  "/claims/remittances": ["remittance-viewer", text.remittances, text.claimsMenu, text.remittancesAbout],
  "/patients/eligibility": ["eligibility", text.eligibility, text.patientsMenu, text.eligibilityAbout],
};
let me = null;
let frame = null;
let framed = "";
/** What an application asked to be opened inside the next one. */
let inside = null;

// Moving about

function go(path, { replace = false } = {}) {
  history[replace ? "replaceState" : "pushState"]({}, "", path);
  route();
}
window.addEventListener("popstate", route);

const link = (path, words) => el("a", {
  href: path, on: { click: (event) => { event.preventDefault(); go(path); } },
}, words);

async function route() {
  frame = null;
  const page = location.pathname in APPLICATIONS ? application : ROUTES[location.pathname];
  if (page === undefined) return go("/home", { replace: true });
  if (me === null && page !== signIn && page !== signOut) return go("/sign-in", { replace: true });
  return tried(page);
}

/** Do this; where the server refuses, say so. An ended session and a closed site say so themselves. */
async function tried(work) {
  try {
    return await work();
  } catch (refused) {
    if (!(refused instanceof Refused)) throw refused;
    if (refused.status === 401 || refused.body?.closed) return undefined;
    return draw(alertBox("bad", el("p", {}, text.failed)), el("p", {}, link("/home", text.again)));
  }
}

// Around every page

function menu(caption, entries) {
  const list = el("div", { class: "drop", role: "menu" }, ...entries.map(([path, words]) => el("a", {
    href: path, role: "menuitem", on: { click: (event) => { event.preventDefault(); go(path); } },
  }, words)));
  list.hidden = true;
  const button = el("button", {
    class: "menu", type: "button", "aria-haspopup": "true", on: { click: () => { list.hidden = !list.hidden; } },
  }, caption);
  return el("div", { class: "entry" }, button, list);
}

function top() {
  const brand = el("div", { class: "brand" }, el("span", {}, "Practice "), el("strong", {}, "Exchange"));
  if (me === null) return el("header", { class: "top" }, el("div", { class: "width" }, brand));
  const entries = (caption) => {
    const found = Object.entries(APPLICATIONS).filter(([, [, , of]]) => me.claims && of === caption);
    return found.length ? found.map(([path, [, words]]) => [path, words]) : [["/home", text.noApplications]];
  };
  return el("header", { class: "top" },
    el("div", { class: "width" }, brand,
      link("/home", text.home),
      menu(text.patientsMenu, entries(text.patientsMenu)),
      menu(text.claimsMenu, entries(text.claimsMenu)),
      menu(me.userName, [["/organization", text.changeOrganization], ["/sign-out", text.signOut]])),
    me.organization ? el("div", { class: "acting" }, el("div", { class: "width" },
      el("span", {}, `${text.organization}: `), el("strong", {}, me.organization.name),
      el("span", { class: "apart" }, `${text.taxId} ${me.organization.tin}`),
      el("span", { class: "apart" }, `${text.region}: ${me.region}`))) : null);
}

const foot = () => el("footer", { class: "foot" }, el("div", { class: "width" },
  el("p", {}, text.footer), el("p", {}, text.notGuarantee)));

const banner = el("div", { class: "width" });

function draw(...parts) {
  room.replaceChildren(top(), banner, el("div", { class: "width main" }, ...parts), foot());
}

// Pages

async function signIn() {
  me = null;
  draw(spinner(text.loading));
  drawSignIn(await get("/api/sign-in"));
}

async function drawSignIn(page) {
  useCsrf(page.csrf);
  if (page.page === "open") {
    await begin();
    return go(me.organization ? "/home" : "/organization", { replace: true });
  }
  return draw(signInPage(page, drawSignIn, signIn));
}

async function signOut() {
  const page = await post("/api/sign-out");
  me = null;
  useCsrf(page.csrf);
  return draw(el("div", { class: "narrow" }, el("div", { class: "card" },
    el("h1", {}, text.signedOutHeading), el("p", {}, text.signedOutText), el("p", {}, link("/sign-in", text.signInAgain)))));
}

async function organization() {
  draw(spinner(text.loading));
  const page = await get("/api/organizations");
  draw(signInPage(page, async () => { await begin(); go("/home"); }));
}

function home() {
  const tile = (heading, words, path) => el("div", { class: path ? "card tile" : "card tile grey" },
    el("h2", {}, heading), el("p", {}, words),
    path ? el("p", {}, link(path, text.openApplication)) : el("p", {}, el("button", { class: "button", type: "button", disabled: true }, text.openApplication)));
  draw(el("h1", {}, text.welcome),
    el("div", { class: "tiles" },
      ...(me.claims
        ? Object.entries(APPLICATIONS).map(([path, [, words, , about]]) => tile(words, about, path))
        : [tile(text.claimStatus, text.askAdministrator, null)]),
      tile(text.organizationTile, text.organizationAbout, "/organization"),
      el("div", { class: "card tile" }, el("h2", {}, text.news), el("p", {}, text.newsText))));
  return notices();
}

async function application() {
  const [name, words, menuWords] = APPLICATIONS[location.pathname];
  if (!me.claims) return go("/home", { replace: true });
  if (!me.organization) return go("/organization", { replace: true });
  // What must be closed first is over the page before the application is.
  draw(spinner(text.loading));
  const address = inside ?? `/apps/${name}/`;
  inside = null;
  await notices();
  const inner = el("iframe", {
    class: "frame", id: uid(), title: words, src: address, scrolling: "no",
  });
  draw(el("nav", { class: "crumbs" }, link("/home", text.home), " / ", el("span", {}, menuWords), " / ", el("span", {}, words)), inner);
  frame = inner;
  framed = name;
}

// Things that come over the page

async function notices() {
  const { notices: given } = await get("/api/notices");
  for (const notice of given) {
    dialog(notice.heading, notice.text, notice.buttons.map(
      (words) => [words, () => tried(() => post("/api/notices", { notice: notice.id }))]));
  }
}

let counting = null;
let warned = null;
/** So many seconds are left until the session ends: warn in time. */
function count(seconds) {
  clearTimeout(counting);
  warned?.remove();
  warned = null;
  if (me === null) return;
  counting = setTimeout(() => warn(Math.min(seconds, 120)), Math.max(0, seconds - 120) * 1000);
}
function warn(seconds) {
  const ends = Date.now() + seconds * 1000;
  const left = el("strong", {}, String(seconds));
  const words = el("p", {}, `${text.countDown} `, left, ` ${text.seconds}.`);
  const stop = setInterval(() => {
    const now = Math.max(0, Math.round((ends - Date.now()) / 1000));
    left.replaceChildren(String(now));
    if (now === 0) { clearInterval(stop); warned?.remove(); go("/sign-out"); }
  }, 1000);
  warned = dialog(text.countDownHeading, words, [
    [text.stay, () => { clearInterval(stop); tried(() => get("/api/session")); }],
    [text.signOut, () => { clearInterval(stop); go("/sign-out"); }],
  ], { role: "alertdialog" });
}

function tooMany(seconds) {
  const words = el("p", {}, `${text.tooMany} ${seconds} ${text.seconds}.`);
  const box = alertBox("bad", words);
  banner.replaceChildren(box);
  setTimeout(() => box.remove(), seconds * 1000);
}

function closed(page) {
  me = null;
  draw(el("div", { class: "narrow" }, el("div", { class: "card" },
    el("h1", {}, page.heading), ...page.text.map((words) => el("p", {}, words)))));
}

listen("left", count);
listen("closed", closed);
listen("busy", tooMany);
listen("ended", () => { if (me !== null || location.pathname !== "/sign-in") go("/sign-in", { replace: true }); });

hear((kind, details, source) => {
  if (frame === null || source !== frame.contentWindow) return;
  if (kind === "who") tried(async () => send(source, "context", { context: await get(`/api/applications/${framed}`) }));
  if (kind === "height") frame.style.height = `${Math.max(420, details.height + 30)}px`;
  if (kind === "go" && details.path in APPLICATIONS) {
    inside = details.inside;
    go(details.path);
  }
  if (kind === "left") count(details.seconds);
  if (kind === "busy") tooMany(details.seconds);
  if (kind === "closed") closed(details.page);
});

// Beginning

async function begin() {
  const session = await get("/api/session");
  useCsrf(session.csrf);
  me = session.me;
}

async function open() {
  await begin();
  if (layout.welcome && !sessionStorage.getItem("seen")) {
    dialog(text.welcomeHeading, text.welcomeText, [[text.gotIt, () => sessionStorage.setItem("seen", "1")]]);
  }
  return route();
}
room.replaceChildren(spinner(text.loading));
tried(open);
