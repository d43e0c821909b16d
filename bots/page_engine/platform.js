// The browser's own functions as the other parts use them, out of reach of names on the page.
//
// A page can name a form field "children" or an image "querySelectorAll", which then shadows that property of its form
// or document even in a world of our own. So every property of a node is read through the prototype that it belongs
// to, never by `node.property`.

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
const ownerOf = getter(Node.prototype, 'ownerDocument');
const viewOf = getter(Document.prototype, 'defaultView');
/** The document that a node is in; a document is its own. */
const documentOf = (node) => (nodeTypeOf(node) === Node.DOCUMENT_NODE ? node : ownerOf(node));
const treeOf = method(Node.prototype, 'getRootNode');
const contains = method(Node.prototype, 'contains');
const cloneOf = method(Node.prototype, 'cloneNode');
const tagOf = getter(Element.prototype, 'localName');
const hostOf = getter(ShadowRoot.prototype, 'host');
const shadowOf = getter(Element.prototype, 'shadowRoot');
const slotOf = getter(Element.prototype, 'assignedSlot');
const outerOf = getter(Element.prototype, 'outerHTML');
const attribute = method(Element.prototype, 'getAttribute');
const attributeNames = method(Element.prototype, 'getAttributeNames');
const setAttribute = method(Element.prototype, 'setAttribute');
const removeAttribute = method(Element.prototype, 'removeAttribute');
const prepend = method(Element.prototype, 'prepend');
const append = method(DocumentFragment.prototype, 'append');
const importNode = method(Document.prototype, 'importNode');
const createElement = method(Document.prototype, 'createElement');
const setTextContent = (node, text) =>
  Reflect.apply(Object.getOwnPropertyDescriptor(Node.prototype, 'textContent').set, node, [text]);
const matches = method(Element.prototype, 'matches');
const closestOf = method(Element.prototype, 'closest');
const boxOf = method(Element.prototype, 'getBoundingClientRect');
const scrollLeftOf = getter(Element.prototype, 'scrollLeft');
const scrollTopOf = getter(Element.prototype, 'scrollTop');
const checkVisibility = method(Element.prototype, 'checkVisibility');
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
const elementAt = method(Document.prototype, 'elementFromPoint');
const elementAtIn = method(ShadowRoot.prototype, 'elementFromPoint');
const everyElementOf = method(Document.prototype, 'getElementsByTagName');
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

/** The function for one look at the page: what it gave for this before, it gives again. */
const once = (call) => {
  const known = new Map();
  return (about) => {
    if (!known.has(about)) known.set(about, call(about));
    return known.get(about);
  };
};
const texts = new WeakMap();
/** A part of a description as text; no description is ever changed. */
const written = (described) => {
  const known = texts.get(described);
  if (known !== undefined) return known;
  const text = JSON.stringify(described);
  texts.set(described, text);
  return text;
};

const isElement = (node) => nodeTypeOf(node) === Node.ELEMENT_NODE;
const isText = (node) => nodeTypeOf(node) === Node.TEXT_NODE;
const is = (node, ...tags) => isElement(node) && tags.includes(tagOf(node));
/** The element around a node; out of a shadow root this is its host. */
const around = (node) => {
  const parent = parentOf(node);
  if (parent === null) return null;
  if (parent instanceof ShadowRoot) return hostOf(parent);
  return isElement(parent) ? parent : null;
};
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
/** The tree in another document; a shadow root, which itself cannot be copied, as a fragment. */
const importTree = (into, node) => {
  if (isElement(node)) return importNode(into, node, true);
  const fragment = new DocumentFragment();
  for (const child of childNodesOf(node)) append(fragment, importNode(into, child, true));
  return fragment;
};
/** This tree and every open shadow root in it, the outer ones first. */
const treesBelow = (tree) => {
  const shadows = queryAll(tree, '*').map(shadowOf).filter((shadow) => shadow !== null);
  return [tree, ...shadows.flatMap(treesBelow)];
};
/** Everything inside an element that fits, in its own open shadow root and in those below it too. */
const inner = (element, css) => {
  const own = shadowOf(element);
  return (own === null ? [element] : [element, own]).flatMap(treesBelow).flatMap((tree) => queryAll(tree, css));
};
