// A photo as numbers: the values under the pointer, and its neighbourhood as a table.

const SIDES = { colour: 5 }; // three numbers a cell need more room
const SIDE = 9;

export default function ({ parentElement, data }) {
  const host = parentElement.querySelector(".host");
  const find = (name) => host.querySelector(`#${name}`);
  const state = (host.state ??= { place: null });
  const token = (state.token = {});
  find("photo-title").textContent = data.words.photo;
  find("lens-title").textContent = data.words.lens;
  find("hint").textContent = data.words.hint;
  find("photo-stage").setAttribute("aria-label", `${data.words.photo}. ${data.words.hint}`);
  const begin = (photo) => {
    if (state.token !== token) return;
    state.photo = photo;
    start(find, data, state, host);
  };
  if (state.source === data.photo && state.photo) begin(state.photo);
  else {
    readPhoto(data.photo).then((photo) => {
      state.source = data.photo;
      state.place = [Math.floor(photo.height / 2), Math.floor(photo.width / 2)];
      begin(photo);
    });
  }
}

function start(find, data, state, host) {
  const { photo } = state;
  const { channel, words } = data;
  const colour = channel === "colour";
  const plane = planeOf(photo, channel);
  const side = SIDES[channel] ?? SIDE;
  find("lens").classList.toggle("triple", colour);
  const tints = { red: [1, 0, 0], green: [0, 1, 0], blue: [0, 0, 1] };
  const tint = tints[channel] ?? [1, 1, 1];
  const shade = (i) => (colour ? photo.data.slice(4 * i, 4 * i + 3) : tint.map((part) => part * plane[i]));
  paint(find("photo-canvas"), photo.width, photo.height, shade);

  const show = () => {
    const [row, column] = state.place = [clamp(state.place[0], photo.height - 1), clamp(state.place[1], photo.width - 1)];
    const half = (side - 1) / 2;
    const r0 = clamp(row - half, Math.max(0, photo.height - side));
    const c0 = clamp(column - half, Math.max(0, photo.width - side));
    const rows = Math.min(side, photo.height), columns = Math.min(side, photo.width);
    const entries = [];
    for (let r = r0; r < r0 + rows; r += 1) {
      for (let c = c0; c < c0 + columns; c += 1) {
        const i = r * photo.width + c;
        const tone = [...shade(i)].map(Math.round);
        entries.push({ text: colour ? tone.join("\n") : String(Math.round(plane[i])), colour: tone,
          mark: r === row && c === column ? "here" : "" });
      }
    }
    fill(find("lens"), columns, entries);
    frameAt(find("photo-frame"), find("photo-canvas"), r0, c0, rows, columns);
    const [red, green, blue] = photo.data.slice(4 * (row * photo.width + column), 4 * (row * photo.width + column) + 3);
    const grey = GREY[0] * red + GREY[1] * green + GREY[2] * blue;
    find("values").textContent = words.values
      .replace("{row}", row).replace("{column}", column)
      .replace(/\{red\}/g, red).replace(/\{green\}/g, green).replace(/\{blue\}/g, blue)
      .replace("{grey}", grey.toFixed(1));
    host.classList.toggle("pinned", Boolean(state.pinned));
  };
  steer(find("photo-stage"), find("photo-canvas"), {
    move: (row, column, wanted) => { if (!state.pinned || wanted) { state.place = [row, column]; show(); } },
    step: (down, across) => { state.place = [state.place[0] + down, state.place[1] + across]; show(); },
    pin: (toggles) => { state.pinned = toggles ? !state.pinned : true; show(); },
  });
  show();
}
