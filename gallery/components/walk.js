// A window's walk over numbers: input, kernel and output on three canvases, linked both ways.
// All numbers and links come from Python; here they are drawn, and what belongs to the cell in
// focus is put in words. Views: "gather" (what an output reads), and for transposed convolutions
// "zeros" (the input pulled apart, then a plain convolution) and "scatter" (stamps that add up).

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const KERNEL_CELL = 44, MOST_CELL = 46, LEAST_CELL = 7;
const MARK = "#e69f00", FEED = "#d55e00"; // Okabe-Ito orange: read now; vermilion: fed by
const bound = (value, most) => Math.min(Math.max(value, 0), most);
const brief = (value) => {
  if (value === null) return "−∞";
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return String(Number(value.toFixed(digits)) + 0).replace("-", "−");
};
const exact = (value) => (value === null ? "−∞" : String(Number(value.toFixed(3)) + 0).replace("-", "−"));
const signed = (value) => (value < 0 ? `(${exact(value)})` : exact(value));
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

export default function ({ parentElement, data, setTriggerValue }) {
  const host = parentElement.querySelector(".walk");
  const find = (name) => host.querySelector(`[data-part="${name}"]`);
  const state = (host.state ??= { cell: [0, 0], side: "output", pinned: false, playing: false, reveal: false });
  const stamp = JSON.stringify([data.shape, data.view]);
  if (isChange(state, data, data.cell, stamp)) {
    const scatter = data.view === "scatter";
    Object.assign(state, { side: scatter ? "input" : "output", reveal: scatter });
    state.cell = data.cell ?? [0, 0];
    state.pinned = Boolean(data.cell);
    stop();
  }
  state.data = data;
  state.send = setTriggerValue;
  label(find, data);
  connect(host, find, state);
  draw(find, state);
  if (!host.observer) {
    host.observer = new ResizeObserver(() => draw(find, state));
    host.observer.observe(host);
  }
  return () => { stop(); host.observer?.disconnect(); host.observer = null; };

  function stop() {
    clearInterval(state.timer);
    state.playing = false;
  }
}

function label(find, data) {
  const { words, size } = data;
  for (const name of ["input", "kernel", "output"]) find(`${name}-title`).textContent = words[name];
  find("input-size").textContent = size.input;
  find("kernel-size").textContent = size.kernel;
  find("output-size").textContent = size.output;
  find("hint").textContent = words.hint;
  find("speed-label").textContent = words.speed;
  find("scrub").setAttribute("aria-label", words.scrub);
  for (const name of ["back", "forward"]) {
    find(name).setAttribute("aria-label", words[name]);
    find(name).title = words[name];
  }
  for (const name of ["input", "output"]) {
    find(`${name}-canvas`).setAttribute("aria-label", `${words[name]} ${size[name]}. ${words.hint}`);
  }
  find("kernel-canvas").setAttribute("aria-label", `${words.kernel} ${size.kernel}`);
}

// ---- where things are -------------------------------------------------------------------------

const shapeOf = (rows) => [rows.length, rows[0].length];
const isScatter = (data) => data.view === "scatter";
const walked = (data) => (isScatter(data) ? shapeOf(data.values) : shapeOf(data.outputs));

// The input as it is drawn: first index shown and how many, down and across.
function field(data) {
  const [height, width] = shapeOf(data.values);
  return [height, width].map((length, axis) => {
    const links = axis ? data.columns : data.rows;
    if (data.view === "zeros") {
      const reach = (shapeOf(data.weights)[axis] - 1) * data.dilation[axis];
      const first = Math.min(0, data.padding[2 * axis] - reach);
      const last = Math.max((length - 1) * data.stride[axis], links.length - 1 + data.padding[2 * axis]);
      return [first, last - first + 1];
    }
    if (data.operation === "transposed") return [0, length];
    const indices = links.flat().map(([index]) => index);
    const first = Math.min(-data.padding[2 * axis], ...indices);
    const last = Math.max(length - 1 + data.padding[2 * axis + 1], ...indices);
    return [first, last - first + 1];
  });
}

// The input cell that lies at an index of the field, or null in padding and inserted zeros.
function inputAt(data, row, column) {
  const spread = data.view === "zeros" ? data.stride : [1, 1];
  const place = [row / spread[0], column / spread[1]];
  const [height, width] = shapeOf(data.values);
  const real = place.every(Number.isInteger) && place[0] >= 0 && place[1] >= 0 && place[0] < height && place[1] < width;
  return real ? place : null;
}

// What the output at (row, column) reads: place in the field, tap of the kernel.
function taps(data, row, column) {
  const along = (axis, index) => {
    if (data.view !== "zeros") return (axis ? data.columns : data.rows)[index];
    const count = shapeOf(data.weights)[axis];
    return Array.from({ length: count }, (_, tap) => (
      [index + data.padding[2 * axis] - tap * data.dilation[axis], tap])).reverse();
  };
  return along(0, row).flatMap(([r, a]) => along(1, column).map(([c, b]) => ({ row: r, column: c, tap: [a, b] })));
}

// The outputs that an input cell goes into.
function fed(data, row, column) {
  const along = (links, index) => links.flatMap((link, out) => link.filter(([i]) => i === index).map(([, tap]) => [out, tap]));
  const across = along(data.columns, column);
  return along(data.rows, row).flatMap(([r, a]) => across.map(([c, b]) => ({ row: r, column: c, tap: [a, b] })));
}

// ---- drawing ----------------------------------------------------------------------------------

function theme(canvas) {
  const style = getComputedStyle(canvas);
  const read = (name, fallback) => style.getPropertyValue(name).trim() || fallback;
  return {
    text: read("--st-text-color", "#222"),
    line: read("--st-border-color", "#ccc"),
    accent: read("--st-primary-color", "#1f5fa8"),
    font: read("--st-font", "sans-serif"),
  };
}

// Draw rows x columns cells; paint(row, column) gives {text, colour, ink, faint, ring, dash}.
function grid(canvas, rows, columns, most, paint) {
  const room = canvas.parentElement.clientWidth;
  if (!room) return;
  const cell = Math.max(LEAST_CELL, Math.min(most, Math.floor((room - 2) / columns)));
  const ratio = window.devicePixelRatio || 1;
  canvas.cell = cell;
  canvas.style.width = `${columns * cell + 2}px`;
  canvas.style.height = `${rows * cell + 2}px`;
  canvas.width = (columns * cell + 2) * ratio;
  canvas.height = (rows * cell + 2) * ratio;
  const pen = canvas.getContext("2d");
  const { text, line, accent, font } = theme(canvas);
  pen.scale(ratio, ratio);
  pen.translate(1, 1);
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  const rings = [];
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const { colour, ink, faint, ring, dash, text: words } = paint(row, column);
      const [x, y] = [column * cell, row * cell];
      pen.globalAlpha = faint ? 0.3 : 1;
      if (colour) {
        pen.fillStyle = colour;
        pen.fillRect(x + 0.5, y + 0.5, cell - 1, cell - 1);
      }
      pen.strokeStyle = line;
      pen.lineWidth = 1;
      pen.setLineDash(dash ? [2, 2] : []);
      pen.strokeRect(x + 0.5, y + 0.5, cell - 1, cell - 1);
      if (words !== "" && cell >= 15) {
        pen.fillStyle = ink ?? text;
        const size = Math.min(15, cell * 0.42, (cell * 1.55) / Math.max(2, words.length));
        pen.font = `${size}px ${font}`;
        pen.fillText(words, x + cell / 2, y + cell / 2 + 0.5);
      }
      pen.globalAlpha = 1;
      if (ring) rings.push([x, y, ring]);
    }
  }
  pen.setLineDash([]);
  for (const [x, y, ring] of rings) {
    const width = cell < 14 ? 1.5 : 2.5;
    if (ring === "accent") { // readable on light and on dark cells
      pen.strokeStyle = "#fff";
      pen.lineWidth = width + 2.5;
      pen.strokeRect(x + 2, y + 2, cell - 4, cell - 4);
    }
    pen.strokeStyle = ring === "accent" ? accent : ring;
    pen.lineWidth = width;
    pen.strokeRect(x + 1.5, y + 1.5, cell - 3, cell - 3);
  }
}

function draw(find, state) {
  const { data, cell, side } = state;
  const onInput = side === "input";
  const wide = { input: field(data)[1][1], output: shapeOf(data.outputs)[1] };
  for (const [name, columns] of Object.entries(wide)) {
    find(`${name}-canvas`).closest(".panel").style.flexGrow = Math.max(columns, 4);
  }
  const marked = onInput ? [] : taps(data, ...cell);
  const stamped = onInput ? fed(data, ...cell) : [];
  const winner = data.operation === "max_pooling" && !onInput ? best(data, marked) : null;
  drawInput(find("input-canvas"), state, marked, winner);
  drawKernel(find("kernel-canvas"), state, marked, stamped, winner);
  drawOutput(find("output-canvas"), state, stamped);
  const [rows, columns] = walked(data);
  const scrub = find("scrub");
  scrub.max = rows * columns - 1;
  const step = isScatter(data) === onInput ? cell[0] * columns + cell[1] : Number(scrub.value);
  scrub.value = step;
  scrub.setAttribute("aria-valuetext", `${step + 1} / ${rows * columns}`);
  find("count").textContent = `${step + 1} / ${rows * columns}`;
  find("play").textContent = state.playing ? "❚❚" : "▶";
  find("play").setAttribute("aria-label", state.playing ? data.words.pause : data.words.play);
  find("pin").textContent = state.pinned ? data.words.unpin : data.words.pin;
  find("pin").setAttribute("aria-pressed", String(state.pinned));
  find("where").textContent = where(data, cell, onInput, stamped);
  find("sum").textContent = onInput ? spread(data, cell, stamped) : sum(data, cell, marked, winner);
}

function drawInput(canvas, state, marked, winner) {
  const { data, cell, side } = state;
  const [[top, rows], [left, columns]] = field(data);
  const read = new Map(marked.map((tap) => [`${tap.row},${tap.column}`, tap]));
  grid(canvas, rows, columns, MOST_CELL, (r, c) => {
    const [row, column] = [r + top, c + left];
    const real = inputAt(data, row, column);
    const here = read.get(`${row},${column}`);
    const chosen = side === "input" && real && real[0] === cell[0] && real[1] === cell[1];
    const ring = chosen ? "accent" : here ? (here === winner ? FEED : MARK) : null;
    if (!real) return { text: data.operation === "max_pooling" ? "−∞" : "0", dash: true, faint: !here, ring };
    const [i, j] = real;
    const [colour, ink] = data.colours.values[i][j];
    return { text: brief(data.values[i][j]), colour, ink, ring, faint: data.feeds[i][j] === 0 };
  });
}

function drawKernel(canvas, state, marked, stamped, winner) {
  const { data, side, cell } = state;
  const [rows, columns] = shapeOf(data.weights);
  const used = new Map((side === "input" ? stamped : marked).map((tap) => [tap.tap.join(), tap]));
  const pooling = data.operation.endsWith("pooling");
  const flip = data.view === "zeros"; // the kernel as it lies on the pulled-apart input
  grid(canvas, rows, columns, KERNEL_CELL, (r, c) => {
    const [a, b] = flip ? [rows - 1 - r, columns - 1 - c] : [r, c];
    const tap = used.get(`${a},${b}`);
    if (pooling) {
      const real = side === "output" && tap ? inputAt(data, tap.row, tap.column) : null;
      if (!real) return { text: side === "output" ? (winner !== null || data.operation === "max_pooling" ? "−∞" : "0") : "", dash: true, faint: !tap };
      const [colour, ink] = data.colours.values[real[0]][real[1]];
      return { text: brief(data.values[real[0]][real[1]]), colour, ink, ring: tap === winner ? FEED : MARK };
    }
    const [colour, ink] = data.colours.weights[a][b];
    return { text: brief(data.weights[a][b]), colour, ink, ring: tap ? MARK : null };
  });
}

function drawOutput(canvas, state, stamped) {
  const { data, cell, side, reveal } = state;
  const [rows, columns] = shapeOf(data.outputs);
  const hit = new Set(stamped.map((place) => `${place.row},${place.column}`));
  const piled = isScatter(data) && reveal && side === "input" ? pile(data, cell) : null;
  grid(canvas, rows, columns, MOST_CELL, (r, c) => {
    const [colour, ink] = data.colours.outputs[r][c];
    const chosen = side === "output" && cell[0] === r && cell[1] === c;
    const later = reveal && side === "output" && r * columns + c > cell[0] * columns + cell[1];
    const ring = chosen ? "accent" : hit.has(`${r},${c}`) ? FEED : null;
    if (piled) {
      const [tone, dark] = shade(data, piled[r][c]);
      return { text: brief(piled[r][c]), colour: tone, ink: dark, ring };
    }
    return { text: later ? "" : brief(data.outputs[r][c]), colour, ink, ring, faint: later };
  });
}

// The colour of an unfinished sum, on the scale of the finished output.
function shade({ palette, top }, value) {
  const place = 3 * bound(Math.round((value / top + 1) * 127.5), 255);
  const [red, green, blue] = palette.slice(place, place + 3);
  return [`rgb(${red} ${green} ${blue})`, 0.299 * red + 0.587 * green + 0.114 * blue > 140 ? "#111" : "#fff"];
}

// The output after the stamps of all inputs up to this one.
function pile(data, [row, column]) {
  const columns = shapeOf(data.values)[1];
  const sums = data.outputs.map((line) => line.map(() => 0));
  for (let step = 0; step <= row * columns + column; step += 1) {
    const [i, j] = [Math.floor(step / columns), step % columns];
    for (const { row: r, column: c, tap: [a, b] } of fed(data, i, j)) sums[r][c] += data.values[i][j] * data.weights[a][b];
  }
  return sums;
}

// ---- words ------------------------------------------------------------------------------------

function valueOf(data, tap) {
  const real = inputAt(data, tap.row, tap.column);
  if (real) return data.values[real[0]][real[1]];
  return data.operation === "max_pooling" ? null : 0;
}

function best(data, marked) {
  return marked.reduce((most, tap) => {
    const value = valueOf(data, tap);
    return value !== null && (most === null || value > valueOf(data, most)) ? tap : most;
  }, null);
}

function where(data, cell, onInput, stamped) {
  const [row, column] = cell;
  if (onInput) return filled(data.words.feeds, { row, column, count: stamped.length });
  return filled(data.words.cell, { row, column });
}

function sum(data, [row, column], marked) {
  const result = exact(data.outputs[row][column]);
  const values = marked.map((tap) => valueOf(data, tap));
  if (data.operation === "max_pooling") return `max(${values.map(exact).join(", ")}) = ${result}`;
  if (data.operation === "average_pooling") {
    return `(${values.map(exact).join(" + ")}) / ${data.divisors[row][column]} = ${result}`;
  }
  const products = marked.map((tap, i) => `${exact(values[i])}·${signed(data.weights[tap.tap[0]][tap.tap[1]])}`);
  return `${products.join(" + ") || "0"} = ${result}`;
}

function spread(data, [row, column], stamped) {
  const value = data.values[row][column];
  if (data.operation.endsWith("pooling") || !stamped.length) {
    return stamped.map((place) => `(${place.row}, ${place.column})`).join("  ") || data.words.nowhere;
  }
  return stamped.map((place) => (
    `(${place.row}, ${place.column}): ${exact(value)}·${signed(data.weights[place.tap[0]][place.tap[1]])}`)).join("   ");
}

// ---- hands ------------------------------------------------------------------------------------

function connect(host, find, state) {
  const show = () => draw(find, state);
  const tell = () => state.send("cell", moved(state, state.pinned ? [...state.cell] : null));
  const pin = (on) => { state.pinned = on; show(); tell(); };
  const pause = () => { clearInterval(state.timer); state.playing = false; };

  const go = (step) => {
    const [rows, columns] = walked(state.data);
    const place = (step + rows * columns) % (rows * columns);
    state.side = isScatter(state.data) ? "input" : "output";
    state.cell = [Math.floor(place / columns), place % columns];
    state.reveal = true;
    show();
  };
  const play = () => {
    if (state.playing) { pause(); show(); return; }
    state.playing = true;
    state.pinned = false;
    state.timer = setInterval(() => go(Number(find("scrub").value) + 1), 1000 / Number(find("speed").value));
    go(Number(find("scrub").value));
  };
  find("play").onclick = play;
  find("speed").onchange = () => { if (state.playing) { pause(); play(); } };
  find("back").onclick = () => { pause(); go(Number(find("scrub").value) - 1); };
  find("forward").onclick = () => { pause(); go(Number(find("scrub").value) + 1); };
  find("scrub").oninput = () => { pause(); state.pinned = false; go(Number(find("scrub").value)); };
  find("pin").onclick = () => { pause(); pin(!state.pinned); };

  const touch = (side, wanted) => (event) => {
    if (state.pinned && !wanted) return;
    const place = placeAt(event, side, state.data);
    if (!place) return;
    if (wanted) state.before = state.pinned ? `${state.side} ${state.cell}` : null;
    pause();
    Object.assign(state, { side, cell: place, reveal: false });
    show();
  };
  const keys = (side) => (event) => {
    if (event.key === "Enter" || event.key === " ") { pin(!state.pinned); event.preventDefault(); return; }
    const arrow = ARROWS[event.key];
    if (!arrow) return;
    event.preventDefault();
    pause();
    const most = side === "input" ? shapeOf(state.data.values) : shapeOf(state.data.outputs);
    if (state.side !== side) Object.assign(state, { side, cell: [0, 0] });
    state.cell = state.cell.map((index, axis) => bound(Math.min(index, most[axis] - 1) + arrow[axis], most[axis] - 1));
    state.reveal = false;
    show();
    if (state.pinned) tell();
  };
  for (const side of ["input", "output"]) {
    const canvas = find(`${side}-canvas`);
    canvas.onpointermove = touch(side, false);
    canvas.onpointerdown = touch(side, true);
    canvas.onclick = () => pin(state.before !== `${state.side} ${state.cell}`); // again: let go
    canvas.onkeydown = keys(side);
  }
}

function placeAt(event, side, data) {
  const canvas = event.currentTarget;
  const box = canvas.getBoundingClientRect();
  let row = Math.floor((event.clientY - box.top - 1) / canvas.cell);
  let column = Math.floor((event.clientX - box.left - 1) / canvas.cell);
  if (side === "input") {
    const [[top], [left]] = field(data);
    return inputAt(data, row + top, column + left);
  }
  const [rows, columns] = shapeOf(data.outputs);
  row = bound(row, rows - 1);
  column = bound(column, columns - 1);
  return [row, column];
}
