// Boxes over a photo: where they stand and what is written at them. Shared by several components.

const BOX_COLOURS = ["#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#CC79A7", "#F0E442", "#999999"];
const boxColour = (label) => BOX_COLOURS[((label % 8) + 8) % 8];
const bound = (value, low, high) => Math.min(Math.max(value, low), high);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
const percent = (share) => `${Math.round(share * 100)} %`;

// Intersection over union of two boxes (x1, y1, x2, y2), as models/object_detection.py has it.
function boxOverlap(a, b) {
  const wide = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const high = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (wide <= 0 || high <= 0) return 0;
  const both = wide * high;
  return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both);
}

// Show the photo; the stage is as wide as its place allows and no higher than `most` pixels.
function setStage(stage, { picture, width, height, alt }, most) {
  stage.style.aspectRatio = `${width} / ${height}`;
  stage.style.maxWidth = `${Math.round((most * width) / height)}px`;
  const image = stage.querySelector("img");
  if (image.src !== picture) image.src = picture;
  image.alt = alt;
}

// Lay boxes over the stage. Each: { box, colour, tag, kind }, in pixels of the photo.
function putBoxes(layer, items, { width, height }) {
  while (layer.children.length > items.length) layer.lastChild.remove();
  while (layer.children.length < items.length) {
    const made = document.createElement("div");
    made.append(document.createElement("span"));
    layer.append(made);
  }
  items.forEach(({ box, colour, tag, kind }, place) => {
    const each = layer.children[place];
    const [left, top, right, bottom] = [
      bound(box[0], 0, width), bound(box[1], 0, height), bound(box[2], 0, width), bound(box[3], 0, height),
    ];
    each.className = `box ${kind ?? ""}`;
    each.style.cssText = `--c:${colour};left:${(100 * left) / width}%;top:${(100 * top) / height}%;`
      + `width:${(100 * (right - left)) / width}%;height:${(100 * (bottom - top)) / height}%`;
    const span = each.firstChild;
    span.textContent = tag ?? "";
    span.className = [top < 0.06 * height ? "inside" : "", left > 0.7 * width ? "right" : ""].join(" ");
  });
}

// Which of the boxes under a point is meant: the smallest one.
function boxAt(boxes, x, y) {
  let found = -1, least = Infinity;
  boxes.forEach((box, place) => {
    const area = (box[2] - box[0]) * (box[3] - box[1]);
    if (x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3] && area < least) [found, least] = [place, area];
  });
  return found;
}

function pointOn(stage, event, { width, height }) {
  const place = stage.getBoundingClientRect();
  return [((event.clientX - place.left) / place.width) * width, ((event.clientY - place.top) / place.height) * height];
}
