// A text as words to press: to hide some of them, or to open one. Words and numbers from Python.
export default function ({ parentElement, data, setTriggerValue }) {
  const host = parentElement.querySelector(".text");
  const state = (host.state ??= { serial: data.serial, chosen: data.chosen });
  if (data.serial >= state.serial) {
    state.serial = data.serial;
    state.chosen = data.chosen; // else Python has not heard yet of what was pressed last
  }
  host.setAttribute("aria-label", data.label);
  host.classList.toggle("tall", data.words.some((word) => word.under.length));
  host.classList.toggle("barred", data.words.some((word) => word.bar));
  host.classList.toggle("signed", data.signed);
  host.classList.toggle("hides", data.many);
  state.drawing = true;
  host.replaceChildren(...data.words.flatMap((word) => [
    document.createTextNode(word.before), draw(word, data),
  ]), rest(data.after));
  state.drawing = false;

  const buttons = [...host.querySelectorAll("button")];
  const show = () => buttons.forEach((button) => {
    const pressed = state.chosen.includes(Number(button.dataset.number));
    button.setAttribute("aria-pressed", String(pressed));
    button.firstChild.textContent = pressed && data.many ? data.mask : button.face;
  });
  const press = (number) => {
    const rest = state.chosen.filter((each) => each !== number);
    const taken = rest.length < state.chosen.length;
    if (taken && !data.many) return;
    state.chosen = data.many ? (taken ? rest : [...rest, number].sort((a, b) => a - b)) : [number];
    state.serial += 1;
    show();
    setTriggerValue("pressed", { chosen: state.chosen, serial: state.serial });
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
  if (state.focus !== undefined && !parentElement.activeElement) buttons[state.focus]?.focus();
  host.onfocusin = (event) => { state.focus = buttons.indexOf(event.target); };
  host.onfocusout = () => { if (!state.drawing) state.focus = undefined; };
  parentElement.querySelector(".hint").textContent = data.hint;
}

function rest(text) {
  const part = document.createElement("span");
  part.className = "rest";
  part.textContent = text;
  return part;
}

function draw(word, data) {
  const fixed = word.number < 0 || !data.presses;
  const box = document.createElement(fixed ? "span" : "button");
  box.className = `word ${word.kind}`;
  if (!fixed) {
    box.type = "button";
    box.dataset.number = word.number;
    box.setAttribute("aria-label", `${word.text}${word.told ? `: ${word.told}` : ""}`);
  }
  if (word.told) box.title = word.told;
  box.face = word.text;
  const face = document.createElement("b");
  face.textContent = word.text;
  box.append(face);
  if (word.bar) {
    const stand = document.createElement("i");
    stand.className = "stand";
    const bar = document.createElement("u");
    const [share, colour] = word.bar;
    bar.className = share < 0 ? "below" : "above";
    bar.style.cssText = `height:${Math.abs(share) * 100}%;background:${colour}`;
    const half = document.createElement("s");
    half.append(bar);
    if (share < 0) half.className = "lower";
    stand.append(half);
    box.append(stand);
  }
  word.under.forEach((line) => {
    const small = document.createElement("small");
    small.textContent = line;
    box.append(small);
  });
  return box;
}
