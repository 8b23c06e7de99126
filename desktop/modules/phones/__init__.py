"""Phone duty: rounds of outgoing calls, a queue that explains itself, and a console for the keyboard."""
