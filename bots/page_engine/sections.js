// Sections of a page by their headings: what stands under a heading, up to the next one of its rank.

/** For one look at the page: a function that gives the tests of "is inside the section with this heading". */
const sectionFinder = (root, everywhere, { shown, visible }) => {
  let order = null;
  const place = (node) => {
    if (order === null) {
      order = new Map();
      const number = (tree) => {
        for (const element of queryAll(tree, '*')) {
          order.set(element, order.size);
          const shadow = shadowOf(element);
          if (shadow) number(shadow);
        }
      };
      number(root);
    }
    return order.get(elementOf(node)) ?? -1;
  };
  const level = (heading) =>
    Number(attribute(heading, 'aria-level') ?? (/^h([1-6])$/.exec(tagOf(heading)) ?? [0, 2])[1]);
  let headings = null;
  const saidBy = once((heading) => [plain(contentName(heading)), plain(shown(heading))]);
  const labelOf = once((region) => plain(labelTexts(region)[0] ?? ''));
  const sections = new Map();
  /** Tests of "is inside the section with this heading", one for each such heading on the page. */
  const sectionsUnder = (sought) => {
    const known = sections.get(sought);
    if (known) return known;
    const tests = [];
    headings ??= everywhere(HEADING).filter(visible);
    for (const heading of headings) {
      if (!saidBy(heading).includes(sought)) continue;
      if (is(heading, 'legend', 'caption', 'summary')) {
        const box = around(heading);
        tests.push((node) => inside(node, box));
        continue;
      }
      let region = null;
      for (let outer = around(heading); outer !== null && region === null; outer = around(outer)) {
        if (matches(outer, REGION)) region = outer;
      }
      const from = place(heading);
      const next = headings
        .filter((other) => matches(other, 'h1,h2,h3,h4,h5,h6,[role=heading i]') && level(other) <= level(heading))
        .map(place)
        .filter((position) => position > from);
      const to = Math.min(Infinity, ...next);
      tests.push((node) => {
        const position = place(node);
        return position > from && position < to && (region === null || inside(node, region));
      });
    }
    for (const region of everywhere(REGION)) {
      if (labelOf(region) === sought) tests.push((node) => inside(node, region));
    }
    sections.set(sought, tests);
    return tests;
  };

  return sectionsUnder;
};
