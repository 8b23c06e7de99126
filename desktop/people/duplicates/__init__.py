"""Records that may be one person twice: finding them, judging them, and remembering the judgement."""
