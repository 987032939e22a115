// Found boxes against true ones: what counts, what does not and what is missed as the threshold
// moves, and the curve of precision and recall that this draws. True boxes can be drawn by hand.

const RIGHT = "#009E73", WRONG = "#D55E00", TRUE = "#F0E442";
const TAGS = 14; // boxes that can still be named without covering the photo
const SMALLEST = 5; // pixels of a drawn box: less was a click
const MOST_DRAWN = 24;

export default function ({ parentElement, data, setTriggerValue }) {
  const host = parentElement.querySelector(".judge");
  const find = (name) => host.querySelector(`[data-part="${name}"]`);
  const state = (host.state ??= { at: -1, armed: false });
  const news = isNews(state, data);
  if (state.stamp !== data.stamp) Object.assign(state, { stamp: data.stamp, at: -1, truth: null });
  if (state.truth === null || (news && !state.isHeld?.())) state.truth = data.pictures.map((each) => each.truth);
  if (news && state.from !== data.above) state.above = state.from = data.above;
  Object.assign(state, { data, find });
  state.say = (name, value) => setTriggerValue(name, moved(state, value));
  layPictures(state);
  layTools(state);
  const scrub = find("scrub");
  find("scrub-label").textContent = data.words.threshold;
  scrub.max = data.found.length;
  scrub.setAttribute("aria-label", data.words.threshold);
  scrub.oninput = () => { state.above = thresholdOf(data.found, Number(scrub.value)); draw(state); };
  scrub.onchange = () => { state.from = state.above; state.say("above", state.above); };
  find("hint").textContent = data.words.hint;
  draw(state);
}

// The threshold at which exactly so many boxes are kept.
function thresholdOf(found, count) {
  return count === 0 ? 1 : Math.floor(found[count - 1].score * 1e4) / 1e4;
}

// Match boxes in falling order of their score: each takes the true box of its class that it
// overlaps most and that nobody has taken; models/object_detection.py does the same.
function judge({ data, truth }) {
  const taken = truth.map((each) => each.map(() => -1));
  let hits = 0;
  const total = truth.flat().filter((each) => data.category === null || each.key === data.category).length;
  const ranks = data.found.map((each, rank) => {
    let best = -1, most = 0;
    truth[each.photo].forEach((one, place) => {
      const shared = one.key === each.key && taken[each.photo][place] < 0 ? boxOverlap(one.box, each.box) : 0;
      if (shared > most) [best, most] = [place, shared];
    });
    const hit = best >= 0 && most >= data.agreed;
    if (hit) taken[each.photo][best] = rank;
    hits += hit;
    return { ...each, hit, overlap: most, hits, precision: hits / (rank + 1), recall: total ? hits / total : 0 };
  });
  let high = 0;
  for (let rank = ranks.length - 1; rank >= 0; rank -= 1) ranks[rank].envelope = high = Math.max(high, ranks[rank].precision);
  let area = 0;
  for (const [rank, each] of ranks.entries()) {
    area += (each.recall - (rank ? ranks[rank - 1].recall : 0)) * each.envelope;
    each.area = area;
  }
  return { ranks, taken, total };
}

function draw(state) {
  const { data, find } = state;
  const { ranks, taken, total } = judge(state);
  const kept = ranks.filter((each) => each.score >= state.above).length;
  const names = kept <= TAGS;
  data.pictures.forEach((picture, number) => {
    const stage = find("pictures").children[number];
    const shown = ranks.slice(0, kept).filter((each) => each.photo === number).reverse();
    putBoxes(stage.querySelector(".layer"), shown.map((each) => ({
      box: each.box, colour: each.hit ? RIGHT : WRONG, kind: each.hit ? "" : "wrong",
      tag: names ? `${each.hit ? "✓" : "✗"} ${each.name} ${each.score.toFixed(2)}` : "",
    })), picture);
    const truths = state.truth[number].map((each, place) => {
      const rank = taken[number][place], missed = rank < 0 || rank >= kept;
      const counted = data.category === null || each.key === data.category;
      return {
        box: each.box, colour: TRUE, label: `${data.words.true_box} ${each.name}`,
        kind: `${missed ? "missed" : "met"} ${place === state.at ? "top" : ""} ${counted ? "" : "idle"}`,
        tag: missed && counted ? fill(data.words.missed_tag, { name: each.name }) : place === state.at ? each.name : "",
      };
    });
    layHands(stage.querySelector(".hands"), truths, { ...picture, words: data.words });
  });
  const last = ranks[kept - 1], hits = last?.hits ?? 0;
  find("scrub").value = kept;
  find("threshold").textContent = kept ? `≥ ${last.score.toFixed(3)}` : data.words.none_kept;
  find("scrub").setAttribute("aria-valuetext", `${kept}: ${find("threshold").textContent}`);
  const counts = { hits, wrong: kept - hits, missed: total - hits };
  for (const name of Object.keys(counts)) {
    find(name).querySelector("b").textContent = counts[name];
    find(name).querySelector("span").textContent = data.words[name];
  }
  find("shares").innerHTML = shares(hits, kept, total, data.words);
  find("told").textContent = last ? tell(last, kept, total, data.words) : data.words.nothing_kept;
  find("area").textContent = total
    ? fill(data.words.area, { now: (last?.area ?? 0).toFixed(3), all: (ranks.at(-1)?.area ?? 0).toFixed(3) })
    : data.words.no_truth;
  drawCurve(state, ranks, kept);
}

function tell(last, kept, total, words) {
  const why = last.hit ? words.why_hit : last.overlap > 0 ? words.why_wrong : words.why_alone;
  return fill(words.told, { rank: kept, name: last.name, score: last.score.toFixed(3), why: fill(why, { iou: last.overlap.toFixed(2) }) });
}

// Precision and recall as fractions with their numbers, as MathML.
function shares(hits, kept, total, words) {
  const one = (name, over, under) => `<math displaystyle="true"><mrow><mtext>${name}</mtext><mo>=</mo><mfrac><mn>${over}</mn><mn>${under}</mn></mfrac>`
    + `<mo>=</mo><mn>${under ? (over / under).toFixed(3) : "–"}</mn></mrow></math>`;
  return one(words.precision, hits, kept) + one(words.recall, hits, total);
}

// ---- the photos and the true boxes on them

function layPictures(state) {
  const { data, find } = state, board = find("pictures");
  while (board.children.length > data.pictures.length) board.lastChild.remove();
  while (board.children.length < data.pictures.length) {
    const stage = document.createElement("div");
    stage.className = "stage";
    const [layer, hands] = ["layer", "hands"].map((name) => Object.assign(document.createElement("div"), { className: name }));
    stage.append(document.createElement("img"), layer, hands);
    board.append(stage);
  }
  board.classList.toggle("many", data.pictures.length > 1);
  board.classList.toggle("fixed", !data.editable);
  data.pictures.forEach((picture, number) => {
    const stage = board.children[number];
    setStage(stage, picture, data.pictures.length > 1 ? 240 : 440);
    if (data.editable) state.isHeld = steer(state, stage, picture);
  });
}

function steer(state, stage, picture) {
  const { data } = state;
  const replace = (made) => { state.truth = [made]; draw(state); };
  const finish = () => {
    const kept = state.truth[0].filter(({ box }) => box[2] - box[0] >= SMALLEST || box[3] - box[1] >= SMALLEST);
    if (kept.length < state.truth[0].length) state.at = -1;
    replace(kept);
    arm(state, false);
    send(state);
  };
  const hands = stage.querySelector(".hands");
  const isHeld = steerHands(stage, hands, {
    boxes: () => state.truth[0].map((each) => each.box),
    put: (place, box) => replace(state.truth[0].map((each, at) => (at === place ? { ...each, box } : each))),
    pick: (place) => {
      if (state.at === place) return;
      state.at = place;
      state.find("class").value = state.truth[0][place].key;
      layTools(state);
      draw(state);
    },
    begin: ([x, y], event) => {
      if ((event.pointerType !== "mouse" && !state.armed) || state.truth[0].length >= MOST_DRAWN) return -1;
      const left = Math.round(bound(x, 0, picture.width - THINNEST)), top = Math.round(bound(y, 0, picture.height - THINNEST));
      return add(state, [left, top, left + THINNEST, top + THINNEST]);
    },
    done: finish,
    isArmed: () => state.armed,
  }, picture);
  hands.onkeyup = ((moved) => (event) => {
    if (event.key === "Delete" || event.key === "Backspace") remove(state);
    else moved(event);
  })(hands.onkeyup);
  return isHeld;
}

function add(state, box) {
  const key = state.find("class").value;
  const { name } = state.data.classes.find((each) => each.key === key);
  state.truth = [[...state.truth[0], { key, name, box }]];
  draw(state);
  return state.truth[0].length - 1;
}

function remove(state) {
  if (state.at < 0) return;
  state.truth = [state.truth[0].filter((_, place) => place !== state.at)];
  state.at = -1;
  layTools(state);
  draw(state);
  send(state);
}

function send(state) {
  state.say("truth", { boxes: state.truth[0].map(({ key, box }) => [key, ...box]) });
}

function arm(state, on) {
  state.armed = on;
  state.find("new").setAttribute("aria-pressed", String(on));
  state.find("pictures").classList.toggle("armed", on);
}

function layTools(state) {
  const { data, find } = state, { words } = data;
  find("tools").hidden = !data.editable;
  if (!data.editable) return;
  const list = find("class"), held = list.value;
  const codes = data.classes.map((each) => each.key + each.name).join();
  if (list.codes !== codes) {
    list.codes = codes;
    list.replaceChildren(...data.classes.map(({ key, name }) => new Option(name, key)));
    const first = [held, state.truth[0][0]?.key, "person"].find((key) => data.classes.some((each) => each.key === key));
    list.value = first ?? data.classes[0].key;
  }
  list.setAttribute("aria-label", words.class);
  list.onchange = () => {
    if (state.at < 0) return;
    const { key, name } = data.classes.find((each) => each.key === list.value);
    state.truth = [state.truth[0].map((each, place) => (place === state.at ? { ...each, key, name } : each))];
    draw(state);
    send(state);
  };
  for (const name of ["new", "delete", "clear", "again"]) find(name).textContent = words[name];
  find("delete").disabled = state.at < 0;
  find("again").hidden = !data.changed;
  find("new").onclick = (event) => {
    if (event.detail !== 0) { arm(state, !state.armed); return; }
    const { width, height } = data.pictures[0]; // by keyboard: a box in the middle, to be moved by the arrows
    const place = add(state, [width >> 2, height >> 2, width - (width >> 2), height - (height >> 2)]);
    find("pictures").querySelectorAll(".hand")[place].focus();
    send(state);
  };
  find("delete").onclick = () => remove(state);
  find("clear").onclick = () => { Object.assign(state, { truth: [[]], at: -1 }); layTools(state); draw(state); send(state); };
  find("again").onclick = () => { state.at = -1; state.say("truth", { boxes: null }); };
}
