"""Turns made of cues or of labelled lines."""
