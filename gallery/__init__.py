"""What the pages share: words, frame, controls, figures and components."""

from gallery import doorstep

doorstep.keep()
