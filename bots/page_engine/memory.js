// What stood on the page before a press, so that an answer in the same document can be told from what was there.

const MARK = Symbol.for('portalwright mark');

const UNTHROTTLED = 100;

/** What a person would compare: the rows of the view's tables where it has any, else the texts of its elements. */
const printOf = (seen, view) => {
  const tables = Object.entries(view.tables).map(([name, table]) => {
    const { state, problem, rows } = seen.tableRows(table);
    return [name, state, problem, rows, seen.resolve(table.empty.find).state];
  });
  if (tables.length) return JSON.stringify(tables);
  return JSON.stringify(Object.values(view.elements).map((element) => {
    const { state, kind, text, checked } = seen.held(element);
    return [state, kind, text, checked];
  }));
};
const printOfMessage = (seen, element) => JSON.stringify(seen.held(element).text);

/**
 * Remembers which of these views and messages are there, and notes from now on which of them goes away or is busy.
 *
 * A script that draws the page again replaces every node and every text with its like before the answer has come: so
 * new nodes alone are no sign of an answer. What was there counts again only when it has been away or busy since, or
 * shows something else.
 */
const remember = (root, spec) => {
  const before = new Map();
  const news = new Set();
  const first = look(root);
  const whole = (seen) => fold(seen.shown(rootElementOf(document)));
  const wholeBefore = whole(first);
  for (const [name, view] of Object.entries(spec.views)) {
    if (first.viewState(view) === 'there') before.set(`view ${name}`, printOf(first, view));
  }
  for (const [name, element] of Object.entries(spec.elements)) {
    if (first.resolve(element.find).state === 'found') before.set(`element ${name}`, printOfMessage(first, element));
  }
  const note = (seen) => {
    if (news.size === before.size) return;
    for (const [name, view] of Object.entries(spec.views)) {
      const key = `view ${name}`;
      if (before.has(key) && !news.has(key) && seen.viewState(view) !== 'there') news.add(key);
    }
    for (const [name, element] of Object.entries(spec.elements)) {
      const key = `element ${name}`;
      if (before.has(key) && !news.has(key) && seen.resolve(element.find).state !== 'found') news.add(key);
    }
  };
  let due = null;
  let looks = 0;
  let rested = 0;
  const noteNow = () => {
    due = null;
    const begun = performance.now();
    if (news.size < before.size) note(look(root));
    looks += 1;
    rested = performance.now() + (performance.now() - begun);
  };
  // A marker of business may be there for an instant only, so each change is looked at; a page that changes all the
  // time is looked at half of the time.
  const observer = new MutationObserver(() => {
    const now = performance.now();
    if (looks < UNTHROTTLED || now >= rested) noteNow();
    else if (due === null) due = setTimeout(noteNow, rested - now);
  });
  if (before.size) observer.observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
  const counts = (kind, name, print) => {
    const key = `${kind} ${name}`;
    return !before.has(key) || news.has(key) || before.get(key) !== print();
  };
  return {
    note,
    changed: () => whole(look(root)) !== wholeBefore,
    viewCounts: (seen, name, view) => counts('view', name, () => printOf(seen, view)),
    messageCounts: (seen, name, element) => counts('element', name, () => printOfMessage(seen, element)),
    /** No more looking; what was noted stays. */
    rest: () => {
      observer.disconnect();
      if (due !== null) clearTimeout(due);
    },
  };
};

/** Nothing is remembered but whether anything changes from now on; then nothing new can be there. */
const unremembered = (root) => {
  const memory = { mutated: false, rest: () => observer.disconnect() };
  const observer = new MutationObserver(() => {
    memory.mutated = true;
    observer.disconnect();
  });
  observer.observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
  return memory;
};

/** Marks the document, so that it cannot be taken for the answer to the press that follows. */
const mark = (root, spec) => {
  globalThis[MARK]?.rest();
  const memory = spec ? remember(root, spec) : unremembered(root);
  memory.pressed = false;
  const heard = (event) => {
    if (event.isTrusted && globalThis[MARK] === memory) memory.pressed = true;
  };
  root.addEventListener('click', heard, { capture: true, once: true });
  globalThis[MARK] = memory;
  return true;
};

/** Has something been pressed since the mark, or is this a new document already? */
const pressed = () => globalThis[MARK]?.pressed !== false;
