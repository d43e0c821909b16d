// The document itself: its state, its status, its address without patients' data, and its text as evidence.

const navigation = () => performance.getEntriesByType('navigation')[0];
const status = () => navigation()?.responseStatus || null;
const ready = () => {
  const state = readyStateOf(document);
  // Deferred scripts still run in "interactive", and the page's buttons may be dead until they have.
  return state === 'interactive' && navigation()?.domContentLoadedEventEnd === 0 ? 'loading' : state;
};
const address = () =>
  (location.protocol.startsWith('http') ? `${location.origin}${location.pathname}` : location.protocol);

/** No page of a payer's comes near these; one that does would hold the reader up, and fill the office's memory. */
const MOST_ELEMENTS = 40_000;
const MOST_LETTERS = 4 << 20;
const MOST_MARKUP = 32 << 20;
const TOO_LARGE = 'portalwright: this page is too large';
const refuseTooLarge = (root) => {
  const whole = documentOf(root);
  const top = rootElementOf(whole);
  if (top === null) return;
  if (everyElementOf(whole, '*').length > MOST_ELEMENTS || textContentOf(top).length > MOST_LETTERS) throw TOO_LARGE;
};
/** What the call gives, or word that the page is too large, or nested too deeply, for any look at it. */
const unlessTooLarge = (call) => {
  try {
    return call();
  } catch (error) {
    if (error === TOO_LARGE || error instanceof RangeError) return TOO_LARGE;
    throw error;
  }
};

/** Does the mark-up say what the input holds? A box holds no text: what it sends is nobody's business. */
const valueSaid = (input) => matches(input, 'input[type=checkbox i],input[type=radio i],input[type=file i]')
  || inputValue(input) === (attribute(input, 'value') ?? '');
/** A copy of the tree for the evidence: what fields hold now, no secrets, open shadow roots as templates. */
const copied = (node, inert) => {
  const copy = importTree(inert, node);
  const copies = [...(isElement(copy) ? [copy] : []), ...queryAll(copy, '*')];
  [...(isElement(node) ? [node] : []), ...queryAll(node, '*')].forEach((original, index) => {
    const same = copies[index];
    if (is(original, 'input')) {
      if (secret(original)) removeAttribute(same, 'value');
      else if (!valueSaid(original)) setAttribute(same, 'value', inputValue(original));
      if (inputChecked(original)) setAttribute(same, 'checked', '');
      else removeAttribute(same, 'checked');
    }
    if (is(original, 'textarea')) setTextContent(same, areaValue(original));
    if (is(original, 'option')) {
      if (optionSelected(original)) setAttribute(same, 'selected', '');
      else removeAttribute(same, 'selected');
    }
    const shadow = shadowOf(original);
    if (shadow) {
      const template = createElement(inert, 'template');
      setAttribute(template, 'shadowrootmode', 'open');
      append(template.content, copied(shadow, inert));
      prepend(same, template);
    }
  });
  return copy;
};
/** Does the mark-up alone say what a person sees in this field? */
const saysAll = (field) => is(field, 'input') && !secret(field)
  && valueSaid(field)
  && inputChecked(field) === (attribute(field, 'checked') !== null);

/** The page as evidence: as it looks now, values of password fields left out. The page is not touched. */
const evidence = (roots) => {
  const top = rootElementOf(documentOf(roots[0]));
  if (top === null) return '';
  const plainly = roots.every((tree) => !(tree instanceof ShadowRoot))
    && queryAll(top, 'input:not([type=hidden i]),textarea,select').every(saysAll);
  // The copy lives in a document that loads and runs nothing.
  const copy = plainly ? top : copied(top, document.implementation.createHTMLDocument(''));
  const markup = outerOf(copy);
  if (markup.length > MOST_MARKUP) throw TOO_LARGE;
  return `<!DOCTYPE html>${markup}`;
};
