"""Whether everybody can use the program: by keys alone, with large text, by ear, in every language."""
