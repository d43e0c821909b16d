// Roles and accessible names: the part of HTML-AAM and AccName that portals' pages use.

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

const cellRole = (node) => is(node, 'td', 'th')
  || (isElement(node) && matches(node, '[role=cell i],[role=gridcell i],[role=rowheader i],[role=columnheader i]'));

/** Text by content for a name: what is displayed, with what only screen readers are given; no field values. */
const contentName = (node) => {
  if (isText(node)) return textContentOf(node);
  if (!isElement(node)) return '';
  if (SILENT.has(tagOf(node)) || (attribute(node, 'aria-hidden') ?? '').toLowerCase() === 'true') return '';
  const display = displayOf(node);
  if (display === 'none') return '';
  const label = attribute(node, 'aria-label');
  if (label && label.trim()) return ` ${label} `;
  if (is(node, 'img')) return ` ${attribute(node, 'alt') ?? ''} `;
  if (is(node, 'br')) return ' ';
  if (matches(node, CONTROL) && !is(node, 'button')) return ' ';
  const inner = laidOut(node).map(contentName).join('');
  return display.startsWith('inline') ? inner : ` ${inner} `;
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
