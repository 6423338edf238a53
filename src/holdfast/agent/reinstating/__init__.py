"""Where a LoadMaster's restore goes: what fits, what is sent, and what became of the device."""
