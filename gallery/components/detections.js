// What a network has found: its boxes, and thresholds that move them under the hand.
// All candidates come from Python, best first; here they are filtered, suppressed and drawn.

const TAGS_UP_TO = 25;

export default function ({ parentElement, data, setTriggerValue }) {
  const host = parentElement.querySelector(".found");
  const find = (name) => host.querySelector(`[data-part="${name}"]`);
  const state = (host.state ??= { at: -1 });
  if (state.stamp !== data.stamp) Object.assign(state, { stamp: data.stamp, at: -1, moving: false });
  if (isNews(state, data) && !state.moving) Object.assign(state, { score: data.score, iou: data.iou, off: new Set(data.off) });
  Object.assign(state, { data, find, send: setTriggerValue });
  setStage(find("stage"), data, data.most);
  label(state);
  connect(state);
  draw(state);
}

function label({ data, find }) {
  for (const name of ["score", "iou"]) {
    const input = find(name), { low, high, step } = data.limits[name];
    Object.assign(input, { min: low, max: high, step });
    input.setAttribute("aria-label", data.words[name]);
    find(`${name}-label`).textContent = data.words[name];
    find(`${name}-help`).textContent = data.words[`${name}_help`];
  }
  find("classes").textContent = data.words.classes;
  find("hint").textContent = data.words.hint;
}

// Candidates over the threshold, of the classes that are not switched off, less the suppressed.
function choose({ data, score, iou, off }) {
  const over = data.scores.map((_, place) => place).filter((place) => data.scores[place] >= score);
  const kept = [];
  for (const place of over) {
    const beaten = kept.some((better) => data.labels[better] === data.labels[place]
      && boxOverlap(data.boxes[better], data.boxes[place]) > iou);
    if (!beaten) kept.push(place);
  }
  return { over, kept, shown: kept.filter((place) => !off.has(data.labels[place])) };
}

function draw(state) {
  const { data, find } = state;
  const chosen = (state.chosen = choose(state));
  if (!chosen.shown.includes(state.at)) state.at = -1;
  const tagged = chosen.shown.length <= TAGS_UP_TO;
  const order = [...chosen.shown].reverse();  // the best on top
  putBoxes(find("layer"), order.map((place) => ({
    box: data.boxes[place],
    colour: boxColour(data.labels[place]),
    tag: tagged || place === state.at ? `${data.names[data.labels[place]]} ${data.scores[place].toFixed(2)}` : "",
    kind: place === state.at ? "active"
      : (state.at >= 0 || (state.over !== undefined && state.over !== data.labels[place])) ? "quiet" : "",
  })), data);
  for (const name of ["score", "iou"]) {
    find(name).value = state[name];
    find(`${name}-value`).textContent = Number(state[name]).toFixed(2);
  }
  chips(state);
  tell(state);
}

function chips(state) {
  const { data, find, chosen } = state;
  const counts = new Map();
  for (const place of chosen.kept) counts.set(data.labels[place], (counts.get(data.labels[place]) ?? 0) + 1);
  for (const label of state.off) if (!counts.has(label)) counts.set(label, 0);
  const labels = [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a) || a - b);
  const board = find("chips");
  while (board.children.length > labels.length) board.lastChild.remove();
  while (board.children.length < labels.length) {
    const made = document.createElement("button");
    made.type = "button";
    made.append(document.createElement("i"), document.createElement("span"));
    board.append(made);
  }
  labels.forEach((label, place) => {
    const chip = board.children[place];
    chip.style.setProperty("--c", boxColour(label));
    chip.lastChild.textContent = `${data.names[label]} ${counts.get(label)}`;
    chip.setAttribute("aria-pressed", String(!state.off.has(label)));
    chip.onclick = () => {
      if (!state.off.delete(label)) state.off.add(label);
      state.over = undefined;
      draw(state);
      settle(state);
    };
    chip.onpointerenter = (event) => { if (event.pointerType === "mouse" && !state.off.has(label)) { state.over = label; draw(state); } };
    chip.onpointerleave = () => { if (state.over !== undefined) { state.over = undefined; draw(state); } };
  });
  find("classes").hidden = !labels.length;
}

function tell(state) {
  const { data, find, chosen, at } = state;
  const count = { all: data.scores.length, over: chosen.over.length, kept: chosen.kept.length, shown: chosen.shown.length };
  find("count").textContent = fill(data.words.count, count);
  if (at < 0) {
    find("told").textContent = chosen.shown.length ? "" : data.words.nothing;
    return;
  }
  const [left, top, right, bottom] = data.boxes[at].map(Math.round);
  find("told").textContent = fill(data.words.one, {
    name: data.names[data.labels[at]], score: data.scores[at].toFixed(3), left, top, right, bottom,
    width: right - left, height: bottom - top,
  });
}

function settle(state) {
  state.moving = false;
  state.send("settings", moved(state, { score: state.score, iou: state.iou, off: [...state.off] }));
}

function connect(state) {
  const { data, find } = state;
  for (const name of ["score", "iou"]) {
    find(name).oninput = () => { state.moving = true; state[name] = Number(find(name).value); draw(state); };
    find(name).onchange = () => settle(state);
  }
  const stage = find("stage");
  const show = (at) => { if (at !== state.at) { state.at = at; draw(state); } };
  const under = (event) => {
    const { shown } = state.chosen;
    const found = boxAt(shown.map((place) => data.boxes[place]), ...pointOn(stage, event, data));
    return found < 0 ? -1 : shown[found];
  };
  stage.onpointermove = (event) => { if (event.pointerType === "mouse") show(under(event)); };
  stage.onpointerdown = (event) => show(under(event));
  stage.onpointerleave = (event) => { if (event.pointerType === "mouse") show(-1); };
  stage.onblur = () => show(-1);
  stage.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const { shown } = state.chosen;
    if (!step || !shown.length) return;
    const next = (shown.indexOf(state.at) + step + shown.length) % shown.length;
    show(shown[state.at < 0 && step < 0 ? shown.length - 1 : next]);
    event.preventDefault();
  };
  stage.setAttribute("aria-label", data.words.stage);
}
