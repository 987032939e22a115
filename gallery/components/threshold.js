// A threshold over two histograms. Left of it pairs are called one person: the shares of those that
// are wrong, and the point of the ROC curve, were counted in Python at many thresholds; here they are
// read between them. All words come from Python.
const FARTHEST = 2;
const WIDE = { left: 44, right: 548, top: 26, bottom: 222, tick: 17, name: 36, side: 14, line: 15 };
const NARROW = { left: 76, right: 548, top: 34, bottom: 200, tick: 25, name: 54, side: 20, line: 24 };
const ROC = { ...WIDE, right: 284, top: 10 };
const PHONE = 560; // pixels, below which letters in the wide picture are drawn larger
const COLOURS = ["#0072b2", "#009e73", "#999999"];
const DASHES = ["", "7 4", "2 3"];
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
const percent = (share) => `${(100 * share).toFixed(1)} %`;

export default function draw(given) {
  const { parentElement, data, setTriggerValue } = given;
  const host = parentElement.querySelector(".cutter");
  const [counts, roc] = host.querySelectorAll("svg");
  const input = host.querySelector("input");
  const [accepts, rejects] = host.querySelectorAll(".rates p");
  const equal = host.querySelector(".rates button");
  const { words, edges } = data;
  const state = (host.state ??= { held: false });
  if (isNews(state, data) && !state.held) state.at = data.threshold;
  const isNarrow = host.clientWidth > 0 && host.clientWidth < PHONE;
  state.again = () => host.clientWidth < PHONE !== isNarrow && draw(given);
  state.observer ??= new ResizeObserver(() => state.again());
  state.observer.observe(host);
  const box = isNarrow ? NARROW : WIDE;
  counts.classList.toggle("narrow", isNarrow);
  const tallest = Math.max(...data.same, ...data.different) || 1;
  const x = (far) => box.left + (far / FARTHEST) * (box.right - box.left);
  const y = (share) => box.bottom - (share / tallest) * (box.bottom - box.top) * 0.94;
  const across = (share) => ROC.left + share * (ROC.right - ROC.left);
  const up = (share) => ROC.bottom - share * (ROC.bottom - ROC.top);
  const ids = (state.ids ??= `cut-${Math.random().toString(36).slice(2)}`);

  function read(values, at) { // between two measured thresholds on a straight line
    const { thresholds } = data;
    const last = thresholds.length - 1;
    const low = Math.min(Math.max(thresholds.findLastIndex((each) => each <= at), 0), Math.max(last - 1, 0));
    const high = Math.min(low + 1, last);
    const share = (at - thresholds[low]) / (thresholds[high] - thresholds[low] || 1);
    return values[low] + (values[high] - values[low]) * Math.min(Math.max(share, 0), 1);
  }

  function outline(values) {
    let path = `M${x(edges[0])},${y(0)}`;
    values.forEach((value, bin) => { path += `V${y(value)}H${x(edges[bin + 1])}`; });
    return `${path}V${y(0)}Z`;
  }

  function axis(svg, box, label, side, ticks, place) {
    make(svg, "line", { class: "axis", x1: box.left, x2: box.right, y1: box.bottom, y2: box.bottom });
    for (const tick of ticks) {
      make(svg, "text", { class: "tick", x: place(tick), y: box.bottom + box.tick, "text-anchor": "middle" }, String(tick));
    }
    make(svg, "text", { x: (box.left + box.right) / 2, y: box.bottom + box.name, "text-anchor": "middle" }, label);
    const middle = (box.top + box.bottom) / 2;
    make(svg, "text", { x: box.side, y: middle, "text-anchor": "middle", transform: `rotate(-90 ${box.side} ${middle})` }, side);
  }

  function build() {
    counts.replaceChildren();
    roc.replaceChildren();
    const clips = make(counts, "defs", {});
    const parts = {};
    for (const side of ["left", "right"]) {
      const clip = make(clips, "clipPath", { id: `${ids}-${side}` });
      parts[side] = make(clip, "rect", { y: 0, height: 270 });
    }
    for (const kind of ["different", "same"]) {
      make(counts, "path", { class: `${kind} pale`, d: outline(data[kind]) });
    }
    make(counts, "path", { class: "different", d: outline(data.different), "clip-path": `url(#${ids}-left)` });
    make(counts, "path", { class: "same", d: outline(data.same), "clip-path": `url(#${ids}-right)` });
    for (const kind of ["different", "same"]) {
      make(counts, "path", { class: `edge ${kind}`, d: outline(data[kind]) });
    }
    axis(counts, box, words.x, words.y, [0, 0.5, 1, 1.5, 2], x);
    for (const share of [0.05, 0.1, 0.15, 0.2, 0.3, 0.4].filter((one) => one < tallest)) {
      make(counts, "text", { class: "tick", x: box.left - 5, y: y(share) + 4, "text-anchor": "end" },
        `${Math.round(share * 100)}%`);
    }
    parts.names = data.pairs.map((pair, place) => {
      const at = x(Math.min(pair.distance, FARTHEST));
      const below = place * box.line;
      make(counts, "line", { class: "pair", x1: at, x2: at, y1: box.top + below, y2: box.bottom });
      return make(counts, "text", { class: "pair-name", y: box.top + below + box.line - 5 },
        `${pair.name} ${pair.distance.toFixed(2)}`);
    });
    parts.line = make(counts, "line", { class: "line", y1: 12, y2: box.bottom });
    parts.grip = make(counts, "circle", { class: "grip", cy: 12, r: 7 });

    make(roc, "line", { class: "guess", x1: across(0), y1: up(0), x2: across(1), y2: up(1) });
    make(roc, "line", { class: "axis", x1: ROC.left, x2: ROC.left, y1: ROC.top, y2: ROC.bottom });
    axis(roc, ROC, words.roc_x, words.roc_y, [0, 0.5, 1], across);
    for (const tick of [0.5, 1]) {
      make(roc, "text", { class: "tick", x: ROC.left - 5, y: up(tick) + 4, "text-anchor": "end" }, String(tick));
    }
    const own = { name: data.name, accepts: data.accepts, hits: data.rejects.map((one) => 1 - one) };
    [own, ...data.others].forEach((one, place) => {
      const path = one.accepts.map((share, i) => `${i ? "L" : "M"}${across(share)},${up(one.hits[i])}`).join("");
      const look = { stroke: COLOURS[place % 3], "stroke-dasharray": DASHES[place % 3] };
      const line = make(roc, "path", { class: "curve", d: path, ...look });
      make(line, "title", {}, one.name);
      const row = ROC.bottom - 14 - 17 * (data.others.length - place);
      make(roc, "line", { class: "curve", x1: 122, x2: 144, y1: row, y2: row, ...look });
      make(roc, "text", { x: 150, y: row + 4 }, one.name);
    });
    parts.dot = make(roc, "circle", { class: "dot", r: 7 });
    state.parts = parts;
  }

  function show() {
    const { parts, at } = state;
    const [wrong, lost] = [read(data.accepts, at), read(data.rejects, at)];
    const line = x(at);
    parts.left.setAttribute("x", 0);
    parts.left.setAttribute("width", line);
    parts.right.setAttribute("x", line);
    parts.right.setAttribute("width", 600);
    for (const end of ["x1", "x2"]) parts.line.setAttribute(end, line);
    parts.grip.setAttribute("cx", line);
    parts.names.forEach((name, i) => { // on the side where the threshold is not
      const place = x(Math.min(data.pairs[i].distance, FARTHEST));
      const before = place < line && place > 150;
      name.setAttribute("x", place + (before ? -6 : 6));
      name.setAttribute("text-anchor", before ? "end" : "start");
    });
    parts.dot.setAttribute("cx", across(wrong));
    parts.dot.setAttribute("cy", up(1 - lost));
    accepts.firstChild.textContent = percent(wrong);
    rejects.firstChild.textContent = percent(lost);
    input.value = at;
    host.querySelector("output").textContent = at.toFixed(3);
    input.setAttribute("aria-valuetext", `${at.toFixed(3)}: ${words.accepts} ${percent(wrong)}, ${words.rejects} ${percent(lost)}`);
    const [pair] = data.pairs;
    const verdict = !pair ? words.none : pair.distance <= at ? words.yes : words.no;
    host.querySelector(".verdict").textContent = filled(verdict,
      { distance: pair?.distance.toFixed(3), threshold: at.toFixed(3) });
  }

  const send = () => setTriggerValue("threshold", moved(state, Number(state.at.toFixed(3))));
  const move = (to) => { state.at = Math.min(Math.max(to, 0), FARTHEST); show(); };
  const follow = (event) => {
    const frame = counts.getBoundingClientRect();
    const unit = ((event.clientX - frame.left) / frame.width) * 560;
    move(((unit - box.left) / (box.right - box.left)) * FARTHEST);
  };
  counts.onpointerdown = (event) => {
    state.held = true;
    counts.setPointerCapture?.(event.pointerId);
    follow(event);
  };
  counts.onpointermove = (event) => { if (state.held) follow(event); };
  counts.onpointerup = counts.onpointercancel = () => {
    if (state.held) { state.held = false; send(); }
  };
  input.oninput = () => { state.held = true; move(Number(input.value)); };
  input.onchange = () => { state.held = false; send(); };
  equal.onclick = () => { move(data.equal[0]); send(); };

  const [first, second] = host.querySelectorAll("figcaption");
  first.textContent = words.histogram_alt;
  second.textContent = words.roc_alt;
  counts.setAttribute("aria-label", words.histogram_alt);
  roc.setAttribute("aria-label", words.roc_alt);
  const label = host.querySelector(".knob");
  label.title = data.help;
  label.querySelector("span").textContent = data.label;
  input.setAttribute("aria-label", `${data.label}. ${data.help}`);
  accepts.lastChild.textContent = words.accepts;
  rejects.lastChild.textContent = words.rejects;
  equal.textContent = filled(words.to_equal, { rate: percent(data.equal[1]) });
  host.querySelector(".hint").textContent = words.hint;
  build();
  show();
}
