"""Lists of people that leave the program: as files, for a purpose that is asked and written down."""
