// How the site and the applications inside it talk: window messages of this origin, each with a kind.

const MARK = "practice-exchange";

/** Send a message to another window of this site. */
export const send = (target, kind, details = {}) =>
  target.postMessage({ mark: MARK, kind, ...details }, location.origin);

/** Hear the messages of this site's windows: `heard(kind, details, source)`. Anything else is ignored. */
export function hear(heard) {
  window.addEventListener("message", (event) => {
    if (event.origin !== location.origin || event.data?.mark !== MARK) return;
    const { mark, kind, ...details } = event.data;
    heard(kind, details, event.source);
  });
}
