"""How a connector talks to its LoadMasters: one caller a device, slowly, and never unverified."""
