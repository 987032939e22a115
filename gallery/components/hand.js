// Whose value counts: the hand's, until Python has answered its last move. What Python says of an
// earlier move, while the last one is on its way, is old.

function isNews(state, value) {
  if (state.awaited !== undefined && state.awaited !== JSON.stringify(value)) return false;
  state.awaited = undefined;
  return true;
}

// Note what is sent, and hand it on.
function awaited(state, value) {
  state.awaited = JSON.stringify(value);
  return value;
}
