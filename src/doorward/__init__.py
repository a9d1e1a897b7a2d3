"""Doorward: one self-hosted hub that keeps physical access in step with membership."""
