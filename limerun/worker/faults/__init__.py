"""Faults that `limerun resilience` injects. Loaded only if the run has one."""
