// Any answer opened to its sum: a kernel on the photo, the patch under it, the products, the total.

const BELOW = [213, 94, 0]; // as gallery/figures/stages.py
const MIRROR = {
  zero: (i, n) => (i < 0 || i >= n ? -1 : i),
  valid: (i) => i,
  replicate: (i, n) => clamp(i, n - 1),
  wrap: (i, n) => ((i % n) + n) % n,
  reflect: (i, n) => {
    if (n === 1) return 0;
    const turn = ((i % (2 * n - 2)) + 2 * n - 2) % (2 * n - 2);
    return turn < n ? turn : 2 * n - 2 - turn;
  },
};

export default function ({ parentElement, data, setTriggerValue }) {
  const host = parentElement.querySelector(".host");
  const find = (name) => host.querySelector(`#${name}`);
  const words = data.words;
  for (const name of ["photo", "answer", "patch", "kernel", "products"]) {
    find(`${name}-title`).textContent = words[name];
  }
  find("hint").textContent = words.hint;
  find("copy").textContent = words.copy;
  find("photo-stage").setAttribute("aria-label", `${words.photo}. ${words.hint}`);
  find("answer-stage").setAttribute("aria-label", `${words.answer}. ${words.hint}`);
  const state = (host.state ??= {});
  if (isChange(state, data, data.place)) {
    state.place = [...data.place];
    state.pinned = false;
  }
  const token = (state.token = {});
  const begin = (photo) => {
    if (state.token !== token) return; // newer data arrived while the photo was being read
    state.photo = photo;
    start(host, find, data, state, setTriggerValue);
  };
  if (state.source === data.photo && state.photo) begin(state.photo);
  else readPhoto(data.photo).then((photo) => { state.source = data.photo; begin(photo); });
}

function start(host, find, data, state, setTriggerValue) {
  const { photo } = state;
  const { kernel, words, border } = data;
  const rows = kernel.length, columns = kernel[0].length;
  const [top, left] = data.anchor;
  const plane = planeOf(photo, data.channel);
  const valid = border === "valid";
  const height = valid ? photo.height - rows + 1 : photo.height;
  const width = valid ? photo.width - columns + 1 : photo.width;
  const beyond = MIRROR[border];
  const shift = valid ? [0, 0] : [top, left];
  const sampleAt = (row, column) => {
    const r = beyond(row, photo.height), c = beyond(column, photo.width);
    return r < 0 || c < 0 ? 0 : plane[r * photo.width + c];
  };

  const answer = new Float32Array(width * height);
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      let total = 0;
      const r0 = row - shift[0], c0 = column - shift[1];
      const inside = r0 >= 0 && c0 >= 0 && r0 + rows <= photo.height && c0 + columns <= photo.width;
      for (let i = 0; i < rows; i += 1) {
        for (let j = 0; j < columns; j += 1) {
          const weight = kernel[i][j];
          if (weight) {
            total += weight * (inside ? plane[(r0 + i) * photo.width + c0 + j] : sampleAt(r0 + i, c0 + j));
          }
        }
      }
      answer[row * width + column] = total;
    }
  }
  const sizes = answer.map(Math.abs).sort(); // the colours end where models/edge_filters.py says
  const reach = Math.max(sizes[Math.floor((data.seen / 100) * (sizes.length - 1))], 1);
  const grey = (value, end) => Array(3).fill(clamp(Math.round((255 * value) / (end || 1)), 255));
  const signed = signedColours(data.palette, reach);
  const below = (value) => BELOW.map((part) => part * (0.3 + 0.7 * clamp(-value / reach, 1)));
  const answerColours = {
    signed: data.surface ? (value) => (value < 0 ? below(value) : grey(value, 255)) : signed,
    absolute: (value) => grey(Math.abs(value), reach),
    clipped: (value) => grey(value, 255),
  }[data.view];
  host.classList.toggle("brief", data.brief);
  const largest = Math.max(...kernel.flat().map(Math.abs));
  const kernelColours = signedColours(data.palette, largest);
  paint(find("photo-canvas"), photo.width, photo.height, (i) => [plane[i], plane[i], plane[i]]);
  paint(find("answer-canvas"), width, height, (i) => answerColours(answer[i]));
  fill(find("kernel"), columns, kernel.flat().map((weight) => (
    { text: written(weight, 3), colour: kernelColours(weight) })));

  const show = () => {
    const [row, column] = state.place = [clamp(state.place[0], height - 1), clamp(state.place[1], width - 1)];
    const r0 = row - shift[0], c0 = column - shift[1];
    frameAt(find("photo-frame"), find("photo-canvas"), r0, c0, rows, columns);
    frameAt(find("answer-frame"), find("answer-canvas"), row, column, 1, 1);
    const patch = [], products = [], lines = [];
    let total = 0;
    for (let i = 0; i < rows; i += 1) {
      const parts = [];
      for (let j = 0; j < columns; j += 1) {
        const level = sampleAt(r0 + i, c0 + j), weight = kernel[i][j];
        const outside = r0 + i < 0 || c0 + j < 0 || r0 + i >= photo.height || c0 + j >= photo.width;
        const shade = Math.round(level);
        patch.push({ text: written(level, 1), colour: [shade, shade, shade], mark: outside ? "beyond" : "" });
        products.push(level * weight);
        parts.push(`${written(level)}×${weight < 0 ? `(${written(weight)})` : written(weight)}`);
        total += level * weight;
      }
      lines.push(parts.join(" + "));
    }
    const productColours = signedColours(data.palette, 255 * largest);
    fill(find("patch"), columns, patch);
    fill(find("products"), columns, products.map((product) => (
      { text: written(product, 1), colour: productColours(product) })));
    find("total").textContent = written(total, 2);
    find("place").textContent = words.place.replace("{row}", row).replace("{column}", column);
    find("text").textContent = `${lines.join("\n+ ")} = ${written(total)}`;
    host.classList.toggle("pinned", state.pinned);
  };
  const tell = () => {
    clearTimeout(state.timer);
    state.timer = setTimeout(() => setTriggerValue("place", moved(state, state.place)), 400);
  };
  const go = (row, column, wanted = true) => {
    if (state.pinned && !wanted) return;
    state.place = [row, column];
    show();
  };
  const common = {
    step: (down, across) => { go(state.place[0] + down, state.place[1] + across); tell(); },
    pin: (toggles) => { state.pinned = toggles ? !state.pinned : true; show(); tell(); },
  };
  const onPhoto = valid ? [top, left] : [0, 0];
  steer(find("photo-stage"), find("photo-canvas"), {
    ...common, move: (row, column, wanted) => go(row - onPhoto[0], column - onPhoto[1], wanted) });
  steer(find("answer-stage"), find("answer-canvas"), { ...common, move: go });
  find("copy").onclick = async () => {
    await copyText(find("text").textContent, find("text"));
    find("copy").textContent = words.copied;
    setTimeout(() => { find("copy").textContent = words.copy; }, 1500);
  };
  show();
}
