// Moves of the hand are numbered: as long as Python has not heard of the last one, its answers are
// to earlier moves, and old. ``hand.py`` is the other half.

function isNews(state, data) {
  if (!(data.heard >= state.heard)) state.moves = data.heard; // the first answer, or of another session
  state.heard = data.heard;
  return data.heard >= state.moves;
}

// Whether Python shows another value than it or the hand last told: what the hand sent comes back
// as its answer, when the hand may have gone on without sending. Under another stamp all is new.
function isChange(state, data, value, stamp) {
  const told = JSON.stringify(value);
  const isOld = !isNews(state, data) || told === state.told;
  if (isOld && stamp === state.stamp) return false;
  Object.assign(state, { told, stamp });
  return true;
}

// A value as it is sent.
function moved(state, value) {
  state.moves += 1;
  state.told = JSON.stringify(value);
  return { value, number: state.moves };
}
