"""People: the one register every module leans on; built like a module, but always there."""
