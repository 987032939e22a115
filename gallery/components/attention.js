// One head's attention twice, linked: arcs over the text, and a map with the tokens on both axes.
// All weights and words come from Python; here they are drawn and follow the hand.

const filled = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
const percent = (weight) => `${(100 * weight).toFixed(weight < 0.0995 ? 1 : 0)} %`;

function unpack(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}

export default function ({ parentElement, data, setTriggerValue }) {
  const host = parentElement.querySelector(".attention");
  const find = (name) => host.querySelector(`[data-part="${name}"]`);
  const view = (host.view ??= { at: null, cell: null });
  const style = getComputedStyle(host);
  const [red, green, blue] = style.color.match(/[\d.]+/g).map(Number);
  const dark = 0.299 * red + 0.587 * green + 0.114 * blue > 140; // light ink stands on dark
  Object.assign(view, { data, font: style.fontFamily, ink: style.color, dark });
  const isOther = view.packed !== data.weights;
  if (isNews(view, data) || isOther) Object.assign(view, { chosen: data.chosen, opened: data.opened });
  Object.assign(data, { chosen: view.chosen, opened: view.opened });
  if (isOther) {
    Object.assign(view, { packed: data.weights, values: unpack(data.weights), at: null, cell: null });
  }
  view.weight = (query, key) => view.values[query * data.tokens.length + key];
  const both = data.parts === "both";
  const box = find("tokens"), svg = find("arcs"), stage = find("stage"), canvas = find("canvas");

  const show = () => {
    if (both) drawArcs(svg, box, view);
    frameMap(stage, view);
    find("told").textContent = sayArcs(view, both);
  };
  view.look = (at) => { view.at = at; view.cell = null; show(); };
  view.point = (cell) => { view.cell = cell; if (cell) view.at = null; show(); };
  const choose = (places) => {
    view.chosen = data.chosen = places;
    setTriggerValue("chosen", moved(view, places));
    layTokens(box, view); // at once; what Python makes of it comes after
    draw();
  };
  view.pick = (at) => {
    const { place } = data.tokens[at];
    const others = data.chosen.filter((one) => one !== place);
    choose(others.length < data.chosen.length ? others : [...others, place]);
  };
  view.open = (cell) => {
    view.opened = data.opened = cell.map((at) => data.tokens[at].place);
    setTriggerValue("cell", moved(view, data.opened));
    show();
  };

  find("text").hidden = !both;
  if (both) {
    layTokens(box, view);
    steerTokens(box, view);
    box.setAttribute("aria-label", data.words.text);
  }
  const clear = find("clear");
  clear.textContent = data.words.clear;
  clear.onclick = () => choose([]);
  steerMap(stage, view);
  stage.setAttribute("aria-label", data.words.map);
  find("hint").textContent = both ? data.words.hint : data.words.map_hint;
  const draw = () => {
    clear.hidden = !data.chosen.length;
    drawMap(canvas, view);
    find("ramp").style.background = `linear-gradient(90deg, ${[0, 0.25, 0.5, 0.75, 1].map((share) => shade(view, share)).join(",")})`;
    find("most").textContent = percent(view.top ?? 0);
    show();
  };
  draw();
  view.observer?.disconnect();
  view.observer = new ResizeObserver(() => requestAnimationFrame(draw));
  view.observer.observe(host);
  return () => view.observer.disconnect();
}
