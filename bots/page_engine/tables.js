// Tables: rows as texts of the columns that the pack declares, and the link that opens one row.
//
// What looks alike and stands several times (cards, boxes) is a table of *blocks*: each block is a row, or holds rows.

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
const layOut = (table, rowSeen) => {
  const grid = [];
  let open = [];
  let part = null;
  for (const { row, part: rowPart, cells } of ownRows(table)) {
    if (rowPart !== part) open = [];
    part = rowPart;
    if (!rowSeen(row)) continue;
    const columns = open.map((pending) => (pending && pending.left > 0 ? pending.cell : undefined));
    const next = open.map(
      (pending) => (pending && pending.left > 1 ? { cell: pending.cell, left: pending.left - 1 } : undefined));
    let at = 0;
    for (const cell of cells) {
      if (displayOf(cell) === 'none') continue;
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

const outermost = (nodes) => nodes.filter((node) => !nodes.some((other) => other !== node && contains(other, node)));

/** For one look at the page, given what `finder` found out about it. */
const tableReader = (finding) => {
  const { resolve, shown, line, visible, rowSeen } = finding;
  /** The data rows as texts of the declared columns, and where they stand; or what is wrong with the layout. */
  const tableRows = (spec) => {
    const { state, node, silent, places: ways } = resolve(spec.find, spec.blocks === null ? 'table' : 'any');
    const answer = {
      state, problem: null, problem_at: null, columns: Object.keys(spec.columns), rows: [], places: [], silent, ways,
    };
    if (node === null) return answer;
    const marker = resolve(spec.empty.find).node;
    const read = spec.blocks === null ? rowsOf(node, spec.columns, marker) : rowsOfBlocks(node, spec, marker);
    return { ...answer, ...read };
  };
  /** What a screen reader says of a heading, where a person sees nothing, or nothing else than that and ornaments. */
  const spokenName = (cell) => {
    const [seen, name] = [plain(shown(cell)), plain(contentName(cell))];
    return seen === '' || (seen.includes(name) && !TELLING.test(seen.replace(name, ''))) ? name : seen;
  };
  /** The rows of one table. */
  const rowsOf = (node, described, marker) => {
    const names = Object.keys(described);
    const answer = { rows: [], places: [] };
    const grid = layOut(node, rowSeen);
    let heads = 0;
    while (heads < grid.length && grid[heads].columns.length
      && (grid[heads].part === 'thead' || grid[heads].columns.every(headingCell))) heads += 1;
    const headings = grid.slice(0, heads);
    const width = Math.max(0, ...headings.map((row) => row.columns.length));
    for (const name of names) {
      const { header, position } = described[name];
      const stack = [...new Set(headings.map((row) => row.columns[position - 1]).filter((cell) => cell !== undefined))];
      const own = stack.filter(
        (cell) => headings.every((row) => row.columns.filter((other) => other === cell).length <= 1));
      const said = [...own.flatMap((cell) => [shown(cell), spokenName(cell)]), stack.map(shown).join(' ')];
      if (!said.some((text) => plain(text) === plain(header))) {
        return { ...answer, problem: 'headings', problem_at: name };
      }
    }
    const repeated = headings.map((row) => row.columns.map(line).join('\n'));
    for (const { row, part, columns } of grid.slice(heads)) {
      if (part === 'tfoot' || !columns.length) continue;
      if (marker !== null && inside(marker, row)) continue;
      const texts = columns.map((cell) => (cell === undefined ? '' : shown(cell)));
      if (texts.every((text) => text === '')) continue;
      if (columns.every(headingCell) && repeated.includes(columns.map(line).join('\n'))) continue;
      const declared = names.map((name) => columns[described[name].position - 1]);
      if (columns.length !== width || declared.some((cell) => cell === undefined)
        || declared.some((cell) => columns.filter((other) => other === cell).length > 1)) {
        return { ...answer, problem: 'row-shape', problem_at: String(answer.rows.length), rows: [], places: [] };
      }
      answer.rows.push(names.map((name) => texts[described[name].position - 1]));
      answer.places.push(Object.fromEntries(names.map((name, index) => [name, declared[index]])));
    }
    return answer;
  };
  /** The rows of all blocks. What a block shows once is said again with each row of the table that the block holds. */
  const rowsOfBlocks = (node, spec, marker) => {
    const names = Object.keys(spec.columns);
    const alone = names.filter((name) => spec.columns[name].find !== undefined);
    const inTable = Object.fromEntries(Object.entries(spec.columns).filter(([name]) => !alone.includes(name)));
    const answer = { rows: [], places: [] };
    const odd = () => ({ problem: 'row-shape', problem_at: String(answer.rows.length), rows: [], places: [] });
    // The same content may be wrapped several times, and the blocks stand inside the outermost of the wrappers.
    let holder = elementOf(node);
    while (around(holder) !== null && line(around(holder)) === line(holder)) holder = around(holder);
    const { css, xpath } = spec.blocks;
    const blocks = (css === undefined ? byXpath(holder, xpath) : queryAll(holder, css))
      .filter((block) => isElement(block) && visible(block) && (marker === null || !inside(marker, block)));
    if (outermost(blocks).length !== blocks.length) return odd();
    for (const block of blocks) {
      const within = finder(block, finding.sight);
      const { held } = valueReader(within);
      const once = alone.map((name) => [name, held({ find: spec.columns[name].find })]);
      // What a person sees of it is gone, or the ways lead to different places.
      if (once.some(([, { state, by_shape: byShape }]) => state === 'conflict' || byShape)) return odd();
      if (once.some(([, { state }]) => state === 'weak')) answer.state = 'weak';
      const texts = Object.fromEntries(once.map(([name, { text }]) => [name, text]));
      if (alone.length === names.length) {
        answer.rows.push(names.map((name) => texts[name]));
        continue;
      }
      const tables = outermost(queryAll(block, TABLE).filter(visible));
      if (tables.length !== 1) return odd();
      const { problem, problem_at, rows } = rowsOf(tables[0], inTable, marker);
      if (problem) return { problem, problem_at, rows: [], places: [] };
      for (const row of rows) {
        const shownInRow = Object.fromEntries(Object.keys(inTable).map((name, index) => [name, row[index]]));
        answer.rows.push(names.map((name) => texts[name] ?? shownInRow[name]));
      }
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
    return actionableIn(fitting[0][opens]);
  };
  /** The one thing in a cell that can be pressed or ticked; null when there is none, or more than one. */
  const actionableIn = (cell) => {
    const links = cell ? queryAll(cell, ACTIONABLE).filter(visible) : [];
    const innermost = links.filter((link) => !links.some((other) => other !== link && contains(link, other)));
    return innermost.length === 1 ? innermost[0] : null;
  };
  /** Of each row that is shown: the texts of its cells, and whether its box is ticked; null where it has no box. */
  const rowBoxes = (spec, box) => {
    const { state, problem, columns, rows, places } = tableRows(spec);
    const boxes = places.map((cells, index) => {
      const node = actionableIn(cells[box]);
      return { cells: Object.fromEntries(columns.map((name, at) => [name, rows[index][at]])), ticked: tickedOf(node) };
    });
    return { state, problem, boxes };
  };

  return { tableRows, rowLink, rowBoxes };
};
