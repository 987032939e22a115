// Precomputed pictures that follow the hand: one slider for all tracks, and curves with a playhead.
// All pictures, numbers and words come from Python; here they are only drawn.

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 150, LEFT = 46, RIGHT = 12, TOP = 10, BOTTOM = 34;
const DASHES = ["", "7 4", "2 3", "9 3 2 3"];
const bound = (value, low, high) => Math.min(Math.max(value, low), high);

export default function ({ parentElement, data, setTriggerValue }) {
  const host = parentElement.querySelector(".reel");
  const find = (name) => host.querySelector(`[data-part="${name}"]`);
  const state = (host.state ??= { frame: 0, timer: 0, sheets: new Map() });
  if (state.stamp !== data.stamp) {
    clearInterval(state.timer);
    Object.assign(state, { stamp: data.stamp, frame: data.frame, timer: 0, sent: data.frame });
  }
  Object.assign(state, { data, send: setTriggerValue, find, host });
  label(state);
  connect(state);
  loadSheets(state).then(() => draw(state));
  if (!host.observer) {
    host.observer = new ResizeObserver(() => state.ready && draw(state));
    host.observer.observe(host);
  }
  return () => {
    clearInterval(state.timer);
    state.timer = 0;
    host.observer?.disconnect();
    host.observer = null;
  };
}

function element(name, attributes = {}, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  return made;
}

// ---- what is there ----------------------------------------------------------------------------

function label({ data, find, host }) {
  const { words } = data;
  host.setAttribute("aria-label", data.label);
  host.style.setProperty("--least", `${data.least}px`);
  host.style.setProperty("--most", `${data.most}px`);
  const tracks = find("tracks");
  while (tracks.children.length > data.tracks.length) tracks.lastChild.remove();
  while (tracks.children.length < data.tracks.length) {
    const figure = document.createElement("figure");
    figure.append(document.createElement("h4"), document.createElement("canvas"), document.createElement("figcaption"));
    tracks.append(figure);
  }
  data.tracks.forEach((track, place) => {
    const [heading, canvas] = tracks.children[place].children;
    heading.textContent = track.title;
    canvas.setAttribute("role", "img");
    if (canvas.width !== track.width) canvas.width = track.width;
    if (canvas.height !== track.height) canvas.height = track.height;
  });
  for (const name of ["back", "forward"]) {
    find(name).setAttribute("aria-label", words[name]);
    find(name).title = words[name];
  }
  const scrub = find("scrub");
  scrub.max = data.ticks.length - 1;
  scrub.setAttribute("aria-label", data.label);
}

async function loadSheets(state) {
  const { data, sheets } = state;
  state.ready = false;
  const wanted = new Set(data.tracks.map((track) => track.sheet));
  for (const source of sheets.keys()) if (!wanted.has(source)) sheets.delete(source);
  await Promise.all([...wanted].filter((source) => !sheets.has(source)).map(async (source) => {
    const image = new Image();
    image.src = source;
    await image.decode();
    sheets.set(source, image);
  }));
  state.ready = state.data === data;
}

// ---- drawing ----------------------------------------------------------------------------------

function draw(state) {
  const { data, find, sheets, frame } = state;
  if (!state.ready) return;
  data.tracks.forEach((track, place) => {
    const [, canvas, caption] = find("tracks").children[place].children;
    const pen = canvas.getContext("2d");
    pen.imageSmoothingEnabled = false;
    const x = (frame % track.columns) * track.width;
    const y = Math.floor(frame / track.columns) * track.height;
    pen.clearRect(0, 0, track.width, track.height);
    pen.drawImage(sheets.get(track.sheet), x, y, track.width, track.height, 0, 0, track.width, track.height);
    const text = track.captions?.[frame] ?? "";
    caption.textContent = text;
    canvas.setAttribute("aria-label", [track.alt, data.ticks[frame], text].filter(Boolean).join(" · "));
  });
  const scrub = find("scrub");
  scrub.value = frame;
  scrub.setAttribute("aria-valuetext", data.ticks[frame]);
  find("count").textContent = data.ticks[frame];
  find("play").textContent = state.timer ? "❚❚" : "▶";
  find("play").setAttribute("aria-label", state.timer ? data.words.pause : data.words.play);
  find("play").title = state.timer ? data.words.pause : data.words.play;
  chart(state);
}

function chart(state) {
  const { data, find, frame } = state;
  const place = find("chart");
  place.hidden = !data.chart;
  if (!data.chart) return;
  const svg = find("curves");
  const width = place.clientWidth;
  if (!width) return;
  const { positions, curves } = data.chart;
  const stamp = `${data.stamp} ${width}`;
  const xs = curves.flatMap((curve) => curve.x).concat(positions);
  const ends = [Math.min(...xs), Math.max(...xs)];
  const across = (x) => LEFT + ((x - ends[0]) / (ends[1] - ends[0] || 1)) * (width - LEFT - RIGHT);
  const [low, high, step] = scale(curves.flatMap((curve) => curve.y), data.chart.zero);
  const up = (y) => HEIGHT - BOTTOM - ((y - low) / (high - low)) * (HEIGHT - BOTTOM - TOP);
  if (state.drawn !== stamp) {
    state.drawn = stamp;
    axes(svg, data, width, across, up, low, high, step);
    curves.forEach((curve, i) => svg.append(element("path", {
      d: curve.x.map((x, j) => `${j ? "L" : "M"}${across(x).toFixed(1)} ${up(curve.y[j]).toFixed(1)}`).join(""),
      fill: "none", stroke: curve.colour, "stroke-width": 2.2, "stroke-dasharray": DASHES[i % DASHES.length],
    })));
    svg.append(element("line", { class: "head", y1: TOP, y2: HEIGHT - BOTTOM }));
    curves.forEach((curve) => svg.append(element("circle", { r: 4.5, fill: curve.colour })));
    key(find("key"), curves);
  }
  const here = positions[frame];
  const head = svg.querySelector(".head");
  head.setAttribute("x1", across(here));
  head.setAttribute("x2", across(here));
  const dots = svg.querySelectorAll("circle");
  const spans = find("key").children;
  curves.forEach((curve, i) => {
    const value = at(curve, here);
    dots[i].setAttribute("cx", across(here));
    dots[i].setAttribute("cy", up(value));
    spans[i].lastChild.textContent = `${curve.name}: ${written(value)}`;
  });
  svg.setAttribute("aria-label", curves.map((curve) => `${curve.name} ${written(at(curve, here))}`).join(", "));
}

function axes(svg, data, width, across, up, low, high, step) {
  const { chart: told, ticks } = data;
  svg.setAttribute("height", HEIGHT);
  svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
  svg.replaceChildren();
  for (let y = low; y <= high + step / 2; y += step) {
    svg.append(element("line", { class: "grid", x1: LEFT, x2: width - RIGHT, y1: up(y), y2: up(y) }));
    svg.append(element("text", { x: LEFT - 6, y: up(y) + 4, "text-anchor": "end" }, written(y)));
  }
  let free = -Infinity;
  told.positions.forEach((x, i) => {
    const text = told.labels?.[i] ?? ticks[i];
    const half = 4 + text.length * 3.2;
    const middle = bound(across(x), LEFT + half - 6, width - RIGHT - half + 10);
    const last = i === told.positions.length - 1;
    if (middle - half < free && !last) return;
    if (last && middle - half < free) svg.querySelector("text.x:last-of-type")?.remove();
    svg.append(element("text", { x: middle, y: HEIGHT - BOTTOM + 15, "text-anchor": "middle", class: "x" }, text));
    free = middle + half + 8;
  });
  svg.append(element("text", { x: (LEFT + width - RIGHT) / 2, y: HEIGHT - 3, "text-anchor": "middle" }, told.x));
  const middle = (TOP + HEIGHT - BOTTOM) / 2;
  svg.append(element("text", { x: 10, y: middle, "text-anchor": "middle", transform: `rotate(-90 10 ${middle})` }, told.y));
}

function key(place, curves) {
  place.replaceChildren(...curves.map((curve, i) => {
    const span = document.createElement("span");
    const mark = element("svg", { viewBox: "0 0 26 8", "aria-hidden": "true" });
    mark.append(element("line", { x1: 0, x2: 26, y1: 4, y2: 4, stroke: curve.colour, "stroke-width": 2.5,
      "stroke-dasharray": DASHES[i % DASHES.length] }));
    span.append(mark, document.createElement("b"));
    span.lastChild.style.fontWeight = 400;
    return span;
  }));
}

// Round ends and a round step, three to five lines.
function scale(values, zero) {
  let low = Math.min(...values, ...(zero ? [0] : []));
  let high = Math.max(...values, ...(zero ? [0] : []));
  if (high - low < 1e-9) [low, high] = [low - 0.5, high + 0.5];
  const raw = (high - low) / 3;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((part) => part * power).find((part) => part >= raw);
  return [Math.floor(low / step + 1e-9) * step, Math.ceil(high / step - 1e-9) * step, step];
}

function at(curve, here) {
  const { x, y } = curve;
  let i = x.findIndex((each) => each >= here);
  if (i < 0) return y[y.length - 1];
  if (i === 0) return y[0];
  const share = (here - x[i - 1]) / (x[i] - x[i - 1] || 1);
  return y[i - 1] + share * (y[i] - y[i - 1]);
}

function written(value) {
  const size = Math.abs(value);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return String(Number(value.toFixed(digits)) + 0).replace("-", "−");
}

// ---- hands ------------------------------------------------------------------------------------

function connect(state) {
  const { find, data } = state;
  const most = data.ticks.length - 1;
  const go = (frame) => { state.frame = bound(frame, 0, most); draw(state); };
  const stop = () => { clearInterval(state.timer); state.timer = 0; };
  const tell = () => {
    if (state.sent === state.frame) return;
    state.sent = state.frame;
    state.send("frame", state.frame);
  };
  if (state.frame > most) state.frame = most;
  find("play").onclick = () => {
    if (state.timer) { stop(); draw(state); tell(); return; }
    if (state.frame === most) state.frame = 0;
    state.timer = setInterval(() => {
      const end = state.frame + 1 >= most;
      go(state.frame + 1);
      if (end && !data.loops) { stop(); draw(state); tell(); }
      else if (end) state.frame = -1;
    }, data.pause);
    draw(state);
  };
  const step = (by) => () => { stop(); go(state.frame + by); tell(); };
  find("back").onclick = step(-1);
  find("forward").onclick = step(1);
  find("scrub").oninput = () => { stop(); go(Number(find("scrub").value)); };
  find("scrub").onchange = tell;
  for (const canvas of find("tracks").querySelectorAll("canvas")) {
    drag(canvas, (share) => { stop(); go(Math.round(share * most)); }, tell);
  }
  const svg = find("curves");
  drag(svg, (_, x, width) => {
    const { positions, curves } = data.chart;
    const xs = curves.flatMap((curve) => curve.x).concat(positions);
    const ends = [Math.min(...xs), Math.max(...xs)];
    const here = ends[0] + ((x - LEFT) / (width - LEFT - RIGHT)) * (ends[1] - ends[0]);
    const far = positions.map((position) => Math.abs(position - here));
    stop();
    go(far.indexOf(Math.min(...far)));
  }, tell);
}

// Pressed or touched, a picture is a slider from its left to its right side.
function drag(target, move, end) {
  const at = (event) => {
    const box = target.getBoundingClientRect();
    move(bound((event.clientX - box.left) / box.width, 0, 1), event.clientX - box.left, box.width);
  };
  target.onpointerdown = (event) => { target.setPointerCapture?.(event.pointerId); at(event); };
  target.onpointermove = (event) => { if (event.buttons) at(event); };
  target.onpointerup = target.onpointercancel = end;
}
