// Pictures to mark, all of them before the answer. All words and the truth come from Python.
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

export default function ({ parentElement, data, setTriggerValue }) {
  const board = parentElement.querySelector(".board");
  const [done, told] = parentElement.querySelector(".deck").children;
  const { words, columns, rows, count, given, truth } = data;
  const state = (board.state ??= { sheet: "", marked: new Set() });
  if (state.sheet !== data.sheet) Object.assign(state, { sheet: data.sheet, marked: new Set() });
  if (given) state.marked = new Set(given);
  board.setAttribute("aria-label", words.label);
  while (board.children.length > count) board.lastChild.remove();
  while (board.children.length < count) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(document.createElement("div"), document.createElement("div"));
    button.firstChild.className = "face";
    button.lastChild.className = "name";
    board.append(button);
  }
  const share = (index, all) => (all > 1 ? (100 * index) / (all - 1) : 0);

  function draw() {
    [...board.children].forEach((button, place) => {
      const face = button.firstChild.style;
      face.backgroundImage = `url(${data.sheet})`;
      face.backgroundSize = `${columns * 100}% ${rows * 100}%`;
      face.backgroundPosition = `${share(place % columns, columns)}% ${share(Math.floor(place / columns), rows)}%`;
      const marked = state.marked.has(place);
      const right = truth && truth[place] === marked;
      const said = truth
        ? `${right ? "✓" : "✗"} ${truth[place] ? words.made : words.real}${right ? "" : ` (${marked ? words.marked : words.wrong})`}`
        : marked ? words.marked : "";
      button.lastChild.textContent = said;
      button.className = truth ? (right ? "right" : "wrong") : "";
      button.disabled = Boolean(truth);
      button.setAttribute("aria-pressed", String(marked));
      button.setAttribute("aria-label", `${words.label} ${place + 1}${said ? `: ${said}` : ""}`);
      button.onclick = () => {
        if (!state.marked.delete(place)) state.marked.add(place);
        draw();
      };
    });
    done.hidden = Boolean(truth);
    done.textContent = words.done;
    told.textContent = truth ? "" : filled(words.hint, { count: state.marked.size });
  }

  done.onclick = () => setTriggerValue("marked", [...state.marked]);
  board.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = [...board.children].indexOf(event.target.closest("button"));
    if (!step || at < 0) return;
    event.preventDefault();
    board.children[Math.min(Math.max(at + step, 0), count - 1)].focus();
  };
  draw();
}
