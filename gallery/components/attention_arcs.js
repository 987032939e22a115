// A text as tokens with arcs over it: from the token under the pointer to those it looks at.

const LOOKS = ["#0072b2", "#56b4e9"], SEEN = ["#d55e00", "#e69f00"]; // Okabe-Ito, on light and dark
const LEAST = 0.01; // weights below are not drawn as arcs
const CROWD = 40; // tokens whose arcs would cover each other
const NAMED = 5; // tokens named in the line under the text

// Make one button a token; keep those that are there.
function layTokens(box, view) {
  const { tokens, words } = view.data;
  while (box.children.length > tokens.length) box.lastChild.remove();
  while (box.children.length < tokens.length) {
    const chip = document.createElement("button");
    chip.type = "button";
    box.append(chip);
  }
  tokens.forEach((token, at) => {
    const chip = box.children[at];
    chip.textContent = token.text;
    chip.className = [token.special && "special", token.joined && "joined", token.breaks && "breaks"].filter(Boolean).join(" ");
    chip.tabIndex = at === (view.focus ?? 0) ? 0 : -1;
    chip.setAttribute("aria-pressed", String(view.data.chosen.includes(token.place)));
    chip.setAttribute("aria-label", `${words.token} ${token.place + 1}: ${token.text}`);
  });
}

// The weights from one token, or to it.
const along = (view, at) => view.data.tokens.map((_, other) => (
  view.data.seen ? view.weight(other, at) : view.weight(at, other)));

// Which arcs are drawn: [from, to, weight, strength 0..1, whether it is in focus].
function arcsNow(view) {
  const { tokens, chosen } = view.data;
  const count = tokens.length;
  if (view.cell) {
    const [query, key] = view.cell;
    const weight = view.weight(query, key);
    const faint = tokens.map((_, other) => [query, other, view.weight(query, other), 0.25]);
    return [...faint.filter(([, other, w]) => w > LEAST && other !== key), [query, key, weight, 1]];
  }
  const picked = view.at === null
    ? tokens.flatMap((token, at) => (chosen.includes(token.place) ? [at] : [])) : [view.at];
  if (picked.length) {
    return picked.flatMap((at) => {
      const row = along(view, at);
      const top = Math.max(...row, 1e-9);
      return row.flatMap((weight, other) => (weight > LEAST
        ? [[view.data.seen ? other : at, view.data.seen ? at : other, weight, 0.2 + (0.8 * weight) / top]] : []));
    });
  }
  if (count > CROWD) return [];
  return Array.from({ length: count }, (_, query) => { // at rest: the strongest of every token
    let best = 0;
    for (let key = 1; key < count; key += 1) if (view.weight(query, key) > view.weight(query, best)) best = key;
    return [query, best, view.weight(query, best), 0.6];
  }).filter(([, , weight]) => weight > LEAST);
}

function arcPath(from, to, room) {
  if (from === to) {
    const { middle, top } = from;
    return `M ${middle - 4} ${top} C ${middle - 12} ${top - 15}, ${middle + 12} ${top - 15}, ${middle + 4} ${top}`;
  }
  if (from.top === to.top) {
    const height = Math.min(10 + Math.abs(from.middle - to.middle) * 0.3, room);
    return `M ${from.middle} ${from.top} C ${from.middle} ${from.top - height}, ${to.middle} ${to.top - height}, ${to.middle} ${to.top}`;
  }
  const [start, end] = from.top < to.top ? [from.bottom, to.top] : [from.top, to.bottom];
  const bend = (start + end) / 2;
  return `M ${from.middle} ${start} C ${from.middle} ${bend}, ${to.middle} ${bend}, ${to.middle} ${end}`;
}

// Draw the arcs and shade the tokens by their weight.
function drawArcs(svg, box, view) {
  const chips = [...box.children];
  const single = chips.every((chip) => chip.offsetTop === chips[0].offsetTop);
  const room = single ? 96 : 44; // a curve reaches three quarters of it
  svg.parentElement.classList.toggle("single", single);
  const places = chips.map((chip) => ({
    middle: chip.offsetLeft + chip.offsetWidth / 2,
    top: chip.offsetTop,
    bottom: chip.offsetTop + chip.offsetHeight,
  }));
  const calm = view.at === null && !view.cell && !view.data.chosen.length;
  const colour = (view.data.seen ? SEEN : LOOKS)[view.dark ? 1 : 0];
  const lines = arcsNow(view).map(([from, to, weight, strength]) => {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", arcPath(places[from], places[to], room));
    path.setAttribute("stroke", colour);
    path.setAttribute("stroke-width", String(0.8 + (calm ? 1.8 : 4.2) * weight));
    path.setAttribute("opacity", String(strength));
    return path;
  });
  svg.replaceChildren(...lines);
  const focus = view.cell ? view.cell[0] : view.at;
  const row = view.cell ? view.data.tokens.map((_, key) => view.weight(focus, key))
    : focus === null ? null : along(view, focus);
  chips.forEach((chip, at) => {
    const share = row ? Math.sqrt(Math.max(row[at], 0)) * 65 : 0;
    chip.style.background = share < 4 ? "" : `color-mix(in srgb, ${colour} ${share.toFixed(0)}%, transparent)`;
    chip.classList.toggle("focus", at === focus);
  });
}

// What the arcs say, in words.
function sayArcs(view, both) {
  const { tokens, words, seen, opened } = view.data;
  const name = (at) => `“${tokens[at].text}”`;
  const cell = view.cell ?? (both || !opened ? null : opened.map((place) => tokens.findIndex((token) => token.place === place)));
  if (cell) {
    const [query, key] = cell;
    return filled(words.cell, { query: name(query), key: name(key), weight: percent(view.weight(query, key)) });
  }
  const picked = tokens.findIndex((token) => token.place === view.data.chosen.at(-1));
  const from = view.at ?? (picked < 0 ? null : picked);
  if (from === null) return tokens.length > CROWD ? words.many : words.rest;
  const row = along(view, from);
  const best = row.map((weight, at) => [weight, at]).sort((a, b) => b[0] - a[0]).slice(0, NAMED);
  const list = best.map(([weight, at]) => `${name(at)} ${percent(weight)}`).join(words.comma);
  return filled(seen ? words.seen : words.looks, { token: name(from), list });
}

// Pointer, finger and keys on the tokens.
function steerTokens(box, view) {
  const place = (event) => {
    const at = [...box.children].indexOf(event.target.closest("button"));
    return at < 0 ? null : at;
  };
  box.onpointerover = (event) => { if (place(event) !== null) view.look(place(event)); };
  box.onpointerleave = (event) => { if (event.pointerType === "mouse") view.look(null); };
  if (!box.listens) { // there is no onfocusin to set
    box.listens = true;
    box.addEventListener("focusin", (event) => { view.focus = place(event); view.look(view.focus); });
    box.addEventListener("focusout", () => view.look(null));
  }
  box.onclick = (event) => { if (place(event) !== null) view.pick(place(event)); };
  box.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = place(event);
    if (!step || at === null) return;
    event.preventDefault();
    const next = box.children[Math.min(Math.max(at + step, 0), box.children.length - 1)];
    box.children[at].tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  };
}
