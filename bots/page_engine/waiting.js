// Waiting until one of the views or messages that may follow is there, without a sleep.

const WAITING = Symbol.for('portalwright waiting');
/** An answer in the same document is taken when nothing has changed for so long: scripts draw it piece by piece. */
const AT_REST = 100;
/** A page whose script changes something all the time does not come to rest; then it is taken as it is. */
const RESTLESS = 1500;

/**
 * Waits for `target.views` and `target.elements`; see `PageEngine.wait_for` for what counts.
 *
 * Another wait in the same document ends this one: nobody listens to it any more.
 */
const awaitAny = (root, target) => new Promise((resolve) => {
  globalThis[WAITING]?.();
  const begun = performance.now();
  const memory = globalThis[MARK];
  const fresh = memory === undefined;
  let changed = begun;
  let recognisedAt = null;
  let due = null;

  const recognised = (seen, answer) => {
    const counts = fresh || !target.newDocument;
    for (const [name, view] of Object.entries(target.views)) {
      // What may come at any time counts in the document before the press too: it was not there when we looked last.
      if (!counts && !target.always.includes(name)) continue;
      const state = seen.viewState(view);
      if (state === 'busy') answer.busy = true;
      if (state !== 'there') continue;
      if (!fresh && target.inPlace && memory.viewCounts?.(seen, name, view) === false) continue;
      answer.views.push(name);
    }
    if (!counts) return;
    for (const [name, element] of Object.entries(target.elements)) {
      if (seen.resolve(element.find).state !== 'found') continue;
      if (!fresh && target.inPlace && memory.messageCounts?.(seen, name, element) === false) continue;
      answer.elements.push(name);
    }
    if (target.differs !== null && answer.views.length) {
      const { state, text } = seen.held(target.differs.element);
      if (state !== 'found' || fold(text) === fold(target.differs.text)) answer.views = [];
    }
  };

  const check = () => {
    if (unlessTooLarge(checkOnce) !== TOO_LARGE) return;
    end();
    resolve(TOO_LARGE);
  };
  const checkOnce = () => {
    due = null;
    const now = performance.now();
    const blank = location.href === 'about:blank';
    const answer = {
      views: [], elements: [], new_document: fresh, status: status(), busy: false, refused: false, blank,
      loading: ready() === 'loading', changed: false, settled: false,
    };
    const old = !fresh && target.newDocument;
    if (!old && location.protocol === 'chrome-error:') return finish({ ...answer, refused: true });
    if (!answer.loading && (!old || (memory.mutated !== false && target.always.length))) {
      const seen = look(root);
      if (target.inPlace) memory?.note?.(seen);
      recognised(seen, answer);
      if (answer.views.length || answer.elements.length) {
        recognisedAt ??= now;
        const rest = !target.inPlace || fresh || now - changed >= AT_REST || now - recognisedAt >= RESTLESS;
        if (rest || now - begun >= target.timeout) return finish({ ...answer, busy: false });
        return plan(AT_REST);
      }
      recognisedAt = null;
      const still = now - Math.max(changed, begun) >= target.settle;
      // A new document that is complete and unknown: an error at once, anything else when it has come to rest.
      if (fresh && !blank && !answer.busy && ready() === 'complete' && (answer.status >= 400 || still)) {
        return finish({ ...answer, settled: true });
      }
      // Something came that is not known: perhaps the words of a script whose request failed.
      if (!fresh && target.inPlace && still && !answer.busy && memory.changed?.()) {
        return finish({ ...answer, changed: true, settled: true });
      }
    }
    // Beside other frames it is enough to say that nothing happens here.
    if (target.beside && !blank && !answer.loading && !answer.busy && now - Math.max(changed, begun) >= target.settle) {
      return finish({ ...answer, settled: true });
    }
    if (now - begun >= target.timeout) {
      return finish({ ...answer, changed: memory?.changed?.() === true });
    }
    return plan(250);
  };
  const plan = (wait) => {
    const left = target.timeout - (performance.now() - begun);
    if (due !== null) clearTimeout(due);
    due = setTimeout(check, Math.max(0, Math.min(wait, left)));
  };
  let lastCheck = 0;
  const observer = new MutationObserver(() => {
    changed = performance.now();
    if (changed - lastCheck < 50) return;
    lastCheck = changed;
    plan(30);
  });
  // Parsed and complete are the two instants at which a page most often becomes what we wait for.
  const parsed = () => plan(0);
  const end = () => {
    globalThis[WAITING] = undefined;
    if (due !== null) clearTimeout(due);
    observer.disconnect();
    root.removeEventListener('readystatechange', parsed);
  };
  const finish = (answer) => {
    end();
    if (answer.views.length || answer.elements.length) memory?.rest();
    resolve(answer);
  };
  globalThis[WAITING] = () => {
    end();
    resolve(null);
  };
  root.addEventListener('readystatechange', parsed);
  observer.observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
  check();
});

/** Ends a wait in this document, if there is one. */
const stopWaiting = () => {
  globalThis[WAITING]?.();
  return true;
};

/** Did the line break before the whole document had come? The browser leaves such a document unfinished for ever. */
const cutShort = () => readyStateOf(document) === 'loading' && location.protocol.startsWith('http')
  && navigation()?.responseEnd === 0;

/** What the page's own scripts put off until after a press ("at once, but not now") has been done when this returns. */
const turn = () => new Promise((resolve) => { setTimeout(resolve, 0); });
