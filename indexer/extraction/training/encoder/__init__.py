"""Training of the encoder's tagger; needs the packages of the group ``train``, which the program itself does not."""
