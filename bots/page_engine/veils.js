// What keeps a text from being seen although it is there: its colours, and what its style sheet cuts away or blots out.

const colours = new Map();
/** Any colour of a style sheet as red, green, blue (0 to 255) and how much of it there is (0 to 1). */
const colourOf = (told) => {
  const known = colours.get(told);
  if (known) return known;
  const plainly = /^rgba?\(([\d.]+), ([\d.]+), ([\d.]+)(?:, ([\d.]+))?\)$/.exec(told);
  const colour = plainly ? plainly.slice(1, 4).map(Number).concat(Number(plainly[4] ?? 1)) : painted(told);
  // A page can name as many colours as it likes.
  if (colours.size < 1000) colours.set(told, colour);
  return colour;
};
/** A colour of another space: painted, and looked at. */
const painted = (told) => {
  const canvas = new OffscreenCanvas(1, 1).getContext('2d');
  canvas.fillStyle = told;
  canvas.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
  return [red, green, blue, alpha / 255];
};
/** The colour that a text in an element stands on. A picture behind it is taken for one that it can be read on. */
const behind = (style, ground) => {
  if (style.backgroundImage !== 'none') return null;
  if (style.backgroundColor === 'rgba(0, 0, 0, 0)') return ground;
  const [red, green, blue, alpha] = colourOf(style.backgroundColor);
  if (alpha === 1 || ground === null) return alpha === 1 ? [red, green, blue] : null;
  return [red, green, blue].map((part, index) => alpha * part + (1 - alpha) * ground[index]);
};
/** Can nobody tell letters of this colour from what they stand on? */
const faint = (told, { opacity, ground }) => {
  const [red, green, blue, alpha] = colourOf(told);
  const most = ground === null
    ? 255 : Math.max(...[red, green, blue].map((part, index) => Math.abs(part - ground[index])));
  return most * alpha * opacity < FAINT;
};

/** How much of an element its filter leaves. */
const filtered = (filter) => {
  if (filter === 'none') return 1;
  const [, opacity] = /opacity\(([\d.]+)\)/.exec(filter) ?? [];
  return opacity === undefined ? 1 : Math.min(1, Number(opacity));
};
const BLURRED = 2;
/** Is what the element holds made unreadable: blurred, masked, mirrored, turned over, mixed with what is behind it? */
const blotted = (style) => {
  if (style.maskImage !== 'none' || style.mixBlendMode !== 'normal') return true;
  if (style.rotate !== 'none' || style.scale.includes('-')) return true;
  if (style.filter !== 'none') {
    const [, blur] = /blur\(([\d.]+)px\)/.exec(style.filter) ?? [0, 0];
    if (Number(blur) >= BLURRED || /brightness|contrast|invert|url/.test(style.filter)) return true;
  }
  if (style.transform === 'none') return false;
  const { m11, m22 } = new DOMMatrixReadOnly(style.transform);
  return m11 < 0 || m22 < 0;
};
/** What a clip path leaves of an element: a box, 'all' when it cuts all away or cannot be told, null for nothing. */
const cutOut = (path, element) => {
  const [, told] = /^inset\(([^)]*?)(?: round [^)]*)?\)$/.exec(path) ?? [];
  if (told === undefined) return path.endsWith('-box') && !path.includes('(') ? null : 'all';
  const box = boxOf(element);
  const [top, right = top, bottom = top, left = right] = told.split(' ');
  const far = (length, whole) => Number.parseFloat(length) * (length.endsWith('%') ? whole / 100 : 1);
  if (![top, right, bottom, left].every((length) => /^-?[\d.]+(px|%)$/.test(length))) return 'all';
  const rest = {
    left: box.left + far(left, box.width), right: box.right - far(right, box.width),
    top: box.top + far(top, box.height), bottom: box.bottom - far(bottom, box.height),
  };
  return rest.right - rest.left < 1.5 || rest.bottom - rest.top < 1.5 ? 'all' : rest;
};

/** The text that a style sheet's `content` makes for an element, "" where it only adorns it. */
const addedText = (content, element) => {
  let text = '';
  for (const [whole, quoted, name] of content.matchAll(/"((?:[^"\\]|\\.)*)"|attr\(([^), ]+)[^)]*\)|\/|[a-z-]+(?:\([^)]*\))?/gi)) {
    // Behind a stroke stands what a screen reader says instead.
    if (whole === '/') break;
    if (quoted !== undefined) text += quoted.replace(/\\(.)/g, '$1');
    else if (name !== undefined) text += attribute(element, name) ?? '';
    else if (!/^(url|image-set|linear-gradient|no-)/.test(whole)) text += UNTOLD;
  }
  return text.includes(UNTOLD) || TELLING.test(text) ? text : '';
};
