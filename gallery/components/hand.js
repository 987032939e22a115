// Moves of the hand are numbered: as long as Python has not heard of the last one, its answers are
// to earlier moves, and old. ``hand.py`` is the other half.

function isNews(state, data) {
  if (!(data.heard >= state.heard)) state.moves = data.heard; // the first answer, or of another session
  state.heard = data.heard;
  return data.heard >= state.moves;
}

// A value as it is sent.
function moved(state, value) {
  state.moves += 1;
  return { value, number: state.moves };
}
