// Boxes that a hand moves and resizes: pointer, touch and keyboard. Shared by several components.

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const CORNERS = [[0, 1], [2, 1], [0, 3], [2, 3]]; // the two sides that each corner moves
const THINNEST = 2, FAR = 10; // pixels of the photo

// Lay the boxes that can be moved. Each: { box, colour, tag, label, kind }, in pixels of the photo.
function layHands(layer, items, { width, height, words }) {
  while (layer.children.length > items.length) layer.lastChild.remove();
  while (layer.children.length < items.length) layer.append(makeHand());
  items.forEach(({ box, colour, tag, label, kind }, place) => {
    const hand = layer.children[place];
    hand.className = `hand ${kind ?? ""}`;
    hand.dataset.place = place;
    hand.setAttribute("aria-label", `${label}: ${box.join(", ")}`);
    hand.style.cssText = `--c:${colour};left:${(100 * box[0]) / width}%;top:${(100 * box[1]) / height}%;`
      + `width:${(100 * (box[2] - box[0])) / width}%;height:${(100 * (box[3] - box[1])) / height}%`;
    const [span, ...grips] = hand.children;
    span.textContent = tag;
    span.className = [box[1] < 0.06 * height ? "inside" : "", box[0] > 0.7 * width ? "right" : ""].join(" ");
    grips.forEach((grip, corner) => grip.setAttribute("aria-label", `${label}, ${words.corners[corner]}`));
  });
}

function makeHand() {
  const hand = document.createElement("div");
  hand.tabIndex = 0;
  hand.setAttribute("role", "group");
  hand.append(document.createElement("span"));
  CORNERS.forEach((_, corner) => {
    const grip = document.createElement("button");
    grip.type = "button";
    grip.className = "grip";
    grip.dataset.corner = corner;
    hand.append(grip);
  });
  return hand;
}

// The box with two of its sides, or all of it, moved; it stays inside the photo and stays a box.
function movedBox(box, corner, [across, down], { width, height }) {
  if (corner === null) {
    const dx = bound(across, -box[0], width - box[2]), dy = bound(down, -box[1], height - box[3]);
    return [box[0] + dx, box[1] + dy, box[2] + dx, box[3] + dy].map(Math.round);
  }
  const moved = [...box], [x, y] = CORNERS[corner];
  moved[x] = x === 0 ? bound(box[0] + across, 0, Math.max(0, box[2] - THINNEST))
    : bound(box[2] + across, Math.min(width, box[0] + THINNEST), width);
  moved[y] = y === 1 ? bound(box[1] + down, 0, Math.max(0, box[3] - THINNEST))
    : bound(box[3] + down, Math.min(height, box[1] + THINNEST), height);
  return moved.map(Math.round);
}

// Have the hands follow pointer and keys.
//   edit: boxes(), put(place, box), pick(place), done(); begin(point, event) makes a box where there is
//   none, or anywhere while isArmed(), and says its place, or -1
function steerHands(stage, layer, edit, size) {
  stage.onpointerdown = (event) => {
    if (event.button) return;
    const from = pointOn(stage, event, size);
    const grip = event.target.closest?.(".grip");
    let place = grip ? Number(grip.parentElement.dataset.place) : edit.isArmed?.() ? -1 : boxAt(edit.boxes(), ...from);
    let corner = grip ? Number(grip.dataset.corner) : null;
    if (place < 0) [place, corner] = [edit.begin(from, event), 3];
    if (place < 0) return;
    event.preventDefault();
    stage.setPointerCapture?.(event.pointerId);
    edit.pick(place);
    (grip ?? layer.children[place])?.focus({ preventScroll: true });
    stage.held = { place, corner, from, box: edit.boxes()[place] };
  };
  stage.onpointermove = (event) => {
    const { held } = stage; // on the stage: Python may answer while the hand still moves
    if (!held) return;
    const at = pointOn(stage, event, size);
    edit.put(held.place, movedBox(held.box, held.corner, [at[0] - held.from[0], at[1] - held.from[1]], size));
  };
  stage.onpointerup = stage.onpointercancel = () => {
    const { held } = stage;
    stage.held = null;
    if (held) edit.done();
  };
  if (!layer.pick) layer.addEventListener("focusin", (event) => layer.pick(Number(event.target.closest(".hand").dataset.place)));
  layer.pick = edit.pick;
  layer.onkeydown = (event) => {
    if (!(event.key in ARROWS)) return;
    event.preventDefault();
    const hand = event.target.closest(".hand"), place = Number(hand.dataset.place);
    const corner = event.target.dataset.corner === undefined ? null : Number(event.target.dataset.corner);
    const way = ARROWS[event.key].map((step) => step * (event.shiftKey ? FAR : 1));
    edit.put(place, movedBox(edit.boxes()[place], corner, way, size));
  };
  layer.onkeyup = (event) => { if (event.key in ARROWS) edit.done(); };
  return () => Boolean(stage.held);
}
