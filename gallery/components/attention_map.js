// The weights of one head as a map: rows are the tokens that look, columns those looked at.

const GAP = 6, LEGIBLE = 11, LARGEST = 34, TURNED = 24, LONGEST = 92; // pixels

// Where things stand: which rows and columns are shown, the side of a cell, room for the labels.
function layMap(canvas, view, width) {
  const { tokens, chosen, seen } = view.data;
  const all = tokens.map((_, at) => at);
  const picked = all.filter((at) => chosen.includes(tokens[at].place));
  const some = picked.length ? picked : all;
  const rows = seen ? all : some, columns = seen ? some : all;
  const pen = canvas.getContext("2d");
  pen.font = `12px ${view.font}`;
  const wide = (list) => Math.min(LONGEST, Math.max(...list.map((at) => pen.measureText(tokens[at].name).width), 8));
  const left = Math.ceil(wide(rows)) + GAP + TURNED;
  const side = Math.max(2, Math.min(LARGEST, (width - left - 2) / columns.length));
  const turned = wide(columns) > side - 2;
  const top = (turned ? Math.ceil(wide(columns)) : 14) + GAP + TURNED;
  return { rows, columns, left, top, side, turned, width: left + side * columns.length + 2, height: top + side * rows.length + 2 };
}

function shorten(pen, text) {
  if (pen.measureText(text).width <= LONGEST) return text;
  let kept = text;
  while (kept && pen.measureText(`${kept}…`).width > LONGEST) kept = kept.slice(0, -1);
  return `${kept}…`;
}

function drawMap(canvas, view) {
  const width = canvas.parentElement.parentElement.clientWidth;
  if (!width) return;
  const plan = (view.plan = layMap(canvas, view, width));
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(plan.width * ratio);
  canvas.height = Math.round(plan.height * ratio);
  canvas.style.width = canvas.parentElement.style.width = `${plan.width}px`;
  canvas.style.height = canvas.parentElement.style.height = `${plan.height}px`;
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  pen.font = `12px ${view.font}`;
  pen.fillStyle = view.ink;
  labels(pen, plan, view);
  const inset = plan.side >= 8 ? 1 : 0;
  view.top = Math.max(...plan.rows.map((row) => Math.max(...plan.columns.map((column) => view.weight(row, column)))), 1e-9);
  plan.rows.forEach((row, down) => {
    plan.columns.forEach((column, across) => {
      pen.fillStyle = shade(view, view.weight(row, column) / view.top);
      const [x, right, y, bottom] = [across, across + 1, down, down + 1].map((at, end) => (
        Math.round((end < 2 ? plan.left : plan.top) + at * plan.side)));
      pen.fillRect(x, y, right - x - inset, bottom - y - inset);
    });
  });
}

const shade = (view, share) => {
  const from = 3 * Math.min(255, Math.max(0, Math.round(share * 255)));
  return `rgb(${view.data.palette.slice(from, from + 3).join(" ")})`;
};

function labels(pen, plan, view) {
  const { tokens, words } = view.data;
  const every = Math.max(1, Math.ceil(LEGIBLE / plan.side));
  pen.textBaseline = "middle";
  pen.textAlign = "right";
  plan.rows.forEach((row, down) => {
    if (down % every) return;
    pen.fillText(shorten(pen, tokens[row].name), plan.left - GAP, plan.top + (down + 0.5) * plan.side);
  });
  plan.columns.forEach((column, across) => {
    if (across % every) return;
    const x = plan.left + (across + 0.5) * plan.side, y = plan.top - GAP;
    pen.save();
    pen.translate(x, y);
    const turned = plan.turned && pen.measureText(tokens[column].name).width > plan.side;
    pen.textAlign = turned ? "left" : "center";
    pen.textBaseline = turned ? "middle" : "bottom";
    if (turned) pen.rotate(-Math.PI / 2);
    pen.fillText(shorten(pen, tokens[column].name), 0, 0);
    pen.restore();
  });
  pen.globalAlpha = 0.7;
  pen.textAlign = "left";
  pen.textBaseline = "top";
  pen.fillText(words.keys, plan.left, 0);
  pen.translate(0, plan.height);
  pen.rotate(-Math.PI / 2);
  pen.fillText(words.queries, 0, 0);
  pen.rotate(Math.PI / 2);
  pen.translate(0, -plan.height);
  pen.globalAlpha = 1;
}

// Frames around the row, the column and the cell in focus, and around the opened cell.
function frameMap(stage, view) {
  const { plan } = view;
  if (!plan) return;
  const put = (name, row, column, rows, columns) => {
    const frame = stage.querySelector(`.${name}`);
    frame.hidden = row < 0 || column < 0;
    frame.style.cssText = `left:${plan.left + column * plan.side}px;top:${plan.top + row * plan.side}px;`
      + `width:${columns * plan.side}px;height:${rows * plan.side}px`;
  };
  const query = view.cell ? view.cell[0] : view.data.seen ? -1 : view.at ?? -1;
  const key = view.cell ? view.cell[1] : view.data.seen ? view.at ?? -1 : -1;
  const row = plan.rows.indexOf(query), column = plan.columns.indexOf(key);
  put("row", row, row < 0 ? -1 : 0, 1, plan.columns.length);
  put("column", column < 0 ? -1 : 0, column, plan.rows.length, 1);
  const [open, at] = (view.data.opened ?? [-1, -1]).map((place) => view.data.tokens.findIndex((token) => token.place === place));
  put("opened", plan.rows.indexOf(open), plan.columns.indexOf(at), 1, 1);
}

// Pointer, finger and keys on the map.
function steerMap(stage, view) {
  const at = (event) => {
    const { plan } = view, box = stage.getBoundingClientRect();
    const row = Math.floor((event.clientY - box.top - plan.top) / plan.side);
    const column = Math.floor((event.clientX - box.left - plan.left) / plan.side);
    const inside = row >= 0 && column >= 0 && row < plan.rows.length && column < plan.columns.length;
    return inside ? [plan.rows[row], plan.columns[column]] : null;
  };
  stage.onpointermove = (event) => view.point(at(event));
  stage.onpointerleave = () => view.point(null);
  stage.onblur = () => view.point(null);
  stage.onclick = (event) => { const cell = at(event); if (cell) view.open(cell); };
  stage.onkeydown = (event) => {
    const { plan } = view;
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    const [row, column] = view.cell ? [plan.rows.indexOf(view.cell[0]), plan.columns.indexOf(view.cell[1])] : [0, -1];
    const bound = (value, list) => list[Math.min(Math.max(value, 0), list.length - 1)];
    if (step) view.point([bound(row + step[0], plan.rows), bound(column + step[1], plan.columns)]);
    else if ((event.key === "Enter" || event.key === " ") && view.cell) view.open(view.cell);
    else return;
    event.preventDefault();
  };
}
