"""People with a protected identity: marking them, the page of those who handle them, and letters by a forwarding address."""
