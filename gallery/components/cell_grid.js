// The grid of a one-stage detector over the photo: any cell opens by pointer, finger and keyboard.
// Numbers come from Python; here the chosen cell, its anchors and what they became are drawn.

const DRAWN = "#F0E442"; // what a person drew, as where boxes are judged
const shaped = (box) => box.map((each) => Math.round(each));

export default function ({ parentElement, data, setTriggerValue }) {
  const host = parentElement.querySelector(".lattice");
  const find = (name) => host.querySelector(`[data-part="${name}"]`);
  const state = (host.state ??= {});
  if (isChange(state, data, data.at, data.stamp)) Object.assign(state, { at: data.at, hover: null });
  state.layer ??= "objectness";
  Object.assign(state, { data, find, send: setTriggerValue });
  setStage(find("stage"), data, data.most);
  const image = find("stage").querySelector("img");
  image.style.width = `${(100 * data.photo[0]) / data.width}%`;
  find("hint").textContent = data.words.hint;
  find("stage").setAttribute("aria-label", data.words.stage);
  find("ramp").style.background = `linear-gradient(90deg, ${data.ramp.join(",")})`;
  find("key").textContent = data.words.key;
  connect(state);
  shade(state);
  layers(state);
  draw(state);
}

// The highest objectness of each cell's anchors, or the class it would name, over the photo.
function shade({ data, find, layer }) {
  const canvas = find("canvas"), size = 64;
  canvas.width = data.columns * size;
  canvas.height = data.rows * size;
  const pen = canvas.getContext("2d");
  data.cells.forEach((line, row) => line.forEach((anchors, column) => {
    const best = anchors.reduce((a, b) => (b.objectness > a.objectness ? b : a));
    const x = column * size, y = row * size;
    if (layer === "objectness") {
      pen.globalAlpha = 0.22 + 0.45 * best.objectness;
      pen.fillStyle = data.ramp[Math.round(best.objectness * (data.ramp.length - 1))];
      pen.fillRect(x, y, size, size);
    } else if (layer === "class") {
      pen.globalAlpha = 0.15 + 0.6 * best.objectness;
      pen.fillStyle = boxColour(best.label);
      pen.fillRect(x, y, size, size);
    }
    pen.globalAlpha = 0.55;
    pen.strokeStyle = "#fff";
    pen.strokeRect(x + 0.5, y + 0.5, size - 1, size - 1);
  }));
}

function layers(state) {
  const { data, find } = state;
  const board = find("layers");
  const names = ["objectness", "class", "none"];
  if (!board.children.length) board.append(...names.map(() => Object.assign(document.createElement("button"), { type: "button" })));
  names.forEach((name, place) => {
    const button = board.children[place];
    button.textContent = data.words[`layer_${name}`];
    button.setAttribute("aria-pressed", String(state.layer === name));
    button.onclick = () => { state.layer = name; shade(state); layers(state); };
  });
  find("scale").hidden = state.layer !== "objectness";
  offer(state, "found", (each) => `${data.names[each.label]} ${each.score.toFixed(2)}`);
  offer(state, "awaited", (each) => data.names[each.label]);
  find("found-title").textContent = data.found.length ? data.words.found : data.words.nothing;
  find("awaited-title").textContent = data.words.awaited;
  for (const name of ["awaited", "awaited-title"]) find(name).hidden = !data.awaited.length;
}

// Buttons that open the cells of boxes.
function offer(state, name, say) {
  state.find(name).replaceChildren(...state.data[name].map((each) => {
    const button = document.createElement("button");
    button.type = "button";
    button.style.setProperty("--c", boxColour(each.label));
    button.append(document.createElement("i"), say(each));
    button.onclick = () => { state.hover = null; state.at = [...each.cell, each.anchor]; draw(state); settle(state); };
    return button;
  }));
}

function draw(state) {
  const { data, find } = state;
  const [row, column, anchor] = state.hover ?? state.at;
  const side = data.stride, cell = data.cells[row][column];
  const middle = [(column + 0.5) * side, (row + 0.5) * side];
  const items = [{ box: [column * side, row * side, (column + 1) * side, (row + 1) * side], colour: "#fff", kind: "cell" }];
  const [wide, high] = data.anchors[anchor];
  items.push({ box: [middle[0] - wide / 2, middle[1] - high / 2, middle[0] + wide / 2, middle[1] + high / 2], colour: "#fff", kind: "anchor" });
  const one = cell[anchor];
  items.push({ box: one.box, colour: boxColour(one.label), tag: `${data.names[one.label]} ${one.score.toFixed(2)}`, kind: "active" });
  const isHere = (each) => each.cell[0] === row && each.cell[1] === column;
  for (const each of data.found) {
    if (!isHere(each) || each.anchor !== anchor) items.push({ box: each.box, colour: boxColour(each.label), kind: "quiet" });
  }
  const due = data.awaited.filter(isHere);
  for (const each of due) items.push({ box: each.box, colour: DRAWN, kind: "drawn" });
  const dot = side / 5;
  for (const [x, y, label] of [...data.found.map((each) => [...centre(each.box), each.label]), [...centre(one.box), one.label]]) {
    items.push({ box: [x - dot, y - dot, x + dot, y + dot], colour: boxColour(label), kind: "centre" });
  }
  for (const [x, y] of data.awaited.map((each) => centre(each.box))) {
    items.push({ box: [x - dot, y - dot, x + dot, y + dot], colour: DRAWN, kind: "middle" });
  }
  putBoxes(find("layer"), items, data);
  side_panel(state, row, column, anchor, cell);
  find("here").textContent = due.map((each) => fill(data.words.awaited_here, {
    name: data.names[each.label], anchor: each.anchor + 1, overlap: each.overlap.toFixed(2),
  })).join(" ");
  data.found.forEach((each, place) => press(find("found").children[place], isHere(each) && each.anchor === anchor));
  data.awaited.forEach((each, place) => press(find("awaited").children[place], isHere(each)));
}

const press = (button, is) => button.setAttribute("aria-pressed", String(is));

const centre = (box) => [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];

function side_panel(state, row, column, anchor, cell) {
  const { data, find } = state;
  find("title").textContent = fill(data.words.cell, { row, column });
  const board = find("anchors");
  while (board.children.length > cell.length) board.lastChild.remove();
  while (board.children.length < cell.length) {
    const made = document.createElement("button");
    made.type = "button";
    made.innerHTML = '<span class="shape"><i></i></span><span></span><span class="bar"><i></i><b></b></span><span></span>';
    board.append(made);
  }
  const largest = Math.max(...data.anchors.flat());
  cell.forEach((one, place) => {
    const button = board.children[place], [wide, high] = data.anchors[place];
    const shape = button.children[0].firstChild;
    shape.style.width = `${Math.max(3, (36 * wide) / largest)}px`;
    shape.style.height = `${Math.max(3, (36 * high) / largest)}px`;
    button.children[1].textContent = `${Math.round(wide)} × ${Math.round(high)}`;
    button.children[2].firstChild.style.width = `${100 * one.objectness}%`;
    button.children[2].lastChild.textContent = data.names[one.label];
    button.children[3].textContent = one.objectness.toFixed(3);
    button.title = fill(data.words.anchor, { width: Math.round(wide), height: Math.round(high), objectness: one.objectness.toFixed(3) });
    button.setAttribute("aria-pressed", String(place === anchor));
    button.onclick = () => { state.hover = null; state.at = [row, column, place]; draw(state); settle(state); };
  });
  const one = cell[anchor], [left, top, right, bottom] = shaped(one.box);
  find("told").textContent = fill(data.words.became, {
    name: data.names[one.label], objectness: one.objectness.toFixed(3), share: one.share.toFixed(3), score: one.score.toFixed(3),
    width: right - left, height: bottom - top, x: Math.round((left + right) / 2), y: Math.round((top + bottom) / 2),
  });
}

function settle(state) {
  if (JSON.stringify(state.at) !== state.told) state.send("at", moved(state, state.at));
}

function connect(state) {
  const { data, find } = state;
  const stage = find("stage");
  const under = (event) => {
    const [x, y] = pointOn(stage, event, data);
    const row = bound(Math.floor(y / data.stride), 0, data.rows - 1), column = bound(Math.floor(x / data.stride), 0, data.columns - 1);
    return [row, column, strongest(data.cells[row][column])];
  };
  stage.onpointermove = (event) => { if (event.pointerType === "mouse") { state.hover = under(event); draw(state); } };
  stage.onpointerleave = () => { if (state.hover) { state.hover = null; draw(state); } };
  stage.onclick = (event) => { state.hover = null; state.at = under(event); draw(state); settle(state); };
  stage.onkeydown = (event) => {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (step) {
      const row = bound(state.at[0] + step[0], 0, data.rows - 1), column = bound(state.at[1] + step[1], 0, data.columns - 1);
      state.at = [row, column, strongest(data.cells[row][column])];
    } else if (/^[1-9]$/.test(event.key) && Number(event.key) <= data.anchors.length) {
      state.at = [state.at[0], state.at[1], Number(event.key) - 1];
    } else if (event.key !== "Enter" && event.key !== " ") return;
    state.hover = null;
    draw(state);
    if (!step) settle(state);
    event.preventDefault();
  };
  stage.onblur = () => settle(state);
}

function strongest(anchors) {
  return anchors.reduce((best, one, place) => (one.objectness > anchors[best].objectness ? place : best), 0);
}
