"""What every module promises, tried on whichever modules there are."""
