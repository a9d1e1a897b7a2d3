"""Hikvision door terminals: the client that writes validity, and the twin that stands in for one.

Two dialects of one protocol (ISAPI): the *documented* one of the Cardskipper-IVMS document (XML,
two calls) and the *terminal* one that devices speak as observed (JSON, many calls).
"""
