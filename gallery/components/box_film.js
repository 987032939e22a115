// Photos with boxes on them, one after the other: a slider moves through them, the pointer asks a box.

export default function ({ parentElement, data }) {
  const host = parentElement.querySelector(".box-film");
  const find = (name) => host.querySelector(`[data-part="${name}"]`);
  const state = (host.state ??= {});
  if (state.stamp !== data.stamp) Object.assign(state, { stamp: data.stamp, place: data.start });
  state.at = -1; // the boxes may be others now
  const last = data.frames.length - 1, stage = find("stage"), scrub = find("scrub");
  find("deck").hidden = last === 0;
  scrub.max = last;
  scrub.setAttribute("aria-label", data.words.label);
  find("label").textContent = data.words.label;
  find("hint").textContent = data.words.hint;
  stage.setAttribute("aria-label", data.words.hint);

  const show = () => {
    const frame = data.frames[state.place];
    setStage(stage, { ...data, picture: frame.picture, alt: frame.told }, data.most);
    putBoxes(find("layer"), frame.boxes.map((each, place) => ({
      ...each, kind: `${each.kind} ${place === state.at ? "active" : ""}`,
    })), data);
    scrub.value = state.place;
    scrub.setAttribute("aria-valuetext", frame.told);
    find("told").textContent = state.at < 0 ? frame.told : frame.boxes[state.at].told;
  };
  const look = (at) => { if (at !== state.at) { state.at = at; show(); } };
  const under = (event) => boxAt(data.frames[state.place].boxes.map((each) => each.box), ...pointOn(stage, event, data));
  scrub.oninput = () => { Object.assign(state, { place: Number(scrub.value), at: -1 }); show(); };
  stage.onpointermove = (event) => { if (event.pointerType === "mouse") look(under(event)); };
  stage.onpointerdown = (event) => look(under(event));
  stage.onpointerleave = (event) => { if (event.pointerType === "mouse") look(-1); };
  stage.onblur = () => look(-1);
  stage.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const count = data.frames[state.place].boxes.length;
    if (!step || !count) return;
    event.preventDefault();
    look(state.at < 0 ? (step > 0 ? 0 : count - 1) : (state.at + step + count) % count);
  };
  show();
}
