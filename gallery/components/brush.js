// A mask painted by hand: where it is set the second picture shows, else the first. The pictures
// and the mask to begin with come from Python; what was painted goes back when the hand lets go.

const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const KEPT = 30; // strokes that can be undone
const bound = (value, most) => Math.min(Math.max(value, 0), most);

export default function ({ parentElement, data, setTriggerValue }) {
  const host = parentElement.querySelector(".brush");
  const stage = host.querySelector(".stage"), canvas = host.querySelector("canvas");
  const size = host.querySelector("input");
  const [columns, rows] = data.cells;
  const state = (host.state ??= { side: 1, painted: null, strokes: [], held: null });
  if (state.stamp !== data.stamp) {
    Object.assign(state, { stamp: data.stamp, cells: unpacked(data.painted, columns * rows), strokes: [] });
    state.place = [columns / 2, rows / 2];
  }
  [canvas.width, canvas.height] = data.size;
  stage.style.setProperty("--wide", data.size[0] / data.size[1]);
  const radius = () => (Number(size.value) / 100) * Math.min(columns, rows) / 2 + 0.5;

  // ---- words and buttons
  const words = data.words;
  stage.setAttribute("aria-label", `${data.names.join(" | ")}. ${words.hint}`);
  host.querySelector(".hint").textContent = words.hint;
  host.querySelector("label span").textContent = words.size;
  size.setAttribute("aria-label", words.size);
  const sides = [...host.querySelectorAll("[data-side]")];
  const choose = (side) => {
    state.side = side;
    sides.forEach((button, place) => button.setAttribute("aria-checked", String(place === side)));
  };
  sides.forEach((button, place) => {
    button.textContent = data.names[place];
    button.onclick = () => choose(place);
  });
  choose(state.side);
  const deeds = {
    undo: () => { if (state.strokes.length) state.cells = state.strokes.pop(); },
    swap: () => { remember(); state.cells = state.cells.map((cell) => 1 - cell); },
    again: () => { remember(); state.cells = unpacked(data.laid, columns * rows); },
  };
  for (const [name, deed] of Object.entries(deeds)) {
    const button = host.querySelector(`[data-do="${name}"]`);
    button.textContent = words[name];
    button.onclick = () => { deed(); draw(); send(); };
  }

  // ---- pictures: loaded once, mixed at every stroke
  const mask = (state.mask ??= document.createElement("canvas"));
  const layer = (state.layer ??= document.createElement("canvas"));
  mask.width = columns; mask.height = rows;
  layer.width = canvas.width; layer.height = canvas.height;
  const token = (state.token = {});
  Promise.all(data.pictures.map(load)).then((pictures) => {
    if (state.token !== token) return;
    state.pictures = pictures;
    draw();
  });

  // ---- the hand
  const at = (event) => {
    const box = stage.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * columns, ((event.clientY - box.top) / box.height) * rows];
  };
  stage.onpointerdown = (event) => {
    event.preventDefault();
    stage.focus({ preventScroll: true });
    stage.setPointerCapture?.(event.pointerId);
    remember();
    state.held = state.place = at(event);
    paint(state.held, state.held);
    draw();
  };
  stage.onpointermove = (event) => {
    state.place = at(event);
    tip();
    if (!state.held) return;
    paint(state.held, state.place);
    state.held = state.place;
    draw();
  };
  stage.onpointerup = stage.onpointercancel = () => { if (state.held) send(); state.held = null; };
  stage.onkeydown = (event) => {
    if (event.key in ARROWS) {
      const [across, down] = ARROWS[event.key];
      const far = event.shiftKey ? 10 : 2;
      state.place = [bound(state.place[0] + far * across, columns), bound(state.place[1] + far * down, rows)];
      tip();
    } else if (event.key === " " || event.key === "Enter") {
      remember();
      paint(state.place, state.place);
      draw();
      send();
    } else return;
    event.preventDefault();
  };
  size.oninput = tip;
  tip();
  if (state.pictures) draw();

  function remember() {
    state.strokes.push(state.cells.slice());
    if (state.strokes.length > KEPT) state.strokes.shift();
  }
  function paint(from, to) {
    const reach = radius();
    const steps = Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1]) / Math.max(reach / 2, 0.5)) || 1;
    for (let step = 0; step <= steps; step += 1) {
      const x = from[0] + ((to[0] - from[0]) * step) / steps, y = from[1] + ((to[1] - from[1]) * step) / steps;
      for (let row = Math.max(0, Math.floor(y - reach)); row < Math.min(rows, y + reach); row += 1) {
        for (let column = Math.max(0, Math.floor(x - reach)); column < Math.min(columns, x + reach); column += 1) {
          if (Math.hypot(column + 0.5 - x, row + 0.5 - y) <= reach) state.cells[row * columns + column] = state.side;
        }
      }
    }
  }
  function draw() {
    if (!state.pictures) return;
    const inked = mask.getContext("2d");
    const shade = inked.createImageData(columns, rows);
    for (let i = 0; i < state.cells.length; i += 1) shade.data[4 * i + 3] = 255 * state.cells[i];
    inked.putImageData(shade, 0, 0);
    const over = layer.getContext("2d"), { width, height } = layer;
    const far = Math.ceil(2 * data.feather) + 1;
    over.globalCompositeOperation = "copy"; // the mask goes on beyond the rim, so that no seam runs along it
    over.filter = data.feather > 0 ? `blur(${data.feather}px)` : "none";
    const grown = spread(mask, width, height, far);
    over.drawImage(grown, -far, -far);
    over.filter = "none";
    over.globalCompositeOperation = "source-in";
    over.drawImage(state.pictures[1], 0, 0, width, height);
    const context = canvas.getContext("2d");
    context.drawImage(state.pictures[0], 0, 0, width, height);
    context.drawImage(layer, 0, 0);
  }
  function spread(source, width, height, far) {
    const grown = (state.grown ??= document.createElement("canvas"));
    grown.width = width + 2 * far; grown.height = height + 2 * far;
    const context = grown.getContext("2d");
    context.drawImage(source, 0, 0, grown.width, grown.height);
    context.clearRect(far, far, width, height);
    context.drawImage(source, far, far, width, height);
    return grown;
  }
  function tip() {
    const mark = host.querySelector(".tip").style;
    mark.left = `${(100 * state.place[0]) / columns}%`;
    mark.top = `${(100 * state.place[1]) / rows}%`;
    mark.width = `${(200 * radius()) / columns}%`;
  }
  function send() {
    setTriggerValue("mask", { stamp: data.stamp, bits: packed(state.cells) });
  }
}

function load(source) {
  const image = new Image();
  image.src = source;
  return image.decode().then(() => image);
}

function unpacked(bits, count) {
  const raw = atob(bits), cells = new Uint8Array(count);
  for (let i = 0; i < count; i += 1) cells[i] = (raw.charCodeAt(i >> 3) >> (7 - (i & 7))) & 1;
  return cells;
}

function packed(cells) {
  const raw = new Uint8Array(Math.ceil(cells.length / 8));
  cells.forEach((cell, i) => { if (cell) raw[i >> 3] |= 128 >> (i & 7); });
  return btoa(String.fromCharCode(...raw));
}
