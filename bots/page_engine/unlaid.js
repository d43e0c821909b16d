// A document that was fetched and parsed: no browser lays it out, no style sheet and no script has touched it.
//
// What a person would see of it is known by its mark-up alone. Hidden by mark-up is what has `hidden` or `popover`, what
// an inline style takes away (`display: none`, `visibility`, `opacity: 0`), a closed `dialog`, what a closed `details`
// holds beside its summary, and what browsers never show. Any other inline style that could move, cover, colour or
// shrink a text leaves open whether it is seen: such a text counts as concealed.

/** Is this the browser's own page, or a part of it, and no document that was only parsed? */
const laid = (node) => viewOf(documentOf(node)) !== null;

const UNDISPLAYED = new Set(['head', 'title', 'script', 'style', 'template', 'noscript', 'datalist', 'meta', 'link',
  'base', 'param', 'source', 'track', 'area', 'rp', 'noembed', 'noframes']);
/** Where browsers show these without any style sheet. What is not named here and no part of a table is a block. */
const SHOWN_AS = new Map([
  ...['a', 'abbr', 'acronym', 'b', 'bdi', 'big', 'br', 'cite', 'code', 'data', 'del', 'dfn', 'em', 'font', 'i', 'img',
    'ins', 'kbd', 'label', 'mark', 'nobr', 'output', 'picture', 'q', 's', 'samp', 'small', 'span', 'strike', 'strong',
    'sub', 'sup', 'svg', 'time', 'tt', 'u', 'var', 'wbr'].map((tag) => [tag, 'inline']),
  ...['button', 'input', 'select', 'textarea', 'meter', 'progress'].map((tag) => [tag, 'inline-block']),
  ['td', 'table-cell'], ['th', 'table-cell'], ['slot', 'contents'],
]);
/** An inline style that says nothing but this changes where a text stands or how heavy it is, and hides nothing. */
const HARMLESS = /^(?:(?:min-|max-)?width|text-align|vertical-align|white-space|font-(?:weight|style|family)|text-decoration(?:-[a-z]+)?|padding(?:-[a-z]+)?|border(?:-[a-z-]+)?|list-style(?:-[a-z]+)?|float|clear|gap|flex(?:-[a-z]+)?|align-[a-z]+|justify-[a-z]+|cursor|caption-side|table-layout|word-(?:break|wrap)|overflow-wrap)$/;
const SHOWING = /^(?:block|inline|inline-block|flex|inline-flex|grid|inline-grid|table|table-row|table-cell|flow-root|list-item)$/;

/** What an inline style says, property by property; null where that cannot be told from its text alone. */
const inlineStyle = (element) => {
  const said = attribute(element, 'style');
  if (said === null) return [];
  if (/[\\@{}]|\/\*|\(/.test(said)) return null;
  return said.split(';').filter((part) => part.trim() !== '').map((part) => {
    const [property, ...value] = part.split(':');
    return [property.trim().toLowerCase(), value.join(':').replace(/!\s*important/i, '').trim().toLowerCase()];
  });
};

/** Two folded texts as one: where white space meets white space one is left, a line's end if there was any. */
const appended = (text, more) => {
  if (!(text.endsWith(' ') || text.endsWith('\n')) || !(more.startsWith(' ') || more.startsWith('\n'))) return text + more;
  return more.startsWith(' ') || text.endsWith('\n') ? text + more.slice(1) : text.slice(0, -1) + more;
};

/** What is seen in one look at a document that is not laid out; the same as `sight` gives of one that is. */
const unlaidSight = () => {
  const styles = new Map();
  const styleOf = (element) => {
    if (!styles.has(element)) styles.set(element, inlineStyle(element));
    return styles.get(element);
  };
  const hiddenBy = ([property, value]) => (property === 'display' && value === 'none')
    || (property === 'visibility' && value !== 'visible')
    || (property === 'opacity' && Number.parseFloat(value) === 0)
    || (property === 'content-visibility' && value !== 'visible');
  const hidden = once((element) => {
    if (UNDISPLAYED.has(tagOf(element)) || attribute(element, 'hidden') !== null) return true;
    if (attribute(element, 'popover') !== null || matches(element, 'input[type=hidden i]')) return true;
    if (is(element, 'dialog') && attribute(element, 'open') === null) return true;
    const holder = around(element);
    if (holder !== null && is(holder, 'details') && attribute(holder, 'open') === null) {
      const summary = Array.from(childNodesOf(holder)).find((child) => is(child, 'summary'));
      if (element !== summary) return true;
    }
    return (styleOf(element) ?? []).some(hiddenBy);
  });
  const displayed = new Map();
  const rendered = (element) => {
    const known = displayed.get(element);
    if (known !== undefined) return known;
    const outer = around(element);
    const answer = !hidden(element) && (outer === null || rendered(outer));
    displayed.set(element, answer);
    return answer;
  };

  const texts = new Map();
  const shown = (node) => {
    const known = texts.get(node);
    if (known !== undefined) return known;
    const element = elementOf(node);
    const text = element !== null && rendered(element) ? taken(node).trim() : '';
    texts.set(node, text);
    return text;
  };
  /** What the node is to the text around it, its white space folded as in `foldedLines`. */
  const taken = once((node) => {
    if (isText(node)) {
      const holder = around(node);
      if (is(holder, 'details') && attribute(holder, 'open') === null) return '';
      const text = textContentOf(node);
      return is(holder, 'pre', 'textarea') ? foldedLines(text) : text.replace(/\s+/g, ' ');
    }
    if (!isElement(node) || SILENT.has(tagOf(node)) || hidden(node)) return '';
    if (is(node, 'br')) return '\n';
    const edge = EDGES[markedDisplay(node)] ?? '\n';
    let text = edge;
    for (const child of childNodesOf(node)) text = appended(text, taken(child));
    return appended(text, edge);
  });
  const line = once((node) => fold(shown(node)));
  const seen = new Map();
  const visible = (node) => {
    const known = seen.get(node);
    if (known !== undefined) return known;
    let answer;
    if (isText(node)) answer = shown(node) !== '';
    else if (!rendered(node)) answer = false;
    else if (matches(node, CONTROL) || is(node, 'img') || textContentOf(node).trim() === '') answer = true;
    else answer = shown(node) !== '' || queryAll(node, `${CONTROL},img`).some(visible);
    seen.set(node, answer);
    return answer;
  };

  /** Does the mark-up of this element alone leave open whether a person sees what it holds, and as it is written? */
  const untold = (element) => {
    const style = styleOf(element);
    if (style === null || is(element, 'bdo', 'marquee', 'blink')) return true;
    if (/^(?:rtl|auto)$/i.test(attribute(element, 'dir') ?? '') || attribute(element, 'color') !== null) return true;
    return style.some(([property, value]) =>
      !HARMLESS.test(property) && !(property === 'display' && SHOWING.test(value)) && !hiddenBy([property, value]));
  };
  const open = new Map();
  const concealed = (node) => {
    const element = elementOf(node);
    if (element === null) return false;
    const known = open.get(element);
    if (known !== undefined) return known;
    const outer = around(element);
    const answer = untold(element) || (outer !== null && concealed(outer));
    open.set(element, answer);
    return answer;
  };
  return { rendered, shown, line, visible, concealed, rowSeen: rendered };
};

const markedDisplay = (element) => {
  if (UNDISPLAYED.has(tagOf(element)) || attribute(element, 'hidden') !== null) return 'none';
  const said = (inlineStyle(element) ?? []).find(([property]) => property === 'display');
  return said === undefined ? SHOWN_AS.get(tagOf(element)) ?? 'block' : said[1];
};
/** How an element stands among its neighbours. */
const displayOf = (element) => (laid(element) ? getComputedStyle(element).display : markedDisplay(element));

/** Values of these attributes a style sheet may go by; of all others only that they are there. */
const STYLED_BY = ['class', 'style', 'type', 'role', 'dir', 'bgcolor', 'align', 'width', 'height'];
/**
 * Every kind of mark-up that the document has: tag, classes, attributes. A style sheet may hide what is marked so; what
 * was read of documents that were opened too tells of which kinds it is known that nothing is hidden by them.
 */
const marksOf = (root) => {
  const kinds = new Set();
  for (const element of queryAll(root, '*')) {
    const names = Array.from(attributeNames(element)).sort();
    kinds.add(`${tagOf(element)} ${names.map(
      (name) => (STYLED_BY.includes(name) ? `${name}=${attribute(element, name)}` : name)).join(' ')}`);
  }
  return [...kinds];
};
