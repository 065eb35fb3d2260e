"""Screens of the appraisal."""
