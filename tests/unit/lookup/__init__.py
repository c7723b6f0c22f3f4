"""Tests of the look-up of names."""
