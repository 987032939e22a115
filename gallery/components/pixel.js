// Shared by the widgets that open pixels: a photo on a canvas, a place on it that pointer, finger
// and keys move, and tables of cells with numbers and colours.

const KEYS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const GREY = [0.299, 0.587, 0.114]; // ITU-R BT.601, as models/_images.py weighs

async function readPhoto(source) {
  const image = new Image();
  image.src = source;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.naturalWidth;
  canvas.height = image.naturalHeight;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  return { width: canvas.width, height: canvas.height, data };
}

// One number a pixel: "grey", or one of the three colours.
function planeOf(photo, channel) {
  const plane = new Float32Array(photo.width * photo.height);
  const index = ["red", "green", "blue"].indexOf(channel);
  for (let i = 0, j = 0; i < plane.length; i += 1, j += 4) {
    plane[i] = index >= 0 ? photo.data[j + index]
      : Math.fround(GREY[0] * photo.data[j] + GREY[1] * photo.data[j + 1] + GREY[2] * photo.data[j + 2]);
  }
  return plane;
}

// Paint width x height pixels; colour(i) gives [red, green, blue] of the i-th.
function paint(canvas, width, height, colour) {
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  const picture = context.createImageData(width, height);
  for (let i = 0; i < width * height; i += 1) {
    const [red, green, blue] = colour(i);
    picture.data.set([red, green, blue, 255], 4 * i);
  }
  context.putImageData(picture, 0, 0);
}

const clamp = (value, most) => Math.min(Math.max(value, 0), most);

// Call move(row, column) as the hand moves over the canvas, key(rows, columns) for a step by
// keyboard, and pin() on a click, a lifted finger or Enter.
function steer(stage, canvas, { move, step, pin }) {
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    move(clamp(Math.floor(((event.clientY - box.top) / box.height) * canvas.height), canvas.height - 1),
      clamp(Math.floor(((event.clientX - box.left) / box.width) * canvas.width), canvas.width - 1),
      event.pointerType !== "mouse" || event.type !== "pointermove");
  };
  stage.onpointermove = at;
  stage.onpointerdown = (event) => {
    stage.focus({ preventScroll: true });
    stage.setPointerCapture?.(event.pointerId);
    at(event);
  };
  stage.onpointerup = (event) => pin(event.pointerType === "mouse");
  stage.onkeydown = (event) => {
    if (event.key in KEYS) {
      const far = event.shiftKey ? 10 : 1;
      step(KEYS[event.key][0] * far, KEYS[event.key][1] * far);
      event.preventDefault();
    } else if (event.key === "Enter" || event.key === " ") {
      pin(true);
      event.preventDefault();
    }
  };
}

// Lay a frame over a stage, in pixels of its canvas.
function frameAt(frame, canvas, row, column, rows, columns) {
  frame.style.top = `${(100 * row) / canvas.height}%`;
  frame.style.left = `${(100 * column) / canvas.width}%`;
  frame.style.height = `${(100 * rows) / canvas.height}%`;
  frame.style.width = `${(100 * columns) / canvas.width}%`;
}

const written = (number, digits = 4) => String(Number(number.toFixed(digits)) + 0);

// Fill a table of cells: entries [{text, colour: [r, g, b], dim, title}], columns to a row.
function fill(table, columns, entries) {
  table.style.setProperty("--columns", columns);
  while (table.children.length > entries.length) table.lastChild.remove();
  while (table.children.length < entries.length) table.append(document.createElement("span"));
  entries.forEach((entry, i) => {
    const cell = table.children[i];
    const [red, green, blue] = entry.colour;
    if (cell.textContent !== entry.text) cell.textContent = entry.text;
    cell.style.background = `rgb(${red} ${green} ${blue})`;
    cell.style.color = 0.299 * red + 0.587 * green + 0.114 * blue > 140 ? "#111" : "#fff";
    cell.className = entry.mark ?? "";
  });
}

// The signed palette of the figures: -reach .. reach -> colour.
function signedColours(palette, reach) {
  return (value) => {
    const index = 3 * clamp(Math.round(((value / (reach || 1)) + 1) * 127.5), 255);
    return [palette[index], palette[index + 1], palette[index + 2]];
  };
}

async function copyText(text, element) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const selection = getSelection();
    selection.selectAllChildren(element);
    document.execCommand("copy");
  }
}
