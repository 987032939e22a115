// Precision over recall, one point a box: those kept so far, those still to come, and the area.

const WIDE = 340, HIGH = 270, LEFT = 46, BOTTOM = 44, TOP = 10, RIM = 12;
const across = (recall) => LEFT + recall * (WIDE - LEFT - RIM);
const upwards = (precision) => HIGH - BOTTOM - precision * (HIGH - BOTTOM - TOP);
const shape = (name, more, inside = "") => `<${name} ${Object.entries(more).map(([key, value]) => `${key}="${value}"`).join(" ")}>${inside}</${name}>`;

function drawCurve(state, ranks, kept) {
  const { data, find } = state, svg = find("curve");
  svg.setAttribute("viewBox", `0 0 ${WIDE} ${HIGH}`);
  svg.setAttribute("aria-label", data.words.curve);
  const parts = axes(data.words);
  const now = ranks.slice(0, kept);
  let before = 0;
  for (const each of now) { // the area, strip by strip
    if (each.recall > before) {
      parts.push(shape("rect", {
        class: "strip", x: across(before), y: upwards(each.envelope),
        width: across(each.recall) - across(before), height: upwards(0) - upwards(each.envelope),
      }));
    }
    before = each.recall;
  }
  const way = (list) => list.map((each) => `${across(each.recall).toFixed(1)},${upwards(each.precision).toFixed(1)}`).join(" ");
  parts.push(shape("polyline", { class: "way", points: way(now) }));
  ranks.forEach((each, rank) => {
    const more = { class: `spot ${rank < kept ? "" : "to-come"} ${rank === kept - 1 ? "last" : ""}`, "data-rank": rank };
    const x = across(each.recall), y = upwards(each.precision);
    parts.push(each.hit
      ? shape("circle", { ...more, cx: x, cy: y, r: rank === kept - 1 ? 7 : 4.5, fill: RIGHT })
      : shape("path", { ...more, d: cross(x, y, rank === kept - 1 ? 6 : 3.5), stroke: WRONG }));
  });
  svg.innerHTML = parts.join("");
  svg.onclick = (event) => {
    const rank = event.target.dataset?.rank;
    if (rank === undefined) return;
    find("scrub").value = Number(rank) + 1;
    find("scrub").oninput();
    find("scrub").onchange();
  };
}

function cross(x, y, half) {
  return `M${x - half} ${y - half}L${x + half} ${y + half}M${x - half} ${y + half}L${x + half} ${y - half}`;
}

function axes(words) {
  const parts = [];
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    const name = String(share);
    parts.push(shape("line", { class: "grid", x1: across(share), x2: across(share), y1: upwards(0), y2: upwards(1) }));
    parts.push(shape("line", { class: "grid", x1: across(0), x2: across(1), y1: upwards(share), y2: upwards(share) }));
    parts.push(shape("text", { x: across(share), y: upwards(0) + 15, "text-anchor": "middle" }, name));
    parts.push(shape("text", { x: across(0) - 6, y: upwards(share) + 4, "text-anchor": "end" }, name));
  }
  parts.push(shape("text", { class: "title", x: across(0.5), y: HIGH - 8, "text-anchor": "middle" }, words.recall));
  parts.push(shape("text", { class: "title", transform: `translate(12 ${upwards(0.5)}) rotate(-90)`, "text-anchor": "middle" }, words.precision));
  return parts;
}
