// What a person can see: whether an element is on the page, and the text that it shows.

/** What separates an element from its neighbours, by how it is laid out; a line end when it is not among these. */
const EDGES = { 'table-cell': ' ', inline: '', contents: '', 'inline-block': '', 'inline-flex': '' };

/** What is seen in one look at the page. */
const sight = () => {
  const range = new Range();
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
    const edge = EDGES[style.display] ?? '\n';
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
      answer = shown(node) !== '' || inner(node, `${CONTROL},img`).some(visible);
    }
    seen.set(node, answer);
    return answer;
  };

  return { rendered, shown, line, visible };
};
