// What may be asked of the page engine. Each call is one *look*: one visit to the page.

/** One look at the page, with what it has worked out so far. Nothing is kept for the next: pages change. */
const look = (root) => {
  const finding = finder(root);
  return { ...finding, ...valueReader(finding), ...tableReader(finding) };
};

const each = (object, call) => Object.fromEntries(Object.entries(object).map(([name, value]) => [name, call(value)]));

const read = (root, spec) => {
  const seen = look(root);
  const state = seen.viewState(spec);
  return {
    recognised: state !== 'not',
    busy: state === 'busy',
    ready: ready(),
    status: status(),
    address: address(),
    elements: each(spec.elements, seen.held),
    tables: each(spec.tables, (table) => {
      const { places, ...answer } = seen.tableRows(table);
      return answer;
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
    node = seen.choices(query.element)[query.choice]?.node ?? null;
  } else {
    const found = seen.resolve(query.element.find);
    const enough = found.state === 'found' || (found.state === 'weak' && !query.element.strict);
    if (enough) node = elementOf(found.node);
  }
  return node === null ? [] : [node];
};

const mark = () => {
  globalThis[MARK] = true;
  return true;
};

const engine = {
  query: (root, selector) => queryAllOf(root, selector)[0],
  queryAll: queryAllOf,
  read,
  values: (root, elements) => each(elements, look(root).held),
  recognise: (root, views) => each(views, look(root).viewState),
  choices: (root, element) => look(root).choices(element).map(({ node, ...choice }) => choice),
  mark,
  valuesAndMark: (root, elements) => mark() && each(elements, look(root).held),
  markIfRow: (root, { view, table, cells, opens }) => {
    const seen = look(root);
    return seen.viewState(view) === 'there' && seen.rowLink(table, cells, opens) !== null && mark();
  },
  awaitAny,
};
