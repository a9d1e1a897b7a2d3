"""WinCardCore: ICA's car parks and whoever settles for them, interface 3.3; both roles."""
