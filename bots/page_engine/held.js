// What an element holds or shows now, and what a list or a group of radio buttons has to choose from.

const secret = (element) => matches(element, 'input[type=password i],input[autocomplete~=current-password i],'
  + 'input[autocomplete~=new-password i]');

/** Is this box ticked? null when it is no box. */
const tickedOf = (node) => {
  if (node === null) return null;
  if (matches(node, 'input[type=checkbox i]')) return inputChecked(node);
  return matches(node, '[role=checkbox i],[role=switch i]') ? attribute(node, 'aria-checked') === 'true' : null;
};

/** For one look at the page, given what `finder` found out about it. */
const valueReader = ({ resolve, rendered, shown, line, visible, concealed, caption }) => {
  const held = (element) => {
    const { state, node, silent, byShape, places } = resolve(element.find, element.field ? 'field' : 'any');
    const answer = {
      state, kind: 'none', text: '', checked: false, disabled: false, filled: false, silent, places, by_shape: byShape,
    };
    if (node === null) return answer;
    answer.kind = 'text';
    if (isText(node)) return { ...answer, text: shown(node) };
    answer.disabled = matches(node, ':disabled') || closestOf(node, '[aria-disabled=true i],[inert]') !== null;
    if (is(node, 'input')) {
      const type = (attribute(node, 'type') ?? 'text').toLowerCase();
      if (type === 'checkbox' || type === 'radio') return { ...answer, kind: 'box', checked: inputChecked(node) };
      const value = inputValue(node);
      if (secret(node)) return { ...answer, kind: 'password', filled: value !== '' };
      if (['submit', 'reset', 'button', 'image'].includes(type)) return { ...answer, text: fold(accessibleName(node)) };
      return { ...answer, kind: 'value', text: value, filled: value !== '' };
    }
    if (is(node, 'textarea')) {
      const value = areaValue(node);
      return { ...answer, kind: 'value', text: value, filled: value !== '' };
    }
    if (is(node, 'select')) {
      const chosen = Array.from(selectOptions(node)).filter(optionSelected).map((option) => fold(optionText(option)));
      return { ...answer, kind: 'choice', text: chosen.join('\n'), filled: chosen.length > 0 };
    }
    if (matches(node, '[role=checkbox i],[role=radio i],[role=switch i]')) {
      return { ...answer, kind: 'box', text: shown(node), checked: attribute(node, 'aria-checked') === 'true' };
    }
    return { ...answer, text: shown(node) };
  };

  /** Is the element there, and what it shows seen by nobody? */
  const unseen = (element) => {
    const { node } = resolve(element.find, element.field ? 'field' : 'any');
    return node !== null && concealed(node);
  };

  const optionOf = (option, index) => ({
    kind: 'option', index, text: fold(optionText(option)), disabled: matches(option, ':disabled'),
    chosen: optionSelected(option), node: option,
  });
  const RADIO = 'input[type=radio i],[role=radio i]';
  const radioOf = (radio, index) => {
    const row = closestOf(radio, 'tr,li,[role=row i]');
    const text = accessibleName(radio).trim() || caption(radio) || (row ? shown(row) : '');
    const chosen = is(radio, 'input') ? inputChecked(radio) : attribute(radio, 'aria-checked') === 'true';
    return { kind: 'radio', index, text: fold(text), disabled: matches(radio, ':disabled'), chosen, node: radio };
  };
  /** The entries of a list that the page draws itself, such as suggestions: those that can be pressed. */
  const drawn = (node) => {
    for (const css of ['[role=option i]', 'li', 'tr,[role=row i]', ACTIONABLE]) {
      const found = inner(node, css).filter(visible);
      const innermost = found.filter((one) => !found.some((other) => other !== one && inside(other, one)));
      if (innermost.length) return innermost;
    }
    // A list of one entry is its entry.
    return visible(node) && line(node) !== '' ? [node] : [];
  };
  const choices = (element) => {
    const { node } = resolve(element.find, element.field ? 'field' : 'any');
    if (node === null || isText(node)) return [];
    if (is(node, 'select')) return Array.from(selectOptions(node)).map(optionOf);
    let radios = inner(node, RADIO);
    if (matches(node, 'input[type=radio i]')) {
      const form = closestOf(node, 'form');
      radios = queryAll(treeOf(node), 'input[type=radio i]').filter((radio) =>
        attribute(radio, 'name') === attribute(node, 'name') && closestOf(radio, 'form') === form);
    }
    if (radios.length) return radios.filter(rendered).map(radioOf);
    return drawn(node).map((entry, index) => ({
      kind: 'entry', index, text: line(entry),
      disabled: matches(entry, ':disabled,[aria-disabled=true i]'),
      chosen: attribute(entry, 'aria-selected') === 'true', node: entry,
    }));
  };

  return { held, unseen, choices };
};
