// What a person can see: whether an element is on the page, and the text that it shows.

/** What separates an element from its neighbours, by how it is laid out; a line end when it is not among these. */
const EDGES = { 'table-cell': ' ', inline: '', contents: '', 'inline-block': '', 'inline-flex': '' };

/** Stands where a person sees something else than the page's text says, and nobody can tell what: no field takes it. */
const UNTOLD = '\uE000';
/** Of 255; a letter whose colour is no further from what it stands on is seen by nobody. */
const FAINT = 8;
/** Pixels; lower letters are read by nobody. */
const TINY = 4;
/** Of what a style sheet adds to a text, these change what it says; stars, colons, arrows and icons adorn it. */
const TELLING = /[\p{L}\p{N}\p{Sc}+\-\u2212\u2013()%.,]/u;

/** A text as a person reads it: lines are kept, other white space is folded. */
const foldedLines = (text) => text.replace(/[^\S\n]+/g, ' ').replace(/ ?\n[ \n]*/g, '\n');
/** Pieces of text as a person reads them. */
const joinedText = (parts) => foldedLines(parts.join('')).trim();

/** What is seen in one look at the page. */
const sight = () => {
  const range = new Range();
  const styleOf = once((element) => getComputedStyle(element));
  const clips = new Map();
  const NO_CLIP = {
    gone: false, left: -Infinity, top: -Infinity, right: Infinity, bottom: Infinity, x: 0, y: 0,
    opacity: 1, ground: [255, 255, 255], turned: false,
  };
  /** What is left of the page inside this element, how far the boxes around it are scrolled, and what is behind it. */
  const clipOf = (element) => {
    if (element === null) return NO_CLIP;
    const known = clips.get(element);
    if (known) return known;
    const outer = clipOf(slotOf(element) ?? around(element));
    const style = styleOf(element);
    let clip = outer;
    const opacity = outer.opacity * Number(style.opacity) * filtered(style.filter);
    if (opacity !== outer.opacity) clip = { ...clip, opacity };
    const ground = behind(style, outer.ground);
    if (ground !== outer.ground) clip = { ...clip, ground };
    if (style.unicodeBidi.includes('override')) clip = { ...clip, turned: true };
    const cut = style.clipPath === 'none' ? null : cutOut(style.clipPath, element);
    if (outer.gone || blotted(style) || cut === 'all' || /^rect\(([01]px,? ?){4}\)$/.test(style.clip)) {
      clip = { ...clip, gone: true };
    } else if (is(element, 'html', 'body')) {
      // Such a page does not scroll: what lies beyond its window is nowhere.
      if (cuts(style.overflowX)) clip = { ...clip, right: innerWidth };
      if (cuts(style.overflowY)) clip = { ...clip, bottom: innerHeight };
    } else if ((style.overflowX !== 'visible' || style.overflowY !== 'visible') && !style.display.startsWith('inline')) {
      const box = boxOf(element);
      if (box.width < 1.5 || box.height < 1.5 || apart(box, outer)) {
        clip = { ...clip, gone: true };
      } else {
        const across = bounds(style.overflowX, outer.left, outer.right, box.left, box.right);
        const down = bounds(style.overflowY, outer.top, outer.bottom, box.top, box.bottom);
        clip = { ...clip, left: across[0], right: across[1], top: down[0], bottom: down[1] };
      }
      const [x, y] = [scrollLeftOf(element), scrollTopOf(element)];
      if (x || y) clip = { ...clip, x: clip.x + x, y: clip.y + y };
    }
    if (cut !== null && cut !== 'all') {
      clip = {
        ...clip, left: Math.max(clip.left, cut.left), right: Math.min(clip.right, cut.right),
        top: Math.max(clip.top, cut.top), bottom: Math.min(clip.bottom, cut.bottom),
      };
    }
    clips.set(element, clip);
    return clip;
  };
  const cuts = (overflow) => overflow === 'hidden' || overflow === 'clip';
  const apart = (box, clip) =>
    box.right <= clip.left || box.left >= clip.right || box.bottom <= clip.top || box.top >= clip.bottom;
  /** How far one sees in one direction: what scrolls can be brought to where its box is. */
  const bounds = (overflow, from, to, boxFrom, boxTo) => {
    if (cuts(overflow)) return [Math.max(from, boxFrom), Math.min(to, boxTo)];
    return overflow === 'visible' ? [from, to] : [-Infinity, Infinity];
  };
  const onPage = (box, clip) => {
    if (clip.gone || box.width < 1 || box.height < 1) return false;
    // Left of and above the page's beginning nothing can be scrolled to.
    if (box.right + scrollX + clip.x <= 0 || box.bottom + scrollY + clip.y <= 0) return false;
    return !apart(box, clip);
  };
  const rendered = once((element) => {
    if (checkVisibility(element, { opacityProperty: true })) return true;
    if (styleOf(element).display !== 'contents') return false;
    const outer = slotOf(element) ?? around(element);
    return outer === null || rendered(outer);
  });
  const readable = (style, clip) => style.visibility === 'visible' && style.webkitTextSecurity === 'none'
    && Number.parseFloat(style.fontSize) >= TINY && !faint(style.webkitTextFillColor, clip);
  const textSeenIn = (text, style) => {
    const holder = around(text);
    // What a drawer holds is in none of the drawer's elements.
    if (is(holder, 'details') && attribute(holder, 'open') === null) return false;
    const clip = clipOf(holder);
    if (!readable(style, clip)) return false;
    range.selectNodeContents(text);
    const box = range.getBoundingClientRect();
    return box.height >= TINY && onPage(box, clip);
  };
  const seenInItsPlace = once((text) => textSeenIn(text, styleOf(around(text))));
  /** Does a person see the text? `element` is where it is laid out: a slot, where it was put into one. */
  const textSeen = (text, element) => (
    element === around(text) ? seenInItsPlace(text) : textSeenIn(text, styleOf(element)));

  const texts = new Map();
  /** The text that a person sees in this node; lines are kept, other white space is folded. */
  const shown = (node) => {
    const known = texts.get(node);
    if (known !== undefined) return known;
    const parts = [];
    const element = elementOf(node);
    if (element !== null && rendered(element)) {
      if (isText(node)) takeText(node, element, parts);
      else take(node, parts);
    }
    const text = joinedText(parts);
    texts.set(node, text);
    return text;
  };
  const takeText = (node, element, parts) => {
    let text = textContentOf(node);
    if (!/\S/.test(text)) {
      parts.push(' ');
      return;
    }
    if (!textSeen(node, element)) return;
    const style = styleOf(element);
    if (style.direction === 'rtl' || clipOf(around(node)).turned || outOfLine(parts, node, text)) parts.push(UNTOLD);
    parts.before = node;
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
    const edge = edgeOf(element);
    if (edge) parts.push(edge);
    parts.push(...addedBefore(element));
    for (const child of laidOut(element)) {
      if (isText(child)) takeText(child, element, parts);
      else if (isElement(child) && rendered(child)) take(child, parts);
    }
    parts.push(...addedAfter(element));
    if (edge) parts.push(edge);
  };
  const edgeOf = once((element) => EDGES[styleOf(element).display] ?? '\n');
  /** What the style sheet adds before or after the element's own text, where that changes what it says. */
  const added = (element, where) => {
    const style = getComputedStyle(element, where);
    if (style.content === 'none' || style.content === 'normal') return [];
    const text = addedText(style.content, element);
    if (text === '' || style.display === 'none' || style.opacity === '0') return [];
    const clip = clipOf(element);
    if (clip.gone || !readable(style, { ...clip, ground: behind(style, clip.ground) })) return [];
    const edge = EDGES[style.display] ?? '\n';
    const plainly = style.position === 'static' && style.transform === 'none' && style.clipPath === 'none'
      && style.textIndent === '0px' && style.maskImage === 'none';
    return [edge, plainly ? text : UNTOLD, edge];
  };
  const addedBefore = once((element) => added(element, '::before'));
  const addedAfter = once((element) => added(element, '::after'));
  /** Does this text go on with the word before it, and yet stand before it, over it or above it? */
  const outOfLine = (parts, node, text) => {
    if (parts.before === undefined || !/\S$/.test(parts.at(-1) ?? '') || !/^\S/.test(text)) return false;
    range.selectNodeContents(parts.before);
    const last = Array.from(range.getClientRects()).at(-1);
    range.selectNodeContents(node);
    const [first] = range.getClientRects();
    if (last === undefined || first === undefined) return false;
    if (first.bottom <= last.top + 1) return true;
    return first.top < last.bottom - 1 && first.left < last.right - 2;
  };
  const line = once((node) => fold(shown(node)));

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

  /** Is a text that was found nevertheless seen by nobody, or not as it is: covered, cut off, its beginning altered? */
  const concealed = (node) => {
    const holder = elementOf(node);
    if (matches(holder, CONTROL)) {
      return !readable(styleOf(holder), clipOf(holder)) || covered(boxOf(holder), holder);
    }
    const text = isText(node) ? node : firstSeen(holder);
    if (text === null) return false;
    const own = around(text);
    range.selectNodeContents(text);
    const box = range.getBoundingClientRect();
    return covered(box, own) || cutOff(box, own) || altered(own);
  };
  /** The first text in the element that a person sees. */
  const firstSeen = (element) => {
    for (const child of laidOut(element)) {
      if (isText(child) && /\S/.test(textContentOf(child)) && shown(child) !== '') return child;
      const found = isElement(child) && !SILENT.has(tagOf(child)) && rendered(child) ? firstSeen(child) : null;
      if (found !== null) return found;
    }
    return null;
  };
  /**
   * Does something that lets nothing through lie over the middle of the box? What stays in its place when the page
   * scrolls (a bar, a pop-up that the pack closes) covers nothing for good.
   */
  const covered = (box, own) => {
    const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
    let over = elementAt(document, x, y);
    for (let shadow = over && shadowOf(over); shadow; shadow = over && shadowOf(over)) {
      const deeper = elementAtIn(shadow, x, y);
      if (deeper === null || deeper === over) break;
      over = deeper;
    }
    if (over === null || over === own || inside(own, over)) return false;
    let lets = true;
    for (let node = over; node !== null && !inside(own, node); node = around(node)) {
      const style = styleOf(node);
      if (style.position === 'fixed' || style.position === 'sticky') return false;
      if (clipOf(node).opacity < 0.9) continue;
      const colour = colourOf(style.backgroundColor);
      if (colour[3] >= 0.9 || style.backgroundImage !== 'none' || is(node, ...PICTURES)) lets = false;
    }
    return !lets;
  };
  /** Is a part of the text cut off, without the dots that would tell so? */
  const cutOff = (box, own) => {
    const clip = clipOf(own);
    if (box.right - clip.right <= 4 && clip.left - box.left <= 4 && box.bottom - clip.bottom <= 6
      && clip.top - box.top <= 6) return false;
    for (let node = own; node !== null; node = around(node)) {
      const style = styleOf(node);
      if (style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none') return false;
    }
    return true;
  };
  /** Does the style sheet give the first letter or line another size or colour than the rest? */
  const altered = (own) => {
    let block = own;
    while (styleOf(block).display.startsWith('inline') && around(block) !== null) block = around(block);
    const style = styleOf(block);
    return ['::first-letter', '::first-line'].some((part) => {
      const other = getComputedStyle(block, part);
      return other.fontSize !== style.fontSize || other.color !== style.color;
    });
  };

  /** Is the row of a table on the page? */
  const rowSeen = (row) =>
    checkVisibility(row, { opacityProperty: true, visibilityProperty: true }) && boxOf(row).height >= 1;

  return { rendered, shown, line, visible, concealed, rowSeen };
};
