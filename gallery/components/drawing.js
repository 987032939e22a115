// A square to draw on, white on black: pointer, finger, or arrows and the space bar.
// What is sent is the mean brightness of each small square; everything else is Python's.

const FINE = 10; // canvas pixels to one pixel of the picture
const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

export default function ({ parentElement, data, setTriggerValue }) {
  const host = parentElement.querySelector(".pad");
  const find = (name) => host.querySelector(`[data-part="${name}"]`);
  const canvas = find("canvas");
  const side = data.side * FINE;
  const state = (host.state ??= { strokes: [], at: [side / 2, side / 2], down: false, before: null });
  if (canvas.width !== side) canvas.width = canvas.height = side;
  const { words } = data;
  find("sheet").setAttribute("aria-label", `${words.label}. ${words.hint}`);
  find("hint").textContent = words.hint;
  find("width-label").textContent = words.width;
  find("undo").textContent = words.undo;
  find("clear").textContent = words.clear;

  if (state.name !== data.name) { // another square, or the same one back: draw on over what it held
    Object.assign(state, { name: data.name, strokes: [], before: data.pixels, hand: false, down: false });
  }
  const width = () => Number(find("width").value) * FINE;

  function paint() {
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    pen.fillStyle = "#000";
    pen.fillRect(0, 0, side, side);
    const empty = !state.strokes.length && !state.before;
    (empty ? data.opening : state.before)?.forEach((level, i) => {
      pen.fillStyle = `rgb(${level} ${level} ${level})`;
      pen.fillRect((i % data.side) * FINE, Math.floor(i / data.side) * FINE, FINE, FINE);
    });
    pen.strokeStyle = pen.fillStyle = "#fff";
    pen.lineCap = pen.lineJoin = "round";
    for (const stroke of state.strokes) {
      pen.lineWidth = stroke.width;
      pen.beginPath();
      stroke.points.forEach(([x, y], i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
      if (stroke.points.length === 1) pen.lineTo(stroke.points[0][0] + 0.01, stroke.points[0][1]);
      pen.stroke();
    }
    find("undo").disabled = !state.strokes.length;
    find("clear").disabled = empty;
    const dot = find("pen");
    dot.style.left = `${(100 * state.at[0]) / side}%`;
    dot.style.top = `${(100 * state.at[1]) / side}%`;
    dot.classList.toggle("down", state.down);
  }

  function send() {
    if (!state.strokes.length && !state.before) { setTriggerValue("pixels", []); return; }
    const { data: levels } = canvas.getContext("2d").getImageData(0, 0, side, side);
    const sums = new Array(data.side * data.side).fill(0);
    for (let i = 0; i < side * side; i += 1) {
      sums[Math.floor(i / side / FINE) * data.side + Math.floor((i % side) / FINE)] += levels[4 * i];
    }
    setTriggerValue("pixels", sums.map((sum) => Math.round(sum / FINE / FINE)));
  }

  const sheet = find("sheet");
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * side, ((event.clientY - box.top) / box.height) * side];
  };
  const begin = () => state.strokes.push({ width: width(), points: [[...state.at]] });
  sheet.onpointerdown = (event) => {
    sheet.focus({ preventScroll: true });
    sheet.setPointerCapture?.(event.pointerId);
    state.at = place(event);
    state.hand = true;
    begin();
    paint();
  };
  sheet.onpointermove = (event) => {
    if (!state.hand) return;
    state.at = place(event);
    state.strokes.at(-1).points.push([...state.at]);
    paint();
  };
  sheet.onpointerup = sheet.onpointercancel = () => {
    if (!state.hand) return;
    state.hand = false;
    send();
  };
  sheet.onkeydown = (event) => {
    const arrow = ARROWS[event.key];
    if (arrow) {
      state.at = state.at.map((x, axis) => Math.min(Math.max(x + arrow[axis] * FINE, 0), side));
      if (state.down) state.strokes.at(-1).points.push([...state.at]);
    } else if (event.key === " ") {
      state.down = !state.down;
      if (state.down) begin();
      else send();
    } else return;
    event.preventDefault();
    paint();
  };
  sheet.onblur = () => { if (state.down) { state.down = false; paint(); send(); } };
  find("undo").onclick = () => { state.strokes.pop(); paint(); send(); };
  find("clear").onclick = () => { Object.assign(state, { strokes: [], before: null }); paint(); send(); };
  paint();
}
