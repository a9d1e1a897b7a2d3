"""VIZpin as a part of the hub."""
