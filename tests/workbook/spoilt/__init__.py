"""Spoilt workbooks, made by code, each with exactly its problems."""
