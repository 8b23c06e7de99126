"""The contract: everything a module may use from the program around it."""
