"""Readers of files: tables in every writing (delimited text, spreadsheets), directories, cards and contact books."""
