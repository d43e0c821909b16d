// Waiting until one of the views or messages that may follow is there, without a sleep.

const MARK = Symbol.for('portalwright mark');

const awaitAny = (root, target) => new Promise((resolve) => {
  const begun = performance.now();
  const fresh = globalThis[MARK] !== true;
  let changed = begun;
  let due = null;
  const check = () => {
    due = null;
    const now = performance.now();
    const answer = { views: [], elements: [], new_document: fresh, status: status(), busy: false, refused: false };
    const counts = fresh || !target.newDocument;
    if (counts && location.protocol === 'chrome-error:') return finish({ ...answer, refused: true });
    if (counts && ready() !== 'loading') {
      const seen = look(root);
      for (const [name, view] of Object.entries(target.views)) {
        const state = seen.viewState(view);
        if (state === 'there') answer.views.push(name);
        if (state === 'busy') answer.busy = true;
      }
      for (const [name, element] of Object.entries(target.elements)) {
        if (seen.resolve(element.find).state === 'found') answer.elements.push(name);
      }
      if (answer.views.length || answer.elements.length) return finish({ ...answer, busy: false });
      // A new document that is complete and unknown: an error at once, anything else when it has come to rest.
      if (fresh && !answer.busy && ready() === 'complete'
        && (answer.status >= 400 || now - Math.max(changed, begun) >= target.settle)) return finish(answer);
    }
    if (now - begun >= target.timeout) return finish(answer);
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
  const finish = (answer) => {
    observer.disconnect();
    root.removeEventListener('readystatechange', parsed);
    resolve(answer);
  };
  root.addEventListener('readystatechange', parsed);
  observer.observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
  check();
});
