// Two boxes under the hand, and at once what they have in common: intersection, union, IoU, GIoU.

const tag = (name, text, more = "") => `<${name}${more}>${text}</${name}>`;
const number = (value) => tag("mn", value.toLocaleString("en").replaceAll(",", "\u2009"));
const decimal = (value) => tag("mn", `${value < 0 ? "\u2212" : ""}${Math.abs(value).toFixed(3)}`);
const sign = (text) => tag("mo", text);
const name = (text) => tag("mi", text, ' mathvariant="normal"');
const part = (over, under) => tag("mfrac", tag("mrow", over) + tag("mrow", under));
const AREAS = { a: "|A|", b: "|B|", both: "|A ∩ B|", union: "|A ∪ B|", around: "|C|" };

export default function ({ parentElement, data, setTriggerValue }) {
  const host = parentElement.querySelector(".pair");
  const find = (which) => host.querySelector(`[data-part="${which}"]`);
  const state = (host.state ??= { top: 1 });
  if (isNews(state, data) && !state.isHeld?.()) state.boxes = data.boxes;
  const stage = find("stage"), hands = find("hands");
  setStage(stage, data, 460);
  find("hint").textContent = data.words.hint;
  for (const which of ["iou", "giou"]) layScale(find(which), data, which);

  const draw = () => {
    const order = state.top === 0 ? [1, 0] : [0, 1];
    layHands(hands, state.boxes.map((box, place) => ({
      box, colour: data.colours[place], tag: data.names[place], label: data.names[place],
      kind: `${place === order[1] ? "top" : ""} ${place === 1 && box[3] < 0.94 * data.height ? "low" : ""}`,
    })), data);
    tell(find, measured(...state.boxes), data);
  };
  state.isHeld = steerHands(stage, hands, {
    boxes: () => state.boxes,
    put: (place, box) => { state.boxes = state.boxes.map((each, at) => (at === place ? box : each)); draw(); },
    pick: (place) => { if (state.top !== place) { state.top = place; draw(); } },
    begin: () => -1,
    done: () => setTriggerValue("boxes", moved(state, state.boxes)),
  }, data);
  draw();
}

// Everything that the formulas name, from the four sides of each box.
function measured(a, b) {
  const area = (box) => Math.max(0, box[2] - box[0]) * Math.max(0, box[3] - box[1]);
  const common = [Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])];
  const around = [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
  const sizes = { a: area(a), b: area(b), both: area(common), around: area(around) };
  sizes.union = sizes.a + sizes.b - sizes.both;
  const iou = sizes.both / sizes.union;
  return { a, b, common, around, sizes, iou, giou: iou - (sizes.around - sizes.union) / sizes.around };
}

function tell(find, found, data) {
  frame(find("common"), found.common, data, found.sizes.both > 0);
  frame(find("around"), found.around, data, true);
  point(find("iou"), found.iou, (found.iou - 0) / 1);
  point(find("giou"), found.giou, (found.giou + 1) / 2);
  const isFound = found.iou >= data.agreed;
  const verdict = find("verdict");
  verdict.className = `verdict ${isFound ? "yes" : "no"}`;
  verdict.textContent = fill(isFound ? data.words.yes : data.words.no, { iou: found.iou.toFixed(3), agreed: data.agreed.toFixed(2) });
  find("formulas").innerHTML = formulas(found, data.words);
}

function frame(place, box, { width, height }, shown) {
  place.hidden = !shown;
  place.style.cssText = `left:${(100 * box[0]) / width}%;top:${(100 * box[1]) / height}%;`
    + `width:${(100 * (box[2] - box[0])) / width}%;height:${(100 * (box[3] - box[1])) / height}%`;
}

function layScale(scale, { marks, agreed, words }, which) {
  scale.querySelector("b span").textContent = which === "iou" ? "IoU" : "GIoU";
  const bar = scale.querySelector(".bar");
  bar.querySelectorAll("u").forEach((tick) => tick.remove());
  const ticks = which === "iou" ? [...new Set([...marks, agreed])] : [0];
  for (const tick of ticks) {
    const line = document.createElement("u");
    line.style.left = `${100 * (which === "iou" ? tick : 0.5)}%`;
    line.className = tick === agreed && which === "iou" ? "agreed" : "";
    line.dataset.name = tick === 0 ? "0" : tick.toFixed(2).replace(/0$/, "");
    bar.append(line);
  }
  scale.querySelector("small").textContent = words[`${which}_range`];
}

function point(scale, value, share) {
  scale.querySelector("output").textContent = `${value < 0 ? "−" : ""}${Math.abs(value).toFixed(3)}`;
  scale.querySelector("i").style.left = `${100 * bound(share, 0, 1)}%`;
}

// The formulas with the numbers put in, as MathML; a line may break before each further "=".
function formulas({ a, b, common, around, sizes, iou, giou }, words) {
  const sides = (box) => `${sign("(")}${number(box[2])}${sign("−")}${number(box[0])}${sign(")")}${sign("×")}`
    + `${sign("(")}${number(box[3])}${sign("−")}${number(box[1])}${sign(")")}`;
  const square = (box, size) => [sides(box), number(size)];
  const rows = [
    ["a", AREAS.a, square(a, sizes.a)],
    ["b", AREAS.b, square(b, sizes.b)],
    ["both", AREAS.both, sizes.both > 0 ? square(common, sizes.both) : [`${number(0)}${tag("mtext", `\u2002${words.apart}`)}`]],
    ["union", AREAS.union, [`${number(sizes.a)}${sign("+")}${number(sizes.b)}${sign("−")}${number(sizes.both)}`, number(sizes.union)]],
    ["iou", "IoU", [part(name(AREAS.both), name(AREAS.union)), part(number(sizes.both), number(sizes.union)), decimal(iou)]],
    ["around", AREAS.around, square(around, sizes.around)],
    ["giou", "GIoU", [
      `${name("IoU")}${sign("−")}${part(`${name(AREAS.around)}${sign("−")}${name(AREAS.union)}`, name(AREAS.around))}`,
      `${decimal(iou)}${sign("−")}${part(number(sizes.around - sizes.union), number(sizes.around))}`,
      decimal(giou),
    ]],
  ];
  return rows.map(([key, left, terms]) => `<div class="row ${key}"><i></i><span>${words[`row_${key}`]}</span>`
    + `<div class="sum">${terms.map((term, place) => equal(place ? "" : name(left), term)).join("")}</div></div>`).join("");
}

const equal = (left, right) => tag("math", tag("mrow", `${left}${sign("=")}${right}`), ' displaystyle="true"');
