// Finds what a portal pack describes on the page before us, and reads it as a person would see it.
//
// One expression whose value is the engine. It runs in an isolated world (see engine.py) and, as a Playwright selector
// engine, in Playwright's own. A page cannot reach either world, but it can still name a form field "children" or an
// image "querySelectorAll", which then shadows that property of its form or document even here. So every property of a
// node is read through the prototype it belongs to, never by `node.property`.
//
// Words used here: a *way* is one entry of an element's `find`; a *look* is one visit to the page, with what it has
// worked out so far (nothing is kept from one look to the next, because pages change).
(() => {
  'use strict';

  // The platform, out of reach of names on the page

  const getter = (prototype, name) => {
    const get = Object.getOwnPropertyDescriptor(prototype, name).get;
    return (node) => Reflect.apply(get, node, []);
  };
  const method = (prototype, name) => {
    const call = prototype[name];
    return (node, ...rest) => Reflect.apply(call, node, rest);
  };

  const parentOf = getter(Node.prototype, 'parentNode');
  const childNodesOf = getter(Node.prototype, 'childNodes');
  const nextSiblingOf = getter(Node.prototype, 'nextSibling');
  const textContentOf = getter(Node.prototype, 'textContent');
  const nodeTypeOf = getter(Node.prototype, 'nodeType');
  const treeOf = method(Node.prototype, 'getRootNode');
  const contains = method(Node.prototype, 'contains');
  const tagOf = getter(Element.prototype, 'localName');
  const shadowOf = getter(Element.prototype, 'shadowRoot');
  const slotOf = getter(Element.prototype, 'assignedSlot');
  const outerOf = getter(Element.prototype, 'outerHTML');
  const attribute = method(Element.prototype, 'getAttribute');
  const removeAttribute = method(Element.prototype, 'removeAttribute');
  const matches = method(Element.prototype, 'matches');
  const closestOf = method(Element.prototype, 'closest');
  const boxOf = method(Element.prototype, 'getBoundingClientRect');
  const scrollLeftOf = getter(Element.prototype, 'scrollLeft');
  const scrollTopOf = getter(Element.prototype, 'scrollTop');
  const checkVisibility = method(Element.prototype, 'checkVisibility');
  const innerMarkup = method(Element.prototype, 'getHTML');
  const assignedNodes = method(HTMLSlotElement.prototype, 'assignedNodes');
  const controlOf = getter(HTMLLabelElement.prototype, 'control');
  const inputValue = getter(HTMLInputElement.prototype, 'value');
  const inputChecked = getter(HTMLInputElement.prototype, 'checked');
  const areaValue = getter(HTMLTextAreaElement.prototype, 'value');
  const selectOptions = getter(HTMLSelectElement.prototype, 'options');
  const optionText = getter(HTMLOptionElement.prototype, 'text');
  const optionSelected = getter(HTMLOptionElement.prototype, 'selected');
  const rootElementOf = getter(Document.prototype, 'documentElement');
  const readyStateOf = getter(Document.prototype, 'readyState');
  const evaluateXpath = method(Document.prototype, 'evaluate');
  const walkerOver = method(Document.prototype, 'createTreeWalker');
  const QUERY = {
    1: method(Element.prototype, 'querySelectorAll'),
    9: method(Document.prototype, 'querySelectorAll'),
    11: method(DocumentFragment.prototype, 'querySelectorAll'),
  };
  const queryAll = (root, css) => Array.from(QUERY[nodeTypeOf(root)](root, css));
  const LABELS = new Map(
    [HTMLInputElement, HTMLSelectElement, HTMLTextAreaElement, HTMLButtonElement, HTMLMeterElement, HTMLOutputElement,
      HTMLProgressElement].map((type) => [type, getter(type.prototype, 'labels')]),
  );
  const labelsOf = (node) => {
    for (const [type, get] of LABELS) if (node instanceof type) return Array.from(get(node) ?? []);
    return [];
  };

  const isElement = (node) => nodeTypeOf(node) === Node.ELEMENT_NODE;
  const isText = (node) => nodeTypeOf(node) === Node.TEXT_NODE;
  const is = (node, ...tags) => isElement(node) && tags.includes(tagOf(node));
  /** The element around a node; out of a shadow root this is its host. */
  const around = (node) => {
    const parent = parentOf(node);
    if (parent === null) return null;
    if (parent instanceof ShadowRoot) return getHost(parent);
    return isElement(parent) ? parent : null;
  };
  const getHost = getter(ShadowRoot.prototype, 'host');
  const elementOf = (node) => (isElement(node) ? node : around(node));
  const inside = (inner, outer) => {
    for (let node = inner; node !== null; node = around(node)) if (node === outer) return true;
    return false;
  };
  /** The children as laid out: those of the shadow root, or those put into a slot, in place of the element's own. */
  const laidOut = (element) => {
    const shadow = shadowOf(element);
    if (shadow) return Array.from(childNodesOf(shadow));
    if (element instanceof HTMLSlotElement) {
      const given = assignedNodes(element, { flatten: true });
      if (given.length) return given;
    }
    return Array.from(childNodesOf(element));
  };

  // Text

  const fold = (text) => text.replace(/\s+/g, ' ').trim();
  /** As labels and headings are compared: no case, no spacing, no colon after and no star around. */
  const plain = (text) => fold(text).toLowerCase().replace(/^[*\s]+|[\s:*]+$/g, '');

  const SILENT = new Set(['script', 'style', 'template', 'noscript', 'select', 'option', 'datalist', 'textarea', 'title',
    'head', 'iframe', 'object', 'audio', 'video', 'canvas']);
  const CONTROL = 'input:not([type=hidden i]),select,textarea,button';
  const ACTIONABLE = 'a,button,input:not([type=hidden i]),select,textarea,summary,[contenteditable=true i],'
    + ['button', 'link', 'tab', 'menuitem', 'checkbox', 'radio', 'switch', 'option', 'textbox', 'combobox', 'searchbox',
      'spinbutton'].map((role) => `[role=${role} i]`).join();
  const LABELLED = 'input:not([type=hidden i]),select,textarea,meter,output,progress,fieldset,[contenteditable=true i],'
    + ['textbox', 'combobox', 'checkbox', 'radio', 'switch', 'spinbutton', 'searchbox', 'listbox', 'slider', 'group',
      'radiogroup'].map((role) => `[role=${role} i]`).join();
  const TABLE = 'table:not([role=presentation i],[role=none i]),[role=table i],[role=grid i],[role=treegrid i]';
  const HEADING = 'h1,h2,h3,h4,h5,h6,[role=heading i],legend,caption,summary';
  const REGION = 'section,article,aside,dialog,fieldset,details,main,form,[role=region i],[role=dialog i],[role=main i],'
    + '[role=form i],[role=group i],[role=tabpanel i]';

  // Roles and names: the part of HTML-AAM and AccName that portals' pages use

  const IMPLICIT = {
    link: 'a[href],area[href]',
    button: 'button,summary,input[type=button i],input[type=submit i],input[type=reset i],input[type=image i]',
    checkbox: 'input[type=checkbox i]',
    radio: 'input[type=radio i]',
    slider: 'input[type=range i]',
    spinbutton: 'input[type=number i]',
    searchbox: 'input[type=search i]:not([list])',
    combobox: 'select:not([multiple]):not([size]),select[size="1"]:not([multiple]),'
      + 'input[list]:not([type=checkbox i],[type=radio i],[type=hidden i])',
    listbox: 'select[multiple],select[size]:not([size="1"])',
    // Passwords and dates have no role of their own in the standard; a person sees a text field.
    textbox: 'textarea,[contenteditable=true i],input:not([list]):not([type=button i],[type=submit i],[type=reset i],'
      + '[type=image i],[type=checkbox i],[type=radio i],[type=range i],[type=number i],[type=search i],[type=hidden i],'
      + '[type=file i],[type=color i])',
    option: 'option',
    heading: 'h1,h2,h3,h4,h5,h6',
    table: 'table',
    row: 'tr',
    rowgroup: 'thead,tbody,tfoot',
    columnheader: 'th:not([scope=row i],[scope=rowgroup i])',
    rowheader: 'th[scope=row i],th[scope=rowgroup i]',
    cell: 'td',
    caption: 'caption',
    list: 'ul,ol,menu',
    listitem: 'li',
    term: 'dt',
    definition: 'dd',
    navigation: 'nav',
    main: 'main',
    banner: 'header:not(article header,aside header,main header,nav header,section header)',
    contentinfo: 'footer:not(article footer,aside footer,main footer,nav footer,section footer)',
    complementary: 'aside',
    region: 'section[aria-label],section[aria-labelledby]',
    form: 'form[aria-label],form[aria-labelledby]',
    article: 'article',
    dialog: 'dialog',
    group: 'fieldset,details,optgroup',
    img: 'img:not([alt=""]),svg[aria-label]',
    paragraph: 'p',
    separator: 'hr',
    progressbar: 'progress',
    meter: 'meter',
    status: 'output',
    figure: 'figure',
    strong: 'strong',
    emphasis: 'em',
  };
  const hasRole = (element, role) => {
    const said = attribute(element, 'role');
    if (said !== null && said.trim()) return said.trim().toLowerCase().split(/\s+/)[0] === role;
    return role in IMPLICIT && matches(element, IMPLICIT[role]);
  };
  const NAMED_BY_CONTENT = 'a,button,summary,h1,h2,h3,h4,h5,h6,td,th,option,li,dt,dd,caption,label,legend,p,strong,em,'
    + 'output,'
    + ['button', 'link', 'heading', 'cell', 'gridcell', 'columnheader', 'rowheader', 'option', 'tab', 'menuitem',
      'checkbox', 'radio', 'switch', 'treeitem', 'alert', 'status', 'row'].map((role) => `[role=${role} i]`).join();

  /** Text by content for a name: what is displayed, with what only screen readers are given; no field values. */
  const contentName = (node) => {
    if (isText(node)) return textContentOf(node);
    if (!isElement(node)) return '';
    if (SILENT.has(tagOf(node)) || (attribute(node, 'aria-hidden') ?? '').toLowerCase() === 'true') return '';
    if (getComputedStyle(node).display === 'none') return '';
    const label = attribute(node, 'aria-label');
    if (label && label.trim()) return ` ${label} `;
    if (is(node, 'img')) return ` ${attribute(node, 'alt') ?? ''} `;
    if (is(node, 'br')) return ' ';
    if (matches(node, CONTROL) && !is(node, 'button')) return ' ';
    const inner = laidOut(node).map(contentName).join('');
    return getComputedStyle(node).display.startsWith('inline') ? inner : ` ${inner} `;
  };
  const referred = (element, name) => {
    const ids = (attribute(element, name) ?? '').split(/\s+/).filter(Boolean);
    const tree = treeOf(element);
    return ids.flatMap((id) => queryAll(tree, `#${CSS.escape(id)}`).slice(0, 1)).map(contentName).join(' ');
  };
  const labelTexts = (element) => {
    const texts = [referred(element, 'aria-labelledby'), attribute(element, 'aria-label') ?? ''];
    for (const label of labelsOf(element)) texts.push(contentName(label));
    if (is(element, 'fieldset')) {
      const legend = Array.from(childNodesOf(element)).find((child) => is(child, 'legend'));
      if (legend) texts.push(contentName(legend));
    }
    return texts.filter((text) => text.trim());
  };
  const accessibleName = (element) => {
    const labels = labelTexts(element);
    if (labels.length) return labels[0];
    if (is(element, 'input')) {
      const type = (attribute(element, 'type') ?? '').toLowerCase();
      if (['submit', 'reset', 'button'].includes(type)) {
        return attribute(element, 'value') ?? { submit: 'Submit', reset: 'Reset', button: '' }[type];
      }
      if (type === 'image') return attribute(element, 'alt') ?? '';
    }
    if (is(element, 'img')) return attribute(element, 'alt') ?? attribute(element, 'title') ?? '';
    const child = { table: 'caption', figure: 'figcaption' }[tagOf(element)];
    if (child) {
      const caption = Array.from(childNodesOf(element)).find((node) => is(node, child));
      if (caption) return contentName(caption);
    }
    if (matches(element, NAMED_BY_CONTENT)) {
      const content = laidOut(element).map(contentName).join('');
      if (content.trim()) return content;
    }
    return attribute(element, 'title') ?? attribute(element, 'placeholder') ?? '';
  };

  // One look at the page

  const look = (root) => {
    const roots = [];
    const enter = (tree) => {
      roots.push(tree);
      for (const element of queryAll(tree, '*')) {
        const shadow = shadowOf(element);
        if (shadow) enter(shadow);
      }
    };
    enter(root);
    const everywhere = (css) => roots.flatMap((tree) => queryAll(tree, css));
    const range = new Range();

    // What a person can see

    const clips = new Map();
    const NO_CLIP = { gone: false, left: -Infinity, top: -Infinity, right: Infinity, bottom: Infinity, x: 0, y: 0 };
    /** What is left of the page inside this element, and how far the boxes around it are scrolled. */
    const clipOf = (element) => {
      if (element === null) return NO_CLIP;
      const known = clips.get(element);
      if (known) return known;
      const outer = clipOf(slotOf(element) ?? around(element));
      const style = getComputedStyle(element);
      let clip = outer;
      if (outer.gone || /^(inset\((50|100)%|circle\(0)/.test(style.clipPath)
        || /^rect\(([01]px,? ?){4}\)$/.test(style.clip)) {
        clip = { ...outer, gone: true };
      } else if (!is(element, 'html', 'body')
        && (style.overflowX !== 'visible' || style.overflowY !== 'visible') && !style.display.startsWith('inline')) {
        const box = boxOf(element);
        if (box.width < 1.5 || box.height < 1.5) {
          clip = { ...outer, gone: true };
        } else if (style.overflowX === 'hidden' || style.overflowX === 'clip'
          || style.overflowY === 'hidden' || style.overflowY === 'clip') {
          const scrolls = (overflow) => overflow === 'auto' || overflow === 'scroll' || overflow === 'visible';
          clip = {
            ...outer,
            left: scrolls(style.overflowX) ? outer.left : Math.max(outer.left, box.left),
            right: scrolls(style.overflowX) ? outer.right : Math.min(outer.right, box.right),
            top: scrolls(style.overflowY) ? outer.top : Math.max(outer.top, box.top),
            bottom: scrolls(style.overflowY) ? outer.bottom : Math.min(outer.bottom, box.bottom),
          };
        }
        const [x, y] = [scrollLeftOf(element), scrollTopOf(element)];
        if (x || y) clip = { ...clip, x: clip.x + x, y: clip.y + y };
      }
      clips.set(element, clip);
      return clip;
    };
    const onPage = (box, clip) => {
      if (clip.gone || box.width < 1 || box.height < 1) return false;
      // Left of and above the page's beginning nothing can be scrolled to.
      if (box.right + scrollX + clip.x <= 0 || box.bottom + scrollY + clip.y <= 0) return false;
      return box.right > clip.left && box.left < clip.right && box.bottom > clip.top && box.top < clip.bottom;
    };
    const rendered = (element) => {
      if (checkVisibility(element, { opacityProperty: true })) return true;
      if (getComputedStyle(element).display !== 'contents') return false;
      const outer = slotOf(element) ?? around(element);
      return outer === null || rendered(outer);
    };
    const textSeen = (text, style) => {
      if (style.visibility !== 'visible' || /^rgba\(.*, 0\)$/.test(style.color)) return false;
      range.selectNodeContents(text);
      return onPage(range.getBoundingClientRect(), clipOf(around(text)));
    };

    const texts = new Map();
    /** The text that a person sees in this node; lines are kept, other white space is folded. */
    const shown = (node) => {
      const known = texts.get(node);
      if (known !== undefined) return known;
      const parts = [];
      const element = elementOf(node);
      if (element !== null && rendered(element)) {
        if (isText(node)) takeText(node, getComputedStyle(element), parts);
        else take(node, parts);
      }
      const text = parts.join('').replace(/[^\S\n]+/g, ' ').replace(/ ?\n[ \n]*/g, '\n').trim();
      texts.set(node, text);
      return text;
    };
    const takeText = (node, style, parts) => {
      let text = textContentOf(node);
      if (!/\S/.test(text)) {
        parts.push(' ');
        return;
      }
      if (!textSeen(node, style)) return;
      if (!style.whiteSpace.startsWith('pre')) text = text.replace(/\s+/g, ' ');
      if (style.textTransform === 'uppercase') text = text.toUpperCase();
      if (style.textTransform === 'lowercase') text = text.toLowerCase();
      parts.push(text);
    };
    const take = (element, parts) => {
      if (SILENT.has(tagOf(element))) return;
      if (is(element, 'br')) {
        parts.push('\n');
        return;
      }
      const style = getComputedStyle(element);
      const edge = { 'table-cell': ' ', inline: '', contents: '', 'inline-block': '', 'inline-flex': '' }[style.display] ?? '\n';
      parts.push(edge);
      for (const child of laidOut(element)) {
        if (isText(child)) takeText(child, style, parts);
        else if (isElement(child) && rendered(child)) take(child, parts);
      }
      parts.push(edge);
    };
    const line = (node) => fold(shown(node));

    const seen = new Map();
    /** Can a person see it? A field of the page that is blank counts as seen; a text that is hidden does not. */
    const visible = (node) => {
      const known = seen.get(node);
      if (known !== undefined) return known;
      let answer;
      if (isText(node)) {
        answer = shown(node) !== '';
      } else if (!checkVisibility(node, { opacityProperty: true, visibilityProperty: true }) && !rendered(node)) {
        answer = false;
      } else if (matches(node, CONTROL) || is(node, 'img')) {
        answer = checkVisibility(node, { opacityProperty: true, visibilityProperty: true })
          && onPage(boxOf(node), clipOf(around(node)));
      } else if (textContentOf(node).trim() === '' && shadowOf(node) === null) {
        answer = checkVisibility(node, { opacityProperty: true, visibilityProperty: true })
          && !clipOf(around(node)).gone;
      } else {
        answer = shown(node) !== '' || queryAll(node, `${CONTROL},img`).some(visible);
      }
      seen.set(node, answer);
      return answer;
    };

    // Elements by their texts

    let fragments = null;
    /** Every text node that is not script or style, with its plain text. */
    const allFragments = () => {
      if (fragments !== null) return fragments;
      fragments = [];
      for (const tree of roots) {
        const walker = walkerOver(document, tree, NodeFilter.SHOW_TEXT);
        for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
          const text = plain(textContentOf(node));
          const holder = around(node);
          if (text && holder && !SILENT.has(tagOf(holder))) fragments.push([text, node]);
        }
      }
      return fragments;
    };
    /** Elements whose whole text fits the expression: the innermost on each path. A sentence is no longer than this. */
    const LONGEST_SENTENCE = 300;
    const withPattern = (expression) => {
      const pattern = new RegExp(`^(?:${expression})$`, 'i');
      const found = new Set();
      for (const [, node] of allFragments()) {
        for (let element = around(node); element !== null; element = around(element)) {
          const whole = fold(shown(element));
          if (pattern.test(whole)) {
            found.add(element);
            break;
          }
          if (whole === '' || whole.length > LONGEST_SENTENCE) break;
        }
      }
      return [...found];
    };
    /** Elements whose whole text is this: the innermost on each path. */
    const withText = (sought) => {
      const found = new Set();
      for (const [text, node] of allFragments()) {
        if (text.length > sought.length || !sought.includes(text)) continue;
        for (let element = around(node); element !== null; element = around(element)) {
          const whole = plain(shown(element));
          if (whole === sought) {
            found.add(element);
            break;
          }
          if (whole === '' || whole.length > sought.length) break;
        }
      }
      return [...found];
    };

    const cellRole = (node) => is(node, 'td', 'th')
      || (isElement(node) && matches(node, '[role=cell i],[role=gridcell i],[role=rowheader i],[role=columnheader i]'));
    const nextCell = (cell) => {
      if (hasRole(cell, 'columnheader') && (attribute(cell, 'scope') === 'col' || closestOf(cell, 'thead'))) return [];
      for (let node = nextSiblingOf(cell); node !== null; node = nextSiblingOf(node)) {
        if (!cellRole(node) || !rendered(node)) continue;
        return is(node, 'th') || hasRole(node, 'columnheader') ? [] : [node];
      }
      return [];
    };
    const definitions = (term) => {
      const found = [];
      for (let node = nextSiblingOf(term); node !== null; node = nextSiblingOf(node)) {
        if (is(node, 'dt')) break;
        if (is(node, 'dd') && rendered(node)) found.push(node);
      }
      return found;
    };
    const following = (box) => {
      for (let node = nextSiblingOf(box); node !== null; node = nextSiblingOf(node)) {
        if (isText(node)) {
          if (/[^\s:]/.test(textContentOf(node)) && visible(node)) return [node];
        } else if (isElement(node)) {
          // A line end or another caption: nothing stands beside this one.
          if (is(node, 'br', 'hr', 'label', 'dt', 'th', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6')) return [];
          const ornament = is(node, 'i', 'svg', 'img', 'script', 'style') || attribute(node, 'aria-hidden') === 'true';
          if (visible(node) && !(ornament && line(node) === '')) return [node];
        }
      }
      return [];
    };
    /** What stands beside a caption. A caption that fills its box speaks for the box: the cell, the dt, the div. */
    const beside = (caption) => {
      for (let box = caption; box !== null; box = around(box)) {
        if (plain(shown(box)) !== plain(shown(caption)) && !is(box, 'dt', 'th', 'label')) return [];
        if (is(box, 'label')) {
          const control = controlOf(box);
          if (control) return [control];
        }
        if (is(box, 'dt')) return definitions(box);
        if (cellRole(box)) return nextCell(box);
        if (around(box) !== null && !closestOf(box, 'dt,th,label')) {
          const found = following(box);
          if (found.length) return found;
        }
        if (is(box, 'body', 'main', 'form', 'section', 'article')) return [];
      }
      return [];
    };

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
    const level = (heading) => Number(attribute(heading, 'aria-level') ?? (/^h([1-6])$/.exec(tagOf(heading)) ?? [0, 2])[1]);
    const sections = new Map();
    /** Tests of "is inside the section with this heading", one for each such heading on the page. */
    const sectionsUnder = (sought) => {
      const known = sections.get(sought);
      if (known) return known;
      const tests = [];
      const headings = everywhere(HEADING).filter(visible);
      for (const heading of headings) {
        if (plain(contentName(heading)) !== sought && plain(shown(heading)) !== sought) continue;
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
        if (plain(labelTexts(region)[0] ?? '') === sought) tests.push((node) => inside(node, region));
      }
      sections.set(sought, tests);
      return tests;
    };

    const byWay = (way) => {
      const sought = plain(way.label ?? way.name ?? way.text ?? way.near ?? 'x');
      if (sought === '') return [];
      if (way.label !== undefined) {
        return everywhere(LABELLED).filter((control) => labelTexts(control).some((text) => plain(text) === sought));
      }
      if (way.role !== undefined) {
        const role = way.role.toLowerCase();
        const css = role in IMPLICIT ? `[role],${IMPLICIT[role]}` : '[role]';
        return everywhere(css).filter((node) => hasRole(node, role) && plain(accessibleName(node)) === sought);
      }
      if (way.text !== undefined) return withText(sought);
      if (way.matches !== undefined) return withPattern(way.matches);
      if (way.near !== undefined) return withText(sought).flatMap(beside);
      if (way.css !== undefined) return everywhere(way.css);
      // XPath knows no shadow roots: it is for the document itself.
      return roots.filter((tree) => !(tree instanceof ShadowRoot)).flatMap((tree) => {
        const result = evaluateXpath(document, way.xpath, tree, null, XPathResult.ORDERED_NODE_SNAPSHOT_TYPE, null);
        return Array.from({ length: result.snapshotLength }, (_, index) => result.snapshotItem(index));
      }).filter((node) => isElement(node) || isText(node));
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
      const innermost = actionable.filter((inner) => !actionable.some((other) => other !== inner && contains(inner, other)));
      if (innermost.length === 1 && line(innermost[0]) === text) return innermost[0];
      if (matches(node, ACTIONABLE)) return node;
      let inner = node;
      for (;;) {
        const children = laidOut(inner).filter((child) => (isText(child) ? shown(child) !== '' : isElement(child) && visible(child)));
        if (children.length !== 1 || isText(children[0]) || matches(children[0], TABLE) || line(children[0]) !== text) return inner;
        inner = children[0];
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

    const resolved = new Map();
    /** What all ways say together. `found` and `weak` have a node, `missing` and `conflict` have none. */
    const resolve = (find, tables = false) => {
      const key = `${tables}${JSON.stringify(find)}`;
      if (resolved.has(key)) return resolved.get(key);
      const sets = find.map((way) => {
        let nodes = byWay(way);
        if (way.under !== undefined) {
          const tests = sectionsUnder(plain(way.under));
          nodes = nodes.filter((node) => tests.some((test) => test(node)));
        }
        nodes = nodes.filter(visible);
        const set = new Set(tables ? nodes.flatMap(canonicalTables) : nodes.map(canonical));
        // A button inside a wrapper that is a button too: the wrapper is the same thing.
        return new Set([...set].filter((node) => tables || isText(node) || !matches(node, ACTIONABLE)
          || ![...set].some((other) => other !== node && inside(other, node) && isElement(other) && matches(other, ACTIONABLE))));
      });
      const silent = sets.flatMap((set, index) => (set.size ? [] : [index]));
      const speaking = sets.filter((set) => set.size);
      const shape = sets.every((set, index) => !set.size || find[index].css !== undefined || find[index].xpath !== undefined);
      const common = speaking.length ? [...speaking[0]].filter((node) => speaking.every((set) => set.has(node))) : [];
      let answer;
      if (!speaking.length) answer = { state: 'missing', node: null };
      else if (common.length !== 1) answer = { state: 'conflict', node: null };
      else answer = { state: silent.length ? 'weak' : 'found', node: common[0] };
      answer.silent = speaking.length ? silent : [];
      answer.byShape = answer.state === 'weak' && shape;
      resolved.set(key, answer);
      return answer;
    };

    // What an element holds

    const secret = (element) => matches(element, 'input[type=password i],input[autocomplete~=current-password i],'
      + 'input[autocomplete~=new-password i]');
    const held = (element) => {
      const { state, node, silent, byShape } = resolve(element.find);
      const answer = { state, kind: 'none', text: '', checked: false, disabled: false, filled: false, silent, by_shape: byShape };
      if (node === null) return answer;
      answer.kind = 'text';
      if (isText(node)) return { ...answer, text: shown(node) };
      answer.disabled = matches(node, ':disabled') || closestOf(node, '[aria-disabled=true i],[inert]') !== null;
      if (is(node, 'input')) {
        const type = (attribute(node, 'type') ?? 'text').toLowerCase();
        if (type === 'checkbox' || type === 'radio') return { ...answer, kind: 'box', checked: inputChecked(node) };
        const value = inputValue(node);
        if (secret(node)) return { ...answer, kind: 'password', filled: value !== '' };
        if (['submit', 'reset', 'button', 'image'].includes(type)) return { ...answer, text: fold(accessibleName(node)) };
        return { ...answer, kind: 'value', text: value, filled: value !== '' };
      }
      if (is(node, 'textarea')) return { ...answer, kind: 'value', text: areaValue(node), filled: areaValue(node) !== '' };
      if (is(node, 'select')) {
        const chosen = Array.from(selectOptions(node)).filter(optionSelected).map((option) => fold(optionText(option)));
        return { ...answer, kind: 'choice', text: chosen.join('\n'), filled: chosen.length > 0 };
      }
      if (matches(node, '[role=checkbox i],[role=radio i],[role=switch i]')) {
        return { ...answer, kind: 'box', text: shown(node), checked: attribute(node, 'aria-checked') === 'true' };
      }
      return { ...answer, text: shown(node) };
    };

    // Tables

    const ownRows = (table) => {
      if (!is(table, 'table')) {
        return queryAll(table, '[role=row i]')
          .filter((row) => closestOf(row, TABLE) === table)
          .map((row) => ({ row, part: 'tbody', cells: queryAll(row, '*').filter((cell) => cellRole(cell) && closestOf(cell, '[role=row i]') === row) }));
      }
      const rows = [];
      const takeRow = (row, part) => rows.push({ row, part, cells: Array.from(childNodesOf(row)).filter((cell) => is(cell, 'td', 'th')) });
      for (const child of childNodesOf(table)) {
        if (is(child, 'tr')) takeRow(child, 'tbody');
        if (is(child, 'thead', 'tbody', 'tfoot')) {
          for (const row of childNodesOf(child)) if (is(row, 'tr')) takeRow(row, tagOf(child));
        }
      }
      return rows;
    };
    const span = (cell, name, most) => {
      const number = Number.parseInt(attribute(cell, name) ?? attribute(cell, `aria-${name}`) ?? '1', 10);
      return Number.isNaN(number) || number < 0 ? 1 : Math.min(number, most);
    };
    /** Every row as the list of cells that cover its columns, spans worked out; rows and cells not displayed left out. */
    const layOut = (table) => {
      const grid = [];
      let open = [];
      let part = null;
      for (const { row, part: rowPart, cells } of ownRows(table)) {
        if (rowPart !== part) open = [];
        part = rowPart;
        if (!checkVisibility(row, { opacityProperty: true, visibilityProperty: true }) || boxOf(row).height < 1) continue;
        const columns = open.map((pending) => (pending && pending.left > 0 ? pending.cell : undefined));
        const next = open.map((pending) => (pending && pending.left > 1 ? { cell: pending.cell, left: pending.left - 1 } : undefined));
        let at = 0;
        for (const cell of cells) {
          if (getComputedStyle(cell).display === 'none') continue;
          while (columns[at] !== undefined) at += 1;
          const down = span(cell, 'rowspan', 65534) || Infinity;
          for (let across = Math.max(1, span(cell, 'colspan', 1000)); across > 0; across -= 1) {
            columns[at] = cell;
            if (down > 1) next[at] = { cell, left: down - 1 };
            at += 1;
          }
        }
        open = next;
        grid.push({ row, part, columns });
      }
      return grid;
    };
    const headingCell = (cell) => cell !== undefined && (is(cell, 'th') || matches(cell, '[role=columnheader i]'));
    /** The data rows as texts of the declared columns, and where they stand; or what is wrong with the layout. */
    const tableRows = (spec) => {
      const { state, node, silent } = resolve(spec.find, true);
      const names = Object.keys(spec.columns);
      const answer = { state, problem: null, problem_at: null, columns: names, rows: [], places: [], silent };
      if (node === null) return answer;
      const grid = layOut(node);
      let heads = 0;
      while (heads < grid.length && grid[heads].columns.length
        && (grid[heads].part === 'thead' || grid[heads].columns.every(headingCell))) heads += 1;
      const headings = grid.slice(0, heads);
      const width = Math.max(0, ...headings.map((row) => row.columns.length));
      for (const name of names) {
        const { header, position } = spec.columns[name];
        const stack = [...new Set(headings.map((row) => row.columns[position - 1]).filter((cell) => cell !== undefined))];
        const own = stack.filter((cell) => headings.every((row) => row.columns.filter((other) => other === cell).length <= 1));
        const said = [...own.flatMap((cell) => [shown(cell), contentName(cell)]), stack.map(shown).join(' ')];
        if (!said.some((text) => plain(text) === plain(header))) return { ...answer, problem: 'headings', problem_at: name };
      }
      const marker = resolve(spec.empty.find).node;
      const repeated = headings.map((row) => row.columns.map(line).join('\n'));
      for (const { row, part, columns } of grid.slice(heads)) {
        if (part === 'tfoot' || !columns.length) continue;
        if (marker !== null && inside(marker, row)) continue;
        const texts = columns.map((cell) => (cell === undefined ? '' : shown(cell)));
        if (texts.every((text) => text === '')) continue;
        if (columns.every(headingCell) && repeated.includes(columns.map(line).join('\n'))) continue;
        const declared = names.map((name) => columns[spec.columns[name].position - 1]);
        if (columns.length !== width || declared.some((cell) => cell === undefined)
          || declared.some((cell) => columns.filter((other) => other === cell).length > 1)) {
          return { ...answer, problem: 'row-shape', problem_at: String(answer.rows.length), rows: [], places: [] };
        }
        answer.rows.push(names.map((name) => texts[spec.columns[name].position - 1]));
        answer.places.push(Object.fromEntries(names.map((name, index) => [name, declared[index]])));
      }
      return answer;
    };
    /** The link in column `opens` of the one row whose cells show these texts; null when there is not exactly one. */
    const rowLink = (spec, cells, opens) => {
      const { problem, columns, rows, places } = tableRows(spec);
      if (problem !== null) return null;
      const sought = Object.entries(cells).map(([name, text]) => [columns.indexOf(name), fold(text)]);
      const fitting = places.filter((_, index) => sought.every(([column, text]) => fold(rows[index][column] ?? '\0') === text));
      if (!sought.length || fitting.length !== 1) return null;
      const cell = fitting[0][opens];
      const links = cell ? queryAll(cell, ACTIONABLE).filter(visible) : [];
      const innermost = links.filter((link) => !links.some((other) => other !== link && contains(link, other)));
      return innermost.length === 1 ? innermost[0] : null;
    };

    // A list, or a group of radio buttons, to choose from

    const choices = (element) => {
      const { node } = resolve(element.find);
      if (node === null || isText(node)) return [];
      if (is(node, 'select')) {
        return Array.from(selectOptions(node)).map((option, index) => (
          { kind: 'option', index, text: fold(optionText(option)), disabled: matches(option, ':disabled'), node: option }));
      }
      const RADIO = 'input[type=radio i],[role=radio i]';
      let radios = queryAll(node, RADIO);
      if (matches(node, 'input[type=radio i]')) {
        const form = closestOf(node, 'form');
        radios = queryAll(treeOf(node), 'input[type=radio i]').filter((radio) =>
          attribute(radio, 'name') === attribute(node, 'name') && closestOf(radio, 'form') === form);
      }
      return radios.filter(rendered).map((radio, index) => {
        const row = closestOf(radio, 'tr,li,[role=row i]');
        const text = accessibleName(radio).trim() || (row ? shown(row) : '');
        return { kind: 'radio', index, text: fold(text), disabled: matches(radio, ':disabled'), node: radio };
      });
    };

    const viewState = (view) => {
      // What decides where we are must be found by all its ways; what must not be there, by none.
      if (!view.recognise.every((element) => resolve(element.find).state === 'found')) return 'not';
      if (!view.absent.every((element) => resolve(element.find).state === 'missing')) return 'not';
      return view.busy !== null && resolve(view.busy.find).state !== 'missing' ? 'busy' : 'there';
    };

    return { resolve, held, tableRows, rowLink, choices, viewState, roots };
  };

  // The document

  const navigation = () => performance.getEntriesByType('navigation')[0];
  const status = () => navigation()?.responseStatus || null;
  const ready = () => {
    const state = readyStateOf(document);
    // Deferred scripts still run in "interactive", and the page's buttons may be dead until they have.
    return state === 'interactive' && navigation()?.domContentLoadedEventEnd === 0 ? 'loading' : state;
  };
  const address = () => (location.protocol.startsWith('http') ? `${location.origin}${location.pathname}` : location.protocol);

  /** The page as evidence: open shadow roots included, values of password fields left out. The page is not touched. */
  const evidence = (roots) => {
    const top = rootElementOf(document);
    if (top === null) return '';
    const SECRET = 'input[type=password i][value],input[autocomplete~=current-password i][value],'
      + 'input[autocomplete~=new-password i][value]';
    if (roots.some((tree) => queryAll(tree, SECRET).length)) {
      // A copy in a document that loads and runs nothing.
      const copy = document.implementation.createHTMLDocument('').importNode(top, true);
      for (const input of queryAll(copy, SECRET)) removeAttribute(input, 'value');
      return `<!DOCTYPE html>${outerOf(copy)}`;
    }
    const shadows = roots.filter((tree) => tree instanceof ShadowRoot);
    if (!shadows.length) return `<!DOCTYPE html>${outerOf(top)}`;
    const opening = outerOf(top.cloneNode(false)).replace(/<\/html>$/, '');
    return `<!DOCTYPE html>${opening}${innerMarkup(top, { shadowRoots: shadows })}</html>`;
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
      if (found.state === 'found' || (found.state === 'weak' && !query.element.strict)) node = found.node && elementOf(found.node);
    }
    return node === null ? [] : [node];
  };

  return {
    query: (root, selector) => queryAllOf(root, selector)[0],
    queryAll: queryAllOf,
    read,
    values: (root, elements) => each(elements, look(root).held),
    recognise: (root, views) => each(views, look(root).viewState),
    choices: (root, element) => look(root).choices(element).map(({ node, ...choice }) => choice),
    mark: () => {
      globalThis[MARK] = true;
      return true;
    },
    awaitAny,
  };
})()
