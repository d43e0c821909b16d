// Tables: rows as texts of the columns that the pack declares, and the link that opens one row.

const ownRows = (table) => {
  if (!is(table, 'table')) {
    return queryAll(table, '[role=row i]')
      .filter((row) => closestOf(row, TABLE) === table)
      .map((row) => {
        const cells = queryAll(row, '*').filter((cell) => cellRole(cell) && closestOf(cell, '[role=row i]') === row);
        return { row, part: 'tbody', cells };
      });
  }
  const rows = [];
  const takeRow = (row, part) => {
    rows.push({ row, part, cells: Array.from(childNodesOf(row)).filter((cell) => is(cell, 'td', 'th')) });
  };
  for (const child of childNodesOf(table)) {
    if (is(child, 'tr')) takeRow(child, 'tbody');
    if (is(child, 'thead', 'tbody', 'tfoot')) {
      for (const row of childNodesOf(child)) if (is(row, 'tr')) takeRow(row, tagOf(child));
    }
  }
  return rows;
};
const span = (cell, name, most) => {
  const number = Number.parseInt(attribute(cell, name) ?? attribute(cell, `aria-${name}`) ?? '1', 10);
  return Number.isNaN(number) || number < 0 ? 1 : Math.min(number, most);
};
/** Every row as the list of cells that cover its columns, spans worked out; rows and cells not displayed left out. */
const layOut = (table) => {
  const grid = [];
  let open = [];
  let part = null;
  for (const { row, part: rowPart, cells } of ownRows(table)) {
    if (rowPart !== part) open = [];
    part = rowPart;
    if (!checkVisibility(row, { opacityProperty: true, visibilityProperty: true }) || boxOf(row).height < 1) continue;
    const columns = open.map((pending) => (pending && pending.left > 0 ? pending.cell : undefined));
    const next = open.map(
      (pending) => (pending && pending.left > 1 ? { cell: pending.cell, left: pending.left - 1 } : undefined));
    let at = 0;
    for (const cell of cells) {
      if (getComputedStyle(cell).display === 'none') continue;
      while (columns[at] !== undefined) at += 1;
      const down = span(cell, 'rowspan', 65534) || Infinity;
      for (let across = Math.max(1, span(cell, 'colspan', 1000)); across > 0; across -= 1) {
        columns[at] = cell;
        if (down > 1) next[at] = { cell, left: down - 1 };
        at += 1;
      }
    }
    open = next;
    grid.push({ row, part, columns });
  }
  return grid;
};
const headingCell = (cell) => cell !== undefined && (is(cell, 'th') || matches(cell, '[role=columnheader i]'));

/** For one look at the page, given what `finder` found out about it. */
const tableReader = ({ resolve, shown, line, visible }) => {
  /** The data rows as texts of the declared columns, and where they stand; or what is wrong with the layout. */
  const tableRows = (spec) => {
    const { state, node, silent, places: ways } = resolve(spec.find, 'table');
    const names = Object.keys(spec.columns);
    const answer = { state, problem: null, problem_at: null, columns: names, rows: [], places: [], silent, ways };
    if (node === null) return answer;
    const grid = layOut(node);
    let heads = 0;
    while (heads < grid.length && grid[heads].columns.length
      && (grid[heads].part === 'thead' || grid[heads].columns.every(headingCell))) heads += 1;
    const headings = grid.slice(0, heads);
    const width = Math.max(0, ...headings.map((row) => row.columns.length));
    for (const name of names) {
      const { header, position } = spec.columns[name];
      const stack = [...new Set(headings.map((row) => row.columns[position - 1]).filter((cell) => cell !== undefined))];
      const own = stack.filter(
        (cell) => headings.every((row) => row.columns.filter((other) => other === cell).length <= 1));
      const said = [...own.flatMap((cell) => [shown(cell), contentName(cell)]), stack.map(shown).join(' ')];
      if (!said.some((text) => plain(text) === plain(header))) {
        return { ...answer, problem: 'headings', problem_at: name };
      }
    }
    const marker = resolve(spec.empty.find).node;
    const repeated = headings.map((row) => row.columns.map(line).join('\n'));
    for (const { row, part, columns } of grid.slice(heads)) {
      if (part === 'tfoot' || !columns.length) continue;
      if (marker !== null && inside(marker, row)) continue;
      const texts = columns.map((cell) => (cell === undefined ? '' : shown(cell)));
      if (texts.every((text) => text === '')) continue;
      if (columns.every(headingCell) && repeated.includes(columns.map(line).join('\n'))) continue;
      const declared = names.map((name) => columns[spec.columns[name].position - 1]);
      if (columns.length !== width || declared.some((cell) => cell === undefined)
        || declared.some((cell) => columns.filter((other) => other === cell).length > 1)) {
        return { ...answer, problem: 'row-shape', problem_at: String(answer.rows.length), rows: [], places: [] };
      }
      answer.rows.push(names.map((name) => texts[spec.columns[name].position - 1]));
      answer.places.push(Object.fromEntries(names.map((name, index) => [name, declared[index]])));
    }
    return answer;
  };
  /** The link in column `opens` of the one row whose cells show these texts; null when there is not exactly one. */
  const rowLink = (spec, cells, opens) => {
    const { problem, columns, rows, places } = tableRows(spec);
    if (problem !== null) return null;
    const sought = Object.entries(cells).map(([name, text]) => [columns.indexOf(name), fold(text)]);
    const fitting = places.filter(
      (_, index) => sought.every(([column, text]) => fold(rows[index][column] ?? '\0') === text));
    if (!sought.length || fitting.length !== 1) return null;
    const cell = fitting[0][opens];
    const links = cell ? queryAll(cell, ACTIONABLE).filter(visible) : [];
    const innermost = links.filter((link) => !links.some((other) => other !== link && contains(link, other)));
    return innermost.length === 1 ? innermost[0] : null;
  };

  return { tableRows, rowLink };
};
