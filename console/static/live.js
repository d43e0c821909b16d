// The page of the night follows what happens: the server sends the parts that have changed, drawn, and new log lines.
// Nothing is drawn here; where there is no connection, the page says so and tries again by itself.

const place = document.getElementById("live");
const state = document.getElementById("live-state");
const log = document.getElementById("log");
const OLD_AFTER = 30000;
const AGAIN_AFTER = 3000;

let source = null;
let heardAt = 0;
let over = false;

function say(kind, words) {
  if (state.textContent !== words) {
    state.textContent = words;
  }
  state.className = `badge ${kind}`;
}

function heard() {
  heardAt = Date.now();
  say("good", "Live");
}

// A reader's place is kept: tables that were opened stay open, and the link with the focus has it again.
function swap(part, html) {
  const open = [...part.querySelectorAll("details")].map((one) => one.open);
  const places = [...part.querySelectorAll(".scroll")].map((one) => one.scrollLeft);
  const focused = part.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  const held = part.contains(document.activeElement) ? document.activeElement.getAttribute("aria-label") : null;
  part.innerHTML = html;
  part.querySelectorAll("details").forEach((one, number) => { one.open = open[number] ?? false; });
  part.querySelectorAll(".scroll").forEach((one, number) => { one.scrollLeft = places[number] ?? 0; });
  const again = [...part.querySelectorAll("a, [tabindex]")].find((one) =>
    (focused && one.getAttribute("href") === focused) || (held && one.getAttribute("aria-label") === held));
  again?.focus({ preventScroll: true });
}

// The newest line is the last one: it stays in sight for whoever has not scrolled away from it.
function toTheEnd() {
  log.parentElement.scrollTop = log.parentElement.scrollHeight;
}

function add(given) {
  const box = log.parentElement;
  const follows = box.scrollHeight - box.scrollTop - box.clientHeight < 40;
  if (given.all) {
    log.replaceChildren();
  }
  for (const line of given.lines) {
    const item = document.createElement("li");
    item.textContent = line;
    log.append(item);
  }
  while (log.children.length > Number(place.dataset.lines)) {
    log.firstElementChild.remove();
  }
  if (follows) {
    toTheEnd();
  }
}

function connect() {
  source?.close();
  source = new EventSource(place.dataset.live);
  source.addEventListener("part", (event) => {
    const given = JSON.parse(event.data);
    const part = document.querySelector(`[data-part="${given.name}"]`);
    if (part) {
      swap(part, given.html);
    }
    heard();
  });
  source.addEventListener("lines", (event) => { add(JSON.parse(event.data)); heard(); });
  source.addEventListener("still", heard);
  source.addEventListener("trouble", (event) => { heardAt = Date.now(); say("bad", JSON.parse(event.data).says); });
  source.addEventListener("over", () => {
    over = true;
    source.close();
    say("bad", "Signed out: this page is not live any more");
  });
  source.addEventListener("error", () => {
    if (over) {
      return;
    }
    say("bad", "Not connected: what is shown may be old");
    // A browser gives up when the desk is not there at all, or when nobody is signed in there any more.
    if (source.readyState === EventSource.CLOSED) {
      setTimeout(() => { if (!over && source.readyState === EventSource.CLOSED && !document.hidden) { connect(); } }, AGAIN_AFTER);
    }
  });
}

if (place && state && log) {
  toTheEnd();
  connect();
  setInterval(() => {
    if (!over && heardAt && Date.now() - heardAt > OLD_AFTER) {
      say("bad", "Not connected: what is shown may be old");
    }
  }, 1000);
  // A browser holds few connections to one place: a page that nobody sees gives its own back.
  document.addEventListener("visibilitychange", () => {
    if (over) {
      return;
    }
    if (document.hidden) {
      source.close();
      say("warn", "Not live while it is not seen");
    } else {
      connect();
    }
  });
  window.addEventListener("pagehide", () => source.close());
}
