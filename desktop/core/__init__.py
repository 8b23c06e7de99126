"""The contract: everything a module may use from the program around it."""

from desktop.core.steady import steady_constants

steady_constants()
