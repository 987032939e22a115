// Non-maximum suppression, scrubbed: who wins, how far each rival overlaps, who goes.
// Boxes and steps come from Python (models.object_detection.suppress); here they are shown.

const PAUSE = 900;  // milliseconds
const MARKS = { winner: "★", kept: "✓", gone: "✗", rival: "?", waiting: "" };

export default function ({ parentElement, data, setTriggerValue }) {
  const host = parentElement.querySelector(".duel");
  const find = (name) => host.querySelector(`[data-part="${name}"]`);
  const state = (host.state ??= { frame: 0, timer: 0 });
  const last = 2 * data.steps.length;
  if (state.stamp !== data.stamp) {
    clearInterval(state.timer);
    Object.assign(state, { stamp: data.stamp, frame: bound(data.frame, 0, last), timer: 0, sent: data.frame });
  }
  Object.assign(state, { data, find, send: setTriggerValue, last });
  setStage(find("stage"), data, data.most);
  label(state);
  rows(state);
  connect(state);
  draw(state);
  return () => { clearInterval(state.timer); state.timer = 0; };
}

function label({ data, find, last }) {
  const { words } = data;
  for (const name of ["back", "forward"]) {
    find(name).setAttribute("aria-label", words[name]);
    find(name).title = words[name];
  }
  find("scrub").max = last;
  find("scrub").setAttribute("aria-label", words.scrub);
  find("head").replaceChildren(...["#", words.box, words.score, words.overlap, ""].map((text) => {
    const cell = document.createElement("span");
    cell.textContent = text;
    return cell;
  }));
}

function rows({ data, find }) {
  const place = find("rows");
  while (place.children.length > data.boxes.length) place.lastChild.remove();
  while (place.children.length < data.boxes.length) {
    const row = document.createElement("div");
    row.innerHTML = '<span></span><span class="name"></span><span class="bar"><i></i><b></b></span>'
      + '<span class="value"></span><span class="mark"></span>';
    place.append(row);
  }
  data.boxes.forEach((_, at) => {
    const row = place.children[at];
    row.style.setProperty("--c", boxColour(data.labels[at]));
    row.children[0].textContent = at + 1;
    row.children[1].textContent = data.names[data.labels[at]];
  });
}

// How every box stands in a frame: 0 sorted, then for each step one to compare and one to suppress.
function standing({ data, frame }) {
  const scores = [...data.scores], kinds = scores.map(() => "waiting"), overlaps = scores.map(() => null);
  const over = scores.map(() => false);
  const step = Math.ceil(frame / 2), comparing = frame % 2 === 1;
  data.steps.slice(0, step).forEach(({ winner, rivals }, place) => {
    const here = place === step - 1;
    kinds[winner] = here ? "winner" : "kept";
    for (const { box, value, score, gone } of rivals) {
      if (here) [overlaps[box], over[box]] = [value, gone || score < scores[box]];
      if (here && comparing) { kinds[box] = "rival"; continue; }
      scores[box] = score;
      if (gone) kinds[box] = "gone";
      else if (here) kinds[box] = "rival";
    }
    if (!here) for (const { box, gone } of rivals) if (!gone && kinds[box] === "rival") kinds[box] = "waiting";
  });
  if (frame === 2 * data.steps.length && frame > 0) {  // the end: nobody waits any more
    kinds.forEach((kind, at) => { if (kind === "winner" || kind === "rival") kinds[at] = data.kept.includes(at) ? "kept" : "gone"; });
    kinds.forEach((kind, at) => { if (kind === "waiting") kinds[at] = "gone"; });
  }
  return { scores, kinds, overlaps, over, step: data.steps[step - 1], comparing };
}

const LOOK = { winner: "active", kept: "", gone: "gone", rival: "", waiting: "waiting" };

function draw(state) {
  const { data, find, frame, last } = state;
  const now = standing(state);
  const order = data.boxes.map((_, at) => at).reverse();
  const rank = { gone: 0, waiting: 1, kept: 2, rival: 3, winner: 4 };
  order.sort((a, b) => rank[now.kinds[a]] - rank[now.kinds[b]]);
  putBoxes(find("layer"), order.map((at) => ({
    box: data.boxes[at],
    colour: now.kinds[at] === "gone" ? "#bbbbbb" : boxColour(data.labels[at]),
    kind: LOOK[now.kinds[at]],
    tag: tag(data, now, at),
  })), data);
  const place = find("rows");
  data.boxes.forEach((_, at) => {
    const row = place.children[at];
    row.className = `row ${now.kinds[at]} ${now.over[at] ? "over" : ""}`;
    row.children[2].firstChild.style.width = `${100 * now.scores[at]}%`;
    row.children[2].lastChild.textContent = now.scores[at].toFixed(2);
    row.children[3].textContent = now.overlaps[at] === null ? "" : now.overlaps[at].toFixed(2).replace("-", "−");
    row.children[4].textContent = MARKS[now.kinds[at]];
    row.children[4].title = data.words[now.kinds[at]];
  });
  // While a winner is compared it stands on top with its rivals, the nearest first.
  const nearest = [...data.boxes.keys()].sort((a, b) => (now.overlaps[b] ?? -2) - (now.overlaps[a] ?? -2) || a - b);
  const open = now.step !== undefined && frame < last;
  data.boxes.forEach((_, at) => {
    place.children[at].style.order = !open ? at : now.kinds[at] === "winner" ? -1 : nearest.indexOf(at);
  });
  place.scrollTop = 0;
  find("scrub").value = frame;
  find("count").textContent = fill(data.words.frame, { frame, last });
  find("told").textContent = tell(state, now);
  find("scrub").setAttribute("aria-valuetext", find("told").textContent);
  const play = find("play");
  play.textContent = state.timer ? "❚❚" : "▶";
  play.title = state.timer ? data.words.pause : data.words.play;
  play.setAttribute("aria-label", play.title);
}

function tag(data, now, at) {
  const kind = now.kinds[at];
  if (kind === "winner" || kind === "kept") return `${data.names[data.labels[at]]} ${now.scores[at].toFixed(2)}`;
  return "";
}

function tell({ data, frame, last }, now) {
  const { words } = data;
  if (!data.boxes.length) return words.none;
  if (frame === 0) return fill(words.sorted, { count: data.boxes.length });
  if (frame === last) return fill(words.done, { kept: data.kept.length, gone: data.boxes.length - data.kept.length });
  const { winner, rivals } = now.step;
  const values = {
    name: data.names[data.labels[winner]], number: winner + 1, score: now.scores[winner].toFixed(2), rivals: rivals.length,
    gone: rivals.filter((each) => each.gone).length, most: rivals.length ? Math.max(...rivals.map((each) => each.value)).toFixed(2) : "",
    lowered: rivals.filter((each) => !each.gone && each.lowered).length, iou: data.iou,
  };
  if (!rivals.length) return fill(words.alone, values);
  return fill(now.comparing ? words.compare : data.soft ? words.soften : words.remove, values);
}

function connect(state) {
  const { find } = state;
  const go = (frame) => { state.frame = bound(frame, 0, state.last); draw(state); };
  const stop = () => { clearInterval(state.timer); state.timer = 0; };
  const tellPython = () => {
    if (state.sent === state.frame) return;
    state.sent = state.frame;
    state.send("frame", state.frame);
  };
  find("play").onclick = () => {
    if (state.timer) { stop(); draw(state); tellPython(); return; }
    if (state.frame === state.last) state.frame = 0;
    state.timer = setInterval(() => {
      go(state.frame + 1);
      if (state.frame === state.last) { stop(); draw(state); tellPython(); }
    }, PAUSE);
    draw(state);
  };
  const step = (by) => () => { stop(); go(state.frame + by); tellPython(); };
  find("back").onclick = step(-1);
  find("forward").onclick = step(1);
  find("scrub").oninput = () => { stop(); go(Number(find("scrub").value)); };
  find("scrub").onchange = tellPython;
}
