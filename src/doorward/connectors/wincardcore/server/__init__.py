"""WinCardCore's two servers: `carpark` takes the whitelist, the settlement side everything else."""
