// What every detector marks at a threshold that the hand moves: true, false, missed.

const COLOURS = [[245, 245, 245], [0, 158, 115], [213, 94, 0], [86, 180, 233]];
const PACE = 350; // milliseconds a threshold

export default function ({ parentElement, data }) {
  const host = parentElement.querySelector(".host");
  const find = (name) => host.querySelector(`#${name}`);
  const state = (host.state ??= {});
  const slider = find("slider");
  const { words, thresholds, detectors } = data;
  const fresh = state.stamp !== data.stamp;
  const stop = () => {
    clearInterval(state.timer);
    state.timer = null;
    find("play").textContent = `▶ ${words.play}`;
  };
  stop();
  slider.max = thresholds.length - 1;
  if (fresh) slider.value = data.start;
  state.stamp = data.stamp;
  slider.setAttribute("aria-label", words.threshold);
  find("legend").textContent = words.colours;

  const panels = find("panels");
  while (panels.children.length > detectors.length + 1) panels.lastChild.remove();
  while (panels.children.length < detectors.length + 1) {
    const panel = document.createElement("figure");
    panel.append(document.createElement("canvas"), document.createElement("figcaption"));
    panels.append(panel);
  }
  const caption = (i, name, text) => {
    const place = panels.children[i].querySelector("figcaption");
    place.replaceChildren(Object.assign(document.createElement("b"), { textContent: name }), text);
  };
  const token = (state.token = {});
  Promise.all([data.photo, ...detectors.map((one) => one.outcomes)].map(readPhoto)).then(([photo, ...films]) => {
    if (state.token !== token) return; // newer data arrived meanwhile
    const { width, height } = photo;
    paint(panels.children[0].firstChild, width, height, (i) => photo.data.slice(4 * i, 4 * i + 3));
    caption(0, words.picture, "");
    const show = () => {
      const index = Number(slider.value);
      find("at").textContent = `${words.threshold}: ${written(thresholds[index], 1)}`;
      detectors.forEach((one, n) => {
        const offset = index * width * height;
        paint(panels.children[n + 1].firstChild, width, height, (i) => COLOURS[films[n].data[4 * (offset + i)]]);
        const [precision, recall, score] = one.scores[index].map((share) => share.toFixed(2));
        caption(n + 1, one.name, ` F ${score} · P ${precision} · R ${recall}`);
      });
    };
    slider.oninput = () => { stop(); show(); };
    find("play").onclick = () => {
      if (state.timer) { stop(); return; }
      find("play").textContent = `❚❚ ${words.pause}`;
      state.timer = setInterval(() => {
        slider.value = (Number(slider.value) + 1) % thresholds.length;
        show();
      }, PACE);
    };
    show();
  });
  return stop;
}
