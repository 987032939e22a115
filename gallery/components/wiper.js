// Two pictures over each other: a bar wipes between them, a strength lets the lower one through.
// Opacity mixes pixel by pixel as Python does: strength * after + (1 - strength) * before.
export default function ({ parentElement, data, setTriggerValue }) {
  const host = parentElement.querySelector(".wiper");
  const stage = host.querySelector(".stage");
  const [before, after] = host.querySelectorAll("img");
  const [left, right] = host.querySelectorAll(".tag");
  const range = host.querySelector("input");
  const state = (host.state ??= { share: 50, held: false });
  const put = (image, source, name) => {
    if (image.getAttribute("src") !== source) image.src = source;
    image.alt = name;
  };
  put(before, data.before, data.captions[0]);
  put(after, data.after, data.captions[1]);
  left.textContent = data.captions[0];
  right.textContent = data.captions[1];
  host.querySelector(".hint").textContent = data.hint;
  stage.style.setProperty("--wide", data.wide);
  stage.setAttribute("aria-label", `${data.captions.join(" | ")}. ${data.hint}`);

  const show = () => {
    stage.style.setProperty("--share", `${state.share}%`);
    stage.setAttribute("aria-valuenow", String(Math.round(state.share)));
  };
  const move = (share) => { state.share = Math.min(Math.max(share, 0), 100); show(); };
  const follow = (event) => {
    const box = stage.getBoundingClientRect();
    move((100 * (event.clientX - box.left)) / box.width);
  };
  stage.onpointerdown = (event) => {
    state.held = true;
    stage.setPointerCapture?.(event.pointerId);
    follow(event);
  };
  stage.onpointermove = (event) => { if (state.held) follow(event); };
  stage.onpointerup = stage.onpointercancel = () => { state.held = false; };
  stage.onkeydown = (event) => {
    const step = { ArrowLeft: -2, ArrowRight: 2, PageDown: -10, PageUp: 10, Home: -100, End: 100 }[event.key];
    if (!step) return;
    event.preventDefault();
    move(state.share + step);
  };
  show();

  const label = host.querySelector(".strength");
  label.hidden = data.strength === null;
  if (data.strength === null) { after.style.opacity = 1; return; }
  label.title = data.help;
  label.querySelector("span").textContent = data.label;
  range.setAttribute("aria-label", `${data.label}. ${data.help}`);
  const mix = () => {
    after.style.opacity = range.value / 100;
    label.querySelector("output").textContent = (range.value / 100).toFixed(2);
  };
  if (isNews(state, data) && !state.pressed) range.value = data.strength;
  range.onpointerdown = () => { state.pressed = true; };
  range.onpointerup = range.onpointercancel = () => { state.pressed = false; };
  range.oninput = mix;
  range.onchange = () => setTriggerValue("strength", moved(state, Number(range.value)));
  mix();
}
