"""Erasing and anonymising people: what goes, what goes on being counted, what law keeps, and doing it."""
