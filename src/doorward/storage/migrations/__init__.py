"""The steps from each version of the tables to the next. A step that was released never changes."""
