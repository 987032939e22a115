// A text as words to press: to hide some of them, or to open one. Words and numbers from Python.
export default function ({ parentElement, data, setTriggerValue }) {
  const host = parentElement.querySelector(".text");
  const state = (host.state ??= {});
  if (isNews(state, data)) state.chosen = data.chosen;
  host.setAttribute("aria-label", data.label);
  host.classList.toggle("tall", data.words.some((word) => word.under.length));
  host.classList.toggle("barred", data.words.some((word) => word.bar));
  host.classList.toggle("signed", data.signed);
  host.classList.toggle("hides", data.many);
  const isFixed = (word) => word.number < 0 || !data.presses;
  const shape = JSON.stringify(data.words.map((word) => [word.before, word.kind, isFixed(word)]));
  if (shape !== state.shape) { // the same words stay where they are, and so does the focus
    state.shape = shape;
    state.boxes = data.words.map((word) => document.createElement(isFixed(word) ? "span" : "button"));
    state.rest = document.createElement("span");
    state.rest.className = "rest";
    host.replaceChildren(...data.words.flatMap((word, place) => [
      document.createTextNode(word.before), state.boxes[place],
    ]), state.rest);
  }
  state.rest.textContent = data.after;
  data.words.forEach((word, place) => draw(state.boxes[place], word));
  parentElement.querySelector(".hint").textContent = data.hint;

  const buttons = state.boxes.filter((box) => box.tagName === "BUTTON");
  const show = () => buttons.forEach((button) => {
    const pressed = state.chosen.includes(Number(button.dataset.number));
    button.setAttribute("aria-pressed", String(pressed));
    button.firstChild.textContent = pressed && data.many ? data.mask : button.face;
  });
  const press = (number) => {
    const others = state.chosen.filter((each) => each !== number);
    const wasPressed = others.length < state.chosen.length;
    if (wasPressed && !data.many) return;
    const more = wasPressed ? others : [...others, number].sort((a, b) => a - b);
    state.chosen = data.many ? more : [number];
    show();
    setTriggerValue("pressed", moved(state, state.chosen));
  };
  buttons.forEach((button) => { button.onclick = () => press(Number(button.dataset.number)); });
  host.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = buttons.indexOf(event.target.closest("button"));
    if (!step || at < 0) return;
    event.preventDefault();
    buttons[Math.min(Math.max(at + step, 0), buttons.length - 1)].focus();
  };
  show();
}

// A word with the bar and the small lines under it.
function draw(box, word) {
  box.className = `word ${word.kind}`;
  box.face = word.text;
  box.title = word.told;
  if (box.tagName === "BUTTON") {
    box.type = "button";
    box.dataset.number = word.number;
    box.setAttribute("aria-label", `${word.text}${word.told ? `: ${word.told}` : ""}`);
  }
  const face = document.createElement("b");
  face.textContent = word.text;
  const lines = word.under.map((line) => {
    const small = document.createElement("small");
    small.textContent = line;
    return small;
  });
  box.replaceChildren(face, ...(word.bar ? [stand(...word.bar)] : []), ...lines);
}

// A bar on its line: up where the share is above zero, down below.
function stand(share, colour) {
  const [place, half, bar] = ["i", "s", "u"].map((name) => document.createElement(name));
  place.className = "stand";
  half.className = share < 0 ? "lower" : "upper";
  bar.className = share < 0 ? "below" : "above";
  bar.style.cssText = `height:${Math.abs(share) * 100}%;background:${colour}`;
  half.append(bar);
  place.append(half);
  return place;
}
