// A face hidden more and more: the pictures and all distances are there already, the hand moves
// through them. All words come from Python.
const WIDE = { left: 44, right: 548, top: 14, bottom: 222, tick: 32, name: 52, side: 12, below: 15 };
const NARROW = { left: 76, right: 540, top: 14, bottom: 208, tick: 38, name: 66, side: 20, below: 22 };
const PHONE = 560; // pixels, below which letters are drawn larger
const COLOURS = ["#0072b2", "#009e73", "#e69f00", "#cc79a7"];
const DASHES = ["", "8 4", "2 4", "8 3 2 3"];

export default function draw(given) {
  const { parentElement, data, setTriggerValue } = given;
  const host = parentElement.querySelector(".veil");
  const image = host.querySelector("img");
  const svg = host.querySelector("svg");
  const input = host.querySelector("input");
  const { words, strengths, curves, found } = data;
  const state = (host.state ??= { held: false });
  if (isNews(state, data) && !state.held) state.place = data.place;
  state.place = Math.min(state.place, strengths.length - 1);
  const isNarrow = host.clientWidth > 0 && host.clientWidth < PHONE;
  state.again = () => host.clientWidth < PHONE !== isNarrow && draw(given);
  state.observer ??= new ResizeObserver(() => state.again());
  state.observer.observe(host);
  const box = isNarrow ? NARROW : WIDE;
  svg.classList.toggle("narrow", isNarrow);
  const most = strengths.at(-1) || 1;
  const top = Math.max(data.limit * 1.15, ...curves.flatMap((curve) => curve.values.map((one) => one * 1.08)));
  const x = (strength) => box.left + (strength / most) * (box.right - box.left);
  const y = (far) => box.bottom - (far / top) * (box.bottom - box.top);

  function build() {
    svg.replaceChildren();
    make(svg, "line", { class: "axis", x1: box.left, x2: box.right, y1: box.bottom, y2: box.bottom });
    make(svg, "line", { class: "axis", x1: box.left, x2: box.left, y1: box.top, y2: box.bottom });
    for (let tick = 0; tick <= 5; tick += 1) {
      const at = (tick / 5) * most;
      make(svg, "text", { class: "tick", x: x(at), y: box.bottom + box.tick, "text-anchor": "middle" }, String(+at.toFixed(2)));
    }
    for (let far = 0; far < top; far += 0.25) {
      make(svg, "text", { class: "tick", x: box.left - 5, y: y(far) + 4, "text-anchor": "end" }, String(far));
    }
    make(svg, "text", { x: (box.left + box.right) / 2, y: box.bottom + box.name, "text-anchor": "middle" }, words.x);
    const middle = (box.top + box.bottom) / 2;
    make(svg, "text", { x: box.side, y: middle, "text-anchor": "middle", transform: `rotate(-90 ${box.side} ${middle})` }, words.y);
    strengths.forEach((strength, place) => {
      const mark = make(svg, "rect", { class: found[place] ? "seen-mark" : "lost-mark", x: x(strength) - 7,
        y: box.bottom + 8, width: 14, height: 7, rx: 2 });
      make(mark, "title", {}, found[place] ? words.found : words.lost);
    });
    make(svg, "line", { class: "limit", x1: box.left, x2: box.right, y1: y(data.limit), y2: y(data.limit) });
    make(svg, "text", { class: "limit-name", x: box.left + 6, y: y(data.limit) + box.below }, words.threshold);
    state.line = make(svg, "line", { class: "line", y1: box.top, y2: box.bottom });
    state.dots = curves.map((curve, place) => {
      const path = curve.values.map((far, i) => `${i ? "L" : "M"}${x(strengths[i])},${y(far)}`).join("");
      const line = make(svg, "path", { class: "curve", d: path, stroke: COLOURS[place], "stroke-dasharray": DASHES[place] });
      make(line, "title", {}, curve.name);
      return make(svg, "circle", { class: "dot", r: 6, fill: COLOURS[place] });
    });
    const names = host.querySelector(".names");
    names.replaceChildren(...curves.map((curve, place) => {
      const name = document.createElement("span");
      const key = document.createElement("i");
      key.style.borderColor = COLOURS[place];
      key.style.borderTopStyle = place ? (place === 1 ? "dashed" : "dotted") : "solid";
      name.append(key, document.createElement("span"));
      name.lastChild.className = "value";
      return name;
    }), ...[["#009e73", words.found], ["#999", words.lost]].map(([colour, text]) => {
      const name = document.createElement("span");
      const key = document.createElement("b");
      key.style.cssText = `width:14px;height:7px;border-radius:2px;background:${colour}`;
      name.append(key, text);
      return name;
    }));
  }

  function show() {
    const { place } = state;
    const at = strengths[place];
    image.src = data.pictures[place];
    state.line.setAttribute("x1", x(at));
    state.line.setAttribute("x2", x(at));
    const values = host.querySelectorAll(".names .value");
    curves.forEach((curve, i) => {
      state.dots[i].setAttribute("cx", x(at));
      state.dots[i].setAttribute("cy", y(curve.values[place]));
      values[i].textContent = `${curve.name} ${curve.values[place].toFixed(2)}`;
    });
    input.value = place;
    input.setAttribute("aria-valuetext", `${at}: ${data.told[place]}`);
    host.querySelector("output").textContent = String(at);
    host.querySelector(".told").textContent = data.told[place];
    host.querySelector("figcaption").textContent = found[place] ? words.found : words.lost;
  }

  input.max = strengths.length - 1;
  image.alt = words.picture_alt;
  svg.setAttribute("aria-label", words.chart_alt);
  const label = host.querySelector(".knob");
  label.title = data.help;
  label.querySelector("span").textContent = data.label;
  input.setAttribute("aria-label", `${data.label}. ${data.help}`);
  host.querySelector(".hint").textContent = words.hint;
  const go = (place) => { state.held = true; state.place = place; show(); };
  const send = () => { state.held = false; setTriggerValue("place", moved(state, state.place)); };
  input.oninput = () => go(Number(input.value));
  input.onchange = send;
  const follow = (event) => {
    const frame = svg.getBoundingClientRect();
    const share = (((event.clientX - frame.left) / frame.width) * 560 - box.left) / (box.right - box.left);
    const wanted = Math.min(Math.max(share, 0), 1) * most;
    const gaps = strengths.map((each) => Math.abs(each - wanted));
    go(gaps.indexOf(Math.min(...gaps)));
  };
  svg.style.cssText = "cursor:ew-resize;touch-action:pan-y;user-select:none";
  svg.onpointerdown = (event) => { svg.setPointerCapture?.(event.pointerId); state.dragged = true; follow(event); };
  svg.onpointermove = (event) => { if (state.dragged) follow(event); };
  svg.onpointerup = svg.onpointercancel = () => { if (state.dragged) { state.dragged = false; send(); } };
  build();
  show();
}
