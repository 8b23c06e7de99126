"""The window around the modules: navigation, search box, history, jobs, settings."""
