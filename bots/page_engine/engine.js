// What may be asked of the page engine. Each call is one *look*: one visit to the page.

/** One look at the page, with what it has worked out so far. Nothing is kept for the next: pages change. */
const look = (root) => {
  refuseTooLarge(root);
  const finding = finder(root);
  return { ...finding, ...valueReader(finding), ...tableReader(finding) };
};

const each = (object, call) => Object.fromEntries(Object.entries(object).map(([name, value]) => [name, call(value)]));

const read = (root, spec, seen = look(root)) => {
  const state = seen.viewState(spec);
  return {
    recognised: state !== 'not',
    busy: state === 'busy',
    ...(laid(root) ? { ready: ready(), status: status(), address: address() } : toldOfFetched(root)),
    elements: each(spec.elements, (element) => ({ ...seen.held(element), unseen: seen.unseen(element) })),
    tables: each(spec.tables, (table) => {
      const { places, ...answer } = seen.tableRows(table);
      const hidden = places.flatMap((cells) => Object.entries(cells)).find(([, cell]) => seen.concealed(cell));
      return hidden === undefined ? answer : { ...answer, problem: 'unseen', problem_at: hidden[0], rows: [] };
    }),
    html: evidence(seen.roots),
  };
};

/** For Playwright: the one node that a description leads to, or nothing. */
const queryAllOf = (root, selector) => {
  const query = JSON.parse(decodeURIComponent(selector));
  const seen = look(root);
  let node = null;
  if (query.table !== undefined) {
    node = seen.rowLink(query.table, query.cells, query.opens);
  } else if (query.choice !== undefined) {
    const entry = seen.choices(query.element)[query.choice];
    // Lists of suggestions change under the hand: the entry must still be the one that was chosen.
    node = entry !== undefined && entry.text === query.text ? entry.node : null;
  } else {
    const found = seen.resolve(query.element.find, query.element.field ? 'field' : 'any');
    const enough = found.state === 'found' || (found.state === 'weak' && !query.element.strict);
    if (enough) node = elementOf(found.node);
  }
  return node === null ? [] : [node];
};

const found = (root, selector) => {
  const nodes = unlessTooLarge(() => queryAllOf(root, selector));
  return nodes === TOO_LARGE ? [] : nodes;
};
const engine = {
  query: (root, selector) => found(root, selector)[0],
  queryAll: found,
  ...each({
    read,
    markup: (root) => evidence(treesBelow(root)),
    values: (root, elements) => each(elements, look(root).held),
    recognise: (root, views) => each(views, look(root).viewState),
    choices: (root, element) => look(root).choices(element).map(({ node, ...choice }) => choice),
    mark,
    valuesAndMark: (root, elements) => mark(root, null) && each(elements, look(root).held),
    markIfRow: (root, { view, table, cells, opens }) => {
      const seen = look(root);
      return seen.viewState(view) === 'there' && seen.rowLink(table, cells, opens) !== null && mark(root, null);
    },
  }, (call) => (root, argument) => unlessTooLarge(() => call(root, argument))),
  rowBoxes: async (root, { table, box }) => {
    await turn();
    return unlessTooLarge(() => look(root).rowBoxes(table, box));
  },
  direct,
  fetched: () => direction().page?.document,
  pressed,
  awaitAny,
  stopWaiting,
  cutShort,
};

// A document that goes may be kept by the browser, to be shown again when somebody goes back. Its world lives on then,
// and must not be taken for that of the document which is before us: the word that tells it from others is forgotten.
method(EventTarget.prototype, 'addEventListener')(globalThis, 'pagehide', () => { delete engine.word; }, true);
