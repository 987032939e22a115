// Pictures one after the other: a slider moves through them, a button plays them.
const PACE = 120; // milliseconds a picture

export default function ({ parentElement, data }) {
  const host = parentElement.querySelector(".film");
  const [image, told, button, scrub] = ["img", ".told", "button", "input"].map((each) => host.querySelector(each));
  const last = data.frames.length - 1;
  const state = (host.state ??= {});
  if (state.stamp !== data.frames.length + data.frames[last]) {
    state.stamp = data.frames.length + data.frames[last];
    state.place = last;
  }
  scrub.max = last;
  scrub.disabled = last === 0;
  scrub.setAttribute("aria-label", data.words.label);
  image.alt = data.alt;
  host.style.setProperty("--wide", data.wide);
  const show = (place) => {
    state.place = place;
    scrub.value = place;
    image.src = data.frames[place];
    told.textContent = data.captions[place];
    scrub.setAttribute("aria-valuetext", data.captions[place]);
  };
  const stop = () => {
    clearInterval(state.timer);
    state.timer = null;
    button.textContent = data.words.play;
  };
  stop();
  scrub.oninput = () => { stop(); show(Number(scrub.value)); };
  button.disabled = last === 0;
  button.onclick = () => {
    if (state.timer) { stop(); return; }
    if (state.place === last) show(0);
    button.textContent = data.words.pause;
    state.timer = setInterval(() => {
      if (state.place >= last) stop();
      else show(state.place + 1);
    }, PACE);
  };
  show(Math.min(state.place, last));
  return stop;
}
