// A pad between two, three or four corners: the picture under it follows the hand. Python made true
// blends at the nodes of a grid; between the nodes the nearest ones are mixed. Where the hand lets go
// is sent back, and Python makes exactly that blend, which is shown while the dot rests there.

const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const bound = (value) => Math.min(Math.max(value, 0), 1);

export default function ({ parentElement, data, setTriggerValue }) {
  const host = parentElement.querySelector(".blend");
  const find = (name) => host.querySelector(`.${name}`);
  const pad = find("pad"), canvas = find("picture");
  const state = (host.state ??= { held: false });
  const corners = data.corners.length;
  host.className = `blend of-${corners}`;
  if ((isNews(state, data) && !state.held) || state.stamp !== data.stamp) state.place = inside(data.place, data);
  state.stamp = data.stamp;

  find("hint").textContent = data.words.hint;
  pad.setAttribute("aria-label", `${data.words.label}: ${data.corners.map((each) => each.name).join(", ")}. ${data.words.hint}`);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", data.words.alt);
  [canvas.width, canvas.height] = data.size;
  canvas.style.aspectRatio = data.size[0] / data.size[1];
  const names = [...host.querySelectorAll(".corner")];
  names.forEach((name, place) => {
    name.hidden = place >= corners;
    if (place >= corners) return;
    name.querySelector("b").textContent = data.corners[place].name;
    name.querySelector("img").src = data.corners[place].face;
    name.querySelector("img").alt = "";
    name.onclick = () => { state.place = anchor(place, data); show(); send(); };
    name.setAttribute("aria-label", data.corners[place].name);
  });

  const token = (state.token = {});
  Promise.all([data.exact, ...data.pictures].map(load)).then(([exact, ...pictures]) => {
    if (state.token !== token) return;
    Object.assign(state, { exact, pictures, resting: inside(data.place, data) });
    show();
  });

  const follow = (event) => {
    const box = pad.getBoundingClientRect();
    const place = [bound((event.clientX - box.left) / box.width), bound((event.clientY - box.top) / box.height)];
    state.place = inside(place, data);
    show();
  };
  pad.onpointerdown = (event) => {
    event.preventDefault();
    pad.focus({ preventScroll: true });
    pad.setPointerCapture?.(event.pointerId);
    state.held = true;
    follow(event);
  };
  pad.onpointermove = (event) => { if (state.held) follow(event); };
  pad.onpointerup = pad.onpointercancel = () => { if (state.held) send(); };
  pad.onkeydown = (event) => {
    if (!(event.key in ARROWS)) return;
    event.preventDefault();
    state.held = true;
    const step = event.shiftKey ? 0.1 : 0.02;
    const [across, down] = ARROWS[event.key];
    state.place = inside([bound(state.place[0] + step * across), bound(state.place[1] + step * down)], data);
    show();
  };
  pad.onkeyup = (event) => { if (event.key in ARROWS) send(); };
  show();

  function show() {
    const dot = find("dot").style;
    dot.left = `${100 * state.place[0]}%`;
    dot.top = `${100 * state.place[1]}%`;
    const weights = weigh(state.place, data);
    names.slice(0, corners).forEach((name, place) => {
      name.querySelector("output").textContent = `${Math.round(100 * weights[place])} %`;
      name.style.opacity = 0.45 + 0.55 * weights[place];
    });
    pad.setAttribute("aria-valuetext", data.corners.map((each, place) => `${each.name} ${Math.round(100 * weights[place])} %`).join(", "));
    if (!state.pictures) return;
    const context = canvas.getContext("2d");
    if (state.resting?.every((each, axis) => Math.abs(each - state.place[axis]) < 1e-3)) {
      context.globalAlpha = 1;
      context.drawImage(state.exact, 0, 0, canvas.width, canvas.height);
      return;
    }
    let total = 0;
    for (const [node, share] of near(state.place, data)) { // running mean of the nodes
      if (share <= 0) continue;
      total += share;
      context.globalAlpha = share / total;
      context.drawImage(state.pictures[node], 0, 0, canvas.width, canvas.height);
    }
  }
  function send() {
    state.held = false;
    setTriggerValue("place", moved(state, state.place.map((each) => Number(each.toFixed(3)))));
  }
}

// The place where a corner stands alone: the node with the largest weight of it.
function anchor(corner, { weights, rows, columns }) {
  const nodes = weights.map((each, node) => [each[corner], node]);
  const most = Math.max(...nodes.map(([weight]) => weight));
  const best = nodes.filter(([weight]) => weight === most).map(([, node]) => node);
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return [
    columns > 1 ? mean(best.map((node) => node % columns)) / (columns - 1) : 0.5,
    rows > 1 ? mean(best.map((node) => Math.floor(node / columns))) / (rows - 1) : 0.5,
  ];
}

function inside([across, down], { rows, columns }) {
  return [columns > 1 ? across : 0.5, rows > 1 ? down : 0.5];
}

function weigh(place, data) {
  const sums = data.corners.map(() => 0);
  for (const [node, share] of near(place, data)) {
    data.weights[node].forEach((weight, corner) => { sums[corner] += share * weight; });
  }
  return sums;
}

// The nodes around a place, each with its share.
function near([across, down], { rows, columns }) {
  return split(down, rows - 1).flatMap(([row, share]) =>
    split(across, columns - 1).map(([column, part]) => [row * columns + column, share * part]));
}

function split(value, last) {
  if (last < 1) return [[0, 1]];
  const low = Math.min(Math.floor(value * last), last - 1);
  const rest = value * last - low;
  return [[low, 1 - rest], [low + 1, rest]];
}

function load(source) {
  const image = new Image();
  image.src = source;
  return image.decode().then(() => image);
}
