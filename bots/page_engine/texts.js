// Elements by their texts, and what stands beside a caption, for one look at the page.

/** `roots` are the document and its open shadow roots, `seen` is what `sight` gave. */
const textFinder = (roots, { rendered, shown, line, visible }) => {
  const plainly = once((node) => plain(shown(node)));
  let fragments = null;
  /** Every text node that is not script or style, with its plain text. */
  const allFragments = () => {
    if (fragments !== null) return fragments;
    fragments = [];
    for (const tree of roots) {
      const walker = walkerOver(documentOf(tree), tree, NodeFilter.SHOW_TEXT);
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
    const fits = once((element) => pattern.test(line(element)));
    const found = new Set();
    for (const path of paths()) {
      const element = path.find(fits);
      if (element !== undefined) found.add(element);
    }
    return [...found];
  };
  let known = null;
  /** The elements around each text, the innermost first, up to the first that is more than a sentence. */
  const paths = () => {
    if (known !== null) return known;
    const holders = new Set(allFragments().map(([, node]) => around(node)));
    known = Array.from(holders, (holder) => {
      const path = [];
      for (let element = holder; element !== null; element = around(element)) {
        path.push(element);
        if (line(element) === '' || line(element).length > LONGEST_SENTENCE) break;
      }
      return path;
    });
    return known;
  };
  /** Elements whose whole text is this: the innermost on each path. */
  const withText = (sought) => {
    const found = new Set();
    for (const [text, node] of allFragments()) {
      if (text.length > sought.length || !sought.includes(text)) continue;
      for (let element = around(node); element !== null; element = around(element)) {
        const whole = plainly(element);
        if (whole === sought) {
          found.add(element);
          break;
        }
        if (whole === '' || whole.length > sought.length) break;
      }
    }
    return [...found];
  };

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
      // A box with a field in it is no caption: what stands beside the box belongs to another one.
      if (box !== caption && inner(box, CONTROL).length && !is(box, 'dt', 'th', 'label') && !cellRole(box)) return [];
      if (is(box, 'label')) {
        const control = controlOf(box);
        if (control) return [control];
        // Tied to no field by its mark-up: then it speaks for the field that stands right beside it.
        const field = following(box).flatMap(onlyField);
        if (field.length) return field;
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

  /** Does a person read something in the box before coming to the field? Then the box has a caption of its own. */
  const captioned = (box, field) => {
    const walk = (node) => {
      if (node === field) return 'field';
      if (isText(node)) return shown(node) === '' ? null : 'text';
      if (!isElement(node) || !rendered(node)) return null;
      for (const child of laidOut(node)) {
        const met = walk(child);
        if (met !== null) return met;
      }
      return null;
    };
    return walk(box) === 'text';
  };
  /** The one field in a box that has no caption of its own; what stands behind the field is a hint. */
  const onlyField = (node) => {
    if (isText(node)) return [];
    if (matches(node, LABELLED)) return [node];
    const fields = inner(node, LABELLED).filter(visible);
    return fields.length === 1 && !captioned(node, fields[0]) ? fields : [];
  };
  /** The text right after a box or button that has no label of its own: "[ ] I agree", up to the next field or line. */
  const caption = (box) => {
    const parts = [];
    for (let node = nextSiblingOf(box); node !== null; node = nextSiblingOf(node)) {
      if (isText(node)) parts.push(textContentOf(node));
      else if (isElement(node)) {
        if (is(node, 'br', 'hr') || matches(node, CONTROL) || queryAll(node, CONTROL).length) break;
        parts.push(` ${shown(node)} `);
      }
    }
    return fold(parts.join(''));
  };
  /** Fields without any label in the mark-up, by the caption that a person sees beside them. */
  const unlabelled = (sought) => {
    const bare = (field) => labelTexts(field).length === 0;
    const boxes = roots.flatMap((tree) => queryAll(tree, 'input[type=checkbox i],input[type=radio i]'))
      .filter((box) => bare(box) && plain(caption(box)) === sought);
    const fields = withText(sought).flatMap(beside).flatMap(onlyField)
      .filter((field) => bare(field) && !matches(field, 'input[type=checkbox i],input[type=radio i]'));
    return [...new Set([...boxes, ...fields])];
  };

  return { withText, withPattern, beside, unlabelled, onlyField, caption };
};
