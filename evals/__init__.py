"""Measure: dataset readers, metrics and runners."""
