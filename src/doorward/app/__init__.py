"""The application: what the configuration says, wired into something that runs."""
