"""The data side of Kontinuum: tables, saving, history, search; knows nothing of windows."""
