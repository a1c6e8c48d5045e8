"""Operator and runner for agent sessions on Kubernetes. Holds nothing yet."""
