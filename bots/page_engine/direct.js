// Reading without opening: the portal is asked from the signed-in page, and its answer is parsed, recognised and read.
//
// One call does it all, so that a look-up costs few visits: fill the fields of the page that was fetched last, ask for
// what a link or button of it leads to, recognise what came and read it. The page that the browser shows is not touched.

const DIRECTION = Symbol.for('portalwright direct');
/**
 * The page that was fetched last, the one before it (from which a row was opened), and those that are kept to be used
 * again, by their address; the descriptions that we were told, by name, and a name for each set of kinds of mark-up.
 */
const direction = () => (
  globalThis[DIRECTION] ??= { page: null, before: null, kept: new Map(), told: new Map(), marks: new Map() });

const told = (name) => direction().told.get(name);
/** Learn what is new to us. False when what we should know already was told to another document. */
const learn = ({ told, marks }, known, news) => {
  if (known === 0) {
    told.clear();
    marks.clear();
  }
  if (told.size !== known) return false;
  for (const [name, described] of Object.entries(news)) told.set(name, described);
  return true;
};
const named = (kinds) => {
  const { marks } = direction();
  const whole = kinds.join('\n');
  const name = marks.get(whole);
  if (name !== undefined) return { name, kinds: null };
  marks.set(whole, marks.size);
  return { name: marks.size - 1, kinds };
};

const toldOfFetched = (root) => {
  const { page } = direction();
  const { origin, pathname } = new URL(page.address);
  return { ready: 'complete', status: page.document === documentOf(root) ? page.status : null,
    address: `${origin}${pathname}` };
};

/** The whole body, unless it is larger than any page of a payer's. */
const bodyOf = async (response) => {
  const pieces = [];
  let length = 0;
  const reader = response.body?.getReader();
  if (reader === undefined) throw unread('no page');
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > MOST_MARKUP) {
      await reader.cancel();
      throw unread('a page that is too large');
    }
    pieces.push(value);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
};
const TOLD_IN_PAGE = /<meta\b[^>]*\bcharset\s*=\s*["']?\s*([\w-]+)/i;
/** The text of a page and how its letters are written: by its header, by its own word, else as browsers take it. */
const textOf = (bytes, type) => {
  const [, said] = /;\s*charset\s*=\s*"?([\w-]+)/i.exec(type)
    ?? TOLD_IN_PAGE.exec(new TextDecoder('latin1').decode(bytes.subarray(0, 1024))) ?? [];
  let decoder;
  try {
    decoder = new TextDecoder(said ?? 'windows-1252', { fatal: true });
    return { text: decoder.decode(bytes), charset: decoder.encoding };
  } catch {
    throw unread('letters that cannot be told');
  }
};

/** Ask the portal, in this page's own name, and parse what it answers. Never leaves the page's own site. */
const fetchPage = async ({ address, body, type }, from, seconds) => {
  const ending = new AbortController();
  const clock = setTimeout(() => ending.abort(), seconds * 1000);
  try {
    const headers = { Accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8', ...(type && { 'Content-Type': type }) };
    const response = await fetch(address, {
      method: body === undefined ? 'GET' : 'POST', body, headers, mode: 'same-origin', credentials: 'same-origin',
      redirect: 'follow', cache: 'no-store', referrer: from, signal: ending.signal,
    });
    const { status, url } = response;
    const wish = response.headers.get('retry-after');
    if (status === 429 || (status >= 500 && wish !== null)) throw { wished: { status, retry_after: wish ?? '' } };
    const said = response.headers.get('content-type') ?? '';
    if (status >= 400) throw unread('an error');
    if (!/^text\/html\b/i.test(said) || /attachment/i.test(response.headers.get('content-disposition') ?? '')) {
      throw unread('no page');
    }
    const { text, charset } = textOf(await bodyOf(response), said);
    const parsed = new DOMParser().parseFromString(text, 'text/html');
    if (queryAll(parsed, 'meta[http-equiv=refresh i],template[shadowrootmode],frameset').length) {
      throw unread('a page that goes on by itself');
    }
    return { document: parsed, address: url, charset, status };
  } catch (error) {
    if (error instanceof TypeError || error instanceof DOMException) throw unread('no answer');
    throw error;
  } finally {
    clearTimeout(clock);
  }
};

const setValue = (prototype, name) => {
  const { set } = Object.getOwnPropertyDescriptor(prototype, name);
  return (node, value) => Reflect.apply(set, node, [value]);
};
const setInput = setValue(HTMLInputElement.prototype, 'value');
const setArea = setValue(HTMLTextAreaElement.prototype, 'value');
const setTicked = setValue(HTMLInputElement.prototype, 'checked');
const setChosen = setValue(HTMLOptionElement.prototype, 'selected');

/** Put something into a field as a person could, and make sure that it took it. `reloads`: the change is sent. */
const fillField = (seen, { element: name, text, ticked, choice, reloads }) => {
  const element = told(name);
  const found = seen.resolve(element.find, 'field');
  if (found.state !== 'found' && found.state !== 'weak') throw unread('a field that is not there');
  let node = elementOf(found.node);
  if (choice !== undefined) {
    const entry = seen.choices(element)[choice];
    if (entry === undefined || entry.text !== text || entry.kind === 'entry' || entry.disabled) {
      throw unread('another list');
    }
    node = entry.node;
  }
  const control = is(node, 'option') ? closestOf(node, 'select') : node;
  if (control === null || matches(control, ':disabled') || attribute(control, 'readonly') !== null) {
    throw unread('a field that cannot be filled');
  }
  if (scripted(control, ...(reloads ? ['onchange'] : []))) throw unread('a script');
  if (is(node, 'option')) setChosen(node, true);
  else if (matches(node, 'input[type=checkbox i],input[type=radio i]')) {
    setTicked(node, ticked ?? true);
    if (inputChecked(node) !== (ticked ?? true)) throw unread('a field that cannot be filled');
  } else {
    const most = Number(attribute(node, 'maxlength') ?? Infinity);
    const typed = is(node, 'input') && !secret(node) && !matches(node, 'input[type=file i]');
    if ((!typed && !is(node, 'textarea')) || text.length > most) throw unread('a field that cannot be filled');
    (typed ? setInput : setArea)(node, text);
    if ((typed ? inputValue : areaValue)(node) !== text) throw unread('a field that does not hold it');
  }
};

/** Everything that the press rests on is to be as it was told to whoever decided to press. */
const makeSure = (seen, { element, held }) => {
  const now = seen.held(told(element));
  for (const [name, value] of Object.entries(held)) {
    if (JSON.stringify(now[name]) !== JSON.stringify(value)) throw unread('a field that does not hold it');
  }
};

/** The one address that a script of the page names where the pack says; null when none does. */
const addressInScripts = (page, pattern) => {
  const expression = new RegExp(pattern, 'g');
  const found = new Set(queryAll(page.document, 'script:not([src])').flatMap(
    (script) => Array.from(textContentOf(script).matchAll(expression), (match) => match[1])));
  if (found.size > 1 || [...found].some((told) => told.includes('\\'))) throw unread('a script');
  return found.size ? [...found][0] : null;
};

const moveRequest = (page, seen, move) => {
  const pressed = (element) => {
    const found = seen().resolve(told(element).find, 'any');
    return found.state === 'found' || found.state === 'weak' ? found.node : null;
  };
  if (move.press !== undefined) return pressRequest(page, pressed(move.press));
  if (move.change !== undefined) return changeRequest(page, pressed(move.change));
  return pressRequest(page, seen().rowLink(told(move.row.table), move.row.cells, move.row.opens));
};

/** Fetch what the move leads to; it is before us then. */
const moveOn = async (move, seen, seconds) => {
  const state = direction();
  if (move.go !== undefined) {
    state.page = await fetchPage({ address: resolvedAddress(move.go, { document, address: location.href }) },
      location.href, seconds);
    state.before = null;
    if (move.keep) state.kept.set(move.go, asItCame(state.page));
    return;
  }
  const from = state.page;
  let page = await fetchPage(moveRequest(from, seen, move), from.address, seconds);
  let before = from;
  if (move.row?.addressIn) {
    const told = addressInScripts(page, move.row.addressIn);
    if (told !== null) {
      before = page;
      page = await fetchPage({ address: resolvedAddress(told, page) }, page.address, seconds);
    }
  }
  state.page = page;
  state.before = move.row === undefined ? null : before;
};

/** A page as it came, of one that is kept to be used again. (No form can be reset where no window shows it.) */
const asItCame = (page) => ({ ...page, document: cloneOf(page.document, true) });

/** What of the outcomes is before us, and the one view of them read whole. */
const recognised = (page, seen, { views, elements, always }) => {
  const answer = { views: [], elements: [], reading: null, status: page.status, marks: named(marksOf(page.document)) };
  for (const [name, view] of Object.entries(views)) {
    const state = seen.viewState(view);
    if (state === 'busy') throw unread('a page that is still being filled');
    if (state === 'there') answer.views.push(name);
  }
  const interrupts = always.filter((name) => answer.views.includes(name));
  if (interrupts.length > 0) throw Object.assign(unread('something else'), { interrupts });
  for (const [name, element] of Object.entries(elements)) {
    if (seen.resolve(element.find).state === 'found') answer.elements.push(name);
  }
  if (answer.views.length + answer.elements.length === 0) throw unread('a page that nobody described');
  if (answer.views.length === 1) answer.reading = read(page.document, views[answer.views[0]], seen);
  return answer;
};

/**
 * One exchange with the portal: `from` a kept page or `back` to the one before, `fills`, what is to be `sure` before a
 * `move`, and what may follow; without a move, the `values` of elements. What cannot be read so is told in a word of
 * ours, under `unread`, with the names of what `interrupts`, if that is why. Descriptions are named: so many are
 * `known`, and `tell` has the new ones.
 */
const direct = async (_root, { known, tell, from, back, fills, sure, move, follow, values, seconds }) => {
  try {
    const state = direction();
    if (!learn(state, known, tell)) return { forgotten: true };
    if (from !== undefined) {
      const kept = state.kept.get(from);
      if (kept === undefined) throw unread('a page that is gone');
      [state.page, state.before] = [asItCame(kept), null];
    }
    if (back) [state.page, state.before] = [state.before, null];
    if (state.page === null && move?.go === undefined) throw unread('a page that is gone');
    let looked = null;
    const seen = () => (looked ??= look(state.page.document));
    for (const fill of fills) fillField(seen(), fill);
    for (const one of sure ?? []) makeSure(seen(), one);
    if (move === undefined) return { values: each(values, (element) => seen().held(element)) };
    await moveOn(move, seen, seconds);
    return recognised(state.page, look(state.page.document), told(follow));
  } catch (error) {
    if (error === TOO_LARGE || error instanceof RangeError) return { unread: 'a page that is too large' };
    if (error[UNREAD] !== undefined) return { unread: error[UNREAD], interrupts: error.interrupts ?? [] };
    if (error.wished !== undefined) return error;
    throw error;
  }
};
