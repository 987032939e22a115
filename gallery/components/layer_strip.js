// Layers as bars to choose from. All numbers and words come from Python.
export default function ({ parentElement, data, setTriggerValue }) {
  const strip = parentElement.querySelector(".strip");
  const told = parentElement.querySelector(".told");
  strip.setAttribute("aria-label", data.label);
  const say = (layer) => { told.textContent = layer?.told ?? ""; };
  const chosen = data.layers.find((layer) => layer.name === data.chosen);
  strip.replaceChildren(...data.layers.map((layer) => {
    const bar = document.createElement("button");
    bar.type = "button";
    bar.disabled = !layer.enabled;
    bar.style.cssText =
      `height:${layer.height}px;width:${layer.width}px;background:${layer.colour}`;
    bar.setAttribute("aria-label", layer.told);
    bar.setAttribute("aria-pressed", String(layer.name === data.chosen));
    bar.title = layer.told;
    bar.onmouseenter = bar.onfocus = () => say(layer);
    bar.onmouseleave = bar.onblur = () => say(chosen);
    bar.onclick = () => setTriggerValue("layer", layer.name);
    return bar;
  }));
  strip.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const bars = [...strip.children].filter((bar) => !bar.disabled);
    const at = bars.indexOf(event.target);
    bars[Math.min(Math.max(at + step, 0), bars.length - 1)]?.focus();
  };
  say(chosen);
  const parts = data.key.map(([name, colour]) => {
    const part = document.createElement("span");
    const square = document.createElement("i");
    square.style.background = colour;
    part.append(square, name);
    return part;
  });
  parentElement.querySelector(".key").replaceChildren(...parts);
}
