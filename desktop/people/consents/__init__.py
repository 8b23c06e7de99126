"""Consents and contact: what a person allows, on their record, and the purposes an office asks about."""
