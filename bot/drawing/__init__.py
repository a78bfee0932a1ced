"""Letters drawn and set, in pictures and on paper."""
