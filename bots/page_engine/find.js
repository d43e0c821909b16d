// Finds the one node that all ways to an element agree on, or none, and tells whether a view is before us.
//
// A *way* is one entry of an element's `find` in the pack.

const byXpath = (tree, path) => {
  const result = evaluateXpath(documentOf(tree), path, tree, null, XPathResult.ORDERED_NODE_SNAPSHOT_TYPE, null);
  return Array.from({ length: result.snapshotLength }, (_, index) => result.snapshotItem(index))
    .filter((node) => isElement(node) || isText(node));
};

/** For one look at the page. `root` is the document, or an element: then only what is inside it is found. */
const finder = (root, seen = laid(root) ? sight() : unlaidSight()) => {
  // What was only parsed has no shadow roots: no script has run, and none is declared (`fetchPage`).
  const roots = laid(root) ? treesBelow(root) : [root];
  const everywhere = once((css) => roots.flatMap((tree) => queryAll(tree, css)));
  const nameOf = once((node) => plain(accessibleName(node)));
  const { shown, line, visible } = seen;
  const { withText, withPattern, beside, unlabelled, onlyField, caption } = textFinder(roots, seen);
  const sectionsUnder = sectionFinder(root, everywhere, seen);
  const labelsFor = once((control) => labelTexts(control).map(plain));

  const byWay = (way) => {
    const sought = plain(way.label ?? way.name ?? way.text ?? way.near ?? 'x');
    if (sought === '') return [];
    if (way.label !== undefined) {
      const tied = everywhere(LABELLED).filter((control) => labelsFor(control).includes(sought));
      // Only where no field is tied to such a label by the mark-up does a caption beside a field count as one.
      return tied.some(visible) ? tied : unlabelled(sought);
    }
    if (way.role !== undefined) {
      const role = way.role.toLowerCase();
      const css = role in IMPLICIT ? `[role],${IMPLICIT[role]}` : '[role]';
      return everywhere(css).filter((node) => hasRole(node, role) && nameOf(node) === sought);
    }
    if (way.text !== undefined) return withText(sought);
    if (way.matches !== undefined) return withPattern(way.matches);
    if (way.near !== undefined) return withText(sought).flatMap(beside);
    if (way.css !== undefined) return everywhere(way.css);
    // XPath knows no shadow roots: it is for the document itself.
    return roots.filter((tree) => !(tree instanceof ShadowRoot)).flatMap((tree) => byXpath(tree, way.xpath));
  };

  /** The one node that stands for all wrappers around the same content: what can be acted on, else the innermost. */
  const canonical = (node) => {
    if (isText(node)) return node;
    const text = line(node);
    if (!matches(node, ACTIONABLE) && text !== '') {
      for (let outer = around(node); outer !== null && line(outer) === text; outer = around(outer)) {
        if (matches(outer, ACTIONABLE)) return outer;
      }
    }
    const actionable = queryAll(node, ACTIONABLE).filter((inner) => visible(inner));
    const innermost = actionable.filter(
      (inner) => !actionable.some((other) => other !== inner && contains(inner, other)));
    if (innermost.length === 1 && line(innermost[0]) === text) return innermost[0];
    if (matches(node, ACTIONABLE)) return node;
    let inner = node;
    for (;;) {
      const children = laidOut(inner).filter(
        (child) => (isText(child) ? shown(child) !== '' : isElement(child) && visible(child)));
      const [only] = children;
      if (children.length !== 1 || isText(only) || matches(only, TABLE) || line(only) !== text) return inner;
      inner = only;
    }
  };
  const canonicalTables = (node) => {
    const element = elementOf(node);
    if (matches(element, TABLE)) return [element];
    const tables = queryAll(element, TABLE).filter(visible);
    const outermost = tables.filter((table) => !tables.some((other) => other !== table && contains(other, table)));
    if (outermost.length) return outermost;
    const outer = closestOf(element, TABLE);
    return outer ? [outer] : [];
  };

  /** A cell or box that holds one field, and a hint beside it perhaps, stands for the field where a field is sought. */
  const fieldIn = (node) => {
    if (isText(node) || matches(node, ACTIONABLE) || matches(node, LABELLED)) return node;
    return onlyField(node)[0] ?? node;
  };
  const led = new Map();
  /** The nodes that one way leads to, each by the one that stands for it. */
  const leadsTo = (way, what) => {
    const key = `${what}${written(way)}`;
    const known = led.get(key);
    if (known !== undefined) return known;
    const tables = what === 'table';
    let nodes = byWay(way);
    if (way.under !== undefined) {
      const tests = sectionsUnder(plain(way.under));
      nodes = nodes.filter((node) => tests.some((test) => test(node)));
    }
    // An XPath may lead out of the part on purpose, to a heading that stands before it.
    if (isElement(root) && way.xpath === undefined) nodes = nodes.filter((node) => node !== root && inside(node, root));
    nodes = nodes.filter(visible);
    const stands = what === 'field' ? (node) => fieldIn(canonical(node)) : canonical;
    const set = new Set(tables ? nodes.flatMap(canonicalTables) : nodes.map(stands));
    // A button inside a wrapper that is a button too: the wrapper is the same thing.
    const answer = new Set([...set].filter((node) => tables || isText(node) || !matches(node, ACTIONABLE)
      || ![...set].some((other) =>
        other !== node && inside(other, node) && isElement(other) && matches(other, ACTIONABLE))));
    led.set(key, answer);
    return answer;
  };
  const resolved = new Map();
  /**
   * What all ways say together. `found` and `weak` have a node, `missing` and `conflict` have none. `what` is sought: a
   * 'field', a 'table' or 'any' element.
   */
  const resolve = (find, what = 'any') => {
    const key = `${what}${written(find)}`;
    if (resolved.has(key)) return resolved.get(key);
    const sets = find.map((way) => leadsTo(way, what));
    const silent = sets.flatMap((set, index) => (set.size ? [] : [index]));
    const speaking = sets.filter((set) => set.size);
    const shape = sets.every(
      (set, index) => !set.size || find[index].css !== undefined || find[index].xpath !== undefined);
    const common = speaking.length ? [...speaking[0]].filter((node) => speaking.every((set) => set.has(node))) : [];
    let answer;
    if (!speaking.length) answer = { state: 'missing', node: null };
    else if (common.length !== 1) answer = { state: 'conflict', node: null };
    else answer = { state: silent.length ? 'weak' : 'found', node: common[0] };
    answer.silent = speaking.length ? silent : [];
    answer.byShape = answer.state === 'weak' && shape;
    answer.places = sets.map((set) => set.size);
    resolved.set(key, answer);
    return answer;
  };

  /** Is it found by all its ways? The first that finds nothing tells that it is not. */
  const foundByAll = (find) => find.every((way) => leadsTo(way, 'any').size > 0) && resolve(find).state === 'found';

  const viewState = (view) => {
    // What decides where we are must be found by all its ways; what must not be there, by none.
    if (!view.recognise.every(({ find }) => foundByAll(find))) return 'not';
    if (!view.absent.every((element) => resolve(element.find).state === 'missing')) return 'not';
    return view.busy !== null && resolve(view.busy.find).state !== 'missing' ? 'busy' : 'there';
  };

  return { ...seen, sight: seen, caption, roots, resolve, viewState };
};
