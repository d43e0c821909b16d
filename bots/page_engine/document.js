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
