// What a portal's link, button or list would ask for, as its mark-up alone says it: the request that a browser makes.
//
// Nothing of a page's scripts runs here. What only a script knows (`onclick`, `onsubmit`, an address made by a script)
// is told by throwing an UNREAD, and the page is opened instead. One script call is known: `__doPostBack`, with which
// WebForms pages send themselves back, because it does nothing but fill two hidden fields and submit.

/** Why a document cannot be read without opening it; never a word of the page. */
const UNREAD = Symbol('unread');
const unread = (why) => ({ [UNREAD]: why });

const formOwner = (control) => {
  for (const type of [HTMLButtonElement, HTMLInputElement]) {
    if (control instanceof type) return getter(type.prototype, 'form')(control);
  }
  return null;
};
const formValid = method(HTMLFormElement.prototype, 'checkValidity');

const CALLS = [
  /^\s*(?:javascript:)?\s*__doPostBack\(\s*(['"])([^'"\\]*)\1\s*,\s*(['"])([^'"\\]*)\3\s*\)\s*;?\s*(?:return false;?)?\s*$/,
  /^\s*(?:javascript:)?\s*setTimeout\((["'])__doPostBack\(\\'([^'"\\]*)\\'\s*,(\s*)\\'([^'"\\]*)\\'\)\1\s*,\s*0\)\s*;?\s*$/,
];
/** The control and the argument of a post-back call; null when the script is anything else. */
const postBackOf = (script) => {
  for (const call of CALLS) {
    const found = call.exec(script);
    if (found !== null) return { __EVENTTARGET: found[2], __EVENTARGUMENT: found[4] };
  }
  return null;
};

/** An address as the page means it; one of another site is not for us. */
const resolvedAddress = (told, page) => {
  const [base] = queryAll(page.document, 'base[href]');
  let address;
  try {
    address = new URL(told, base === undefined ? page.address : new URL(attribute(base, 'href'), page.address));
  } catch {
    throw unread('an address that is none');
  }
  if (address.origin !== location.origin) throw unread('an address of another site');
  address.hash = '';
  return address;
};

/** The form that a post-back sends: the one that holds the two fields for it. */
const postBackForm = (page) => {
  const forms = queryAll(page.document, 'form').filter(
    (form) => queryAll(form, 'input[type=hidden i][name="__EVENTTARGET"]').length === 1);
  if (forms.length !== 1) throw unread('a post-back without its form');
  return forms[0];
};

/** What submitting the form asks for, with the button that was pressed and what a script would have filled in. */
const formRequest = (page, form, button, filled = {}) => {
  if (form === null) throw unread('a button without a form');
  if (attribute(form, 'onsubmit') !== null && attribute(form, 'onsubmit').trim() !== '') throw unread('a script');
  const said = (name) => (button === null ? null : attribute(button, `form${name}`)) ?? attribute(form, name);
  const freely = attribute(form, 'novalidate') !== null
    || (button !== null && attribute(button, 'formnovalidate') !== null) || Object.keys(filled).length > 0;
  if (!freely && !formValid(form)) throw unread('a form that the browser would not send');
  const accepted = attribute(form, 'accept-charset');
  if (accepted !== null && !/^utf-?8$/i.test(accepted.trim())) throw unread('another way to write letters');
  const entries = button === null ? new FormData(form) : new FormData(form, button);
  for (const [name, value] of Object.entries(filled)) entries.set(name, value);
  const told = [];
  for (const [name, value] of entries) {
    const text = typeof value === 'string' ? value : value.name;
    if (page.charset !== 'utf-8' && accepted === null && /[^\x00-\x7f]/.test(name + text)) {
      throw unread('another way to write letters');
    }
    told.push([name, text].map((one) => one.replace(/\r\n|\r|\n/g, '\r\n')));
  }
  const address = resolvedAddress(said('action') || page.address, page);
  const way = (said('method') ?? 'get').trim().toLowerCase();
  if (way === 'get') {
    address.search = new URLSearchParams(told).toString();
    return { address };
  }
  if (way !== 'post') throw unread('a form that is not sent');
  const kind = (said('enctype') ?? '').trim().toLowerCase();
  if (kind === 'multipart/form-data') return { address, body: entries };
  if (kind === 'text/plain') throw unread('a form of plain text');
  return { address, body: new URLSearchParams(told).toString(), type: 'application/x-www-form-urlencoded' };
};

const scripted = (element, ...but) => Array.from(attributeNames(element)).some(
  (name) => name.startsWith('on') && !but.includes(name) && attribute(element, name).trim() !== '');

/** What pressing the element asks for. */
const pressRequest = (page, node) => {
  const element = node === null ? null : closestOf(elementOf(node), 'a,button,input');
  if (element === null) throw unread('nothing to press');
  if (matches(element, ':disabled') || closestOf(element, '[aria-disabled=true i],[inert]') !== null) {
    throw unread('a button that cannot be pressed');
  }
  if (scripted(element, 'onclick')) throw unread('a script');
  const clicked = attribute(element, 'onclick')?.trim() ?? '';
  if (clicked !== '') {
    const back = postBackOf(clicked);
    if (back === null) throw unread('a script');
    return formRequest(page, postBackForm(page), null, back);
  }
  if (is(element, 'a')) {
    const told = attribute(element, 'href');
    if (told === null || attribute(element, 'download') !== null) throw unread('a link that leads nowhere');
    if (!/^\s*javascript:/i.test(told)) return { address: resolvedAddress(told, page) };
    const back = postBackOf(decodeURIComponent(told));
    if (back === null) throw unread('a script');
    return formRequest(page, postBackForm(page), null, back);
  }
  if (is(element, 'button') ? !matches(element, 'button:not([type]),button[type=submit i]')
    : !matches(element, 'input[type=submit i],input[type=image i]')) throw unread('a button that sends nothing');
  return formRequest(page, formOwner(element), element);
};

/** What changing a list or a field asks for, by the post-back that it names. */
const changeRequest = (page, node) => {
  const back = node === null ? null : postBackOf(attribute(elementOf(node), 'onchange') ?? '');
  if (back === null) throw unread('a script');
  return formRequest(page, postBackForm(page), null, back);
};
