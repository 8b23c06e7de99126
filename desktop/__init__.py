"""The desktop program: the contract for modules, the shell, and the two ways to start it."""
