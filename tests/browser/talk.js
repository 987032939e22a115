// What a page has asked of its server and whether that was answered: streamlit's own messages,
// read on their way. Its protocol buffers are looked at as far as the first tags.
(() => {
  const RERUN = 11; // fields of BackMsg and ForwardMsg in streamlit.proto
  const BEGUN = 4;
  const ENDED = 6;
  const EARLY = 2; // ended because another run has been asked for
  const talk = { asked: false, running: false, runs: 0 };
  window.galleryTalk = talk;

  function* fieldsOf(bytes) { // [number, value of a varint or nothing]
    let at = 0;
    const varint = () => {
      for (let value = 0, shift = 1; ; shift *= 128) {
        const byte = bytes[at++];
        value += (byte & 127) * shift;
        if (byte < 128) return value;
      }
    };
    while (at < bytes.length) {
      const tag = varint();
      const value = varint();
      const counted = (tag & 7) === 2;
      yield [tag >> 3, counted ? undefined : value];
      if (counted) at += value;
    }
  }

  function hear(data) {
    for (const [field, value] of fieldsOf(new Uint8Array(data))) {
      if (field === BEGUN) Object.assign(talk, { asked: false, running: true });
      if (field !== ENDED) continue;
      Object.assign(talk, { asked: talk.asked || value === EARLY, running: false });
      talk.runs += value === EARLY ? 0 : 1;
    }
  }

  window.WebSocket = class extends window.WebSocket {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", event => {
        if (event.data instanceof ArrayBuffer) hear(event.data);
      });
      this.addEventListener("close", () => Object.assign(talk, { asked: false, running: false }));
    }

    send(data) {
      if (ArrayBuffer.isView(data))
        for (const [field] of fieldsOf(data)) if (field === RERUN) talk.asked = true;
      super.send(data);
    }
  };
})();
