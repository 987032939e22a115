// One picture and a slider for each way to move it. The pictures of every slider are there already,
// as seen from where the others stand; when the hand lets go, Python makes those of the new place.

export default function ({ parentElement, data, setTriggerValue }) {
  const host = parentElement.querySelector(".steer");
  const [canvas, caption] = host.querySelector("figure").children;
  const ways = host.querySelector(".ways");
  const [reset, hint] = host.querySelector(".foot").children;
  const state = (host.state ??= { stand: [], way: 0, held: -1, sheets: new Map() });
  state.stamp = data.stamp;
  if (isNews(state, data) || state.stand.length !== data.stand.length) {
    state.stand = data.stand.map((place, way) => (way === state.held ? state.stand[way] : place));
    if (state.way >= data.ways.length) state.way = 0;
  }
  if (canvas.width !== data.width) canvas.width = data.width;
  if (canvas.height !== data.height) canvas.height = data.height;
  ways.setAttribute("aria-label", data.words.label);
  reset.textContent = data.words.reset;
  hint.textContent = data.words.hint;

  function draw() {
    const way = data.ways[state.way];
    const place = state.stand[state.way];
    const sheet = state.sheets.get(way.sheet);
    if (!sheet) return;
    const pen = canvas.getContext("2d");
    pen.imageSmoothingEnabled = false;
    pen.drawImage(sheet, (place % way.columns) * data.width, Math.floor(place / way.columns) * data.height,
      data.width, data.height, 0, 0, data.width, data.height);
    caption.textContent = way.captions[place];
    canvas.setAttribute("aria-label", `${data.alt} ${way.captions[place]}`);
    [...ways.children].forEach((line, i) => {
      const [, input, output] = line.children;
      input.value = state.stand[i];
      input.setAttribute("aria-valuetext", data.stops[state.stand[i]]);
      output.textContent = data.stops[state.stand[i]];
    });
    reset.disabled = state.stand.every((each) => each === data.rest);
  }

  function build() {
    while (ways.children.length > data.ways.length) ways.lastChild.remove();
    while (ways.children.length < data.ways.length) {
      const line = document.createElement("div");
      line.className = "way";
      const input = document.createElement("input");
      input.type = "range";
      input.min = 0;
      const told = document.createElement("div");
      told.className = "told";
      line.append(document.createElement("b"), input, document.createElement("output"), told);
      ways.append(line);
    }
    const send = () => { state.held = -1; setTriggerValue("stand", moved(state, [...state.stand])); };
    data.ways.forEach((way, i) => {
      const [title, input, , told] = ways.children[i].children;
      title.textContent = way.title;
      told.replaceChildren(...way.told.map((text) => {
        const piece = document.createElement("span");
        piece.textContent = text;
        return piece;
      }));
      input.max = data.stops.length - 1;
      input.setAttribute("aria-label", way.title);
      input.oninput = () => {
        state.held = state.way = i;
        state.stand[i] = Number(input.value);
        draw();
      };
      input.onchange = send;
    });
    reset.onclick = () => { state.stand = state.stand.map(() => data.rest); send(); };
  }

  const wanted = new Set(data.ways.map((way) => way.sheet));
  for (const source of state.sheets.keys()) if (!wanted.has(source)) state.sheets.delete(source);
  build();
  Promise.all([...wanted].filter((source) => !state.sheets.has(source)).map(async (source) => {
    const image = new Image();
    image.src = source;
    await image.decode();
    if (state.stamp === data.stamp) state.sheets.set(source, image);
  })).then(() => { if (state.stamp === data.stamp) draw(); });
}
