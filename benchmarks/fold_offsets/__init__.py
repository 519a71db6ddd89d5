"""How exactly the fold measures a stroke's offset, apart from how exactly a press repeats it."""
