"""What the pages share: words, frame, controls, figures and components."""
