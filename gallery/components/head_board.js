// All heads as cells to switch off and on, a row a layer. All numbers and words come from Python.
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

export default function draw(given) {
  const { parentElement, data, setTriggerValue } = given;
  const board = parentElement.querySelector(".board");
  const told = parentElement.querySelector(".told");
  const { words, changes, layers, colours, layerColours } = data;
  const heads = changes[0].length;
  board.style.setProperty("--heads", heads);
  board.setAttribute("aria-label", words.label);
  const state = (board.state ??= {});
  if (isNews(state, data)) state.off = new Set(data.off);
  const { off } = state;
  const send = () => {
    setTriggerValue("off", moved(state, [...off]));
    draw(given);
  };
  const signed = (number) => number === null ? "?" : `${number < 0 ? "−" : "+"}${Math.abs(number).toFixed(2)}`;
  const say = (text) => { told.textContent = text; };
  const button = (name, text, label, colour, isOff, press) => {
    const cell = document.createElement("button");
    cell.type = "button";
    cell.className = name;
    cell.textContent = text;
    cell.setAttribute("aria-label", label);
    cell.setAttribute("aria-pressed", String(isOff));
    cell.title = label;
    cell.style.background = isOff ? "" : `rgb(${colour.join(" ")})`;
    const light = 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2] > 140;
    cell.style.color = isOff ? "" : light ? "#111" : "#fff";
    cell.onclick = press;
    cell.onmouseenter = cell.onfocus = () => say(label);
    cell.onmouseleave = cell.onblur = () => say(words.hint);
    return cell;
  };
  const cells = [corner()];
  for (let head = 0; head < heads; head += 1) cells.push(heading(String(head)));
  cells.push(heading(words.all));
  changes.forEach((row, layer) => {
    const codes = row.map((_, head) => `${layer}-${head}`);
    const all = codes.every((code) => off.has(code));
    cells.push(heading(String(layer)));
    row.forEach((change, head) => {
      const code = codes[head];
      cells.push(button("head", signed(change), filled(words.head, { head: code, change: signed(change) }),
        colours[layer][head], off.has(code), () => {
          if (!off.delete(code)) off.add(code);
          send();
        }));
    });
    cells.push(button("layer", signed(layers[layer]), filled(words.layer, { layer, change: signed(layers[layer]) }),
      layerColours[layer], all, () => {
        codes.forEach((code) => (all ? off.delete(code) : off.add(code)));
        send();
      }));
  });
  const focused = [...board.children].indexOf(parentElement.activeElement ?? null);
  board.replaceChildren(...cells);
  if (focused >= 0) board.children[focused]?.focus();
  say(words.hint);
  const clear = parentElement.querySelector(".clear");
  clear.textContent = words.clear;
  clear.hidden = !off.size;
  clear.onclick = () => { off.clear(); send(); };
  board.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: heads + 2, ArrowUp: -heads - 2 }[event.key];
    const at = cells.indexOf(event.target);
    if (!step || at < 0) return;
    event.preventDefault();
    const next = cells[at + step];
    if (next?.matches("button")) next.focus();
  };

  function corner() {
    const place = document.createElement("span");
    place.textContent = words.corner;
    return place;
  }
  function heading(text) {
    const place = document.createElement("span");
    place.textContent = text;
    return place;
  }
}
