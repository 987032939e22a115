// Tiles of one sheet to choose from. All numbers and words come from Python.
export default function ({ parentElement, data, setTriggerValue }) {
  const host = parentElement.querySelector(".tiles");
  host.style.setProperty("--tile", `${data.width}px`);
  host.setAttribute("aria-label", data.label);
  while (host.children.length > data.numbers.length) host.lastChild.remove();
  while (host.children.length < data.numbers.length) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(document.createElement("div"), document.createElement("div"));
    button.firstChild.className = "face";
    button.lastChild.className = "name";
    host.append(button);
  }
  const { columns, rows } = data;
  data.numbers.forEach((number, place) => {
    const button = host.children[place];
    const face = button.firstChild.style;
    face.backgroundImage = `url(${data.sheet})`;
    face.backgroundSize = `${columns * 100}% ${rows * 100}%`;
    const share = (index, count) => (count > 1 ? (100 * index) / (count - 1) : 0);
    face.backgroundPosition =
      `${share(place % columns, columns)}% ${share(Math.floor(place / columns), rows)}%`;
    button.lastChild.textContent = data.captions[place];
    button.title = data.captions[place];
    button.setAttribute("aria-label", `${data.label} ${data.captions[place]}`);
    button.setAttribute("aria-pressed", String([data.chosen].flat().includes(number)));
    button.onclick = () => setTriggerValue("number", number);
  });
  host.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = [...host.children].indexOf(parentElement.activeElement ?? event.target.closest("button"));
    if (!step || at < 0) return;
    event.preventDefault();
    host.children[Math.min(Math.max(at + step, 0), host.children.length - 1)].focus();
  };
}
